#include "tests/property/known_calendars.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace leadclock::property {
namespace {

OpenRange Hours(double opens, double closes) {
  return {absl::Minutes(opens * 60), absl::Minutes(closes * 60)};
}

CalendarSpec OnWeekdays(std::string zone, const std::vector<OpenRange>& hours) {
  CalendarSpec spec;
  spec.zone = std::move(zone);
  for (size_t day = 0; day < 5; ++day) spec.week[day] = hours;
  return spec;
}

CalendarSpec OnAllDays(std::string zone, const std::vector<OpenRange>& hours) {
  CalendarSpec spec;
  spec.zone = std::move(zone);
  spec.week.fill(hours);
  return spec;
}

std::vector<std::pair<std::string, CalendarSpec>> CalendarSpecs() {
  CalendarSpec london = OnWeekdays("Europe/London", {Hours(9, 17.5)});
  london.week[5] = {Hours(9, 12), Hours(13, 15)};
  london.holidays = {absl::CivilDay(2026, 3, 6), absl::CivilDay(2026, 4, 3),
                     absl::CivilDay(2026, 12, 25)};
  london.special_hours[absl::CivilDay(2026, 3, 5)] = {Hours(9, 12)};
  london.special_hours[absl::CivilDay(2026, 12, 24)] = {Hours(9, 12)};

  CalendarSpec new_york =
      OnWeekdays("America/New_York", {Hours(8, 12), Hours(13, 18)});
  new_york.holidays = {absl::CivilDay(2026, 3, 9), absl::CivilDay(2026, 11, 2)};
  new_york.special_hours[absl::CivilDay(2026, 3, 9)] = {Hours(10, 11)};

  CalendarSpec night = OnAllDays("Europe/London", {Hours(22, 30)});
  night.holidays = {absl::CivilDay(2026, 3, 5)};

  // Across the hour that New York skips, or repeats.
  CalendarSpec early =
      OnAllDays("America/New_York", {Hours(0.5, 1.5), Hours(2.5, 4.25)});

  CalendarSpec shifts =
      OnAllDays("Asia/Kolkata", {Hours(6, 14), Hours(14, 22)});
  shifts.special_hours[absl::CivilDay(2026, 3, 6)] = {};

  CalendarSpec long_nights = OnWeekdays("Asia/Tokyo", {Hours(18, 42)});

  CalendarSpec brief = OnAllDays(
      "UTC", {Hours(9, 9.25), Hours(9.5, 10), Hours(10, 11), Hours(12, 12.5)});

  return {
      {"office", OnWeekdays("UTC", {Hours(9, 17)})},
      {"office with lunch", OnWeekdays("UTC", {Hours(9, 12), Hours(13, 17)})},
      {"london", london},
      {"new york", new_york},
      {"night", night},
      {"early", early},
      {"shifts", shifts},
      {"long nights", long_nights},
      {"brief", brief},
      {"phoenix", OnAllDays("America/Phoenix", {Hours(7, 19)})},
  };
}

}  // namespace

const std::vector<KnownCalendar>& KnownCalendars() {
  static const std::vector<KnownCalendar>& known = *[] {
    auto* calendars = new std::vector<KnownCalendar>;
    calendars->push_back({"always", {}, BusinessCalendar::Always()});
    for (auto& [name, spec] : CalendarSpecs()) {
      absl::StatusOr<BusinessCalendar> calendar =
          BusinessCalendar::Create(spec);
      if (!calendar.ok()) {
        std::cerr << name << ": " << calendar.status() << "\n";
        std::abort();
      }
      calendars->push_back({name, spec, *std::move(calendar)});
    }
    return calendars;
  }();
  return known;
}

}  // namespace leadclock::property
