#include "calendars/business_calendar.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace leadclock {
namespace {

using ::Catch::Matchers::Contains;

using Ranges = std::vector<OpenRange>;

constexpr size_t kMonday = 0;
constexpr size_t kTuesday = 1;
constexpr size_t kWednesday = 2;
constexpr size_t kThursday = 3;
constexpr size_t kFriday = 4;
constexpr size_t kSaturday = 5;
constexpr size_t kSunday = 6;

constexpr absl::Duration kMillisecond = absl::Milliseconds(1);
const OpenRange kWholeDay = {absl::ZeroDuration(), absl::Hours(24)};

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  return zone;
}

// "2026-03-06 21:40", or with seconds: "2026-03-06 21:40:05.25".
absl::Time At(absl::string_view text, const std::string& zone) {
  const std::string format =
      text.size() > 16 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d %H:%M";
  absl::Time at;
  std::string error;
  INFO(text << " " << error);
  REQUIRE(absl::ParseTime(format, std::string(text), Zone(zone), &at, &error));
  return at;
}

absl::Time Utc(absl::string_view text) { return At(text, "UTC"); }
absl::Time London(absl::string_view text) { return At(text, "Europe/London"); }

absl::Duration HoursAndMinutes(int hours, int minutes) {
  return absl::Hours(hours) + absl::Minutes(minutes);
}

OpenRange From(int opening_hour, int closing_hour) {
  return {absl::Hours(opening_hour), absl::Hours(closing_hour)};
}

std::array<std::vector<OpenRange>, 7> MondayToFriday(const Ranges& ranges) {
  return {ranges, ranges, ranges, ranges, ranges, {}, {}};
}

std::array<std::vector<OpenRange>, 7> EveryDay(const Ranges& ranges) {
  return {ranges, ranges, ranges, ranges, ranges, ranges, ranges};
}

std::array<std::vector<OpenRange>, 7> OnlyOn(size_t weekday,
                                             const Ranges& ranges) {
  std::array<std::vector<OpenRange>, 7> week;
  week[weekday] = ranges;
  return week;
}

BusinessCalendar Compile(const CalendarSpec& spec) {
  const absl::StatusOr<BusinessCalendar> calendar =
      BusinessCalendar::Create(spec);
  INFO(calendar.status());
  REQUIRE(calendar.ok());
  return *calendar;
}

std::string ErrorOf(const CalendarSpec& spec) {
  const absl::StatusOr<BusinessCalendar> calendar =
      BusinessCalendar::Create(spec);
  CHECK(absl::IsInvalidArgument(calendar.status()));
  return std::string(calendar.status().message());
}

CalendarSpec OfficeHoursSpec() {
  return {.zone = "Europe/London", .week = MondayToFriday({From(9, 17)})};
}

BusinessCalendar OfficeHours() { return Compile(OfficeHoursSpec()); }

// The calendar's open intervals from one date to another, at midnight UTC.
std::vector<BusinessCalendar::Interval> OpenFromTo(
    const BusinessCalendar& calendar, absl::string_view from,
    absl::string_view to) {
  return calendar.OpenIntervals(Utc(absl::StrCat(from, " 00:00")),
                                Utc(absl::StrCat(to, " 00:00")));
}

using Intervals = std::vector<BusinessCalendar::Interval>;

// ---------------------------------------------------------------- Deadlines

TEST_CASE("A lead that arrives on Friday night is due on Monday morning") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 21:40"), absl::Minutes(15)) ==
        London("2026-03-09 09:15"));
}

TEST_CASE("A target that fits into the day is due on that day") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 10:00"), absl::Hours(4)) ==
        London("2026-03-06 14:00"));
}

TEST_CASE("What is left of a target at closing runs on at the next opening") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 16:30"), absl::Hours(2)) ==
        London("2026-03-09 10:30"));
}

TEST_CASE("A lead that arrives at closing time waits for the next opening") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 17:00"), absl::Minutes(1)) ==
        London("2026-03-09 09:01"));
}

TEST_CASE("A target used up exactly at closing time is due at closing time") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 16:30"), absl::Minutes(30)) ==
        London("2026-03-06 17:00"));
  CHECK(OfficeHours().Deadline(London("2026-03-04 09:00"), absl::Hours(24)) ==
        London("2026-03-06 17:00"));
}

TEST_CASE("A millisecond more than the day had is due on the next open day") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 16:30"),
                               absl::Minutes(30) + kMillisecond) ==
        London("2026-03-09 09:00:00.001"));
}

TEST_CASE("A zero target is due at once if open") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 10:00"),
                               absl::ZeroDuration()) ==
        London("2026-03-06 10:00"));
  CHECK(OfficeHours().Deadline(London("2026-03-06 09:00"),
                               absl::ZeroDuration()) ==
        London("2026-03-06 09:00"));
}

TEST_CASE("A zero target is due at the next opening if closed") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 17:00"),
                               absl::ZeroDuration()) ==
        London("2026-03-09 09:00"));
  CHECK(OfficeHours().Deadline(London("2026-03-07 12:00"),
                               absl::ZeroDuration()) ==
        London("2026-03-09 09:00"));
}

TEST_CASE("30 minutes after 60 closed days has a due") {
  CalendarSpec spec = OfficeHoursSpec();
  for (int i = 0; i < 60; ++i) {
    spec.holidays.insert(absl::CivilDay(2026, 7, 1) + i);
  }

  // 2026-07-01 to 2026-08-29, a Saturday.
  CHECK(Compile(spec).Deadline(London("2026-06-30 17:00"), absl::Minutes(30)) ==
        London("2026-08-31 09:30"));
}

TEST_CASE("A week that opens on Tuesday only has a due every Tuesday") {
  const BusinessCalendar calendar = Compile(
      {.zone = "Europe/London", .week = OnlyOn(kTuesday, {From(9, 10)})});

  CHECK(calendar.Deadline(London("2026-03-03 09:30"), absl::Minutes(30)) ==
        London("2026-03-03 10:00"));
  CHECK(calendar.Deadline(London("2026-03-03 09:30"), absl::Hours(1)) ==
        London("2026-03-10 09:30"));
  CHECK(calendar.Deadline(London("2026-03-03 09:00"), absl::Hours(52)) ==
        London("2027-02-23 10:00"));
}

TEST_CASE("A target of thousands of hours is found without walking there") {
  // 2000 working days of 8 hours are 400 weeks.
  CHECK(OfficeHours().Deadline(London("2026-03-02 09:00"),
                               absl::Hours(8 * 2000) + absl::Hours(1)) ==
        London("2033-10-31 10:00"));
}

// --------------------------------------------------- Instants and rounding

TEST_CASE("Seconds and below of an arrival count") {
  CHECK(OfficeHours().Deadline(London("2026-03-06 16:59:59.250"),
                               absl::Hours(1)) ==
        London("2026-03-09 09:59:59.250"));
}

