#ifndef LEADCLOCK_TESTS_CALENDARS_CALENDAR_SPECS_H_
#define LEADCLOCK_TESTS_CALENDARS_CALENDAR_SPECS_H_

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"

// Calendars and instants as tests write them.
namespace leadclock::calendar_specs {

using Ranges = std::vector<OpenRange>;

inline constexpr size_t kMonday = 0;
inline constexpr size_t kTuesday = 1;
inline constexpr size_t kWednesday = 2;
inline constexpr size_t kThursday = 3;
inline constexpr size_t kFriday = 4;
inline constexpr size_t kSaturday = 5;
inline constexpr size_t kSunday = 6;

inline constexpr absl::Duration kMillisecond = absl::Milliseconds(1);
inline const OpenRange kWholeDay = {absl::ZeroDuration(), absl::Hours(24)};

inline absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  return zone;
}

// "2026-03-06 21:40", or with seconds: "2026-03-06 21:40:05.25".
inline absl::Time At(absl::string_view text, const std::string& zone) {
  const std::string format =
      text.size() > 16 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d %H:%M";
  absl::Time at;
  std::string error;
  INFO(text << " " << error);
  REQUIRE(absl::ParseTime(format, std::string(text), Zone(zone), &at, &error));
  return at;
}

inline absl::Time Utc(absl::string_view text) { return At(text, "UTC"); }
inline absl::Time London(absl::string_view text) {
  return At(text, "Europe/London");
}

inline absl::Duration HoursAndMinutes(int hours, int minutes) {
  return absl::Hours(hours) + absl::Minutes(minutes);
}

inline OpenRange From(int opening_hour, int closing_hour) {
  return {absl::Hours(opening_hour), absl::Hours(closing_hour)};
}

inline std::array<std::vector<OpenRange>, 7> MondayToFriday(
    const Ranges& ranges) {
  return {ranges, ranges, ranges, ranges, ranges, {}, {}};
}

inline std::array<std::vector<OpenRange>, 7> EveryDay(const Ranges& ranges) {
  return {ranges, ranges, ranges, ranges, ranges, ranges, ranges};
}

inline std::array<std::vector<OpenRange>, 7> OnlyOn(size_t weekday,
                                                    const Ranges& ranges) {
  std::array<std::vector<OpenRange>, 7> week;
  week[weekday] = ranges;
  return week;
}

inline BusinessCalendar Compile(const CalendarSpec& spec) {
  const absl::StatusOr<BusinessCalendar> calendar =
      BusinessCalendar::Create(spec);
  INFO(calendar.status());
  REQUIRE(calendar.ok());
  return *calendar;
}

inline std::string ErrorOf(const CalendarSpec& spec) {
  const absl::StatusOr<BusinessCalendar> calendar =
      BusinessCalendar::Create(spec);
  CHECK(absl::IsInvalidArgument(calendar.status()));
  return std::string(calendar.status().message());
}

inline CalendarSpec OfficeHoursSpec() {
  return {.zone = "Europe/London", .week = MondayToFriday({From(9, 17)})};
}

inline BusinessCalendar OfficeHours() { return Compile(OfficeHoursSpec()); }

// The calendar's open intervals from one date to another, at midnight UTC.
inline std::vector<BusinessCalendar::Interval> OpenFromTo(
    const BusinessCalendar& calendar, absl::string_view from,
    absl::string_view to) {
  return calendar.OpenIntervals(Utc(absl::StrCat(from, " 00:00")),
                                Utc(absl::StrCat(to, " 00:00")));
}

using Intervals = std::vector<BusinessCalendar::Interval>;

}  // namespace leadclock::calendar_specs

#endif  // LEADCLOCK_TESTS_CALENDARS_CALENDAR_SPECS_H_
