// Calendars that stand in memory once.

#include <catch2/catch.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "calendars/business_calendar.h"

namespace leadclock {
namespace {

CalendarSpec OpenAt(const std::vector<int>& hours) {
  CalendarSpec spec;
  spec.zone = "Europe/London";
  for (auto& day : spec.week) {
    for (const int hour : hours) {
      day.push_back({absl::Hours(hour), absl::Hours(hour + 1)});
    }
  }
  return spec;
}

BusinessCalendar Made(CompiledCalendars& compiled, const CalendarSpec& spec) {
  absl::StatusOr<BusinessCalendar> calendar = compiled.Create(spec);
  REQUIRE(calendar.ok());
  return *std::move(calendar);
}

TEST_CASE("Calendars that say the same are compiled once") {
  CompiledCalendars compiled;
  const BusinessCalendar first = Made(compiled, OpenAt({9, 14}));
  CHECK(Made(compiled, OpenAt({9, 14})).SharesWith(first));
  // In whatever order.
  CHECK(Made(compiled, OpenAt({14, 9})).SharesWith(first));

  CHECK_FALSE(Made(compiled, OpenAt({9})).SharesWith(first));
  CalendarSpec elsewhere = OpenAt({9, 14});
  elsewhere.zone = "Europe/Paris";
  CHECK_FALSE(Made(compiled, elsewhere).SharesWith(first));
  CalendarSpec with_holiday = OpenAt({9, 14});
  with_holiday.holidays = {absl::CivilDay(2026, 12, 25)};
  CHECK_FALSE(Made(compiled, with_holiday).SharesWith(first));
}

TEST_CASE("A calendar that was compiled elsewhere is found once it is added") {
  const BusinessCalendar made = *BusinessCalendar::Create(OpenAt({9}));
  CompiledCalendars compiled;
  compiled.Add(BusinessCalendar::Always());
  CHECK_FALSE(Made(compiled, OpenAt({9})).SharesWith(made));
  compiled.Add(made);
  CHECK(Made(compiled, OpenAt({9})).SharesWith(made));
}

TEST_CASE("A calendar that nobody uses any more is made anew, and the same") {
  CompiledCalendars compiled;
  std::optional<BusinessCalendar> first = Made(compiled, OpenAt({9}));
  const uint64_t fingerprint = first->Fingerprint();
  first.reset();
  CHECK(Made(compiled, OpenAt({9})).Fingerprint() == fingerprint);
}

TEST_CASE("What is wrong with a calendar is said each time") {
  CompiledCalendars compiled;
  CHECK_FALSE(compiled.Create(OpenAt({})).ok());
  CHECK_FALSE(compiled.Create(OpenAt({})).ok());
}

TEST_CASE("Threads that compile one calendar share it") {
  CompiledCalendars compiled;
  std::vector<std::optional<BusinessCalendar>> made(4);
  std::vector<std::thread> threads;
  for (auto& calendar : made) {
    threads.emplace_back([&] { calendar = *compiled.Create(OpenAt({9, 14})); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& calendar : made) CHECK(calendar->SharesWith(*made[0]));
}

TEST_CASE("A calendar tells how often it opens") {
  // The days from 1999-12-01 to 2119-12-31.
  constexpr size_t kDays = 43'860;
  CHECK(BusinessCalendar::Create(OpenAt({9}))->openings() == kDays);
  CHECK(BusinessCalendar::Create(OpenAt({9, 14}))->openings() == 2 * kDays);
  CHECK(BusinessCalendar::Always().openings() == 0);
}

}  // namespace
}  // namespace leadclock