TEST_CASE("A due instant is rounded up to the millisecond") {
  const absl::Time nanosecond_past =
      London("2026-03-06 10:00") + absl::Nanoseconds(1);

  CHECK(OfficeHours().Deadline(nanosecond_past, absl::Hours(1)) ==
        London("2026-03-06 11:00:00.001"));
  CHECK(OfficeHours().Deadline(nanosecond_past, absl::ZeroDuration()) ==
        London("2026-03-06 10:00:00.001"));
  CHECK(BusinessCalendar::Always().Deadline(nanosecond_past, absl::Hours(1)) ==
        London("2026-03-06 11:00:00.001"));
}

TEST_CASE("Rounding happens once: parts of a millisecond add up first") {
  const absl::Time start =
      London("2026-03-06 16:59:59") + absl::Microseconds(600);
  const absl::Duration budget = absl::Seconds(1) + absl::Microseconds(400);

  // Rounded apart they would be 2 ms.
  CHECK(OfficeHours().Deadline(start, budget) ==
        London("2026-03-09 09:00:00.001"));
  CHECK(BusinessCalendar::Always().Deadline(start, budget) ==
        London("2026-03-06 17:00:00.001"));
}

TEST_CASE("A target used up within the last millisecond is due at closing") {
  const absl::Time start =
      London("2026-03-06 16:59:59") + absl::Nanoseconds(999'000'500);

  CHECK(OfficeHours().Deadline(start, absl::Nanoseconds(999'500)) ==
        London("2026-03-06 17:00"));
  CHECK(OfficeHours().Deadline(start, absl::Nanoseconds(999'501)) ==
        London("2026-03-09 09:00:00.001"));
}

TEST_CASE("A quarter of a nanosecond is not lost") {
  const absl::Duration quarter = absl::Nanoseconds(1) / 4;

  CHECK(OfficeHours().Deadline(London("2026-03-06 10:00") + quarter,
                               absl::Hours(7) - quarter) ==
        London("2026-03-06 17:00"));
  CHECK(OfficeHours().Deadline(London("2026-03-06 10:00") + quarter,
                               absl::Hours(7)) ==
        London("2026-03-09 09:00:00.001"));
  CHECK(OfficeHours().Between(London("2026-03-06 10:00") + quarter,
                              London("2026-03-07 10:00")) ==
        absl::Hours(7) - quarter);
}

TEST_CASE("Hours may be given to the millisecond") {
  const BusinessCalendar calendar = Compile(
      {.zone = "Europe/London",
       .week = EveryDay({{absl::Hours(9) + absl::Milliseconds(500),
                          absl::Hours(9) + absl::Milliseconds(1500)}})});

  CHECK(calendar.Deadline(London("2026-03-06 00:00"), absl::Seconds(1)) ==
        London("2026-03-06 09:00:01.500"));
}

// --------------------------------------------------------- Hours of the day

TEST_CASE("A lunch break is not counted") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London",
               .week = MondayToFriday({From(9, 12), From(13, 15)})});

  CHECK(calendar.Deadline(London("2026-03-06 11:30"), absl::Hours(1)) ==
        London("2026-03-06 13:30"));
  CHECK(calendar.Deadline(London("2026-03-06 11:30"), absl::Minutes(30)) ==
        London("2026-03-06 12:00"));
  CHECK_FALSE(calendar.IsOpen(London("2026-03-06 12:30")));
}

TEST_CASE("The ranges of a day may be written in any order") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London",
               .week = MondayToFriday({From(13, 15), From(9, 12)}),
               .special_hours = {
                   {absl::CivilDay(2026, 3, 6), {From(20, 21), From(8, 9)}}}});

  CHECK(calendar.Between(London("2026-03-05 00:00"),
                         London("2026-03-06 00:00")) == absl::Hours(5));
  CHECK(calendar.Between(London("2026-03-06 00:00"),
                         London("2026-03-07 00:00")) == absl::Hours(2));
}

TEST_CASE("Ranges that touch are one open interval") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London",
               .week = OnlyOn(kFriday, {From(9, 12), From(12, 15)})});

  CHECK(OpenFromTo(calendar, "2026-03-06", "2026-03-07") ==
        Intervals{{London("2026-03-06 09:00"), London("2026-03-06 15:00")}});
}

TEST_CASE("00:00-24:00 is a whole day") {
  const BusinessCalendar calendar = Compile(
      {.zone = "Europe/London", .week = OnlyOn(kWednesday, {kWholeDay})});

  CHECK(OpenFromTo(calendar, "2026-03-01", "2026-03-08") ==
        Intervals{{London("2026-03-04 00:00"), London("2026-03-05 00:00")}});
}

TEST_CASE("A week that is open around the clock is one open interval") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London", .week = EveryDay({kWholeDay})});

  CHECK(OpenFromTo(calendar, "2001-01-01", "2119-01-01") ==
        Intervals{{Utc("2001-01-01 00:00"), Utc("2119-01-01 00:00")}});
  CHECK(calendar.Deadline(London("2026-03-28 12:00"), absl::Hours(24)) ==
        London("2026-03-29 13:00"));
}

TEST_CASE("Days from 09:00 to 09:00 are one open interval") {
  const BusinessCalendar calendar =
      Compile({.zone = "America/New_York", .week = EveryDay({From(9, 33)})});

  CHECK(OpenFromTo(calendar, "2001-01-01", "2119-01-01").size() == 1);
}

// ------------------------------------------------- Ranges that pass midnight

TEST_CASE("A range past midnight belongs to the day on which it opens") {
  const BusinessCalendar calendar = Compile(
      {.zone = "Europe/London", .week = OnlyOn(kMonday, {From(22, 30)})});

  CHECK(OpenFromTo(calendar, "2026-03-01", "2026-03-08") ==
        Intervals{{London("2026-03-02 22:00"), London("2026-03-03 06:00")}});
}

TEST_CASE("A holiday closes the night that begins on it, not the one before") {
  const CalendarSpec nights = {.zone = "Europe/London",
                               .week = MondayToFriday({From(22, 30)}),
                               .holidays = {absl::CivilDay(2026, 3, 3)}};

  CHECK(OpenFromTo(Compile(nights), "2026-03-02", "2026-03-05") ==
        Intervals{{London("2026-03-02 22:00"), London("2026-03-03 06:00")},
                  {London("2026-03-04 22:00"), London("2026-03-05 00:00")}});
}

TEST_CASE("Special hours replace the night that begins on their date") {
  const CalendarSpec nights = {
      .zone = "Europe/London",
      .week = MondayToFriday({From(22, 30)}),
      .special_hours = {{absl::CivilDay(2026, 3, 3), {From(20, 26)}}}};

  CHECK(OpenFromTo(Compile(nights), "2026-03-02", "2026-03-05") ==
        Intervals{{London("2026-03-02 22:00"), London("2026-03-03 06:00")},
                  {London("2026-03-03 20:00"), London("2026-03-04 02:00")},
                  {London("2026-03-04 22:00"), London("2026-03-05 00:00")}});
}

TEST_CASE("A night that overlaps the next day's hours is counted once") {
  CalendarSpec spec = {.zone = "Europe/London"};
  spec.week[kMonday] = {From(20, 30)};
  spec.week[kTuesday] = {From(0, 2), From(4, 9), From(12, 13)};
  const BusinessCalendar calendar = Compile(spec);

  CHECK(OpenFromTo(calendar, "2026-03-02", "2026-03-04") ==
        Intervals{{London("2026-03-02 20:00"), London("2026-03-03 09:00")},
                  {London("2026-03-03 12:00"), London("2026-03-03 13:00")}});
  CHECK(calendar.Deadline(London("2026-03-02 20:00"), absl::Hours(14)) ==
        London("2026-03-03 13:00"));
}

