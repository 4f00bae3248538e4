#include <catch2/catch.hpp>

#include "app/dev/company.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

Company CompanyOfPolicy(const std::string& rules) {
  const absl::StatusOr<Policy> policy = ParsePolicy(
      "version: 1\n"
      "effective: 2026-01-01T00:00:00Z\n"
      "calendars:\n"
      "  london:\n"
      "    zone: Europe/London\n"
      "    hours: {mon-fri: \"09:00-17:30\"}\n" +
          rules,
      "policy.yaml");
  if (!policy.ok()) FAIL(policy.status().message());
  return CompanyOf(*policy);
}

Company Plain() {
  return CompanyOfPolicy(
      "calendar_for: [{otherwise: london}]\n"
      "clocks:\n"
      "  - {name: answer, starts: lead_created, stops: assigned, target: "
      "1h}\n");
}

absl::Time At(const std::string& text) {
  absl::Time at;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d %H:%M", text, &at, &error)) FAIL(error);
  return at;
}

TEST_CASE("The demo sells in the markets that the policy's calendars name") {
  const Company company = CompanyOf(
      *LoadPolicy(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml"));
  REQUIRE(company.markets.size() == 3);
  CHECK(company.markets[0].name == "uk");
  CHECK(company.markets[1].name == "us");
  CHECK(company.markets[2].name == "de");
  CHECK(company.markets[0].calendar.IsOpen(At("2026-03-02 09:00")));
  CHECK_FALSE(company.markets[1].calendar.IsOpen(At("2026-03-02 09:00")));
}

TEST_CASE("The demo's leads are told apart by what the policy asks for") {
  const Company company = CompanyOfPolicy(
      "calendar_for: [{otherwise: london}]\n"
      "clocks:\n"
      "  - name: answer\n"
      "    starts: lead_created\n"
      "    stops: assigned\n"
      "    target:\n"
      "      - {when: {intent: [urgent, high], source: fair}, is: 15m}\n"
      "      - {otherwise: 4h}\n");
  CHECK(company.intents ==
        std::vector<std::string>{"urgent", "high", "mid", "low"});
  CHECK(company.sources.front() == "fair");
  REQUIRE(company.markets.size() == 1);
  CHECK(company.markets[0].name == "home");
}

TEST_CASE("The demo starts at the last opening that leaves room enough") {
  const absl::Time saturday = At("2026-03-07 12:00");
  CHECK(LastOpening(Plain(), saturday, absl::Hours(10)) ==
        At("2026-03-06 09:00"));
  CHECK(LastOpening(Plain(), saturday, absl::Hours(26)) ==
        At("2026-03-06 09:00"));
  CHECK(LastOpening(Plain(), saturday, absl::Hours(28)) ==
        At("2026-03-05 09:00"));
}

TEST_CASE("A demo that never closes starts at a full hour") {
  Company company = Plain();
  company.markets = {{"home", BusinessCalendar::Always()}};
  CHECK(LastOpening(company, At("2026-03-07 12:34"), absl::Hours(10)) ==
        At("2026-03-07 02:00"));
}

}  // namespace
}  // namespace leadclock
