// How much memory the calendars of policies may take, and the zones that they
// need.

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "processor/policy/parse_policy.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithCalendar;
using policy_parts::WithPart;

// So many ranges of a minute, all in one line.
std::string Ranges(int count) {
  std::string ranges;
  for (int i = 0; i < count; ++i) {
    const std::string hour =
        absl::StrCat(absl::Dec(i * 2 / 60, absl::kZeroPad2), ":");
    absl::StrAppend(&ranges, i == 0 ? "" : ", ", hour,
                    absl::Dec(i * 2 % 60, absl::kZeroPad2), "-", hour,
                    absl::Dec(i * 2 % 60 + 1, absl::kZeroPad2));
  }
  return absl::StrCat("[", ranges, "]");
}

TEST_CASE("A day has at most 24 ranges") {
  const auto with = [](const std::string& ranges) {
    return WithCalendar(
        absl::StrCat("zone: UTC, hours: {mon-sun: ", ranges, "}"));
  };
  CHECK(Errors(with(Ranges(24))) == "");
  CHECK(Errors(with(Ranges(25))) ==
        "policy.yaml:3:29: a day has at most 24 ranges, and this one has 25");
}

TEST_CASE("A date has at most 24 ranges") {
  CHECK(Errors(WithCalendar(absl::StrCat(
            "zone: UTC, hours: {mon: 09:00-17:00}, dates: {2026-12-24: ",
            Ranges(25), "}"))) ==
        "policy.yaml:3:59: a day has at most 24 ranges, and this one has 25");
}

TEST_CASE("Calendars that open more often than memory holds are refused") {
  std::string part = "calendars:";
  for (int i = 0; i < 24; ++i) {
    absl::StrAppend(&part, "\n  c", i,
                    ": {zone: UTC, hours: {mon-sun: ", Ranges(24), "}}");
  }
  part += "\ncalendar_for: [{otherwise: always}]";
  CHECK(Errors(WithPart(part)) ==
        "policy.yaml:25:3: up to this one the calendars open 24210720 times "
        "by 2119, and at most 24000000 are allowed; write fewer calendars, or "
        "fewer ranges a day");
}

constexpr char kThree[] =
    "calendars:\n"
    "  a: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}\n"
    "  b: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}\n"
    "  c: {zone: Europe/Paris, hours: {mon-fri: 09:00-17:00}}\n"
    "calendar_for: [{otherwise: a}]";

TEST_CASE("Calendars that say the same stand in memory once in a policy") {
  const Policy policy = Parsed(WithPart(kThree));
  const BusinessCalendar& a = policy.calendars.at(1).calendar;
  CHECK(policy.calendars.at(2).calendar.SharesWith(a));
  CHECK_FALSE(policy.calendars.at(3).calendar.SharesWith(a));
}

TEST_CASE("Policies that are read together share their calendars") {
  CompiledCalendars compiled;
  const auto read = [&] {
    const auto none = [](const std::string&) {
      return absl::NotFoundError("no files");
    };
    return *ParsePolicy(WithPart(kThree), "policy.yaml", none, &compiled);
  };
  const Policy first = read();
  const Policy second = read();
  for (size_t i = 1; i < first.calendars.size(); ++i) {
    CHECK(first.calendars[i].calendar.SharesWith(second.calendars[i].calendar));
  }
}

TEST_CASE("Where there is no time zone data, that is what is said") {
  const char* const before = std::getenv("TZDIR");
  const std::string folder = before == nullptr ? "" : before;
  REQUIRE(::setenv("TZDIR", "/nonexistent", 1) == 0);
  // Known zones are kept; no other test asks for this one.
  const std::string errors =
      Errors(WithCalendar("zone: Antarctica/Casey, hours: {mon: 09:00-17:00}"));
  if (before == nullptr) {
    ::unsetenv("TZDIR");
  } else {
    ::setenv("TZDIR", folder.c_str(), 1);
  }
  CHECK(errors ==
        "policy.yaml:3:7: unknown zone 'Antarctica/Casey'; there is no time "
        "zone data in /nonexistent: install tzdata");
}

}  // namespace
}  // namespace leadclock
