#include "processor/policy/coming_days.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/time/time.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

Policy Parse(const std::string& calendars) {
  absl::StatusOr<Policy> policy = ParsePolicy(
      "version: 1\n" + calendars +
          "clocks: [{name: a, starts: lead_created, stops: assigned, target: "
          "1h}]\n",
      "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

const absl::Time kNow =
    absl::FromCivil(absl::CivilMinute(2026, 12, 24, 10), absl::UTCTimeZone());

TEST_CASE("The next days that differ are told by date and name") {
  const Policy policy = Parse(
      "calendars:\n"
      "  london:\n"
      "    zone: Europe/London\n"
      "    hours: {mon-fri: \"09:00-17:30\"}\n"
      "    holidays: [2026-08-31: Summer, 2026-12-25: Christmas Day, "
      "2026-12-28]\n"
      "    dates: {2026-12-24: \"09:00-12:00\", 2026-12-28: \"10:00-11:00\"}\n"
      "  york: {zone: Europe/London, hours: {mon: \"09:00-10:00\"}, holidays: "
      "[2027-01-01: New Year]}\n"
      "calendar_for: [{otherwise: london}]\n");
  CHECK(ComingDays(policy, kNow) ==
        "The next days with other hours\n"
        "  london  Thu 2026-12-24  09:00-12:00\n"
        "          Fri 2026-12-25  closed, Christmas Day\n"
        "          Mon 2026-12-28  10:00-11:00\n"
        "  york    Fri 2027-01-01  closed, New Year\n");
}

TEST_CASE("Where no day differs nothing is told of them") {
  CHECK(ComingDays(Parse(""), kNow).empty());
}

std::string EndingOf(const std::string& effective,
                     const std::string& holidays) {
  return EndingHolidays(
      Parse((effective.empty() ? "" : "effective: " + effective + "\n") +
            "calendars:\n"
            "  london: {zone: Europe/London, hours: {mon: \"09:00-17:30\"}" +
            (holidays.empty() ? "" : ", holidays: [" + holidays + "]") +
            "}\n"
            "calendar_for: [{otherwise: london}]\n"));
}

TEST_CASE("Holidays that end within a year of the policy are told of") {
  CHECK(EndingOf("2026-01-01T00:00:00Z", "2026-04-03, 2026-12-28") ==
        "The last holiday of london is Mon 2026-12-28, less than a year after "
        "this policy takes effect; those after it are days like others until "
        "they are written.\n");
  CHECK(EndingOf("2027-01-01T00:00:00Z", "2026-12-28") ==
        "The last holiday of london is Mon 2026-12-28, before this policy "
        "takes effect; those after it are days like others until they are "
        "written.\n");
  CHECK(EndingOf("2026-01-01T00:00:00Z", "2026-12-28, 2027-01-01").empty());
}

TEST_CASE("Of holidays nothing is told without an instant, or without any") {
  CHECK(EndingOf("", "2026-12-28").empty());
  CHECK(EndingOf("2026-01-01T00:00:00Z", "").empty());
}

}  // namespace
}  // namespace leadclock
