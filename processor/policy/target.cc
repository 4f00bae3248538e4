#include "processor/policy/target.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/policy/duration.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

constexpr int kMostDays = 1000;

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
  return absl::InvalidArgumentError(absl::StrCat(
      Quoted(text),
      " is not a target; write open time, such as 4h or 1h30m, '2 business "
      "days', 'end of business day' or 'end of 2 business days' (1 to ",
      kMostDays, " days)"));
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
  if (absl::StrContains(text, "business")) return ParseDays(text);
  absl::Status days = RefuseDays(text);
  if (!days.ok()) return days;
  const absl::StatusOr<absl::Duration> length = ParseDuration(text);
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
