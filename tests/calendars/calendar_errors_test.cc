// What no calendar can be.

#include <catch2/catch.hpp>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "tests/calendars/calendar_specs.h"

namespace leadclock {
namespace {

using calendar_specs::ErrorOf;
using calendar_specs::EveryDay;
using calendar_specs::From;
using calendar_specs::HoursAndMinutes;
using calendar_specs::kFriday;
using calendar_specs::kMonday;
using calendar_specs::kSaturday;
using calendar_specs::kThursday;
using calendar_specs::London;
using calendar_specs::MondayToFriday;
using calendar_specs::OfficeHoursSpec;
using calendar_specs::OnlyOn;
using calendar_specs::Zone;
using ::Catch::Matchers::Contains;

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

}  // namespace
}  // namespace leadclock
