#include "processor/policy/parse_calendar.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "calendars/holiday_file.h"
#include "calendars/time_zone_data.h"

namespace leadclock {
namespace {

using Ranges = std::vector<OpenRange>;

// Far more than people write; of each a calendar holds all of a century.
constexpr size_t kMostRanges = 24;

constexpr std::array<absl::string_view, 7> kWeekdays = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

// The number that `text` is, if it is exactly `digits` digits.
std::optional<int> Digits(absl::string_view text, size_t digits) {
  const bool is_number =
      text.size() == digits &&
      std::all_of(text.begin(), text.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c));
      });
  int number = 0;
  if (!is_number || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

// HH:MM, up to 24:00.
std::optional<absl::Duration> TimeOfDay(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const std::optional<int> hour = Digits(parts.first, 2);
  const std::optional<int> minute = Digits(parts.second, 2);
  if (!hour.has_value() || !minute.has_value() || *minute > 59) {
    return std::nullopt;
  }
  const absl::Duration time = absl::Hours(*hour) + absl::Minutes(*minute);
  if (time > absl::Hours(24)) return std::nullopt;
  return time;
}

// The day that YYYY-MM-DD means, as it is written: CivilDay turns February 30
// into a day of March.
struct WrittenDay {
  int year;
  int month;
  int day;
};

std::optional<WrittenDay> Day(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() != 3) return std::nullopt;
  const std::optional<int> year = Digits(parts[0], 4);
  const std::optional<int> month = Digits(parts[1], 2);
  const std::optional<int> day = Digits(parts[2], 2);
  if (!year.has_value() || !month.has_value() || !day.has_value()) {
    return std::nullopt;
  }
  return WrittenDay{*year, *month, *day};
}

std::optional<absl::CivilDay> ReadDate(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const std::optional<WrittenDay> day = Day(*text);
  if (!day.has_value()) {
    value.Error(absl::StrCat(
        Quoted(*text), " is not a date; write YYYY-MM-DD, such as 2026-12-25"));
    return std::nullopt;
  }
  const absl::CivilDay date(day->year, day->month, day->day);
  if (date.month() == day->month && date.day() == day->day) return date;
  value.Error(
      absl::StrCat(Quoted(*text), " is not a date: there is no such day"));
  return std::nullopt;
}

// The time of day that is meant by 9, 9:00, 9.30, 9am and 5:30 pm; "" if that
// cannot be guessed.
std::string MeantTime(absl::string_view text) {
  std::string rest = absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
  absl::string_view time = rest;
  const bool is_afternoon = absl::ConsumeSuffix(&time, "pm");
  const bool is_of_twelve = is_afternoon || absl::ConsumeSuffix(&time, "am");
  const std::vector<absl::string_view> parts =
      absl::StrSplit(absl::StripAsciiWhitespace(time), absl::ByAnyChar(":."));
  const absl::string_view hours = parts[0];
  const absl::string_view minutes = parts.size() > 1 ? parts[1] : "00";
  std::optional<int> hour = Digits(hours, hours.size() == 1 ? 1 : 2);
  if (parts.size() > 2 || !hour || !Digits(minutes, 2)) return "";
  if (is_of_twelve && (*hour < 1 || *hour > 12)) return "";
  if (is_of_twelve) hour = *hour % 12 + (is_afternoon ? 12 : 0);
  std::string meant =
      absl::StrCat(absl::Dec(*hour, absl::kZeroPad2), ":", minutes);
  return TimeOfDay(meant).has_value() ? meant : "";
}

// The range that is meant by 9:00-17:00, 9am to 5pm; "" if that cannot be
// guessed.
std::string MeantRange(absl::string_view text) {
  const std::string plain =
      absl::StrReplaceAll(text, {{" to ", "-"}, {"\u2013", "-"}});
  const std::vector<absl::string_view> ends = absl::StrSplit(plain, '-');
  if (ends.size() != 2) return "";
  const std::string opens = MeantTime(ends[0]);
  const std::string closes = MeantTime(ends[1]);
  if (opens.empty() || closes.empty() || opens == "24:00") return "";
  // From 9 to 5 is by day.
  constexpr absl::string_view kNoon = "12:00";
  const bool is_of_twelve =
      opens < kNoon && closes <= opens &&
      !absl::StrContains(absl::AsciiStrToLower(text), "am");
  return absl::StrCat(
      opens, "-",
      is_of_twelve ? MeantTime(absl::StrCat(ends[1], "pm")) : closes);
}

