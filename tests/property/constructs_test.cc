#include "tests/property/constructs.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "tests/property/conversation.h"
#include "tests/property/in_words.h"
#include "tests/property/into_reference.h"
#include "tests/property/scenario.h"

// Whether the random scenarios are such that a mistake in any part of the rule
// book would show. LEADCLOCK_PROPERTY_TABLE=1000 prints, over so many of them,
// how many have each part, and of how many it changes the facts.

namespace leadclock::property {
namespace {

#if !defined(__SANITIZE_ADDRESS__)  // It takes a while, and says the same.

// How many scenarios have the construct, and of how many it changes the facts.
struct Weight {
  int64_t scenarios = 0;
  int64_t matters = 0;
};

std::vector<Weight> WeighConstructs(uint64_t scenarios) {
  std::vector<Weight> weights(Constructs().size());
  for (uint64_t seed = 1; seed <= scenarios; ++seed) {
    const Scenario scenario = MakeScenario(seed);
    const std::string words = Describe(scenario);
    const std::vector<NetFact> facts =
        NetFactsOf(Live(scenario, scenario.events).facts);
    for (size_t i = 0; i < weights.size(); ++i) {
      Scenario without = scenario;
      Constructs()[i].leave_out(without);
      if (Describe(without) == words) continue;
      ++weights[i].scenarios;
      if (NetFactsOf(Live(without, without.events).facts) != facts) {
        ++weights[i].matters;
      }
    }
  }
  return weights;
}

TEST_CASE("Each part of the rule book decides something in some scenarios",
          "[property]") {
  const char* const table = std::getenv("LEADCLOCK_PROPERTY_TABLE");
  const uint64_t scenarios =
      table == nullptr ? 600 : std::strtoull(table, nullptr, 10);

  const std::vector<Weight> weights = WeighConstructs(scenarios);

  for (size_t i = 0; i < weights.size(); ++i) {
    const std::string& name = Constructs()[i].name;
    if (table != nullptr) {
      std::cout << std::setw(24) << name << std::setw(8) << weights[i].scenarios
                << std::setw(8) << weights[i].matters << "\n";
    }
    INFO(name);
    CHECK(weights[i].matters >= 2);
  }
}
#endif

}  // namespace
}  // namespace leadclock::property
