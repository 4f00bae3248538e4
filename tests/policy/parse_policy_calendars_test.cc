#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// Calendars, holidays, and which calendar counts.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithCalendar;
using policy_parts::WithPart;

TEST_CASE("Hours go past midnight, and a range of weekdays past Sunday") {
  const BusinessCalendar calendar =
      Parsed(WithCalendar("zone: UTC, hours: {sat-mon: \"22:00-06:00\", "
                          "wed: 00:00 - 24:00, thu: closed}"))
          .calendars.at(1)
          .calendar;
  const absl::CivilHour saturday(2026, 3, 7, 0);
  const auto is_open = [&calendar, saturday](int hours) {
    return calendar.IsOpen(
        absl::FromCivil(saturday + hours, absl::UTCTimeZone()));
  };
  CHECK_FALSE(is_open(21));
  CHECK(is_open(22));
  CHECK(is_open(24 + 5));
  CHECK_FALSE(is_open(24 + 6));
  CHECK(is_open(2 * 24 + 22));
  CHECK(is_open(3 * 24 + 5));
  CHECK_FALSE(is_open(3 * 24 + 22));
  CHECK(is_open(4 * 24));
  CHECK(is_open(4 * 24 + 23));
  CHECK_FALSE(is_open(5 * 24));
}

TEST_CASE("Mistakes in a calendar") {
  const std::string a_range =
      " is not a range of hours; write HH:MM-HH:MM, such as 09:00-17:30, or "
      "'closed'";
  const std::string a_weekday =
      " is not a weekday; write mon, tue, wed, thu, fri, sat, sun, or a range "
      "of them, such as mon-fri";
  const std::string a_date =
      " is not a date; write YYYY-MM-DD, such as 2026-12-25";
  const auto [fields, error] = GENERATE_COPY(Each({
      {"hours: {mon: 09:00-17:00}", "2:21: missing field 'zone' in a calendar"},
      {"zone: UTC", "2:21: missing field 'hours' in a calendar"},
      {"zone: UTC, hours: {}", "3:19: 'hours' is empty; write when it is open"},
      {"zone: UTC, hours: 09:00-17:00",
       "3:19: 'hours' is a map of fields, not a text"},
      {"zone: Europe/Lodnon, hours: {mon: 09:00-17:00}",
       "3:7: unknown zone 'Europe/Lodnon'; did you mean 'Europe/London'?"},
      {"zone: new york, hours: {mon: 09:00-17:00}",
       "3:7: unknown zone 'new york'; did you mean 'America/New_York'?"},
      {"zone: Middle-earth, hours: {mon: 09:00-17:00}",
       "3:7: unknown zone 'Middle-earth'; write an IANA name, such as "
       "Europe/London or UTC"},
      {"zone: localtime, hours: {mon: 09:00-17:00}",
       "3:7: unknown zone 'localtime'; write an IANA name, such as "
       "Europe/London or UTC"},
      {"zone: UTC, hours: {monday: 09:00-17:00}",
       "3:20: 'monday' is not a weekday; did you mean 'mon'?"},
      {"zone: UTC, hours: {mon-fry: 09:00-17:00}",
       "3:20: 'mon-fry'" + a_weekday},
      {"zone: UTC, hours: {mon-fri: 09:00-17:00, fri: 09:00-15:00}",
       "3:42: fri has hours already, in 'mon-fri'; write all its ranges as one "
       "list"},
      {"zone: UTC, hours: {mon: 9-}", "3:25: '9-'" + a_range},
      {"zone: UTC, hours: {mon: 09:00-17:60}", "3:25: '09:00-17:60'" + a_range},
      {"zone: UTC, hours: {mon: 09:00-24:01}", "3:25: '09:00-24:01'" + a_range},
      {"zone: UTC, hours: {mon: 24:00-06:00}", "3:25: '24:00-06:00'" + a_range},
      {"zone: UTC, hours: {mon: 09:00}", "3:25: '09:00'" + a_range},
      {"zone: UTC, hours: {mon: []}",
       "3:25: 'mon' is an empty list; write at least one entry"},
      {"zone: UTC, hours: {mon: 09:00-09:00}",
       "3:25: '09:00-09:00' is empty; a whole day is written 00:00-24:00"},
      {"zone: UTC, hours: {mon: [09:00-12:00, 13:00-15:00, 11:30-13:00]}",
       "3:52: '11:30-13:00' overlaps an earlier range of the same day; write "
       "them as one range"},
      {"zone: UTC, hours: {mon: closed}",
       "2:21: the calendar never opens (from 1999-12-01 to 2119-12-31), so "
       "nothing would ever fall due; give open hours to at least one weekday "
       "that is not always a holiday"},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [2026-02-30]",
       "3:50: '2026-02-30' is not a date: there is no such day"},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [30.2.2026]",
       "3:50: '30.2.2026'" + a_date},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [25/12/2026]",
       "3:50: '25/12/2026'" + a_date},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [2026-12-25, "
       "2026-12-25]",
       "3:62: the holiday 2026-12-25 is written twice"},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [{xmas: 2026-12-25}]",
       "3:51: 'xmas'" + a_date},
      {"zone: UTC, hours: {mon: 09:00-17:00}, holidays: [holidays/gb.ics]",
       "3:50: holidays/gb.ics: a policy that is not a file has no files"},
      {"zone: UTC, hours: {mon: 09:00-17:00}, dates: {2026-13-01: closed}",
       "3:47: '2026-13-01' is not a date: there is no such day"},
      {"zone: UTC, hours: {mon: 09:00-17:00}, dates: {2026-12-24: shut}",
       "3:59: 'shut'" + a_range},
      {"zone: UTC, hours: {mon: 09:00-17:00}, date: {}",
       "3:39: unknown field 'date' in a calendar; did you mean 'dates'?"},
  }));
  CHECK(Errors(WithCalendar(fields)) == "policy.yaml:" + error);
}

