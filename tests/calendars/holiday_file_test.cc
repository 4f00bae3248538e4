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
      // libical leaves out the last week of 2027.
      {{"DTSTART;VALUE=DATE:20261225",
        "RRULE:FREQ=YEARLY;BYDAY=FR;BYWEEKNO=52"},
       "RRULE:FREQ=YEARLY;BYDAY=FR;BYWEEKNO=52: BYWEEKNO is not understood; "
       "list the dates instead"},
      {{"DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY;BYHOUR=9,10"},
       "RRULE:FREQ=YEARLY;BYHOUR=9,10: a plain date has no BYHOUR, BYMINUTE "
       "or BYSECOND; list the dates instead"},
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
      {{"DTSTART;VALUE=DATE:20261225", "CATEGORIES:HALF_DAY"},
       "it is a half day (CATEGORIES:HALF_DAY), and holidays are closed all "
       "day; leave it out, and write the hours of its date into 'dates'"},
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
        "4: a file of holidays has events only, and no VTODO");
}

TEST_CASE("What an event may say once, and says twice, is an error") {
  const auto [name, one,
              other] = GENERATE(table<std::string, std::string, std::string>({
      {"DTSTART", "DTSTART;VALUE=DATE:20261225", "DTSTART;VALUE=DATE:20261226"},
      {"DTEND", "DTEND;VALUE=DATE:20261226", "DTEND;VALUE=DATE:20261228"},
      {"DURATION", "DURATION:P1D", "DURATION:P3D"},
      {"STATUS", "STATUS:CONFIRMED", "STATUS:CANCELLED"},
      {"UID", "UID:1", "UID:2"},
      {"SEQUENCE", "SEQUENCE:0", "SEQUENCE:1"},
  }));
  std::vector<std::string> lines = {one, other};
  if (name != "DTSTART") lines.emplace_back("DTSTART;VALUE=DATE:20261225");
  CHECK(ErrorsOf(Calendar({Event(lines)})) ==
        absl::StrCat("4: the event 'Day': it has two lines of ", name,
                     "; leave the wrong one out, or divide the event"));
}

TEST_CASE("Dates by another calendar scale are an error") {
  const std::string event = Event({"DTSTART;VALUE=DATE:20261225"});
  CHECK(ErrorsOf(Calendar({"CALSCALE:HEBREW", event})) ==
        "4: CALSCALE:HEBREW is not understood; list the dates by the Gregorian "
        "calendar");
  CHECK(HolidaysOf(Calendar({"CALSCALE:Gregorian", event})).size() == 1);
}

TEST_CASE("A file that withdraws its events is an error") {
  const std::string event = Event({"DTSTART;VALUE=DATE:20261225"});
  CHECK(ErrorsOf(Calendar({"METHOD:CANCEL", event})) ==
        "4: METHOD:CANCEL withdraws the events that it lists, which are no "
        "holidays then; leave the file out");
  CHECK(ErrorsOf(Calendar({"METHOD:COUNTER", event})) ==
        "4: METHOD:COUNTER is not understood; write METHOD:PUBLISH, or leave "
        "it out");
  CHECK(HolidaysOf(Calendar({"METHOD:PUBLISH", event})).size() == 1);
}

TEST_CASE("An event that is cancelled need not be a day") {
  CHECK(HolidaysOf(Calendar(
            {Event({"DTSTART;VALUE=DATE:20261225"}),
             Event({"DTSTART:20261226T090000Z", "STATUS:CANCELLED"})})) ==
        Holidays{{December(25), "Day"}});
}

