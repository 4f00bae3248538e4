#include "app/scenario/times.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace leadclock {
namespace {

constexpr std::array<absl::string_view, 7> kWeekdays = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<absl::string_view, 7> kWholeWeekdays = {
    "monday", "tuesday",  "wednesday", "thursday",
    "friday", "saturday", "sunday"};

// Events of other years are refused.
constexpr int64_t kFirstYear = 2000;
constexpr int64_t kLastYear = 2099;

// Later weeks are written as dates: nobody counts so far.
constexpr int kMostWeeks = 9;

bool HasDigits(absl::string_view text, size_t least, size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

int Number(absl::string_view digits) {
  int number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : 0;
}

std::optional<absl::CivilDay> DateOf(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() != 3 || !HasDigits(parts[0], 4, 4) ||
      !HasDigits(parts[1], 2, 2) || !HasDigits(parts[2], 2, 2)) {
    return std::nullopt;
  }
  const absl::CivilDay day(Number(parts[0]), Number(parts[1]),
                           Number(parts[2]));
  // No 30 February, which would be a day of March.
  const bool is_real =
      day.month() == Number(parts[1]) && day.day() == Number(parts[2]);
  return is_real ? std::optional(day) : std::nullopt;
}

// What is wrong with a date's year; "": nothing.
std::string WrongYear(absl::CivilDay day) {
  if (day.year() >= kFirstYear && day.year() <= kLastYear) return "";
  return absl::StrCat(absl::FormatCivilTime(day), " is not between ",
                      kFirstYear, "-01-01 and ", kLastYear, "-12-31");
}

// The week day that a word means which is none: "monday".
std::string WeekdayMeant(absl::string_view word) {
  for (size_t i = 0; i < kWeekdays.size(); ++i) {
    if (absl::EqualsIgnoreCase(word, kWholeWeekdays[i])) {
      return absl::StrCat("; did you mean '", kWeekdays[i], "'?");
    }
  }
  if (Nearest(word, kWeekdays)) return DidYouMean(word, kWeekdays);
  return "; a line begins with a time, such as fri 21:40, mon+1 09:00 or "
         "2026-03-06 21:40";
}

int WeekdayOf(absl::CivilDay day) {
  return static_cast<int>(absl::GetWeekday(day));
}

bool IsPortable(absl::string_view zone) {
  return zone != "localtime" && !absl::StartsWith(zone, "/") &&
         !absl::StrContains(zone, "..");
}

std::optional<absl::TimeZone> ZoneNamed(const std::string& name) {
  absl::TimeZone zone;
  if (!IsPortable(name) || !absl::LoadTimeZone(name, &zone)) {
    return std::nullopt;
  }
  return zone;
}

// The zones that the machine knows; empty if it has no list of them.
std::vector<std::string> KnownZones() {
  std::ifstream table("/usr/share/zoneinfo/zone1970.tab");
  std::vector<std::string> zones;
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (columns.size() > 2 && columns[0][0] != '#') zones.push_back(columns[2]);
  }
  return zones;
}

std::string UnknownZone(const std::string& name) {
  const std::string unknown = absl::StrCat("unknown time zone ", Quoted(name));
  const std::vector<std::string> zones = KnownZones();
  const std::string as_city = absl::StrCat("/", name);
  for (const std::string& zone : zones) {
    if (absl::EndsWithIgnoreCase(zone, as_city)) {
      return absl::StrCat(unknown, "; did you mean ", Quoted(zone), "?");
    }
  }
  const std::vector<absl::string_view> known(zones.begin(), zones.end());
  if (Nearest(name, known)) {
    return absl::StrCat(unknown, DidYouMean(name, known));
  }
  return absl::StrCat(unknown,
                      "; write an IANA name, such as Europe/London, or UTC");
}

// "fri", "mon+1" or a date.
std::optional<absl::CivilDay> ReadDay(Line& line, const TimeFrame& frame) {
  const std::string word(line.Take());
  if (word.empty()) {
    line.Error("a time is missing; write a day and a time, such as fri 21:40");
    return std::nullopt;
  }
  if (absl::ascii_isdigit(static_cast<unsigned char>(word.front()))) {
    const auto date = DateOf(word);
    if (!date) {
      line.ErrorBefore(
          absl::StrCat(Quoted(word),
                       " is no day; write a date, such as 2026-03-06, or a "
                       "week day, such as fri or mon+1"));
      return std::nullopt;
    }
    const std::string wrong = WrongYear(*date);
    if (!wrong.empty()) {
      line.ErrorBefore(wrong);
      return std::nullopt;
    }
    return date;
  }
  const std::vector<absl::string_view> parts =
      absl::StrSplit(word, absl::MaxSplits('+', 1));
  const auto* const weekday =
      std::find(kWeekdays.begin(), kWeekdays.end(), parts[0]);
  if (weekday == kWeekdays.end()) {
    line.ErrorBefore(
        absl::StrCat(Quoted(word), " is no day", WeekdayMeant(parts[0])));
    return std::nullopt;
  }
  if (parts.size() == 2 &&
      (!HasDigits(parts[1], 1, 2) || Number(parts[1]) == 0)) {
    line.ErrorBefore(
        absl::StrCat(Quoted(word), " is no day; mon+1 is a week after mon"));
    return std::nullopt;
  }
  if (frame.start_is_wrong) return std::nullopt;
  if (!frame.start) {
    line.ErrorBefore(
        absl::StrCat(Quoted(word),
                     " is counted from 'start', which the file does not "
                     "say; write start: and a date, best a Monday's"));
    return std::nullopt;
  }
  const int weeks = parts.size() == 2 ? Number(parts[1]) : 0;
  const int ahead = (static_cast<int>(weekday - kWeekdays.begin()) -
                     WeekdayOf(*frame.start) + 7) %
                    7;
  return *frame.start + ahead + absl::civil_diff_t{7} * weeks;
}