TEST_CASE("Mistakes in the names and the choice of calendars") {
  const auto [part, error] = GENERATE(Each({
      {"calendars: {always: {zone: UTC, hours: {mon: 09:00-17:00}}}",
       "2:13: 'always' is built in, and is open at every instant; choose "
       "another name"},
      {"calendars: {New York: {zone: UTC, hours: {mon: 09:00-17:00}}}",
       "2:13: 'New York' is not a name; a name begins with a lower-case "
       "letter, and goes on with lower-case letters, digits and '_'"},
      {"calendar_for: [{otherwise: alwys}]",
       "2:28: unknown calendar 'alwys'; did you mean 'always'?"},
      {"calendar_for: [{otherwise: always}, {when: {market: uk}, use: always}]",
       "2:28: 'otherwise' stands last; the rules after it would never be "
       "reached\n"
       "policy.yaml:2:37: the last rule of 'calendar_for' must be {otherwise: "
       "...}, which says what holds when no other rule does"},
      {"calendar_for: [{otherwise: always, when: {market: uk}}]",
       "2:36: 'otherwise' stands alone in its rule, as {otherwise: ...}"},
      {"calendar_for: [{when: {market: uk}}, {otherwise: always}]",
       "2:16: missing field 'use' in a rule of 'calendar_for'"},
      {"calendar_for: [{when: {market: uk}, is: always}, {otherwise: always}]",
       "2:16: missing field 'use' in a rule of 'calendar_for'\n"
       "policy.yaml:2:37: unknown field 'is' in a rule of 'calendar_for'; "
       "known: otherwise, when, use"},
      {"calendar_for: []",
       "2:15: 'calendar_for' is an empty list; write at least one entry"},
  }));
  CHECK(Errors(WithPart(part)) == "policy.yaml:" + error);
}

TEST_CASE("With calendars, each clock must be given one") {
  CHECK(Errors("version: 1\n"
               "calendars: {london: {zone: UTC, hours: {mon: 09:00-17:00}}}\n"
               "clocks: [{name: first, starts: lead_created, stops: assigned, "
               "target: 1h}]\n") ==
        "policy.yaml:1:1: missing field 'calendar_for' in the policy; it says "
        "which calendar the clock 'first' counts by, which names none itself");
}

