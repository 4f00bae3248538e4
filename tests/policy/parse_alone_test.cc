// What is told of a policy whose base cannot be read, and of what bases say for
// nothing.

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "processor/policy/parse_policy.h"
#include "tests/policy/layers.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using layers::Errors;
using policy_parts::Each;

// From line 3 on.
std::string ErrorsWithoutBase(const std::string& parts) {
  return Errors({{"policy.yaml", "version: 2\nextends: none.yaml\n" + parts}});
}

const char kNoBase[] = "policy.yaml:2:10: none.yaml: no such file";

TEST_CASE("Without its base a policy's rules are checked") {
  CHECK(
      ErrorsWithoutBase(
          "eligible: [{when: {mraket: uk}, then: exclud, reason: x}]\n"
          "calendar_for: [{when: {mraket: uk}, use: paris}]\n") ==
      std::string(kNoBase) +
          "\npolicy.yaml:3:20: unknown attribute 'mraket'; did you mean "
          "'market'?"
          "\npolicy.yaml:3:39: 'exclud' is not an outcome of eligibility; did "
          "you mean 'exclude'?"
          "\npolicy.yaml:4:24: unknown attribute 'mraket'; did you mean "
          "'market'?");
}

TEST_CASE("Without its base a policy's clocks and overrides are checked") {
  CHECK(ErrorsWithoutBase(
            "clocks:\n"
            "- {name: first, tarjet: 1h, calendar: paris}\n"
            "- {name: second, target: [{when: {intent: high}, is: 1 our}],\n"
            "   ladder: [{name: late, at: soon}, {at: due, do: warm}]}\n"
            "overrides:\n"
            "- {when: {market: uk}, clocks: {first: {tarjet: 1h}}}\n") ==
        std::string(kNoBase) +
            "\npolicy.yaml:4:17: unknown field 'tarjet' in a clock; did you "
            "mean 'target'?"
            "\npolicy.yaml:5:54: '1 our' is not a target; write open time, "
            "such as 4h or 1h30m, '2 business days', 'end of business day' or "
            "'end of 2 business days'"
            "\npolicy.yaml:6:30: 'soon' is not a mark; write 10m, 50%, due, "
            "due - 5m, due + 5m, 24h wall or due + 1h wall"
            "\npolicy.yaml:6:51: 'warm' is not an action; did you mean 'warn'?"
            "\npolicy.yaml:8:41: unknown field 'tarjet' in a clock of an "
            "override; did you mean 'target'?");
}

TEST_CASE("Without its base what fields of clocks say is checked") {
  const auto [field, error] = GENERATE(Each({
      {"repeats: always", "'always' is not a way to repeat"},
      {"ineligible: go_on", "'go_on' is not what becomes of a clock"},
      {"kpi: A b", "'A b' is not a name"},
      {"at_risk: due", "a clock that is due is not at risk any more"},
      {"attempts: 3", "'attempts' is a map of fields, not a text"},
      {"task: Call the lead", "'task' is a map of fields, not a text"},
      {"acknowledge: owner", "'acknowledge' is a map of fields, not a text"},
      {"ladder: [{name: a, priority: [high]}]", "'priority' is a text"},
  }));
  CHECK_THAT(ErrorsWithoutBase("clocks: [{name: first, " + field + "}]"),
             Catch::Contains("\npolicy.yaml:3:") && Catch::Contains(error));
}

TEST_CASE("What a base may have is no mistake without it") {
  CHECK(ErrorsWithoutBase(
            "eligible: [{when: {missed_clock: other}, then: review, reason: x, "
            "to: ops}]\n"
            "clocks:\n"
            "- {name: first, remove: true}\n"
            "- {name: second, calendar: paris, at_risk: 9h, ladder: [{name: "
            "late, to: ops}]}\n"
            "- {name: third, stops: call, acknowledge: {when: closed, to: ops},"
            " resumes: reply}\n"
            "overrides: [{when: {market: uk}, clocks: {other: {target: 1h}}}]"
            "\n") == kNoBase);
}

TEST_CASE("What is taken out of a base that cannot be read is no mistake") {
  CHECK(ErrorsWithoutBase(
            "notify_within: {remove: true}\n"
            "calendars: {london: {remove: true}}\n"
            "responses: {reply: {remove: true}, call: {channel: phone}}\n"
            "eligible: [{reason: customer, remove: true}]\n"
            "reviews: [{reason: vip, remove: true}]\n"
            "clocks:\n"
            "- {name: first, target: {remove: true}, ladder: [{name: late, "
            "when: {remove: true}}, {name: never, remove: true}]}\n") ==
        kNoBase);
}

TEST_CASE("Nothing is said of changes to what a base further down may have") {
  CHECK(Errors({{"policy.yaml",
                 "version: 2\nextends: middle.yaml\nclocks: [{name: first, "
                 "target: 1h}, {name: second, remove: true}]\n"},
                {"middle.yaml",
                 "version: 1\nextends: none.yaml\nclocks: [{name: third, "
                 "target: 1h}]\n"}}) ==
        "middle.yaml:2:10: none.yaml: no such file");
}

// Else what is written there would be refused without the base.
TEST_CASE("Without its base a policy has all the fields that it has over it") {
  const PolicyFiles::Read no_files = [](const std::string&) {
    return absl::NotFoundError("no such file");
  };
  const std::string parts =
      "eligible: [{when: {market: uk}, then: exclude, reason: a}]\n"
      "clocks: [{name: a, starts: lead_created, stops: assigned, target: 1h, "
      "ladder: [{at: due, do: set_priority, priority: high}]}]\n"
      "overrides: [{when: {team: smb}, clocks: {a: {target: 2h}}}]\n";
  const YamlFieldNames without =
      FieldsLookedFor("version: 1\nextends: none.yaml\n" + parts, no_files);
  for (const auto& [map, field] :
       FieldsLookedFor("version: 1\n" + parts, no_files)) {
    static const std::set<std::string> kMaps = {"the policy", "a clock",
                                                "a rung", "an override",
                                                "a clock of an override"};
    if (!kMaps.contains(map)) continue;
    CAPTURE(map, field);
    CHECK(without.contains({map, field}));
  }
}

TEST_CASE("What counts for nothing in a base is checked as well") {
  const std::string clocks =
      "\nclocks: [{name: a, starts: lead_created, stops: assigned, target: "
      "1h}]\n";
  CHECK(Errors({{"policy.yaml", "version: 2\nextends: base.yaml\n"},
                {"base.yaml",
                 "version: banana\neffective: yesterday\nopen_clocks: maybe" +
                     clocks}}) ==
        "base.yaml:1:10: 'version' is a whole number, 1 or greater, not "
        "'banana'\n"
        "base.yaml:2:12: 'yesterday' is not an instant; write date, time and "
        "zone, such as 2026-03-01T00:00:00Z\n"
        "base.yaml:3:14: 'maybe' is not what becomes of open clocks; known: "
        "keep, carry");
  CHECK(Errors({{"policy.yaml", "version: 2\nextends: base.yaml\n"},
                {"base.yaml", "version: 9\nopen_clocks: carry" + clocks}})
            .empty());
}

}  // namespace
}  // namespace leadclock
