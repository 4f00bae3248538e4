#include "processor/policy/describe.h"

#include <catch2/catch.hpp>
#include <string>

#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

std::string Described(const std::string& text) {
  const absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  if (!policy.ok()) FAIL(policy.status().message());
  return Describe(*policy);
}

// What is said of a rule of `eligible`.
std::string Outcome(const std::string& then) {
  return Described(
      "version: 1\n"
      "eligible: [{when: {customer: existing}, then: " +
      then +
      ", reason: known}]\n"
      "clocks: [{name: first, starts: lead_created, stops: assigned, "
      "target: 1h}]\n");
}

TEST_CASE("Whatever takes a lead out is said to end its open clocks") {
  CHECK_THAT(Outcome("exclude"),
             Catch::Contains("clocks end, and it counts as excluded"));
  CHECK_THAT(Outcome("stop"),
             Catch::Contains("clocks end, and it counts as stopped"));
  CHECK_THAT(Outcome("review"),
             Catch::Contains("clocks end, and review by manager"));
}

TEST_CASE("A version that takes open clocks over says so") {
  const std::string rest =
      "clocks: [{name: first, starts: lead_created, stops: assigned, "
      "target: 1h}]\n";
  const std::string date = "version: 2\neffective: 2026-03-01T00:00:00Z\n";
  CHECK_THAT(Described(date + "open_clocks: carry\n" + rest),
             Catch::StartsWith("Policy version 2, in force from 2026-03-01 "
                               "00:00:00 UTC; open clocks go over to it\n"));
  CHECK_THAT(Described(date + rest),
             Catch::StartsWith("Policy version 2, in force from 2026-03-01 "
                               "00:00:00 UTC\n"));
}

TEST_CASE("A ladder is told in the order in which its rungs are reached") {
  const std::string text = Described(
      "version: 1\n"
      "calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}\n"
      "calendar_for: [{otherwise: office}]\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: lead_created\n"
      "  stops: assigned\n"
      "  target: 1h\n"
      "  acknowledge: {when: closed, to: owner}\n"
      "  ladder:\n"
      "  - {at: due + 5m, do: escalate, to: manager}\n"
      "  - {at: 10m, do: remind, to: owner}\n"
      "  - {at: due - 5m, do: remind, to: backup}\n"
      "  - {at: due, do: breach, to: owner}\n");
  CHECK(text.substr(text.find("  Ladder\n")) ==
        "  Ladder\n"
        "    at the start, if closed  acknowledge owner  acknowledge\n"
        "    after 10m                remind owner       remind_1\n"
        "    at 80% of the target     warn owner         at_risk\n"
        "    5m before due            remind backup      remind_2\n"
        "    when due                 breach owner       breach_1\n"
        "    5m after due             escalate manager   escalate_1\n");
}

}  // namespace
}  // namespace leadclock
