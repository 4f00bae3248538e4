#include "processor/policy/duration.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace leadclock {
namespace {

struct Unit {
  absl::string_view name;
  absl::Duration length;
};

// The greatest first, as they are written.
constexpr std::array<Unit, 4> Units() {
  return {{{"h", absl::Hours(1)},
           {"m", absl::Minutes(1)},
           {"s", absl::Seconds(1)},
           {"ms", absl::Milliseconds(1)}}};
}

// Takes the longest beginning of `text` whose characters are all `wanted`.
absl::string_view TakeWhile(absl::string_view* text,
                            bool (*wanted)(unsigned char)) {
  const auto end = std::find_if_not(
      text->begin(), text->end(),
      [wanted](char c) { return wanted(static_cast<unsigned char>(c)); });
  const absl::string_view taken =
      text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(taken.size());
  return taken;
}

absl::Status Refuse(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " ", why));
}

bool IsDayOrMore(absl::string_view unit) {
  return unit == "d" || unit == "w" || absl::StartsWith(unit, "day") ||
         absl::StartsWith(unit, "week");
}

// What people write for one of our units; "" if it is none of these.
std::string MeantUnit(absl::string_view unit) {
  for (const absl::string_view word :
       {"hour", "minute", "second", "millisecond"}) {
    const absl::string_view ours =
        word == "millisecond" ? "ms" : word.substr(0, 1);
    // hr and hrs, min and mins, sec and secs.
    const absl::string_view abbreviated =
        word == "hour" ? "hr" : word.substr(0, 3);
    absl::string_view singular = unit;
    absl::ConsumeSuffix(&singular, "s");
    if (unit == ours || singular == word ||
        (ours != "ms" && singular == abbreviated)) {
      return std::string(ours);
    }
  }
  return "";
}

// What is wrong with a number that no unit of ours follows. `rest` is what
// stands after its unit.
absl::Status RefuseUnit(absl::string_view text, absl::string_view number,
                        absl::string_view unit, absl::string_view rest,
                        const DurationWords& words) {
  const bool is_apart = unit.empty() && absl::StartsWith(rest, " ");
  const absl::string_view word =
      is_apart ? absl::StripAsciiWhitespace(rest) : unit;
  if (IsDayOrMore(word)) {
    return Refuse(text, absl::StrCat("is not ", words.what,
                                     ": a day of business time is ambiguous; "
                                     "write hours"));
  }
  if (absl::StartsWith(rest, ".") || absl::StartsWith(rest, ",")) {
    return Refuse(text,
                  "has a fraction; write whole units, such as 1h30m for one "
                  "and a half hours");
  }
  const std::string meant = MeantUnit(word);
  const bool is_whole =
      number.data() == text.data() && (is_apart || rest.empty());
  if (!number.empty() && !meant.empty() && is_whole) {
    return Refuse(text, absl::StrCat("is not ", words.what, "; did you mean '",
                                     number, meant, "'?"));
  }
  const std::string several = MeantDuration(text);
  if (!several.empty()) {
    return Refuse(text, absl::StrCat("is not ", words.what, "; did you mean '",
                                     several, "'?"));
  }
  if (!number.empty() && unit.empty() && rest.empty()) {
    return Refuse(text, absl::StrCat("has no unit; write ", number, "s, ",
                                     number, "m or ", number, "h"));
  }
  return Refuse(text, absl::StrCat("is not ", words.what, "; ", words.forms));
}

}  // namespace

std::string MeantDuration(absl::string_view text) {
  std::string meant;
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  while (!rest.empty()) {
    const absl::string_view number = TakeWhile(&rest, absl::ascii_isdigit);
    rest = absl::StripLeadingAsciiWhitespace(rest);
    const std::string unit =
        MeantUnit(absl::AsciiStrToLower(TakeWhile(&rest, absl::ascii_isalpha)));
    if (number.empty() || unit.empty()) return "";
    absl::StrAppend(&meant, number, unit);
    rest = absl::StripLeadingAsciiWhitespace(rest);
    absl::ConsumePrefix(&rest, "and ");
    rest = absl::StripLeadingAsciiWhitespace(rest);
  }
  return meant != text && ParseDuration(meant).ok() ? meant : "";
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text,
                                             const DurationWords& words) {
  constexpr absl::Duration kLongest = absl::Hours(100'000);
  constexpr std::array<Unit, 4> kUnits = Units();

  if (absl::StartsWith(text, "-")) {
    return Refuse(text, absl::StrCat("is negative; ", words.forms));
  }
  absl::Duration sum;
  auto next_unit = kUnits.begin();
  absl::string_view rest = text;
  do {
    const absl::string_view number = TakeWhile(&rest, absl::ascii_isdigit);
    const absl::string_view name = TakeWhile(&rest, absl::ascii_isalpha);
    const auto unit =
        std::find_if(next_unit, kUnits.end(),
                     [name](const Unit& u) { return u.name == name; });
    if (number.empty() || unit == kUnits.end()) {
      return RefuseUnit(text, number, name, rest, words);
    }
    int64_t count = 0;
    const bool fits = absl::SimpleAtoi(number, &count);
    if (fits) sum += count * unit->length;
    if (!fits || sum > kLongest) {
      return Refuse(text, "is longer than 100000h");
    }
    next_unit = unit + 1;
  } while (!rest.empty());
  return sum;
}

std::optional<absl::Duration> ReadDuration(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<absl::Duration> duration = ParseDuration(*text);
  if (duration.ok()) return *duration;
  value.Error(duration.status().message());
  return std::nullopt;
}

}  // namespace leadclock
