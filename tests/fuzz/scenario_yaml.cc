// A file of scenarios, and what is played of one that is accepted.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/scenario/compare.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"
#include "app/scenario/show.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/yaml_errors.h"

namespace leadclock::fuzz {
namespace {

// From there the seeds find their policies.
const std::string& Folder() {
  static const auto* const kFolder =
      new std::string(absl::StrCat(LEADCLOCK_SOURCE_DIR, "/tests/scenarios/"));
  return *kFolder;
}

void CheckScenarios(const std::string& text) {
  const std::string path = Folder() + "basics/fuzz.test.yaml";
  const absl::StatusOr<std::vector<Scenario>> scenarios =
      ReadScenarios(text, path);
  if (!scenarios.ok()) {
    // What is wrong with a policy stands where the policy does; and what a
    // policy extends may be left without what it needs.
    const std::string examples =
        Folder() + "basics/../../../examples/policies/";
    return CheckYamlErrors(
        scenarios.status(),
        {path, Folder() + "basics/policy.yaml", examples + "markets.yaml",
         examples + "human_response.yaml", examples + "journey.yaml",
         examples + "intent.yaml", examples + "enforced.yaml",
         "default (built in)"});
  }
  Require(!scenarios->empty(), "an accepted file has a scenario");
  for (const Scenario& scenario : *scenarios) {
    const Played played = Play(scenario);
    for (const std::string& fault : played.faults) {
      Require(false, "what is played is right", fault);
    }
    const Comparison comparison = Compare(scenario, played);
    Require(!FailureText(scenario, played, comparison).empty(),
            "what came of it can be shown");
  }
}

}  // namespace
}  // namespace leadclock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  leadclock::fuzz::CheckScenarios({reinterpret_cast<const char*>(data), size});
  return 0;
}
