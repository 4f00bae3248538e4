// `overrides`: what a policy says otherwise for some leads.

#include "processor/policy/overrides.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/lead/story.h"
#include "tests/policy/layers.h"

namespace leadclock {
namespace {

using layers::Errors;
using layers::Says;
using story::AssignedTo;
using story::Changed;
using story::Created;
using story::FactsAt;
using story::Lines;

// A policy of one clock, whose `fields` stand in line 11 and whose overrides
// begin in line 13, from column 3.
std::string WithOverrides(const std::string& fields,
                          const std::string& overrides) {
  return absl::StrCat(
      "version: 1\n"
      "calendars:\n"
      "  london: {zone: Europe/London, hours: {mon-fri: \"09:00-17:00\"}}\n"
      "  paris: {zone: Europe/Paris, hours: {mon-fri: \"09:00-17:00\"}}\n"
      "calendar_for: [{otherwise: always}]\n"
      "responses: {reply: {direction: outbound}}\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: lead_created\n"
      "  stops: reply\n",
      fields, "\n",
      overrides.empty() ? "" : absl::StrCat("overrides:\n- ", overrides));
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string Without(const std::string& fields) {
  return Says(WithOverrides(fields, ""));
}

// The same, where the overrides are those of a policy that extends it.
std::string SaysOver(const std::string& fields, const std::string& overrides) {
  return Says({{"policy.yaml",
                "version: 1\nextends: base.yaml\noverrides:\n- " + overrides},
               {"base.yaml", WithOverrides(fields, "")}});
}

TEST_CASE("An override's target stands before the clock's own") {
  const std::string override =
      "{when: {market: uk}, clocks: {first: {target: 1h}}}";
  CHECK(Says(WithOverrides("  target: 4h", override)) ==
        Without("  target: [{when: {market: uk}, is: 1h}, {otherwise: 4h}]"));
  CHECK(Says(WithOverrides(
            "  target: [{when: {intent: high}, is: 15m}, {otherwise: 4h}]",
            override)) ==
        Without("  target: [{when: {market: uk}, is: 1h}, {when: {intent: "
                "high}, is: 15m}, {otherwise: 4h}]"));
}

TEST_CASE("An override's target may be rules, for its leads only") {
  CHECK(Says(WithOverrides(
            "  target: 4h",
            "{when: {market: uk}, clocks: {first: {target: [{when: {intent: "
            "high}, is: 30m}, {otherwise: 1h}]}}}")) ==
        Without("  target: [{when: {market: uk, intent: high}, is: 30m}, "
                "{when: {market: uk}, is: 1h}, {otherwise: 4h}]"));
  CHECK(Says(WithOverrides(
            "  target: 4h",
            "{when: {not: {market: uk}}, clocks: {first: {target: [{when: "
            "{not: {intent: high}}, is: 30m}]}}}")) ==
        Without("  target: [{when: {market: {not: uk}, intent: {not: high}}, "
                "is: 30m}, {otherwise: 4h}]"));
}

TEST_CASE("Of several overrides that hold the first one decides") {
  CHECK(Says(WithOverrides(
            "  target: 4h",
            "{when: {market: uk}, clocks: {first: {target: 1h}}}\n"
            "- {when: {source: web}, clocks: {first: {target: 2h}}}")) ==
        Without("  target: [{when: {market: uk}, is: 1h}, {when: {source: "
                "web}, is: 2h}, {otherwise: 4h}]"));
}

TEST_CASE("An override's calendar leaves the others to the clock") {
  const std::string override =
      "{when: {market: uk}, clocks: {first: {calendar: london}}}";
  CHECK(Says(WithOverrides("  target: 4h\n  calendar: paris", override)) ==
        Without("  target: 4h\n  calendar: [{when: {market: uk}, use: london}, "
                "{otherwise: paris}]"));
  // What has no calendar of its own counts by calendar_for.
  CHECK(Says(WithOverrides("  target: 4h", override)) ==
        Without("  target: 4h\n  calendar: [{when: {market: uk}, use: "
                "london}]"));
}

TEST_CASE("An override's ladder is for its leads, and the clock's for others") {
  CHECK(SaysOver(
            "  target: 4h\n"
            "  ladder:\n"
            "  - {at: 10m, do: remind, to: owner}\n"
            "  - {at: due, do: breach, to: owner, when: {intent: high}}\n"
            "  - {at: 20m, do: remind, to: owner, when: {market: [uk, ie]}}\n"
            "  - {at: 30m, do: remind, to: owner, when: {market: uk}}\n"
            "  - {at: 40m, do: remind, to: owner, when: {market: fr}}",
            "{when: {market: uk}, clocks: {first: {ladder: [{at: due, do: "
            "breach, to: manager}, {at: 5m, do: remind, to: owner, when: "
            "{intent: low}}]}}}") ==
        Without(
            "  target: 4h\n"
            "  ladder:\n"
            "  - {at: 10m, do: remind, to: owner, when: {market: {not: uk}}}\n"
            "  - {at: due, do: breach, to: owner, when: {market: {not: uk}, "
            "intent: high}}\n"
            "  - {at: 20m, do: remind, to: owner, name: remind_2, when: {not: "
            "{market: uk}, market: [uk, ie]}}\n"
            "  - {at: 40m, do: remind, to: owner, name: remind_4, when: "
            "{market: fr}}\n"
            "  - {at: due, do: breach, to: manager, when: {market: uk}}\n"
            "  - {at: 5m, do: remind, to: owner, name: remind_5, when: "
            "{market: uk, intent: low}}"));
}

// The clock's one rung, which is not for those of whom `override_when` holds,
// as a base says it and as it is written out.
void CheckOutside(const std::string& override_when, const std::string& when) {
  CAPTURE(override_when);
  const std::string other = "{at: 5m, do: remind, to: manager, name: other";
  CHECK(SaysOver("  target: 4h\n  ladder: [{at: due, do: breach, to: owner}]",
                 "{when: " + override_when + ", clocks: {first: {ladder: [" +
                     other + "}]}}}") ==
        Without("  target: 4h\n  ladder: [{at: due, do: breach, to: owner, "
                "when: " +
                when + "}, " + other + ", when: " + override_when + "}]"));
}

TEST_CASE("A ladder may be that of leads of which several things hold") {
  CheckOutside("{market: uk, team: smb}",
               "{any: [{market: {not: uk}}, {team: {not: smb}}]}");
  CheckOutside("{market: uk, team: {not: smb}}",
               "{any: [{market: {not: uk}}, {team: smb}]}");
  CheckOutside("{any: [{market: uk}, {team: smb}]}",
               "{market: {not: uk}, team: {not: smb}}");
  CheckOutside("{any: [{market: uk, team: smb}, {source: web}]}",
               "{any: [{market: {not: uk}, source: {not: web}}, {team: {not: "
               "smb}, source: {not: web}}]}");
  CheckOutside("{flag: vip, any: [{market: uk}, {team: smb}]}",
               "{any: [{flag: {not: vip}}, {market: {not: uk}, team: {not: "
               "smb}}]}");
}

TEST_CASE("The ladder of a later override leaves out an earlier one's leads") {
  CHECK(
      Says(WithOverrides(
          "  target: 4h\n"
          "  ladder: [{at: due, do: breach, to: owner}]",
          "{when: {market: {not: uk}}, clocks: {first: {ladder: [{at: 5m, do: "
          "remind, to: owner}]}}}\n"
          "- {when: {source: web}, clocks: {first: {ladder: [{at: 6m, do: "
          "remind, to: owner}]}}}")) ==
      Without("  target: 4h\n"
              "  ladder:\n"
              "  - {at: due, do: breach, to: owner, when: {source: {not: "
              "web}, market: uk}}\n"
              "  - {at: 5m, do: remind, to: owner, when: {market: {not: "
              "uk}}}\n"
              "  - {at: 6m, do: remind, to: owner, when: {market: uk, "
              "source: web}}"));
}

TEST_CASE("Overrides are for the policy's clocks as its base leaves them") {
  CHECK(
      Says(
          {{"policy.yaml",
            "version: 1\nextends: base.yaml\n"
            "overrides: [{when: {market: fr}, clocks: {first: {target: 2h}}}]"},
           {"base.yaml",
            WithOverrides("  target: 4h",
                          "{when: {market: [uk, fr]}, clocks: {first: "
                          "{target: 1h}}}")}}) ==
      Without("  target: [{when: {market: fr}, is: 2h}, {when: {market: [uk, "
              "fr]}, is: 1h}, {otherwise: 4h}]"));
  // What the policy says of the clock stands over what its base overrides.
  CHECK(Says({{"policy.yaml",
               "version: 1\nextends: base.yaml\n"
               "clocks: [{name: first, target: 3h}]"},
              {"base.yaml",
               WithOverrides("  target: 4h",
                             "{when: {market: uk}, clocks: {first: {target: "
                             "1h}}}")}}) == Without("  target: 3h"));
}

TEST_CASE("Mistakes in an override are told in its line") {
  const std::string ladder =
      "  target: 4h\n  ladder: [{at: 5m, do: remind, to: owner}]";
  const auto [fields, overrides, error] =
      GENERATE_COPY(table<std::string, std::string, std::string>({
          {"  target: 4h", "{when: {market: uk}, clocks: {frst: {target: 1h}}}",
           "13:33: unknown clock 'frst'; did you mean 'first'?"},
          {"  target: 4h", "{when: {market: uk}, clocks: {first: {stops: x}}}",
           "13:41: unknown field 'stops' in a clock of an override; known: "
           "target, calendar, ladder"},
          {"  target: 4h", "{when: {market: uk}, clocks: {first: {}}}",
           "13:40: this override changes nothing; write a target, a calendar "
           "or a ladder"},
          {"  target: 4h", "{when: {market: uk}, clocks: {}}",
           "13:32: 'clocks' is empty; write which clocks this changes"},
          {"  target: 4h", "{when: {market: uk}}",
           "13:3: missing field 'clocks' in an override"},
          {"  target: 4h", "{clocks: {first: {target: 1h}}}",
           "13:3: missing field 'when' in an override"},
          {"  target: 4h", "{when: {}, clocks: {first: {target: 1h}}}",
           "13:10: the condition is empty, and would always hold; write what "
           "it asks for"},
          {"  target: 4h", "{when: {markt: uk}, clocks: {first: {target: 1h}}}",
           "13:11: unknown attribute 'markt'; did you mean 'market'?"},
          {"  target: 4h", "{when: {market: uk}, clocks: {first: {target: 1}}}",
           "13:49: '1' has no unit; write 1s, 1m or 1h"},
          {"  target: 4h",
           "{when: {market: uk}, clocks: {first: {calendar: londn}}}",
           "13:51: unknown calendar 'londn'; did you mean 'london'?"},
          {"  target: 4h",
           "{when: {market: uk}, clocks: {first: {target: [{when: {market: "
           "fr}, is: 1h}]}}}",
           "13:57: no lead can pass this condition: its parts exclude each "
           "other"},
          {"  target: 4h",
           "{when: {market: uk}, clocks: {first: {target: 1h}}}\n"
           "- {when: {market: uk, intent: high}, clocks: {first: {target: "
           "2h}}}",
           "14:63: this rule is never reached: the rule in line 13, column 49, "
           "holds wherever it does; put this one first, or take it out"},
          {"  target: [{when: {market: uk}, is: 2h}, {otherwise: 4h}]",
           "{when: {market: uk}, clocks: {first: {target: 1h}}}",
           "11:12: this rule is never reached: the rule in line 13, column 49, "
           "holds wherever it does; put this one first, or take it out"},
          {"  target: 4h\n"
           "  ladder: [{at: 5m, do: remind, to: owner, when: {market: uk}}]",
           "{when: {market: uk}, clocks: {first: {ladder: [{at: due, do: "
           "breach, to: owner}]}}}",
           "12:12: this rung can never fire: the override in line 14, column "
           "10, gives the leads that it is for another ladder"},
          {ladder,
           "{when: {market: uk}, clocks: {first: {ladder: [{at: due, do: "
           "breach}]}}}",
           "14:50: missing field 'to' in a rung"},
          {ladder,
           "{when: {market: uk}, clocks: {first: {ladder: [{at: due, do: "
           "breach, to: owner}]}}}\n"
           "- {when: {market: uk, intent: high}, clocks: {first: {ladder: "
           "[{at: due, do: breach, to: owner}]}}}",
           "15:63: this ladder is never used: the override in line 14, column "
           "10, holds wherever this one does; put this one first, or take it "
           "out"},
          {"  target: 4h",
           "{when: {market: uk}, clocks: {first: {target: {high: 1h}}}}",
           "13:49: 'target' is a text or a list of rules, not a map; begin "
           "each rule with '-', as in '- {when: {intent: high}, is: ...}' and "
           "then '- {otherwise: ...}'"},
          {ladder,
           "{when: {any: [" + Repeated("{market: m, intent: i}, ", 7) +
               "{market: x}]}, clocks: {first: {ladder: [{at: due, do: breach, "
               "to: owner}]}}}",
           "14:10: what holds for all other leads is more than 64 conditions, "
           "too many for the rungs of the clock; write fewer attributes, or "
           "the rungs into the clock, each with its own 'when'"},
      }));
  CHECK(Errors({{"policy.yaml", WithOverrides(fields, overrides)}}) ==
        "policy.yaml:" + error);
}

TEST_CASE("Overrides are told to be too many before they fill the memory") {
  std::string rungs;
  for (int i = 0; i < 33; ++i) {
    absl::StrAppend(&rungs, "{at: 5m, do: remind, to: owner}, ");
  }
  CHECK(Errors({{"policy.yaml",
                 WithOverrides("  target: 4h\n  ladder: &rungs [" + rungs + "]",
                               "{when: {market: uk}, clocks: {first: {ladder: "
                               "*rungs}}}")}})
            .find("has 66 rungs; at most 62 are allowed") != std::string::npos);

  std::string clocks;
  std::string text = "version: 1\nclocks:\n";
  for (int i = 0; i < 600; ++i) {
    absl::StrAppend(&text, "- {name: c", i,
                    ", starts: lead_created, stops: assigned, target: 1h}\n");
    absl::StrAppend(&clocks, "c", i,
                    ": {target: [{when: {intent: high}, is: 1h}]}, ");
  }
  absl::StrAppend(&text, "overrides:\n- {when: {market: m0}, clocks: &all {",
                  clocks, "}}\n");
  for (int i = 1; i < 100; ++i) {
    absl::StrAppend(&text, "- {when: {market: m", i, "}, clocks: *all}\n");
  }
  CHECK(Errors({{"policy.yaml", text}})
            .find("stand for more than 100000 tests") != std::string::npos);
}

TEST_CASE("A lead that changes its market counts by the other override") {
  const auto policy = layers::Parsed(
      {{"policy.yaml",
        WithOverrides(
            "  target: 4h\n  at_risk: never\n"
            "  ladder: [{at: due, do: breach, to: owner}]",
            "{when: {market: uk}, clocks: {first: {target: 1h, calendar: "
            "london, ladder: [{at: 30m, do: remind, to: owner}]}}}")}});
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  const std::vector<Event> in_france = {
      Created("2026-03-02 08:00", {{"market", "fr"}}),
      AssignedTo("2026-03-02 08:00", "owner-1")};
  CHECK(FactsAt(*policy, "2026-03-02 18:00", in_france) ==
        Lines{"2026-03-02 12:00 first missed",
              "2026-03-02 12:00 first breach_1 -> owner-1"});
  std::vector<Event> to_london = in_france;
  to_london.push_back(Changed("2026-03-02 08:15", "market", "uk"));
  // Fifteen minutes were counted before London opened.
  CHECK(FactsAt(*policy, "2026-03-02 18:00", to_london) ==
        Lines{"2026-03-02 09:15 first remind_1 -> owner-1",
              "2026-03-02 09:45 first missed"});
}

}  // namespace
}  // namespace leadclock
