#include "calendars/holiday_file.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace leadclock {
namespace {

using Holidays = std::map<absl::CivilDay, std::string>;

constexpr absl::CivilDay kLastDay(2030, 12, 31);

// A file of these lines within one calendar.
std::string Calendar(const std::vector<std::string>& lines) {
  return absl::StrCat("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n",
                      absl::StrJoin(lines, "\r\n"), "\r\nEND:VCALENDAR\r\n");
}

std::string Event(const std::vector<std::string>& lines) {
  return absl::StrCat("BEGIN:VEVENT\r\nSUMMARY:Day\r\n",
                      absl::StrJoin(lines, "\r\n"), "\r\nEND:VEVENT");
}

Holidays HolidaysOf(const std::string& text) {
  const HolidayFile file = ReadHolidayFile(text, kLastDay);
  for (const HolidayFile::Error& error : file.errors) {
    FAIL_CHECK(error.line << ": " << error.message);
  }
  return file.holidays;
}

std::string ErrorsOf(const std::string& text) {
  return absl::StrJoin(ReadHolidayFile(text, kLastDay).errors, "\n",
                       [](std::string* out, const HolidayFile::Error& error) {
                         absl::StrAppend(out, error.line, ": ", error.message);
                       });
}

absl::CivilDay December(int day) { return absl::CivilDay(2026, 12, day); }

TEST_CASE("A plain dated day is a holiday with its name") {
  CHECK(HolidaysOf(Calendar({"BEGIN:VEVENT", "SUMMARY:Christmas Day",
                             "DTSTART;VALUE=DATE:20261225", "DURATION:P1D",
                             "END:VEVENT"})) ==
        Holidays{{December(25), "Christmas Day"}});
  CHECK(HolidaysOf(Calendar({Event({"DTSTART;VALUE=DATE:20261225"})})) ==
        Holidays{{December(25), "Day"}});
}

TEST_CASE("Lines may end as on Unix, and be folded") {
  CHECK(HolidaysOf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Chris\n tmas\n"
                   "DTSTART;VALUE=DATE:20261225\nEND:VEVENT\n"
                   "END:VCALENDAR\n") == Holidays{{December(25), "Christmas"}});
}

TEST_CASE("A holiday of several days ends before DTEND") {
  const Holidays two = {{December(25), "Day"}, {December(26), "Day"}};
  CHECK(HolidaysOf(Calendar({Event({"DTSTART;VALUE=DATE:20261225",
                                    "DTEND;VALUE=DATE:20261227"})})) == two);
  CHECK(HolidaysOf(Calendar(
            {Event({"DTSTART;VALUE=DATE:20261225", "DURATION:P2D"})})) == two);
  CHECK(HolidaysOf(
            Calendar({Event({"DTSTART;VALUE=DATE:20261225", "DURATION:P1W"})}))
            .size() == 7);
}

TEST_CASE("A yearly holiday comes back up to the last day that is known") {
  const Holidays holidays = HolidaysOf(
      Calendar({Event({"DTSTART;VALUE=DATE:20241225", "RRULE:FREQ=YEARLY"})}));
  CHECK(holidays.size() == 7);
  CHECK(holidays.rbegin()->first == absl::CivilDay(2030, 12, 25));
}

