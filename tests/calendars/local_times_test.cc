// Local times that a zone skips or repeats.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "tests/calendars/calendar_specs.h"

namespace leadclock {
namespace {

using calendar_specs::At;
using calendar_specs::Compile;
using calendar_specs::EveryDay;
using calendar_specs::From;
using calendar_specs::HoursAndMinutes;
using calendar_specs::Intervals;
using calendar_specs::kFriday;
using calendar_specs::kSunday;
using calendar_specs::kWholeDay;
using calendar_specs::London;
using calendar_specs::OfficeHours;
using calendar_specs::OpenFromTo;
using calendar_specs::Ranges;
using calendar_specs::Utc;

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

}  // namespace
}  // namespace leadclock