TEST_CASE("What is lost of a file is an error, and not a day that is open") {
  const std::string whole = Calendar({Event({"DTSTART;VALUE=DATE:20261225"})});
  const std::string another =
      Calendar({Event({"DTSTART;VALUE=DATE:20261226"})});
  // A download that broke off, behind one that did not.
  CHECK(ErrorsOf(whole + another.substr(0, another.find("END:VEVENT"))) ==
        "12: BEGIN:VEVENT is not closed by an END:VEVENT; is the file whole?");
  CHECK(ErrorsOf(whole + another.substr(0, another.find("END:VCALENDAR"))) ==
        "9: BEGIN:VCALENDAR is not closed by an END:VCALENDAR; is the file "
        "whole?");
  const auto [lines,
              error] = GENERATE(table<std::vector<std::string>, std::string>({
      {{Event({"DTSTART;VALUE=DATE:20261225"}), "SUMMARY:Boxing Day",
        "DTSTART;VALUE=DATE:20261226", "END:VEVENT"},
       "9: DTSTART:20261226 stands outside of BEGIN:VEVENT and END:VEVENT; "
       "is a line lost?\n"
       "10: END:VEVENT does not close BEGIN:VCALENDAR of line 1; is a line "
       "lost?"},
      {{"BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225",
        Event({"DTSTART;VALUE=DATE:20261226"})},
       "6: BEGIN:VEVENT stands within BEGIN:VEVENT of line 4; is its "
       "END:VEVENT lost?"},
      {{"BEGIN:VTIMEZONE", "TZID:x", Event({"DTSTART;VALUE=DATE:20261225"})},
       "6: BEGIN:VEVENT stands within BEGIN:VTIMEZONE of line 4; is its "
       "END:VTIMEZONE lost?"},
      {{"BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261225", "END:VEVNT"},
       "6: END:VEVNT does not close BEGIN:VEVENT of line 4; is a line "
       "lost?"},
      {{Event({"DTSTART;VALUE=DATE:20261225"}), "END:VCALENDAR",
        Event({"DTSTART;VALUE=DATE:20261226"})},
       "9: BEGIN:VEVENT stands outside of BEGIN:VCALENDAR and "
       "END:VCALENDAR"},
  }));
  CHECK(ErrorsOf(Calendar(lines)) == error);
  CHECK(ErrorsOf("HTTP/1.1 200 OK\r\n\r\n" + whole) ==
        "1: it stands outside of BEGIN:VCALENDAR and END:VCALENDAR");
}

TEST_CASE("Of an event that was told again the later revision counts") {
  const std::vector<std::string> first = {"UID:1",
                                          "DTSTART;VALUE=DATE:20261225"};
  CHECK(HolidaysOf(Calendar(
            {Event({"UID:1", "SEQUENCE:1", "DTSTART;VALUE=DATE:20261228"}),
             Event(first)})) == Holidays{{December(28), "Day"}});
  CHECK(HolidaysOf(Calendar(
            {Event(first), Event({"UID:1", "SEQUENCE:1", "STATUS:CANCELLED"}),
             Event({"UID:2", "DTSTART;VALUE=DATE:20261226"})})) ==
        Holidays{{December(26), "Day"}});
  CHECK(HolidaysOf(Calendar({Event(first), Event(first)})) ==
        Holidays{{December(25), "Day"}});
  CHECK(ErrorsOf(Calendar(
            {Event(first), Event({"UID:1", "DTSTART;VALUE=DATE:20261228"})})) ==
        "9: the event 'Day': it has the UID of the event of line 4 and no "
        "higher SEQUENCE, but other dates; leave out the one that does not "
        "hold, or write another UID");
}

TEST_CASE("Half days among a package's holidays are an error") {
  CHECK(
      ErrorsOf(
          Calendar({"PRODID:-//Vacanza//Open World Holidays Framework v0.1//EN",
                    "X-WR-CALNAME:Exchange Public\\, Half Day Holidays",
                    Event({"DTSTART;VALUE=DATE:20261225"})})) ==
      "5: X-WR-CALNAME:Exchange Public\\, Half Day Holidays says that some of "
      "these are half days, and not which; export without the category "
      "half_day, and write the hours of half days into 'dates'");
}