TEST_CASE("A yearly holiday may fall on a weekday of a month") {
  // Thanksgiving.
  CHECK(HolidaysOf(Calendar(
            {Event({"DTSTART;VALUE=DATE:20241128",
                    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3"})})) ==
        Holidays{{absl::CivilDay(2024, 11, 28), "Day"},
                 {absl::CivilDay(2025, 11, 27), "Day"},
                 {absl::CivilDay(2026, 11, 26), "Day"}});
}

TEST_CASE("A yearly holiday ends with UNTIL, and EXDATE takes dates out") {
  CHECK(HolidaysOf(Calendar({Event(
            {"DTSTART;VALUE=DATE:20241225", "RRULE:FREQ=YEARLY;UNTIL=20261225",
             "EXDATE;VALUE=DATE:20251225", "RDATE;VALUE=DATE:20270101"})})) ==
        Holidays{{absl::CivilDay(2024, 12, 25), "Day"},
                 {absl::CivilDay(2026, 12, 25), "Day"},
                 {absl::CivilDay(2027, 1, 1), "Day"}});
}

TEST_CASE("A yearly holiday on February 29 comes in leap years") {
  CHECK(HolidaysOf(Calendar(
            {Event({"DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"})})) ==
        Holidays{{absl::CivilDay(2024, 2, 29), "Day"},
                 {absl::CivilDay(2028, 2, 29), "Day"}});
}

TEST_CASE("Holidays on one date have all their names") {
  CHECK(HolidaysOf(Calendar(
            {"BEGIN:VEVENT", "SUMMARY:A", "DTSTART;VALUE=DATE:20261225",
             "END:VEVENT", "BEGIN:VEVENT", "SUMMARY:B",
             "DTSTART;VALUE=DATE:20261225", "END:VEVENT", "BEGIN:VEVENT",
             "SUMMARY:A", "DTSTART;VALUE=DATE:20261225", "END:VEVENT"})) ==
        Holidays{{December(25), "A; B"}});
}

TEST_CASE("An event that is cancelled is no holiday") {
  CHECK(HolidaysOf(Calendar(
            {Event({"DTSTART;VALUE=DATE:20261225"}),
             Event({"DTSTART;VALUE=DATE:20261226", "STATUS:CANCELLED"})})) ==
        Holidays{{December(25), "Day"}});
}

TEST_CASE("What does not bear on dates is passed over") {
  CHECK(HolidaysOf(Calendar(
            {"X-WR-CALNAME:Bank holidays", "BEGIN:VTIMEZONE",
             "TZID:Europe/London", "END:VTIMEZONE",
             Event({"DTSTART;VALUE=DATE:20261225", "UID:1@example",
                    "DTSTAMP:20260101T000000Z", "TRANSP:TRANSPARENT",
                    "CLASS:PUBLIC", "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
                    "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:soon",
                    "TRIGGER:-PT15M", "END:VALARM"})})) ==
        Holidays{{December(25), "Day"}});
}

TEST_CASE("A file of several calendars has the holidays of all") {
  CHECK(HolidaysOf(
            absl::StrCat(Calendar({Event({"DTSTART;VALUE=DATE:20261225"})}),
                         Calendar({Event({"DTSTART;VALUE=DATE:20261226"})}))) ==
        Holidays{{December(25), "Day"}, {December(26), "Day"}});
}

TEST_CASE("What bears on dates and is not understood is an error") {
  struct Case {
    std::vector<std::string> event;
    std::string error;
  };
  const std::vector<Case> cases = {
      {{"DTSTART:20261225T090000Z"},
       "DTSTART:20261225T090000Z is not a plain date; a holiday is a whole day "
       "of the calendar's own zone: DTSTART;VALUE=DATE:YYYYMMDD"},
      {{"UID:1"}, "it has no DTSTART; write DTSTART;VALUE=DATE:YYYYMMDD"},
      {{"DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261225"},
       "DTEND;VALUE=DATE:20261225 is not the day after the last one, as a "
       "plain date: DTEND;VALUE=DATE:YYYYMMDD"},
      {{"DTSTART;VALUE=DATE:20261225", "DURATION:PT8H"},
       "DURATION:PT8H is not a number of whole days; write DURATION:P1D or "
       "leave it out"},
      {{"DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261226",
        "DURATION:P1D"},
       "it has a DTEND and a DURATION; leave one of them out"},
      {{"DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20301225"},
       "it lasts 1461 days; no holiday lasts more than 366"},
      {{"DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=WEEKLY"},
       "RRULE:FREQ=WEEKLY: it is not FREQ=YEARLY; list the dates instead"},
      {{"DTSTART;VALUE=DATE:20261225",
        "RRULE:FREQ=YEARLY;UNTIL=20301225T000000Z"},
       "RRULE:FREQ=YEARLY;UNTIL=20301225T000000Z: UNTIL is not a plain date, "
       "as DTSTART is; list the dates instead"},
      {{"DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY;BYMONTH=7"},
       "RRULE:FREQ=YEARLY;BYMONTH=7 does not begin on the date of DTSTART, "
       "2026-12-25; let DTSTART be the first date of the rule"},
      {{"DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY",
        "EXDATE:20271225T000000Z"},
       "EXDATE:20271225T000000Z is not a plain date, as DTSTART is; write "
       "VALUE=DATE:YYYYMMDD"},
      {{"DTSTART;VALUE=DATE:20261225", "RECURRENCE-ID;VALUE=DATE:20261225"},
       "RECURRENCE-ID;VALUE=DATE:20261225 is not understood; list the dates "
       "instead"},
      {{"DTSTART;VALUE=DATE:20261225", "STATUS:TENTATIVE"},
       "STATUS:TENTATIVE does not say whether it is a holiday; write CONFIRMED "
       "or CANCELLED, or leave it out"},
  };
  for (const Case& each : cases) {
    CHECK(ErrorsOf(Calendar({Event(each.event)})) ==
          absl::StrCat("4: the event 'Day': ", each.error));
  }
}

TEST_CASE("Each event that is wrong is told, with its line") {
  CHECK(ErrorsOf(
            Calendar({Event({"UID:1"}), Event({"DTSTART;VALUE=DATE:20261225"}),
                      Event({"UID:2"})})) ==
        "4: the event 'Day': it has no DTSTART; write "
        "DTSTART;VALUE=DATE:YYYYMMDD\n"
        "12: the event 'Day': it has no DTSTART; write "
        "DTSTART;VALUE=DATE:YYYYMMDD");
}

TEST_CASE("What libical cannot read is an error") {
  CHECK(ErrorsOf(Calendar({Event({"DTSTART;VALUE=DATE:2026122"})})) != "");
  CHECK(ErrorsOf(Calendar({Event({"DTSTART;VALUE=DATE:20261325"})})) != "");
  CHECK(ErrorsOf(Calendar({Event({"DTSTART;VALUE=DATE:20261225",
                                  "RRULE:FREQ=YEARLY;BYMONTH=99"})})) != "");
  CHECK(ErrorsOf("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                 "DTSTART;VALUE=DATE:20261225\r\n") != "");
}

TEST_CASE("A file without a calendar, or without holidays, is an error") {
  const std::string no_calendar =
      "1: it is not an iCalendar file, which begins with BEGIN:VCALENDAR and "
      "ends with END:VCALENDAR";
  CHECK(ErrorsOf("") == no_calendar);
  CHECK(ErrorsOf("2026-12-25\n") == no_calendar);
  CHECK(ErrorsOf(Calendar({})) == "1: it lists no holiday");
  CHECK(ErrorsOf(Calendar({"BEGIN:VTODO", "SUMMARY:Buy",
                           "DUE;VALUE=DATE:20261225", "END:VTODO"})) ==
        "1: a file of holidays has events only, and no VTODO");
}

}  // namespace
}  // namespace leadclock
