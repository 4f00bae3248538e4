#include "processor/policy/target.h"

#include <deque>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "processor/policy/duration.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

constexpr int kMostDays = 1000;

constexpr absl::string_view kForms =
    "write open time, such as 4h or 1h30m, '2 business days', 'end of business "
    "day' or 'end of 2 business days'";

absl::Status NotATarget(absl::string_view text, absl::string_view what_to_do) {
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text), " is not a target; ", what_to_do));
}

absl::StatusOr<Target> ParseDays(absl::string_view text) {
  absl::string_view rest = text;
  Target target;
  const bool is_end = absl::ConsumePrefix(&rest, "end of ");
  target.kind =
      is_end ? Target::Kind::kEndOfBusinessDay : Target::Kind::kBusinessDays;
  if (is_end && rest == "business day") return target;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits(' ', 1));
  const bool is_known =
      (parts.second == "business days" || parts.second == "business day") &&
      absl::SimpleAtoi(parts.first, &target.days);
  if (is_known && target.days >= 1 && target.days <= kMostDays) return target;
  return NotATarget(text, absl::StrCat(kForms, " (1 to ", kMostDays, " days)"));
}

// Takes the first word, if it is one of these or near one.
bool TakeWord(std::deque<std::string>& words,
              absl::Span<const absl::string_view> known) {
  if (words.empty() || !Nearest(words.front(), known)) return false;
  words.pop_front();
  return true;
}

// The days that are meant by "3 busines days", "3 working days", "end of day";
// "" if they cannot be guessed.
std::string MeantDays(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "eod" || lower == "eob" || lower == "cob" ||
      lower == "end of business" || lower == "close of business") {
    return "end of business day";
  }
  std::deque<std::string> words = absl::StrSplit(lower, ' ', absl::SkipEmpty());
  std::erase(words, "the");
  const bool is_end = words.size() > 1 && words[1] == "of" &&
                      TakeWord(words, {"end"}) && TakeWord(words, {"of"});
  int days = 0;
  const bool has_number =
      !words.empty() && absl::SimpleAtoi(words.front(), &days);
  if (has_number) words.pop_front();
  const bool are_of_business =
      TakeWord(words, {"business", "working", "work", "office", "trading"});
  const bool are_days = TakeWord(words, {"day", "days"}) && words.empty();
  if (!are_days || (has_number && (days < 1 || days > kMostDays))) return "";
  if (is_end && !has_number) return "end of business day";
  if (!has_number || (!is_end && !are_of_business)) return "";
  return absl::StrCat(is_end ? "end of " : "", days,
                      days == 1 ? " business day" : " business days");
}

// "1 day", "2 days", "1d": of business days, or around the clock.
absl::Status RefuseDays(absl::string_view text) {
  int days = 0;
  absl::string_view rest = text;
  for (const absl::string_view unit : {"days", "day", "d"}) {
    if (!absl::ConsumeSuffix(&rest, unit)) continue;
    if (!absl::SimpleAtoi(rest, &days) || days < 1 || days > kMostDays) break;
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " could mean several things; write '", days,
                     days == 1 ? " business day" : " business days", "', or ",
                     days * 24, "h of open time"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Target> ParseTarget(absl::string_view text) {
  const bool is_in_days = absl::StrContains(text, "business");
  absl::StatusOr<Target> target = ParseDays(text);
  if (target.ok()) return target;
  const std::string meant = MeantDays(text);
  if (!meant.empty()) {
    return NotATarget(text, absl::StrCat("did you mean ", Quoted(meant), "?"));
  }
  if (is_in_days) return target;
  absl::Status days = RefuseDays(text);
  if (!days.ok()) return days;
  const absl::StatusOr<absl::Duration> length =
      ParseDuration(text, {.what = "a target", .forms = kForms});
  if (!length.ok()) return length.status();
  return Target{.kind = Target::Kind::kOpenTime, .length = *length, .days = 0};
}

absl::Time DueOf(const Target& target, const BusinessCalendar& calendar,
                 absl::Time start) {
  switch (target.kind) {
    case Target::Kind::kOpenTime:
      break;
    case Target::Kind::kBusinessDays:
      return calendar.AfterBusinessDays(start, target.days);
    case Target::Kind::kEndOfBusinessDay:
      return calendar.EndOfBusinessDay(start, target.days);
  }
  return calendar.Deadline(start, target.length);
}

}  // namespace leadclock
