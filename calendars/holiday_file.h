#ifndef LEADCLOCK_CALENDARS_HOLIDAY_FILE_H_
#define LEADCLOCK_CALENDARS_HOLIDAY_FILE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace leadclock {

// The holidays that an iCalendar file (RFC 5545) lists.
//
// An event is a holiday on its dates: a plain date (DTSTART;VALUE=DATE), from
// it to the day before DTEND or as long as DURATION says in whole days, and
// again every year as RRULE:FREQ=YEARLY says, with the dates of RDATE and
// without those of EXDATE. An event with STATUS:CANCELLED is none.
//
// What bears on dates and means anything else is an error: a time of day,
// other recurrence, a changed instance, a tentative event, and whatever libical
// cannot read. Properties that do not bear on dates are passed over.
struct HolidayFile {
  // Names by date. A name is the event's summary; of several events on one
  // date it is all of them ("A; B").
  std::map<absl::CivilDay, std::string> holidays;

  // In the file's order. If there are any, `holidays` is not to be used.
  struct Error {
    int line = 0;  // from 1: where the event begins that it is about
    std::string message;
  };
  std::vector<Error> errors;
};

// Holidays after `last_day` are left out: yearly ones have no end.
HolidayFile ReadHolidayFile(std::string_view text, absl::CivilDay last_day);

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_HOLIDAY_FILE_H_