std::optional<OpenRange> ReadRange(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(*text, absl::MaxSplits('-', 1));
  const std::optional<absl::Duration> opens =
      TimeOfDay(absl::StripAsciiWhitespace(parts.first));
  std::optional<absl::Duration> closes =
      TimeOfDay(absl::StripAsciiWhitespace(parts.second));
  if (!opens.has_value() || !closes.has_value() || *opens == absl::Hours(24)) {
    const std::string meant = MeantRange(*text);
    value.Error(absl::StrCat(
        Quoted(*text), " is not a range of hours; ",
        meant.empty() ? "write HH:MM-HH:MM, such as 09:00-17:30, or 'closed'"
                      : absl::StrCat("did you mean ", Quoted(meant), "?")));
    return std::nullopt;
  }
  if (*closes == *opens) {
    value.Error(absl::StrCat(Quoted(*text),
                             " is empty; a whole day is written 00:00-24:00"));
    return std::nullopt;
  }
  // Past midnight: 22:00-06:00.
  if (*closes < *opens) *closes += absl::Hours(24);
  return OpenRange{*opens, *closes};
}

// The other ranges were written before it, on the same day.
bool OverlapsOneOf(const Ranges& others, const OpenRange& range) {
  return std::any_of(others.begin(), others.end(), [&](const OpenRange& other) {
    return range.opens < other.closes && other.opens < range.closes;
  });
}

// "closed", a range, or a list of ranges.
std::optional<Ranges> ReadRanges(const YamlValue& value) {
  Ranges ranges;
  if (value.IsText() && value.Text() == "closed") return ranges;
  if (value.IsList() && value.Items().size() > kMostRanges) {
    value.Error(absl::StrCat("a day has at most ", kMostRanges,
                             " ranges, and this one has ",
                             value.Items().size()));
    return std::nullopt;
  }
  for (const YamlValue& item : value.OneOrMore()) {
    const std::optional<OpenRange> range = ReadRange(item);
    if (!range.has_value()) continue;
    if (OverlapsOneOf(ranges, *range)) {
      item.Error(absl::StrCat(Quoted(*item.Text()),
                              " overlaps an earlier range of the same day; "
                              "write them as one range"));
      continue;
    }
    ranges.push_back(*range);
  }
  if (ranges.empty()) return std::nullopt;
  return ranges;
}

std::optional<size_t> Weekday(absl::string_view name) {
  const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), name);
  if (found == kWeekdays.end()) return std::nullopt;
  return static_cast<size_t>(found - kWeekdays.begin());
}

// The weekdays that "sat", "mon-fri" or "sat-mon" means; none, if it is not
// one of these.
std::vector<size_t> Weekdays(absl::string_view text) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  const std::optional<size_t> first = Weekday(ends.front());
  const std::optional<size_t> last = Weekday(ends.back());
  if (ends.size() > 2 || !first.has_value() || !last.has_value()) return {};

  std::vector<size_t> days = {*first};
  while (days.back() != *last) {
    days.push_back((days.back() + 1) % kWeekdays.size());
  }
  return days;
}

// The weekday that is meant by Mon, monday or Tues; "" if that cannot be
// guessed.
absl::string_view MeantWeekday(absl::string_view text) {
  constexpr std::array<absl::string_view, 7> kWhole = {
      "monday", "tuesday",  "wednesday", "thursday",
      "friday", "saturday", "sunday"};
  const std::string word =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(text));
  for (size_t day = 0; day < kWhole.size(); ++day) {
    const absl::string_view name = kWeekdays[day];
    if (word.size() >= name.size() && absl::StartsWith(kWhole[day], word)) {
      return name;
    }
  }
  return "";
}

