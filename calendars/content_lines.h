#ifndef LEADCLOCK_CALENDARS_CONTENT_LINES_H_
#define LEADCLOCK_CALENDARS_CONTENT_LINES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace leadclock {

// A line of an iCalendar file as it is meant (RFC 5545, 3.1): what was folded
// into several is one.
struct ContentLine {
  int number = 0;  // from 1: where it begins in the file
  std::string text = {};

  // "DTSTART", of "dtstart;VALUE=DATE:20261225".
  std::string Name() const;
  // "20261225"
  absl::string_view Value() const;
};

// The lines that are not empty. Lines may end as on Unix, on Windows or on old
// Macs; a byte order mark is dropped.
std::vector<ContentLine> ContentLines(absl::string_view text);

bool IsUtf8(absl::string_view text);

// A text in UTF-8 with a space in place of each control character: whoever
// prints it writes one line, and moves no terminal.
std::string WithoutControls(absl::string_view text);

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_CONTENT_LINES_H_
