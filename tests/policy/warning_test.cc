// When a clock warns: before it is due, or never.
#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/str_replace.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

// A clock with a target; what else it says stands in line 3.
std::string WithTarget(const std::string& target, const std::string& more) {
  return "version: 1\n"
         "clocks: [{name: first, starts: lead_created, stops: assigned, "
         "target: " +
         target + ",\n" + more + "}]\n";
}

std::string Errors(const std::string& text) {
  return std::string(ParsePolicy(text, "policy.yaml").status().message());
}

TEST_CASE("A warning beyond every target can never fire") {
  const std::string due_sooner =
      "the clock is due before that, whatever its target, and a clock that is "
      "due is not at risk any more; write an earlier mark, such as 80%";
  CHECK(Errors(WithTarget("1h", "at_risk: 59m")).empty());
  CHECK(Errors(WithTarget("1h", "at_risk: 1h")) ==
        "policy.yaml:3:10: " + due_sooner + ", or never");
  CHECK(Errors(WithTarget("0m", "at_risk: due - 5m")) ==
        "policy.yaml:3:10: " + due_sooner + ", or never");
  CHECK(Errors(WithTarget("1h", "ladder: [{at: 61m, do: warn, to: owner}]")) ==
        "policy.yaml:3:10: this rung can never fire: " + due_sooner);
}

// Whether a clock whose ladder has these rungs warns of some lead by
// `at_risk` besides.
bool WarnsOfTheRest(const std::string& target, const std::string& rungs) {
  const Policy policy = *ParsePolicy(
      WithTarget(target, "ladder: [" + rungs + "]"), "policy.yaml");
  return policy.clocks.at(0).ladder.back().for_the_rest;
}

TEST_CASE(
    "Who is not surely warned by a rung is so when the clock is at risk") {
  const std::string two = "[{when: {market: uk}, is: 1h}, {otherwise: 4h}]";
  const std::string of_uk =
      "{at: 40m, do: warn, to: owner, when: {market: uk}}";
  const std::string of_others =
      "{at: 3h, do: warn, to: owner, when: {market: {not: uk}}}";
  CHECK(WarnsOfTheRest(two, of_uk));
  CHECK(WarnsOfTheRest(two, of_others));
  // Who comes to another market in between passes neither.
  CHECK(WarnsOfTheRest(two, of_uk + ", " + of_others));
  CHECK_FALSE(WarnsOfTheRest(
      two, of_uk + ", " + absl::StrReplaceAll(of_others, {{"3h", "40m"}})));
  // Some are due before it comes.
  CHECK(WarnsOfTheRest(two, "{at: 2h, do: warn, to: owner}"));
  CHECK_FALSE(WarnsOfTheRest(two, "{at: 59m, do: warn, to: owner}"));
  CHECK(WarnsOfTheRest("2 business days", "{at: 1h, do: warn, to: owner}"));
  CHECK_FALSE(
      WarnsOfTheRest("2 business days", "{at: 50%, do: warn, to: owner}"));
  CHECK(WarnsOfTheRest(two, "{at: 50%, do: remind, to: owner}"));
}

TEST_CASE(
    "Where the clock is at risk may be said beside a rung that warns of "
    "some") {
  const std::string rungs =
      ", ladder: [{at: 40m, do: warn, to: owner, when: {market: uk}}]";
  const Policy policy =
      *ParsePolicy(WithTarget("1h", "at_risk: 50%" + rungs), "policy.yaml");
  CHECK(policy.clocks.at(0).ladder.back().mark.percent == 50);
  const Policy never =
      *ParsePolicy(WithTarget("1h", "at_risk: never" + rungs), "policy.yaml");
  CHECK(never.clocks.at(0).ladder.size() == 1);
}

TEST_CASE("A clock may warn at a mark that only some of its targets reach") {
  CHECK(Errors(WithTarget("[{when: {intent: high}, is: 15m}, {otherwise: 4h}]",
                          "at_risk: 1h"))
            .empty());
  CHECK(Errors(WithTarget("2 business days", "at_risk: 1h")).empty());
}

}  // namespace
}  // namespace leadclock