// The weekdays that are meant by Sat, Monday - Friday or weekdays; "" if that
// cannot be guessed.
std::string MeantWeekdays(absl::string_view text) {
  const std::string plain = absl::StrReplaceAll(
      absl::AsciiStrToLower(text), {{" to ", "-"}, {"\u2013", "-"}});
  if (plain == "weekdays" || plain == "workdays") return "mon-fri";
  if (plain == "weekend" || plain == "weekends") return "sat-sun";
  if (plain == "daily" || plain == "all" || plain == "every day") {
    return "mon-sun";
  }
  const std::vector<absl::string_view> ends = absl::StrSplit(plain, '-');
  if (ends.size() > 2) return "";
  const absl::string_view first = MeantWeekday(ends.front());
  const absl::string_view last = MeantWeekday(ends.back());
  if (first.empty() || last.empty()) return "";
  return ends.size() == 1 ? std::string(first) : absl::StrCat(first, "-", last);
}

// False if they are not all understood.
bool ReadHours(const YamlValue& value, CalendarSpec* spec) {
  const std::vector<YamlField> fields = value.Map("hours").TakeAll();
  if (value.IsMap() && fields.empty()) {
    value.Error("'hours' is empty; write when it is open");
  }
  bool understood = !fields.empty();
  std::array<std::string, 7> said_by;
  for (const YamlField& field : fields) {
    const std::vector<size_t> days = Weekdays(field.name);
    if (days.empty()) {
      const std::string meant = MeantWeekdays(field.name);
      field.key.Error(absl::StrCat(
          Quoted(field.name), " is not a weekday; ",
          meant.empty() ? "write mon, tue, wed, thu, fri, sat, sun, or a range "
                          "of them, such as mon-fri"
                        : absl::StrCat("did you mean ", Quoted(meant), "?")));
    }
    const std::optional<Ranges> ranges = ReadRanges(field.value);
    understood = understood && !days.empty() && ranges.has_value();
    for (const size_t day : days) {
      if (!said_by[day].empty()) {
        field.key.Error(absl::StrCat(kWeekdays[day], " has hours already, in ",
                                     Quoted(said_by[day]),
                                     "; write all its ranges as one list"));
      }
      said_by[day] = field.name;
      if (ranges.has_value()) spec->week[day] = *ranges;
    }
  }
  return understood;
}

// Its holidays, with their names.
using Holidays = std::map<absl::CivilDay, std::string>;

void AddHoliday(const YamlValue& value, absl::CivilDay date, std::string name,
                Holidays* holidays) {
  if (holidays->emplace(date, std::move(name)).second) return;
  value.Error(absl::StrCat("the holiday ", absl::FormatCivilTime(date),
                           " is written twice"));
}

// A file may say what another one says, and the policy too.
void ReadHolidaysOfFile(const YamlValue& value, PolicyFiles& files,
                        Holidays* holidays) {
  const std::string path = *value.Text();
  const absl::StatusOr<std::string> text =
      files.Get(files.PathFrom(value.file(), path));
  if (!text.ok()) {
    return value.Error(absl::StrCat(path, ": ", text.status().message()));
  }
  HolidayFile file = ReadHolidayFile(*text, BusinessCalendar::kLastDay);
  for (const HolidayFile::Error& error : file.errors) {
    value.Error(absl::StrCat(path, ":", error.line, ": ", error.message));
  }
  if (file.errors.empty()) holidays->merge(file.holidays);
}

// {2026-12-25: Christmas Day}
void ReadNamedHoliday(const YamlValue& value, Holidays* holidays) {
  for (const YamlField& field : value.Map("a holiday").TakeAll()) {
    const std::optional<absl::CivilDay> date = ReadDate(field.key);
    std::optional<std::string> name = field.value.Text();
    if (date.has_value() && name.has_value()) {
      AddHoliday(field.key, *date, *std::move(name), holidays);
    }
  }
}

Holidays ReadHolidays(const YamlValue& value, PolicyFiles& files) {
  Holidays written;
  Holidays of_files;
  if (!value.present()) return written;
  for (const YamlValue& item : value.Items()) {
    if (item.IsMap()) {
      ReadNamedHoliday(item, &written);
    } else if (item.IsText() &&
               absl::EndsWithIgnoreCase(*item.Text(), ".ics")) {
      ReadHolidaysOfFile(item, files, &of_files);
    } else {
      const std::optional<absl::CivilDay> date = ReadDate(item);
      if (date.has_value()) AddHoliday(item, *date, "", &written);
    }
  }
  written.merge(of_files);
  return written;
}

