#ifndef LEADCLOCK_CALENDARS_FILE_OUTLINE_H_
#define LEADCLOCK_CALENDARS_FILE_OUTLINE_H_

#include <vector>

#include "calendars/content_lines.h"
#include "calendars/holiday_file.h"

namespace leadclock {

// What an iCalendar file is made of: calendars of events.
//
// libical passes over what does not fit together, such as the half of a file
// whose download broke off, and holidays would be lost without a word.
struct FileOutline {
  // The lines on which events begin.
  std::vector<int> events = {};
  // In order: what begins and does not end, or stands where it cannot; and
  // what calendars say of themselves that would make their dates mean others.
  std::vector<HolidayFile::Error> errors = {};
};

FileOutline OutlineOf(const std::vector<ContentLine>& lines);

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_FILE_OUTLINE_H_
