// When a clock warns: before it is due, or never.
#include <catch2/catch.hpp>
#include <string>

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

TEST_CASE("A clock may warn at a mark that only some of its targets reach") {
  CHECK(Errors(WithTarget("[{when: {intent: high}, is: 15m}, {otherwise: 4h}]",
                          "at_risk: 1h"))
            .empty());
  CHECK(Errors(WithTarget("2 business days", "at_risk: 1h")).empty());
}

}  // namespace
}  // namespace leadclock
