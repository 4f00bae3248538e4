#include "calendars/file_outline.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace leadclock {
namespace {

// Those of an event, which mean nothing elsewhere in a calendar.
constexpr std::array<absl::string_view, 7> kOfAnEvent = {
    "DTSTART", "DTEND",  "DURATION",     "RRULE",
    "RDATE",   "EXDATE", "RECURRENCE-ID"};

int LongestNumber(absl::string_view text) {
  int longest = 0;
  int digits = 0;
  for (const char each : text) {
    digits =
        absl::ascii_isdigit(static_cast<unsigned char>(each)) ? digits + 1 : 0;
    longest = std::max(longest, digits);
  }
  return longest;
}

class OutlineReader {
 public:
  FileOutline Read(const std::vector<ContentLine>& lines) && {
    for (const ContentLine& line : lines) {
      // One lost line would make many of those after it wrong.
      if (!ReadLine(line)) return std::move(outline_);
    }
    if (!open_.empty()) {
      Error(open_.back().line,
            absl::StrCat("BEGIN:", open_.back().name,
                         " is not closed by an END:", open_.back().name,
                         "; is the file whole?"));
    }
    return std::move(outline_);
  }

 private:
  struct Component {
    std::string name;
    int line = 0;
  };

  // False: the lines after it cannot be understood.
  bool ReadLine(const ContentLine& line) {
    const std::string name = line.Name();
    if (name == "BEGIN") return Begin(line);
    if (name == "END") return End(line);
    if (open_.empty()) {
      return Error(line.number,
                   "it stands outside of BEGIN:VCALENDAR and END:VCALENDAR");
    }
    if (open_.size() == 1) ReadOfCalendar(line, name);
    if (open_.back().name == "VEVENT") ReadOfEvent(line, name);
    return true;
  }

  bool Begin(const ContentLine& line) {
    const std::string name = absl::AsciiStrToUpper(line.Value());
    const bool is_calendar = name == "VCALENDAR";
    if (open_.empty() && !is_calendar) {
      return Error(line.number, absl::StrCat("BEGIN:", name,
                                             " stands outside of "
                                             "BEGIN:VCALENDAR and "
                                             "END:VCALENDAR"));
    }
    const size_t depth = name == "VEVENT" ? 1 : 0;
    if ((is_calendar || name == "VEVENT") && open_.size() != depth) {
      return Error(line.number,
                   absl::StrCat("BEGIN:", name, " stands within ", Open(),
                                "; is its END:", open_.back().name, " lost?"));
    }
    if (name == "VEVENT") outline_.events.push_back(line.number);
    if (open_.size() == 1 && name != "VEVENT" && name != "VTIMEZONE") {
      Error(line.number,
            absl::StrCat("a file of holidays has events only, and no ",
                         WithoutControls(name.substr(0, 60))));
    }
    if (is_calendar) is_of_package_ = false;
    open_.push_back({name, line.number});
    return true;
  }

  bool End(const ContentLine& line) {
    const std::string name = absl::AsciiStrToUpper(line.Value());
    if (open_.empty()) {
      return Error(line.number,
                   absl::StrCat("END:", name, " closes nothing; is its BEGIN:",
                                name, " lost?"));
    }
    if (open_.back().name != name) {
      return Error(line.number, absl::StrCat("END:", name, " does not close ",
                                             Open(), "; is a line lost?"));
    }
    open_.pop_back();
    return true;
  }

  // What a calendar says of all its events.
  void ReadOfCalendar(const ContentLine& line, const std::string& name) {
    const absl::string_view value = line.Value();
    const std::string shown =
        absl::StrCat(name, ":", WithoutControls(value.substr(0, 60)));
    if (name == "CALSCALE" && !absl::EqualsIgnoreCase(value, "GREGORIAN")) {
      Error(line.number,
            absl::StrCat(shown,
                         " is not understood; list the dates by the Gregorian "
                         "calendar"));
    } else if (name == "METHOD" && absl::EqualsIgnoreCase(value, "CANCEL")) {
      Error(line.number,
            "METHOD:CANCEL withdraws the events that it lists, which are no "
            "holidays then; leave the file out");
    } else if (name == "METHOD" && !absl::EqualsIgnoreCase(value, "PUBLISH") &&
               !absl::EqualsIgnoreCase(value, "REQUEST")) {
      Error(line.number,
            absl::StrCat(shown,
                         " is not understood; write METHOD:PUBLISH, or "
                         "leave it out"));
    } else if (name == "PRODID") {
      is_of_package_ = absl::StrContains(value, "Open World Holidays");
    } else if (name == "X-WR-CALNAME" && is_of_package_ &&
               absl::StrContains(value, "Half Day")) {
      // Of several categories it does not say which event is of which.
      Error(line.number,
            absl::StrCat(shown,
                         " says that some of these are half days, and not "
                         "which; export without the category half_day, and "
                         "write the hours of half days into 'dates'"));
    } else if (std::find(kOfAnEvent.begin(), kOfAnEvent.end(), name) !=
               kOfAnEvent.end()) {
      Error(line.number, absl::StrCat(shown,
                                      " stands outside of BEGIN:VEVENT and "
                                      "END:VEVENT; is a line lost?"));
    }
  }

  // libical would take the lower bits of a great number.
  void ReadOfEvent(const ContentLine& line, const std::string& name) {
    const bool is_sequence = name == "SEQUENCE";
    if (!is_sequence && name != "RRULE" && name != "DURATION") return;
    const int most = is_sequence ? 9 : 4;
    for (const absl::string_view part : absl::StrSplit(line.Value(), ';')) {
      if (absl::StartsWithIgnoreCase(part, "UNTIL")) continue;
      if (LongestNumber(part) > most) {
        Error(line.number,
              absl::StrCat(name, " has a number of more than ", most,
                           " digits; write a "
                           "smaller one"));
      }
    }
  }

  // "BEGIN:VEVENT of line 4"
  std::string Open() const {
    return absl::StrCat("BEGIN:", open_.back().name, " of line ",
                        open_.back().line);
  }

  bool Error(int line, std::string message) {
    outline_.errors.push_back({line, std::move(message)});
    return false;
  }

  std::vector<Component> open_;
  // Written by the package `holidays`.
  bool is_of_package_ = false;
  FileOutline outline_;
};

}  // namespace

FileOutline OutlineOf(const std::vector<ContentLine>& lines) {
  return OutlineReader().Read(lines);
}

}  // namespace leadclock