TEST_CASE("The last night of a week joins the first day of the next") {
  CalendarSpec spec = {.zone = "Europe/London"};
  spec.week[kSunday] = {From(22, 32)};
  spec.week[kMonday] = {From(8, 10)};

  CHECK(OpenFromTo(Compile(spec), "2026-03-08", "2026-03-10") ==
        Intervals{{London("2026-03-08 22:00"), London("2026-03-09 10:00")}});
}

// -------------------------------------------- Holidays and special hours

TEST_CASE("A holiday beats the weekly hours") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.holidays = {absl::CivilDay(2026, 4, 3), absl::CivilDay(2026, 4, 6)};

  // Good Friday and Easter Monday.
  CHECK(Compile(spec).Deadline(London("2026-04-02 16:45"), absl::Minutes(30)) ==
        London("2026-04-07 09:15"));
}

TEST_CASE("Special hours beat a holiday and the weekly hours") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.holidays = {absl::CivilDay(2026, 3, 3)};
  spec.special_hours = {{absl::CivilDay(2026, 3, 3), {From(10, 11)}},
                        {absl::CivilDay(2026, 3, 4), {From(12, 13)}},
                        {absl::CivilDay(2026, 3, 7), {From(14, 15)}}};

  CHECK(OpenFromTo(Compile(spec), "2026-03-03", "2026-03-05") ==
        Intervals{{London("2026-03-03 10:00"), London("2026-03-03 11:00")},
                  {London("2026-03-04 12:00"), London("2026-03-04 13:00")}});
  CHECK(OpenFromTo(Compile(spec), "2026-03-07", "2026-03-09") ==
        Intervals{{London("2026-03-07 14:00"), London("2026-03-07 15:00")}});
}

TEST_CASE("A half day ends at its own closing") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.holidays = {absl::CivilDay(2026, 12, 25)};
  spec.special_hours = {{absl::CivilDay(2026, 12, 24), {From(9, 12)}}};
  const BusinessCalendar calendar = Compile(spec);

  CHECK(calendar.Deadline(London("2026-12-24 11:00"), absl::Hours(1)) ==
        London("2026-12-24 12:00"));
  CHECK(calendar.Deadline(London("2026-12-24 11:00"), absl::Hours(2)) ==
        London("2026-12-28 10:00"));
}

TEST_CASE("Special hours without a range close the day") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.special_hours = {{absl::CivilDay(2026, 3, 3), {}}};

  CHECK(OpenFromTo(Compile(spec), "2026-03-03", "2026-03-04").empty());
}

TEST_CASE("A holiday is a date in the calendar's own zone") {
  const BusinessCalendar calendar =
      Compile({.zone = "Pacific/Auckland",
               .week = EveryDay({kWholeDay}),
               .holidays = {absl::CivilDay(2026, 6, 10)}});

  // Auckland is 12 hours ahead of UTC in June.
  CHECK(OpenFromTo(calendar, "2026-06-09", "2026-06-11") ==
        Intervals{{Utc("2026-06-09 00:00"), Utc("2026-06-09 12:00")},
                  {Utc("2026-06-10 12:00"), Utc("2026-06-11 00:00")}});
}

TEST_CASE("A calendar may open on special dates only") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London",
               .special_hours = {{absl::CivilDay(2026, 3, 3), {From(9, 10)}}}});

  CHECK(calendar.Deadline(London("2026-01-01 00:00"), absl::Hours(1)) ==
        London("2026-03-03 10:00"));
  CHECK(calendar.Deadline(London("2026-01-01 00:00"),
                          absl::Hours(1) + kMillisecond) ==
        absl::InfiniteFuture());
}

// ------------------------------------------ Skipped and repeated local times

// When a calendar is open that opens on this date only.
BusinessCalendar::Interval OnlyInterval(const std::string& zone,
                                        absl::CivilDay date,
                                        const OpenRange& range) {
  const BusinessCalendar calendar =
      Compile({.zone = zone, .special_hours = {{date, {range}}}});
  const Intervals intervals =
      calendar.OpenIntervals(absl::InfinitePast(), absl::InfiniteFuture());
  REQUIRE(intervals.size() == 1);
  return intervals.front();
}

TEST_CASE("An opening that London skips in spring is the instant of the jump") {
  // 2026-03-29: 01:00 GMT becomes 02:00 BST, at 01:00 UTC.
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 3, 29),
                     {HoursAndMinutes(1, 30), absl::Hours(3)}) ==
        BusinessCalendar::Interval{Utc("2026-03-29 01:00"),
                                   Utc("2026-03-29 02:00")});
}

TEST_CASE("A closing that London skips in spring is the instant of the jump") {
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 3, 29),
                     {absl::Hours(0), HoursAndMinutes(1, 30)}) ==
        BusinessCalendar::Interval{Utc("2026-03-29 00:00"),
                                   Utc("2026-03-29 01:00")});
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 3, 28),
                     {absl::Hours(22), HoursAndMinutes(25, 30)}) ==
        BusinessCalendar::Interval{Utc("2026-03-28 22:00"),
                                   Utc("2026-03-29 01:00")});
}

TEST_CASE("What is below the second of a skipped time is skipped with it") {
  CHECK(OnlyInterval(
            "Europe/London", absl::CivilDay(2026, 3, 29),
            {HoursAndMinutes(1, 30) + absl::Milliseconds(250), absl::Hours(3)})
            .opens == Utc("2026-03-29 01:00"));
}

TEST_CASE("A range that London skips whole has no open time") {
  CalendarSpec spec = {.zone = "Europe/London"};
  spec.week[kSunday] = {{HoursAndMinutes(1, 15), HoursAndMinutes(1, 45)}};
  const BusinessCalendar calendar = Compile(spec);

  CHECK(OpenFromTo(calendar, "2026-03-29", "2026-03-30").empty());
  CHECK(calendar.Deadline(Utc("2026-03-28 00:00"), absl::Minutes(30)) ==
        Utc("2026-04-05 00:45"));
}

TEST_CASE("London repeats an hour in autumn: first opening, second closing") {
  // 2026-10-25: 02:00 BST becomes 01:00 GMT, at 01:00 UTC.
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 10, 25),
                     {HoursAndMinutes(1, 30), absl::Hours(3)}) ==
        BusinessCalendar::Interval{Utc("2026-10-25 00:30"),
                                   Utc("2026-10-25 03:00")});
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 10, 24),
                     {absl::Hours(22), HoursAndMinutes(25, 30)}) ==
        BusinessCalendar::Interval{Utc("2026-10-24 21:00"),
                                   Utc("2026-10-25 01:30")});
  CHECK(OnlyInterval("Europe/London", absl::CivilDay(2026, 10, 25),
                     {HoursAndMinutes(1, 15), HoursAndMinutes(1, 45)}) ==
        BusinessCalendar::Interval{Utc("2026-10-25 00:15"),
                                   Utc("2026-10-25 01:45")});
}

