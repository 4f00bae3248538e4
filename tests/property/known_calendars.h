#ifndef LEADCLOCK_TESTS_PROPERTY_KNOWN_CALENDARS_H_
#define LEADCLOCK_TESTS_PROPERTY_KNOWN_CALENDARS_H_

#include <string>
#include <vector>

#include "calendars/business_calendar.h"

namespace leadclock::property {

struct KnownCalendar {
  std::string name;
  CalendarSpec spec;
  BusinessCalendar calendar;
};

// The first one is "always". To compile a calendar takes a while, so there is
// one set for all.
const std::vector<KnownCalendar>& KnownCalendars();

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_KNOWN_CALENDARS_H_