// "09:00", "09:00:30" or "09:00:30.250".
std::optional<absl::Duration> TimeOfDay(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  if (!HasDigits(parts[0], 1, 2) || Number(parts[0]) > 23) return std::nullopt;
  if (!HasDigits(parts[1], 2, 2) || Number(parts[1]) > 59) return std::nullopt;
  absl::Duration time =
      absl::Hours(Number(parts[0])) + absl::Minutes(Number(parts[1]));
  if (parts.size() == 2) return time;
  const std::vector<absl::string_view> seconds = absl::StrSplit(parts[2], '.');
  if (!HasDigits(seconds[0], 2, 2) || Number(seconds[0]) > 59) {
    return std::nullopt;
  }
  time += absl::Seconds(Number(seconds[0]));
  if (seconds.size() == 1) return time;
  if (seconds.size() > 2 || !HasDigits(seconds[1], 3, 3)) return std::nullopt;
  return time + absl::Milliseconds(Number(seconds[1]));
}

std::string TimeText(absl::Time time, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo local = zone.At(time);
  if (local.subsecond != absl::ZeroDuration()) {
    return absl::FormatTime("%H:%M:%E3S", time, zone);
  }
  return absl::FormatTime(local.cs.second() == 0 ? "%H:%M" : "%H:%M:%S", time,
                          zone);
}

}  // namespace

std::optional<absl::TimeZone> ReadZone(const YamlValue& value) {
  if (!value.present()) return std::nullopt;
  const std::optional<std::string> name = value.Text();
  if (!name) return std::nullopt;
  const auto zone = ZoneNamed(*name);
  if (!zone) value.Error(UnknownZone(*name));
  return zone;
}

std::optional<absl::CivilDay> ReadDate(const YamlValue& value) {
  if (!value.present()) return std::nullopt;
  const std::optional<std::string> text = value.Text();
  if (!text) return std::nullopt;
  const auto date = DateOf(*text);
  if (!date) {
    value.Error(absl::StrCat(Quoted(*text),
                             " is no date; write one such as 2026-03-02"));
    return std::nullopt;
  }
  const std::string wrong = WrongYear(*date);
  if (!wrong.empty()) {
    value.Error(wrong);
    return std::nullopt;
  }
  return date;
}

std::optional<absl::Time> ReadTime(Line& line, const TimeFrame& frame) {
  const auto day = ReadDay(line, frame);
  if (!day) return std::nullopt;
  const std::string word(line.Take());
  const auto of_day = TimeOfDay(word);
  if (!of_day) {
    line.ErrorBefore(
        absl::StrCat(word.empty() ? "after the day" : Quoted(word),
                     word.empty() ? " the time is missing" : " is no time",
                     "; write hours and minutes, such as 09:00 or 21:40:30"));
    return std::nullopt;
  }
  absl::TimeZone zone = frame.zone;
  if (line.Peek() == "UTC" || absl::StrContains(line.Peek(), '/')) {
    const std::string name(line.Take());
    const auto named = ZoneNamed(name);
    if (!named) {
      line.ErrorBefore(UnknownZone(name));
      return std::nullopt;
    }
    zone = *named;
  }
  const absl::Duration rest = *of_day % absl::Seconds(1);
  const absl::CivilSecond second =
      absl::CivilSecond(*day) + absl::ToInt64Seconds(*of_day);
  const absl::TimeZone::TimeInfo info = zone.At(second);
  if (info.kind != absl::TimeZone::TimeInfo::UNIQUE) {
    line.ErrorBefore(absl::StrCat(
        absl::FormatCivilTime(second),
        info.kind == absl::TimeZone::TimeInfo::SKIPPED ? " does not exist in "
                                                       : " comes twice in ",
        zone.name(), ", where clocks are changed then; write the time in UTC"));
    return std::nullopt;
  }
  return info.pre + rest;
}

std::optional<absl::Time> ReadTime(const YamlValue& value,
                                   const TimeFrame& frame) {
  if (!value.present()) return std::nullopt;
  Line line(value);
  if (!value.IsText()) return std::nullopt;
  if (DateOf(line.text())) {
    const auto date = ReadDate(value);
    if (!date) return std::nullopt;
    return absl::FromCivil(*date, frame.zone);
  }
  const auto time = ReadTime(line, frame);
  if (time) line.NothingElse();
  return time;
}

std::string WriteTime(absl::Time time, const TimeFrame& frame) {
  const absl::TimeZone::CivilInfo local = frame.zone.At(time);
  const bool is_unique =
      frame.zone.At(local.cs).kind == absl::TimeZone::TimeInfo::UNIQUE;
  const absl::TimeZone zone = is_unique ? frame.zone : absl::UTCTimeZone();
  const absl::CivilDay day(zone.At(time).cs);
  std::string text = absl::FormatCivilTime(day);
  if (frame.start && day >= *frame.start &&
      day - *frame.start < absl::civil_diff_t{7} * (kMostWeeks + 1)) {
    const auto weeks = (day - *frame.start) / 7;
    text = std::string(kWeekdays[static_cast<size_t>(WeekdayOf(day))]);
    if (weeks > 0) absl::StrAppend(&text, "+", weeks);
  }
  absl::StrAppend(&text, " ", TimeText(time, zone));
  if (!is_unique) absl::StrAppend(&text, " UTC");
  return text;
}

}  // namespace leadclock