TEST_CASE("Ranges that a repeated hour makes overlap are counted once") {
  CalendarSpec spec = {.zone = "Europe/London"};
  spec.week[kSunday] = {{HoursAndMinutes(1, 0), HoursAndMinutes(1, 20)},
                        {HoursAndMinutes(1, 40), HoursAndMinutes(2, 0)}};

  // 01:00 first to 01:20 second; 01:40 first to 02:00, which is not repeated.
  CHECK(OpenFromTo(Compile(spec), "2026-10-25", "2026-10-26") ==
        Intervals{{Utc("2026-10-25 00:00"), Utc("2026-10-25 02:00")}});
}

TEST_CASE("A whole day has 23 hours in spring and 25 in autumn") {
  const OpenRange whole_day = kWholeDay;
  const auto length_of = [&](absl::CivilDay date) {
    const auto open = OnlyInterval("Europe/London", date, whole_day);
    return open.closes - open.opens;
  };

  CHECK(length_of(absl::CivilDay(2026, 3, 29)) == absl::Hours(23));
  CHECK(length_of(absl::CivilDay(2026, 10, 25)) == absl::Hours(25));
}

TEST_CASE("A deadline over a change of clocks keeps the local opening time") {
  CHECK(OfficeHours().Deadline(London("2026-03-27 16:30"), absl::Hours(1)) ==
        Utc("2026-03-30 08:30"));
  CHECK(OfficeHours().Deadline(London("2026-10-23 16:30"), absl::Hours(1)) ==
        Utc("2026-10-26 09:30"));
}

TEST_CASE("Lord Howe moves its clocks by 30 minutes") {
  // 2026-10-04: 02:00 becomes 02:30, at 15:30 UTC of the day before.
  CHECK(OnlyInterval("Australia/Lord_Howe", absl::CivilDay(2026, 10, 4),
                     {HoursAndMinutes(2, 15), absl::Hours(4)}) ==
        BusinessCalendar::Interval{Utc("2026-10-03 15:30"),
                                   Utc("2026-10-03 17:00")});
  // 2026-04-05: 02:00 becomes 01:30, at 15:00 UTC of the day before.
  CHECK(OnlyInterval("Australia/Lord_Howe", absl::CivilDay(2026, 4, 5),
                     {HoursAndMinutes(1, 45), absl::Hours(4)}) ==
        BusinessCalendar::Interval{Utc("2026-04-04 14:45"),
                                   Utc("2026-04-04 17:30")});
  CHECK(OnlyInterval("Australia/Lord_Howe", absl::CivilDay(2026, 4, 5),
                     {absl::Hours(1), HoursAndMinutes(1, 45)}) ==
        BusinessCalendar::Interval{Utc("2026-04-04 14:00"),
                                   Utc("2026-04-04 15:15")});
}

TEST_CASE("Havana skips midnight in spring and repeats it in autumn") {
  // 2026-03-08: 00:00 becomes 01:00, at 05:00 UTC.
  CHECK(OnlyInterval("America/Havana", absl::CivilDay(2026, 3, 8), kWholeDay) ==
        BusinessCalendar::Interval{Utc("2026-03-08 05:00"),
                                   Utc("2026-03-09 04:00")});
  CHECK(OnlyInterval("America/Havana", absl::CivilDay(2026, 3, 7), kWholeDay) ==
        BusinessCalendar::Interval{Utc("2026-03-07 05:00"),
                                   Utc("2026-03-08 05:00")});
  CHECK(OnlyInterval("America/Havana", absl::CivilDay(2026, 3, 8),
                     {HoursAndMinutes(0, 30), absl::Hours(2)}) ==
        BusinessCalendar::Interval{Utc("2026-03-08 05:00"),
                                   Utc("2026-03-08 06:00")});

  // 2026-11-01: 01:00 becomes 00:00, at 05:00 UTC.
  CHECK(
      OnlyInterval("America/Havana", absl::CivilDay(2026, 11, 1), kWholeDay) ==
      BusinessCalendar::Interval{Utc("2026-11-01 04:00"),
                                 Utc("2026-11-02 05:00")});
  CHECK(
      OnlyInterval("America/Havana", absl::CivilDay(2026, 10, 31), kWholeDay) ==
      BusinessCalendar::Interval{Utc("2026-10-31 04:00"),
                                 Utc("2026-11-01 05:00")});
}

TEST_CASE("Sao Paulo's day before the clocks go back at midnight is longer") {
  // 2018-02-18: 00:00 becomes 23:00 of the 17th, at 02:00 UTC.
  CHECK(OnlyInterval("America/Sao_Paulo", absl::CivilDay(2018, 2, 17),
                     {absl::Hours(22), absl::Hours(24)}) ==
        BusinessCalendar::Interval{Utc("2018-02-18 00:00"),
                                   Utc("2018-02-18 03:00")});
}

TEST_CASE("A change of clocks at midnight leaves no gap in an open week") {
  for (const char* zone :
       {"America/Havana", "America/Sao_Paulo", "Pacific/Apia"}) {
    INFO(zone);
    const BusinessCalendar calendar =
        Compile({.zone = zone, .week = EveryDay({kWholeDay})});
    CHECK(OpenFromTo(calendar, "2001-01-01", "2119-01-01").size() == 1);
  }
}

TEST_CASE("Apia skipped 2011-12-30, so that date has no open time") {
  // At 10:00 UTC on 2011-12-30 Thursday 29th, 24:00 became Saturday, 00:00.
  CalendarSpec spec = {.zone = "Pacific/Apia"};
  spec.week[kFriday] = {From(9, 17), From(22, 30)};
  spec.special_hours = {{absl::CivilDay(2011, 12, 30), {kWholeDay}}};
  CHECK(OpenFromTo(Compile(spec), "2011-12-27", "2012-01-03").empty());

  spec.special_hours.clear();
  CHECK(OpenFromTo(Compile(spec), "2011-12-27", "2012-01-03").empty());
  CHECK(Compile(spec).Deadline(Utc("2011-12-28 00:00"), absl::Hours(8)) ==
        At("2012-01-06 17:00", "Pacific/Apia"));
}

TEST_CASE("The night before Apia's skipped date ends at the jump") {
  CHECK(OnlyInterval("Pacific/Apia", absl::CivilDay(2011, 12, 29),
                     From(22, 30)) ==
        BusinessCalendar::Interval{Utc("2011-12-30 08:00"),
                                   Utc("2011-12-30 10:00")});
  CHECK(
      OnlyInterval("Pacific/Apia", absl::CivilDay(2011, 12, 31), From(0, 6)) ==
      BusinessCalendar::Interval{Utc("2011-12-30 10:00"),
                                 Utc("2011-12-30 16:00")});
}

TEST_CASE("Clocks still change far in the future") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.IsOpen(Utc("2110-07-01 08:30")));  // a Tuesday, in BST
  CHECK_FALSE(calendar.IsOpen(Utc("2110-12-02 08:30")));
}

// ------------------------------------------------------ Measuring, backwards

