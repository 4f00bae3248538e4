// Deadlines, measuring, hours and holidays.

#include "calendars/business_calendar.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/calendars/calendar_specs.h"

namespace leadclock {
namespace {

using calendar_specs::Compile;
using calendar_specs::EveryDay;
using calendar_specs::From;
using calendar_specs::HoursAndMinutes;
using calendar_specs::Intervals;
using calendar_specs::kFriday;
using calendar_specs::kMillisecond;
using calendar_specs::kMonday;
using calendar_specs::kSunday;
using calendar_specs::kTuesday;
using calendar_specs::kWednesday;
using calendar_specs::kWholeDay;
using calendar_specs::London;
using calendar_specs::MondayToFriday;
using calendar_specs::OfficeHours;
using calendar_specs::OfficeHoursSpec;
using calendar_specs::OnlyOn;
using calendar_specs::OpenFromTo;
using calendar_specs::Ranges;
using calendar_specs::Utc;

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

}  // namespace
}  // namespace leadclock