TEST_CASE("Empty texts, and wrong ones that bear on no date, are passed over") {
  CHECK(HolidaysOf(Calendar(
            {"X-WR-CALDESC:", Event({"DTSTART;VALUE=DATE:20261225",
                                     "DESCRIPTION:", "LOCATION:", "GEO:here",
                                     "DTSTAMP:now", "URL:"})})) ==
        Holidays{{December(25), "Day"}});
  CHECK(HolidaysOf(
            Calendar({"BEGIN:VEVENT", "SUMMARY:", "DTSTART;VALUE=DATE:20261225",
                      "END:VEVENT"})) == Holidays{{December(25), ""}});
}

TEST_CASE("A misspelt property, or an empty one that bears on dates, is not") {
  for (const char* const line :
       {"DTEDN;VALUE=DATE:20261228", "DTEND:", "DURATION:", "RRULE:",
        "RRULE:FREQ=YEARLY;FOO=1", "RDATE:", "EXDATE;VALUE=DATE:x",
        "STATUS:", "RECURRENCE-ID:", "UID:", "DURATION:P4294967297D",
        "RRULE:FREQ=YEARLY;INTERVAL=65537"}) {
    INFO(line);
    CHECK(ErrorsOf(Calendar({Event({"DTSTART;VALUE=DATE:20261225", line})})) !=
          "");
  }
}

TEST_CASE("A file that would take long is an error, and soon") {
  CHECK(ErrorsOf(Calendar(std::vector<std::string>(
                     300, Event({"DTSTART;VALUE=DATE:20260101",
                                 "DTEND;VALUE=DATE:20261231"}))))
            .find("with it the events of this file have more than 100000 "
                  "days") != std::string::npos);
  CHECK(
      ErrorsOf(Calendar(std::vector<std::string>(
          201, Event({"DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY"})))) ==
      "1004: the event 'Day': with it this file has more than 200 events "
      "with RRULE; list the dates instead");
  // libical looks for it until the year 2582.
  CHECK(ErrorsOf(
            Calendar({Event({"DTSTART;VALUE=DATE:20260101",
                             "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"})})) ==
        "4: the event 'Day': RRULE:FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2 is not "
        "a rule that libical knows");
}

TEST_CASE("A name is one line of text that a terminal can show") {
  const auto name_of = [](const std::string& summary) {
    return HolidaysOf(Calendar({"BEGIN:VEVENT", "SUMMARY:" + summary,
                                "DTSTART;VALUE=DATE:20261225", "END:VEVENT"}))
        .begin()
        ->second;
  };
  CHECK(name_of("a\\nb\x1b[31mc") == "a b [31mc");
  CHECK(name_of("a\xc2\x9b"
                "31mb\x7f") == "a 31mb");
  CHECK(name_of(std::string("a\0b", 3)) == "a b");
  CHECK(name_of("closes at 1\\:00pm\\, \\\\: Á") == "closes at 1:00pm, \\: Á");
}

TEST_CASE("A file that is not UTF-8 is an error") {
  CHECK(ErrorsOf(Calendar({"BEGIN:VEVENT",
                           "SUMMARY:\xdc"
                           "bung",
                           "DTSTART;VALUE=DATE:20261225", "END:VEVENT"})) ==
        "5: it is not UTF-8; save the file as UTF-8");
  // A character may be folded in its middle.
  CHECK(HolidaysOf(Calendar({"BEGIN:VEVENT", "SUMMARY:\xc3",
                             " \x9c"
                             "bung",
                             "DTSTART;VALUE=DATE:20261225", "END:VEVENT"})) ==
        Holidays{{December(25), "Übung"}});
  CHECK(HolidaysOf("\xEF\xBB\xBF" +
                   Calendar({Event({"DTSTART;VALUE=DATE:20261225"})})) ==
        Holidays{{December(25), "Day"}});
}

}  // namespace
}  // namespace leadclock