TEST_CASE("Between counts only open time") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.Between(London("2026-03-06 16:00"),
                         London("2026-03-09 10:30")) == HoursAndMinutes(2, 30));
  CHECK(calendar.Between(London("2026-03-06 17:00"),
                         London("2026-03-09 09:00")) == absl::ZeroDuration());
  CHECK(calendar.Between(London("2026-03-02 00:00"),
                         London("2026-03-09 00:00")) == absl::Hours(40));
}

TEST_CASE("Between keeps what is below the millisecond") {
  CHECK(OfficeHours().Between(
            London("2026-03-06 16:59:59") + absl::Nanoseconds(300),
            London("2026-03-09 09:00") + absl::Nanoseconds(100)) ==
        absl::Seconds(1) - absl::Nanoseconds(200));
}

TEST_CASE("Between is zero when nothing lies between") {
  const absl::Time noon = London("2026-03-06 12:00");
  for (const BusinessCalendar& calendar :
       {OfficeHours(), BusinessCalendar::Always()}) {
    CHECK(calendar.Between(noon, noon) == absl::ZeroDuration());
    CHECK(calendar.Between(noon, noon - absl::Hours(1)) ==
          absl::ZeroDuration());
  }
}

TEST_CASE("StartFor finds the last start that still leaves the open time") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.StartFor(London("2026-03-09 10:30"), absl::Hours(2)) ==
        London("2026-03-06 16:30"));
  CHECK(calendar.StartFor(London("2026-03-06 14:00"), absl::Hours(4)) ==
        London("2026-03-06 10:00"));
  CHECK(calendar.StartFor(London("2026-03-08 12:00"), absl::Hours(1)) ==
        London("2026-03-06 16:00"));
  CHECK(calendar.StartFor(London("2026-03-09 10:00"), absl::Hours(1)) ==
        London("2026-03-09 09:00"));
}

TEST_CASE("StartFor with no time is the end if open before, else a closing") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.StartFor(London("2026-03-06 12:00"), absl::ZeroDuration()) ==
        London("2026-03-06 12:00"));
  CHECK(calendar.StartFor(London("2026-03-06 17:00"), absl::ZeroDuration()) ==
        London("2026-03-06 17:00"));
  CHECK(calendar.StartFor(London("2026-03-09 09:00"), absl::ZeroDuration()) ==
        London("2026-03-06 17:00"));
}

TEST_CASE("StartFor rounds down, so that the open time does pass") {
  const absl::Time end = London("2026-03-06 12:00") + absl::Nanoseconds(1);

  CHECK(OfficeHours().StartFor(end, absl::Hours(1)) ==
        London("2026-03-06 11:00"));
  CHECK(OfficeHours().StartFor(end, absl::Hours(1) + absl::Nanoseconds(2)) ==
        London("2026-03-06 10:59:59.999"));
  CHECK(BusinessCalendar::Always().StartFor(end, absl::Hours(1)) ==
        London("2026-03-06 11:00"));
}

// ---- Business days ----

BusinessCalendar Office() {
  return Compile(
      {.zone = "Europe/London",
       .week = MondayToFriday({From(9, 12), From(13, 17)}),
       .holidays = {absl::CivilDay(2026, 3, 10)},
       .special_hours = {{absl::CivilDay(2026, 3, 12), {From(10, 12)}}}});
}

TEST_CASE("Two business days keep the local time of day") {
  // Monday; Tuesday is a holiday.
  CHECK(Office().AfterBusinessDays(London("2026-03-09 10:30"), 1) ==
        London("2026-03-11 10:30"));
  CHECK(Office().AfterBusinessDays(London("2026-03-13 16:59:59.999"), 2) ==
        London("2026-03-17 16:59:59.999"));
}

TEST_CASE("Business days over a change of clocks keep the local time of day") {
  CHECK(Office().AfterBusinessDays(London("2026-03-27 10:30"), 1) ==
        London("2026-03-30 10:30"));
}

TEST_CASE("Business days that begin outside open hours begin at the opening") {
  const absl::Time wednesday = London("2026-03-18 09:00");
  CHECK(Office().AfterBusinessDays(London("2026-03-13 20:00"), 2) == wednesday);
  CHECK(Office().AfterBusinessDays(London("2026-03-16 03:00"), 2) == wednesday);
  // A closing is not open any more.
  CHECK(Office().AfterBusinessDays(London("2026-03-13 17:00"), 2) == wednesday);
  CHECK(Office().AfterBusinessDays(London("2026-03-16 12:00"), 2) ==
        London("2026-03-18 13:00"));
}

TEST_CASE("A time outside the hours of the last business day moves on") {
  // Thursday the 12th is open from 10 to 12.
  CHECK(Office().AfterBusinessDays(London("2026-03-11 09:30"), 1) ==
        London("2026-03-12 10:00"));
  CHECK(Office().AfterBusinessDays(London("2026-03-11 15:00"), 1) ==
        London("2026-03-13 09:00"));
  // Used up exactly at closing.
  const BusinessCalendar until_noon = Compile(
      {.zone = "Europe/London",
       .week = MondayToFriday({From(9, 17)}),
       .special_hours = {{absl::CivilDay(2026, 3, 12), {From(9, 12)}}}});
  CHECK(until_noon.AfterBusinessDays(London("2026-03-11 12:00"), 1) ==
        London("2026-03-12 12:00"));
  CHECK(until_noon.AfterBusinessDays(London("2026-03-11 12:00:00.001"), 1) ==
        London("2026-03-13 09:00"));
}

TEST_CASE("A time in the lunch break of the last business day is its end") {
  const BusinessCalendar calendar = Compile(
      {.zone = "Europe/London",
       .week = {Ranges{From(9, 17)}, Ranges{From(9, 12), From(13, 17)}}});
  CHECK(calendar.AfterBusinessDays(London("2026-03-09 12:30"), 1) ==
        London("2026-03-10 13:00"));
}

TEST_CASE("The end of a business day is its last closing") {
  CHECK(Office().EndOfBusinessDay(London("2026-03-09 10:30"), 0) ==
        London("2026-03-09 17:00"));
  CHECK(Office().EndOfBusinessDay(London("2026-03-09 10:30"), 2) ==
        London("2026-03-12 12:00"));
  // After closing the next business day is meant.
  CHECK(Office().EndOfBusinessDay(London("2026-03-09 17:00"), 0) ==
        London("2026-03-11 17:00"));
}

TEST_CASE("A night belongs to the business day on which it opens") {
  const BusinessCalendar nights = Compile(
      {.zone = "Europe/London", .week = MondayToFriday({From(22, 30)})});
  CHECK(nights.AfterBusinessDays(London("2026-03-10 05:00"), 2) ==
        London("2026-03-12 05:00"));
  CHECK(nights.AfterBusinessDays(London("2026-03-14 05:00"), 1) ==
        London("2026-03-17 05:00"));
  CHECK(nights.EndOfBusinessDay(London("2026-03-10 05:00"), 1) ==
        London("2026-03-11 06:00"));
}

TEST_CASE("A time of day that the last business day skips is the jump") {
  const BusinessCalendar calendar =
      Compile({.zone = "Europe/London", .week = EveryDay({kWholeDay})});
  CHECK(calendar.AfterBusinessDays(London("2026-03-28 01:30"), 1) ==
        Utc("2026-03-29 01:00"));
}

