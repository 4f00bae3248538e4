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

TEST_CASE("What a manager reads of a clock is all that it says") {
  const std::string text = Described(
      "version: 1\n"
      "reentry: {ends: {disposition: recycled}, returns: {date: return}}\n"
      "notify_within: 12h\n"
      "reviews: [{when: {any: [{flag: vip}, {market: uk, intent: high}], "
      "reachable: no}, reason: look}]\n"
      "responses: {try: {direction: outbound}, reply: {direction: inbound}}\n"
      "outcomes:\n"
      "- {name: tried, on: [first.answered, first.remind_1], when: {owner: "
      "somebody}}\n"
      "- {name: back, on: reentered, repeats: true}\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: [lead_created, reentered, {date: term_ends, before: 90 days}]"
      "\n"
      "  when: {intent: {not: unclear}}\n"
      "  repeats: after_end\n"
      "  stops: {stage_changed: {stage: sal, handoff: accepted}}\n"
      "  attempts: {of: try, at_least: 6, channels: 2, apart: 4h}\n"
      "  cancels: {disposition: declined}\n"
      "  pauses: [on_hold, {when: {reachable: no}}]\n"
      "  resumes: reply\n"
      "  target: 1h\n"
      "  at_risk: never\n"
      "  task: {kind: call, to: backup, recommended_action: Ring twice}\n"
      "  responsible: manager\n"
      "  kpi: speed\n"
      "  ladder:\n"
      "  - {at: 24h wall, do: remind, to: owner}\n"
      "  - {at: due + 1h wall, do: remind, to: owner}\n");
  CHECK(text.substr(text.find("Who looks at")) ==
        "Who looks at a lead while its clocks go on\n"
        "  (flag is vip, or market is uk and intent is high) and reachable is "
        "no  review by manager  reason look\n"
        "\n"
        "What counts as an answer\n"
        "  try    outbound\n"
        "  reply  inbound\n"
        "\n"
        "Who is meant\n"
        "  a role that nobody holds  falls to manager\n"
        "\n"
        "What comes too late\n"
        "  a rung that could not be said for 12h  is recorded, and nobody is "
        "told\n"
        "\n"
        "Clock first\n"
        "  starts when        the lead comes in, the lead comes back or 90 "
        "days before its term_ends\n"
        "  only if            intent is not unclear\n"
        "  starts             again after it has ended\n"
        "  stops when         its stage becomes sal, with handoff accepted, or "
        "it has had 6 of try on 2 channels, at least 4h apart\n"
        "  is cancelled when  its disposition is declined\n"
        "  stands still       while status is on_hold, or while reachable is "
        "no\n"
        "  goes on when       reply\n"
        "  counts             the open time of the lead's calendar\n"
        "  target             1h\n"
        "  task               call for backup: Ring twice\n"
        "  responsible        manager\n"
        "  measured as        speed\n"
        "  Ladder\n"
        "    1h on the wall after due  remind owner  remind_2\n"
        "    after 24h on the wall     remind owner  remind_1\n"
        "\n"
        "Leads that go away and come back\n"
        "  recycled when  its disposition is recycled  its clocks end, and "
        "none starts\n"
        "  back when      its return comes             a new cycle begins\n"
        "\n"
        "What becomes of leads\n"
        "  tried  once in a cycle  when first is answered or the rung remind_1 "
        "of first fires, if owner is somebody\n"
        "  back   each time        when the lead comes back\n");
}

}  // namespace
}  // namespace leadclock
