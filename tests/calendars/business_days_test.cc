// Deadlines counted in business days.

#include <catch2/catch.hpp>
#include <string>

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
using calendar_specs::kWholeDay;
using calendar_specs::London;
using calendar_specs::MondayToFriday;
using calendar_specs::Ranges;
using calendar_specs::Utc;

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

}  // namespace
}  // namespace leadclock