TEST_CASE("A date that the zone skipped is no business day") {
  const std::string apia = "Pacific/Apia";
  const BusinessCalendar calendar =
      Compile({.zone = apia, .week = EveryDay({From(9, 17)})});
  CHECK(calendar.AfterBusinessDays(At("2011-12-29 10:00", apia), 1) ==
        At("2011-12-31 10:00", apia));
}

TEST_CASE("A business day that is always open has 24 hours") {
  const BusinessCalendar always = BusinessCalendar::Always();
  CHECK(always.AfterBusinessDays(Utc("2026-03-09 10:30"), 2) ==
        Utc("2026-03-11 10:30"));
  CHECK(always.EndOfBusinessDay(Utc("2026-03-09 10:30"), 2) ==
        Utc("2026-03-12 00:00"));
}

TEST_CASE("Business days beyond the last known day never come") {
  CHECK(Office().AfterBusinessDays(London("2026-03-09 10:30"), 1'000'000) ==
        absl::InfiniteFuture());
  CHECK(Office().EndOfBusinessDay(absl::InfiniteFuture(), 1) ==
        absl::InfiniteFuture());
  CHECK(Office().EndOfBusinessDay(absl::InfinitePast(), 0) ==
        London("1999-12-01 17:00"));
}

TEST_CASE("Openings are open, closings are not") {
  const BusinessCalendar calendar = OfficeHours();
  const absl::Time opening = London("2026-03-06 09:00");
  const absl::Time closing = London("2026-03-06 17:00");

  CHECK(calendar.IsOpen(opening));
  CHECK_FALSE(calendar.IsOpen(opening - absl::Nanoseconds(1)));
  CHECK(calendar.IsOpen(closing - absl::Nanoseconds(1)));
  CHECK_FALSE(calendar.IsOpen(closing));
}

TEST_CASE("Open intervals are cut to what was asked for") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.OpenIntervals(London("2026-03-05 12:00"),
                               London("2026-03-09 10:00")) ==
        Intervals{{London("2026-03-05 12:00"), London("2026-03-05 17:00")},
                  {London("2026-03-06 09:00"), London("2026-03-06 17:00")},
                  {London("2026-03-09 09:00"), London("2026-03-09 10:00")}});
  CHECK(
      calendar
          .OpenIntervals(London("2026-03-05 17:00"), London("2026-03-06 09:00"))
          .empty());
  CHECK(
      calendar
          .OpenIntervals(London("2026-03-06 12:00"), London("2026-03-06 10:00"))
          .empty());
}

// ------------------------------------------------------ Always, and horizons

TEST_CASE("Always is open at every instant") {
  const BusinessCalendar always = BusinessCalendar::Always();
  const absl::Time night = Utc("1931-01-01 03:00");

  CHECK(always.IsOpen(night));
  CHECK(always.Deadline(night, absl::Hours(100)) == night + absl::Hours(100));
  CHECK(always.Deadline(night, absl::ZeroDuration()) == night);
  CHECK(always.StartFor(night, absl::Hours(100)) == night - absl::Hours(100));
  CHECK(always.Between(night, night + absl::Hours(30)) == absl::Hours(30));
  CHECK(always.OpenIntervals(night, night + absl::Hours(30)) ==
        Intervals{{night, night + absl::Hours(30)}});
  CHECK(always.OpenIntervals(night, night).empty());
}

TEST_CASE("Endless budgets and instants have endless answers") {
  const absl::Time noon = London("2026-03-06 12:00");
  for (const BusinessCalendar& calendar :
       {OfficeHours(), BusinessCalendar::Always()}) {
    CHECK(calendar.Deadline(noon, absl::InfiniteDuration()) ==
          absl::InfiniteFuture());
    CHECK(calendar.Deadline(absl::InfiniteFuture(), absl::ZeroDuration()) ==
          absl::InfiniteFuture());
    CHECK(calendar.Deadline(absl::InfiniteFuture(), absl::Hours(1)) ==
          absl::InfiniteFuture());
    CHECK(calendar.StartFor(noon, absl::InfiniteDuration()) ==
          absl::InfinitePast());
    CHECK(calendar.StartFor(absl::InfinitePast(), absl::ZeroDuration()) ==
          absl::InfinitePast());
    CHECK(calendar.StartFor(absl::InfinitePast(), absl::Hours(1)) ==
          absl::InfinitePast());
  }
}

TEST_CASE("A budget beyond the last known day never falls due") {
  const BusinessCalendar calendar = OfficeHours();

  // 2119-12-29 is the last Friday.
  CHECK(calendar.Deadline(London("2119-12-29 16:00"), absl::Hours(1)) ==
        London("2119-12-29 17:00"));
  CHECK(calendar.Deadline(London("2119-12-29 16:00"),
                          absl::Hours(1) + kMillisecond) ==
        absl::InfiniteFuture());
  CHECK(calendar.Deadline(London("2119-12-29 17:00"), absl::ZeroDuration()) ==
        absl::InfiniteFuture());
  CHECK(calendar.Deadline(London("2026-03-06 12:00"),
                          absl::Hours(24 * 366) * 100) ==
        absl::InfiniteFuture());
}

TEST_CASE("Days before the first known day are closed") {
  const BusinessCalendar calendar = OfficeHours();

  CHECK(calendar.Deadline(Utc("1970-01-01 12:00"), absl::Hours(1)) ==
        London("1999-12-01 10:00"));
  CHECK(calendar.StartFor(London("1999-12-01 10:00"), absl::Hours(1)) ==
        London("1999-12-01 09:00"));
  CHECK(calendar.StartFor(London("1999-12-01 10:00"), absl::Hours(2)) ==
        absl::InfinitePast());
  CHECK(calendar.StartFor(London("1999-12-01 08:00"), absl::ZeroDuration()) ==
        absl::InfinitePast());
}

TEST_CASE("A copy gives the answers of its original, which may be gone") {
  BusinessCalendar calendar = BusinessCalendar::Always();
  {
    const BusinessCalendar original = OfficeHours();
    calendar = original;
  }
  CHECK(calendar.Deadline(London("2026-03-06 21:40"), absl::Minutes(15)) ==
        London("2026-03-09 09:15"));
}

// -------------------------------------------------------------------- Errors

TEST_CASE("Overlapping ranges written on one day are an error") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.week[kSaturday] = {From(11, 15), From(9, 12)};

  CHECK_THAT(ErrorOf(spec),
             Contains("Saturday: 09:00-12:00 and 11:00-15:00 overlap"));
}

TEST_CASE("Overlapping ranges past midnight on one day are an error") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.week[kFriday] = {From(22, 30), From(23, 24)};

  CHECK_THAT(ErrorOf(spec),
             Contains("Friday: 22:00-06:00 and 23:00-24:00 overlap"));
}

TEST_CASE("The same range written twice on one day is an error") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.week[kFriday] = {From(9, 12), From(9, 12)};

  CHECK_THAT(ErrorOf(spec), Contains("overlap"));
}