TEST_CASE("A clock may count by one calendar, or by rules of its own") {
  const auto with_calendar = [](const std::string& calendar) {
    return "version: 1\n"
           "calendars: {london: {zone: UTC, hours: {mon: 09:00-17:00}}}\n"
           "clocks: [{name: first, starts: lead_created, stops: assigned, "
           "target: 1h, calendar:\n" +
           calendar + "}]\n";
  };
  const auto rules_of = [&](const std::string& calendar) {
    return Parsed(with_calendar(calendar)).clocks.at(0).calendars;
  };
  const std::vector<CalendarRule> london = rules_of("london");
  REQUIRE(london.size() == 1);
  CHECK(london[0].when.empty());
  CHECK(london[0].calendar == 1);

  const std::vector<CalendarRule> rules =
      rules_of("[{when: {market: uk}, use: london}, {otherwise: always}]");
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].when == Condition{{"market", {"uk"}}});
  CHECK(rules[0].calendar == 1);
  CHECK(rules[1].when.empty());
  CHECK(rules[1].calendar == 0);

  CHECK(Errors(with_calendar("[{when: {market: uk}, use: london}]")) ==
        "policy.yaml:1:1: missing field 'calendar_for' in the policy; it says "
        "which calendar the clock 'first' counts by where none of its own "
        "rules holds");
  CHECK(Errors(with_calendar("[{when: {market: uk}, use: londn}, {otherwise: "
                             "always}]")) ==
        "policy.yaml:4:28: unknown calendar 'londn'; did you mean 'london'?");
}

TEST_CASE("More calendars than anybody needs are refused") {
  std::string part = "calendars:";
  for (int i = 0; i < 257; ++i) {
    part += "\n  c" + std::to_string(i) +
            ": {zone: UTC, hours: {mon: 09:00-17:00}}";
  }
  CHECK(Errors(WithPart(part)) ==
        "policy.yaml:3:3: 'calendars' has 257 entries; at most 256 are "
        "allowed");
}

// A policy with a calendar of these holidays, and the files beside it.
absl::StatusOr<Policy> WithHolidays(
    const std::string& holidays,
    const std::map<std::string, std::string>& files) {
  return ParsePolicy(
      WithCalendar("zone: UTC, hours: {mon-sun: 09:00-17:00}, holidays: " +
                   holidays),
      "policy.yaml",
      [&files](const std::string& path) -> absl::StatusOr<std::string> {
        const auto file = files.find(path);
        if (file == files.end()) return absl::NotFoundError("no such file");
        return file->second;
      });
}

const char kChristmas[] =
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas Day\n"
    "DTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";

TEST_CASE("Holidays may be dates, dates with a name, and files") {
  const auto policy =
      WithHolidays("[2026-12-28, {2026-12-31: Stocktaking}, gb.ics]",
                   {{"gb.ics", kChristmas}});
  REQUIRE(policy.ok());
  const NamedCalendar& calendar = policy->calendars.back();
  CHECK(calendar.holidays ==
        std::map<absl::CivilDay, std::string>{
            {absl::CivilDay(2026, 12, 25), "Christmas Day"},
            {absl::CivilDay(2026, 12, 28), ""},
            {absl::CivilDay(2026, 12, 31), "Stocktaking"}});
  const auto is_open = [&](int day) {
    return calendar.calendar.IsOpen(absl::FromCivil(
        absl::CivilHour(2026, 12, day, 12), absl::UTCTimeZone()));
  };
  CHECK(is_open(24));
  CHECK_FALSE(is_open(25));
  CHECK_FALSE(is_open(28));
  CHECK_FALSE(is_open(31));
}

TEST_CASE("The files that a policy names are a part of it") {
  const std::string other = absl::StrReplaceAll(kChristmas, {{"25", "24"}});
  const auto policy = WithHolidays("[gb.ics]", {{"gb.ics", kChristmas}});
  const auto changed = WithHolidays("[gb.ics]", {{"gb.ics", other}});
  REQUIRE(policy.ok());
  REQUIRE(changed.ok());
  CHECK(policy->hash != changed->hash);
  CHECK(policy->files ==
        std::map<std::string, std::string>{{"gb.ics", kChristmas}});
}

TEST_CASE("What is wrong with a file of holidays is said where it is named") {
  const auto missing = WithHolidays("[gb.ics]", {});
  CHECK(missing.status().message() == "policy.yaml:3:54: gb.ics: no such file");
  const auto wrong = WithHolidays(
      "[gb.ics]",
      {{"gb.ics",
        absl::StrReplaceAll(kChristmas, {{";VALUE=DATE", ""},
                                         {"20261225", "20261225T090000Z"}})}});
  CHECK(
      wrong.status().message() ==
      "policy.yaml:3:54: gb.ics:2: the event 'Christmas Day': "
      "DTSTART:20261225T090000Z is not a plain date; a holiday is a whole day "
      "of the calendar's own zone: DTSTART;VALUE=DATE:YYYYMMDD");
}

}  // namespace
}  // namespace leadclock