void ReadSpecialHours(const YamlValue& value, CalendarSpec* spec) {
  for (const YamlField& field : value.Map("dates").TakeAll()) {
    const std::optional<absl::CivilDay> date = ReadDate(field.key);
    const std::optional<Ranges> ranges = ReadRanges(field.value);
    if (date.has_value() && ranges.has_value()) {
      spec->special_hours[*date] = *ranges;
    }
  }
}

// What to do about UTC+2, GMT+1 and +01:00; "" if it is nothing of that kind.
std::string OffsetHint(absl::string_view word) {
  constexpr int kMostAhead = 14;
  constexpr int kMostBehind = 12;
  if (!absl::ConsumePrefix(&word, "UTC")) absl::ConsumePrefix(&word, "GMT");
  const bool is_ahead = absl::ConsumePrefix(&word, "+");
  if (!is_ahead && !absl::ConsumePrefix(&word, "-")) return "";
  absl::ConsumeSuffix(&word, ":00");
  int hours = 0;
  const bool is_known = absl::SimpleAtoi(word, &hours) && hours > 0 &&
                        hours <= (is_ahead ? kMostAhead : kMostBehind);
  return absl::StrCat(
      "; a zone is that of a place, such as Europe/London, with its summer "
      "time",
      // The database counts to the west.
      is_known
          ? absl::StrCat("; UTC", is_ahead ? "+" : "-", hours,
                         " all year is Etc/GMT", is_ahead ? "-" : "+", hours)
          : "");
}

// Europe/London, for london and for Europe/Lodnon.
std::string ZoneHint(absl::string_view word) {
  if (std::string hint = OffsetHint(word); !hint.empty()) return hint;
  const std::vector<std::string> zones = KnownTimeZones();
  const std::string as_city =
      absl::StrCat("/", absl::StrReplaceAll(word, {{" ", "_"}}));
  for (const std::string& zone : zones) {
    if (absl::EndsWithIgnoreCase(zone, as_city)) {
      return absl::StrCat("; did you mean ", Quoted(zone), "?");
    }
  }
  const std::string hint = DidYouMean(
      word, std::vector<absl::string_view>(zones.begin(), zones.end()));
  return !hint.empty() ? hint
                       : "; write an IANA name, such as Europe/London or UTC";
}

std::optional<std::string> ReadZone(const YamlValue& value) {
  std::optional<std::string> zone = value.Text();
  if (!zone.has_value() || IsTimeZone(*zone)) return zone;
  value.Error(absl::StrCat(
      "unknown zone ", Quoted(*zone),
      HasTimeZoneData() ? ZoneHint(*zone)
                        : absl::StrCat("; there is no time zone data in ",
                                       TimeZoneFolder(), ": install tzdata")));
  return std::nullopt;
}

}  // namespace

std::optional<NamedCalendar> ReadCalendar(absl::string_view name,
                                          const YamlValue& value,
                                          PolicyFiles& files,
                                          CompiledCalendars& compiled) {
  YamlMap fields = value.Map("a calendar");
  CalendarSpec spec;
  const std::optional<std::string> zone = ReadZone(fields.Required("zone"));
  const bool hours_understood = ReadHours(fields.Required("hours"), &spec);
  Holidays holidays = ReadHolidays(fields.Optional("holidays"), files);
  ReadSpecialHours(fields.Optional("dates"), &spec);
  fields.NothingElse();
  if (!zone.has_value() || !hours_understood) return std::nullopt;

  spec.zone = *zone;
  for (const auto& [date, name_of_date] : holidays) spec.holidays.insert(date);
  absl::StatusOr<BusinessCalendar> calendar = compiled.Create(spec);
  if (!calendar.ok()) {
    value.Error(calendar.status().message());
    return std::nullopt;
  }
  return NamedCalendar{.name = std::string(name),
                       .calendar = *std::move(calendar),
                       .holidays = std::move(holidays)};
}

}  // namespace leadclock