TEST_CASE("Overlapping special hours are an error that names the date") {
  CalendarSpec spec = OfficeHoursSpec();
  spec.special_hours[absl::CivilDay(2026, 12, 24)] = {
      From(9, 12), {HoursAndMinutes(11, 30), absl::Hours(14)}};

  CHECK_THAT(ErrorOf(spec), Contains("2026-12-24: 09:00-12:00 and 11:30-14:00 "
                                     "overlap; write them as one range, or let "
                                     "the first close by 11:30"));
}

TEST_CASE("Errors write times as finely as they are given") {
  const absl::Duration fine =
      HoursAndMinutes(9, 5) + absl::Milliseconds(30'007);
  CalendarSpec spec = OfficeHoursSpec();
  spec.week[kFriday] = {{absl::Hours(8), fine},
                        {fine - absl::Milliseconds(7), absl::Hours(10)}};

  CHECK_THAT(ErrorOf(spec), Contains("Friday: 08:00-09:05:30.007 and "
                                     "09:05:30-10:00 overlap"));
}

TEST_CASE("An early range and a night of the same day do not overlap") {
  // 00:00-06:00 of that day; 06:00 of the next closes the night.
  CHECK(BusinessCalendar::Create(
            {.zone = "UTC", .week = EveryDay({From(0, 6), From(22, 30)})})
            .ok());
}

TEST_CASE("A range that is empty, backwards or out of bounds is an error") {
  const auto [range, words] = GENERATE(table<OpenRange, std::string>({
      {From(9, 9), "must close later than it opens"},
      {From(17, 9), "Thursday: the range that opens at 17:00 closes 9h"},
      {From(-1, 9), "Thursday: a range opens -1h after midnight"},
      {From(24, 26), "Thursday: a range opens 24h after midnight"},
      {From(9, 34), "Thursday: the range that opens at 09:00 lasts 25h"},
      {{absl::Hours(9) + absl::Nanoseconds(1), absl::Hours(10)},
       "finer than a millisecond"},
      {{absl::Hours(9), absl::Hours(10) + absl::Microseconds(1)},
       "finer than a millisecond"},
      {{absl::Hours(9), absl::InfiniteDuration()}, "lasts inf"},
      {{-absl::InfiniteDuration(), absl::Hours(9)}, "opens -inf"},
  }));
  CalendarSpec spec = OfficeHoursSpec();
  spec.week[kThursday] = {range};

  CHECK_THAT(ErrorOf(spec), Contains(words));
}

TEST_CASE("A calendar that never opens is an error") {
  CHECK_THAT(ErrorOf({.zone = "Europe/London"}), Contains("never opens"));
  CHECK_THAT(ErrorOf({.zone = "Europe/London",
                      .special_hours = {{absl::CivilDay(2026, 3, 3), {}}}}),
             Contains("never opens"));
  // Its only range is on a date that the zone skipped.
  CHECK_THAT(ErrorOf({.zone = "Pacific/Apia",
                      .special_hours = {{absl::CivilDay(2011, 12, 30),
                                         {From(22, 30)}}}}),
             Contains("never opens"));
}

TEST_CASE("A week whose every open day is a holiday never opens") {
  CalendarSpec spec = {.zone = "Europe/London",
                       .week = OnlyOn(kMonday, {From(9, 17)})};
  for (absl::CivilDay monday(1999, 11, 29); monday.year() <= 2120;
       monday += 7) {
    spec.holidays.insert(monday);
  }
  CHECK_THAT(ErrorOf(spec), Contains("never opens"));
}

TEST_CASE("An unknown zone is an error, and so is one of this machine only") {
  const auto zone = GENERATE(
      as<std::string>{}, "", "Europe/Londn", "europe/london ", "localtime",
      "/etc/localtime", "libc:localtime", "file:UTC", "../zoneinfo/UTC",
      "+01:00", "Europe", "posixrules", "Factory", "posix/Europe/London",
      "right/Europe/London", "Europe//London", "Europe/London/");
  CalendarSpec spec = OfficeHoursSpec();
  spec.zone = zone;

  CHECK_THAT(ErrorOf(spec),
             Contains(absl::StrCat("unknown time zone \"", zone, "\"")) &&
                 Contains("Europe/London"));
}

TEST_CASE("Zone names of all shapes are known") {
  for (const char* zone : {"UTC", "Etc/GMT+5", "America/Port-au-Prince",
                           "America/Argentina/Buenos_Aires", "EST5EDT"}) {
    INFO(zone);
    CHECK(BusinessCalendar::Create(
              {.zone = zone, .week = MondayToFriday({From(9, 17)})})
              .ok());
  }
}

// -------------------------------------------- Against a walk in minute steps

using Random = std::mt19937;

int RandomInt(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

bool OneIn(Random& random, int n) { return RandomInt(random, 1, n) == 1; }

// Half of the times lie in the small hours, where clocks change.
int RandomMinuteOfDay(Random& random) {
  return OneIn(random, 2) ? 30 * RandomInt(random, 0, 8)
                          : 15 * RandomInt(random, 0, 30 * 4);
}

Ranges RandomRanges(Random& random) {
  std::vector<int> bounds;
  for (int i = RandomInt(random, 0, 3); i > 0; --i) {
    bounds.push_back(RandomMinuteOfDay(random));
    bounds.push_back(RandomMinuteOfDay(random));
  }
  std::sort(bounds.begin(), bounds.end());

  Ranges ranges;
  for (size_t i = 0; i < bounds.size(); i += 2) {
    const OpenRange range = {absl::Minutes(bounds[i]),
                             absl::Minutes(bounds[i + 1])};
    if (range.opens < range.closes && range.opens < absl::Hours(24) &&
        range.closes <= range.opens + absl::Hours(24)) {
      ranges.push_back(range);
    }
  }
  std::shuffle(ranges.begin(), ranges.end(), random);
  return ranges;
}

CalendarSpec RandomSpec(Random& random, const std::string& zone,
                        absl::CivilDay middle) {
  CalendarSpec spec = {.zone = zone};
  for (Ranges& ranges : spec.week) ranges = RandomRanges(random);
  spec.week[kTuesday] = {kWholeDay};  // it opens on some day
  for (absl::CivilDay day = middle - 10; day < middle + 10; ++day) {
    if (OneIn(random, 6)) spec.holidays.insert(day);
    if (OneIn(random, 6)) spec.special_hours[day] = RandomRanges(random);
  }
  return spec;
}

// Some instant near which the zone's clocks change, if they do in those years.
absl::Time RandomMiddle(Random& random, const absl::TimeZone& zone) {
  const absl::Time any = Utc("2005-01-01 00:00") +
                         absl::Hours(24) * RandomInt(random, 0, 365 * 30) +
                         absl::Minutes(RandomInt(random, 0, 24 * 60 - 1));
  absl::TimeZone::CivilTransition change;
  if (OneIn(random, 4) || !zone.NextTransition(any, &change)) return any;
  return absl::FromCivil(absl::CivilMinute(change.to), zone);
}

// What is open, minute by minute, over some three weeks. It only ever asks what
// time a local clock shows, never when it shows it.
class MinuteWalk {
 public:
  MinuteWalk(const CalendarSpec& spec, absl::Time middle)
      : begin_(middle - absl::Minutes(kMinutes / 2)) {
    const absl::TimeZone zone = Zone(spec.zone);
    for (size_t minute = 0; minute < kMinutes; ++minute) {
      shown_.push_back(zone.At(StartOf(minute)).cs - absl::CivilSecond());
    }
    open_.resize(kMinutes);

    // The first and last dates are seen in part only.
    const absl::CivilDay first(zone.At(begin_).cs);
    for (absl::CivilDay day = first + 1; day < first + 18; ++day) {
      if (!IsShown(day)) continue;
      for (const OpenRange& range : HoursOn(spec, day)) MarkOpen(day, range);
    }
  }

  // Where it knows everything.
  absl::Time begin() const { return StartOf(kFirstKnown); }
  absl::Time end() const { return StartOf(kEndOfKnown); }

  bool IsOpen(absl::Time at) const { return open_[MinuteOf(at)]; }

  // Absent: later than it knows.
  std::optional<absl::Time> Deadline(absl::Time start,
                                     absl::Duration budget) const {
    for (size_t minute = MinuteOf(start); minute < kEndOfKnown; ++minute) {
      if (!open_[minute]) continue;
      const absl::Time from = std::max(start, StartOf(minute));
      const absl::Time to = StartOf(minute + 1);
      if (from + budget <= to) return from + budget;
      budget -= to - from;
    }
    return std::nullopt;
  }

  // Absent: earlier than it knows.
  std::optional<absl::Time> StartFor(absl::Time end,
                                     absl::Duration budget) const {
    for (size_t minute = MinuteOf(end); minute >= kFirstKnown; --minute) {
      const absl::Time from = StartOf(minute);
      const absl::Time to = std::min(end, StartOf(minute + 1));
      if (!open_[minute] || from == to) continue;
      if (to - budget >= from) return to - budget;
      budget -= to - from;
    }
    return std::nullopt;
  }

  absl::Duration Between(absl::Time from, absl::Time to) const {
    absl::Duration open;
    for (size_t minute = MinuteOf(from); StartOf(minute) < to; ++minute) {
      if (!open_[minute]) continue;
      open +=
          std::min(to, StartOf(minute + 1)) - std::max(from, StartOf(minute));
    }
    return open;
  }

 private:
  static constexpr size_t kDay = 24 * 60;
  static constexpr size_t kMinutes = 20 * kDay;
  static constexpr size_t kFirstKnown = 4 * kDay;
  static constexpr size_t kEndOfKnown = 16 * kDay;

  static Ranges HoursOn(const CalendarSpec& spec, absl::CivilDay day) {
    if (spec.special_hours.contains(day)) return spec.special_hours.at(day);
    if (spec.holidays.contains(day)) return {};
    return spec.week[static_cast<size_t>(absl::GetWeekday(day))];
  }

  static int64_t Shown(absl::CivilDay day, absl::Duration since_midnight) {
    return absl::CivilSecond(day) + absl::ToInt64Seconds(since_midnight) -
           absl::CivilSecond();
  }

  bool IsShown(absl::CivilDay day) const {
    const int64_t midnight = Shown(day, absl::ZeroDuration());
    const int64_t next_midnight = Shown(day, absl::Hours(24));
    return std::any_of(shown_.begin(), shown_.end(), [&](int64_t shown) {
      return midnight <= shown && shown < next_midnight;
    });
  }

  void MarkOpen(absl::CivilDay day, const OpenRange& range) {
    const int64_t opens = Shown(day, range.opens);
    const int64_t closes = Shown(day, range.closes);
    const auto first_at_or_after = [this](int64_t time) {
      return std::find_if(shown_.begin(), shown_.end(),
                          [time](int64_t shown) { return shown >= time; });
    };
    // Opens when the clock first shows that time or, after a jump, a later one;
    // closes when it last shows that time or, if it never does, at the jump.
    const auto opening = first_at_or_after(opens);
    const auto last_shown = std::find(shown_.rbegin(), shown_.rend(), closes);
    const auto closing = last_shown == shown_.rend() ? first_at_or_after(closes)
                                                     : last_shown.base() - 1;
    for (auto minute = opening; minute < closing; ++minute) {
      open_[static_cast<size_t>(minute - shown_.begin())] = true;
    }
  }

  absl::Time StartOf(size_t minute) const {
    return begin_ + absl::Minutes(minute);
  }

  size_t MinuteOf(absl::Time at) const {
    return static_cast<size_t>((at - begin_) / absl::Minutes(1));
  }

  absl::Time begin_;
  std::vector<int64_t> shown_;  // local time, by minute since begin_
  std::vector<bool> open_;
};

absl::Duration RandomBelowMinute(Random& random) {
  if (OneIn(random, 2)) return absl::ZeroDuration();
  return absl::Nanoseconds(
      std::uniform_int_distribution<int64_t>(0, 59'999'999'999)(random));
}

absl::Time RoundedUp(absl::Time at) {
  const absl::Time down = absl::FromUnixMillis(absl::ToUnixMillis(at));
  return down < at ? down + kMillisecond : down;
}

TEST_CASE("Random calendars agree with a walk in minute steps", "[property]") {
  const std::array<std::string, 10> zones = {
      "UTC",          "Europe/London",       "America/New_York",
      "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana",
      "Asia/Beirut",  "America/Sao_Paulo",   "Africa/Casablanca",
      "Pacific/Apia"};
  constexpr int kCalendars = 70;
  constexpr int kCasesPerCalendar = 50;
  Random random(20260306);
  int deadlines = 0;
  int starts = 0;

  for (int i = 0; i < kCalendars; ++i) {
    const std::string& zone = zones[static_cast<size_t>(i) % zones.size()];
    const absl::Time middle = zone == "Pacific/Apia"
                                  ? Utc("2011-12-30 10:00")
                                  : RandomMiddle(random, Zone(zone));
    const CalendarSpec spec =
        RandomSpec(random, zone, absl::ToCivilDay(middle, Zone(zone)));
    const BusinessCalendar calendar = Compile(spec);
    const MinuteWalk walk(spec, middle);

    for (int j = 0; j < kCasesPerCalendar; ++j) {
      const absl::Time at = walk.begin() +
                            absl::Minutes(RandomInt(random, 0, 11 * 24 * 60)) +
                            RandomBelowMinute(random);
      const absl::Duration budget =
          OneIn(random, 10) ? absl::ZeroDuration()
                            : absl::Minutes(RandomInt(random, 0, 30 * 60)) +
                                  RandomBelowMinute(random);
      INFO("calendar " << i << " in " << zone << ", at " << at << ", budget "
                       << budget);

      CHECK(calendar.IsOpen(at) == walk.IsOpen(at));
      const absl::Time later = std::min(at + 2 * budget, walk.end());
      CHECK(calendar.Between(at, later) == walk.Between(at, later));
      if (const auto due = walk.Deadline(at, budget); due.has_value()) {
        CHECK(calendar.Deadline(at, budget) == RoundedUp(*due));
        ++deadlines;
      }
      if (const auto start = walk.StartFor(at, budget); start.has_value()) {
        CHECK(calendar.StartFor(at, budget) ==
              absl::FromUnixMillis(absl::ToUnixMillis(*start)));
        ++starts;
      }
    }
  }

  CHECK(deadlines > 2000);
  CHECK(starts > 2000);
}

}  // namespace
}  // namespace leadclock
