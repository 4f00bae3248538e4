#include "tests/property/scenario.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/property/arrival_maker.h"
#include "tests/property/constructs.h"
#include "tests/property/dice.h"
#include "tests/property/history_maker.h"
#include "tests/property/policy_maker.h"

namespace leadclock::property {

Scenario MakeScenario(uint64_t seed) {
  Dice dice(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.step = dice.Chance(20) ? absl::Milliseconds(1) : absl::Minutes(1);
  PolicyMaker policies(scenario.step, dice);
  scenario.versions.push_back(policies.MakeFirst());
  HistoryMaker(scenario, policies, dice).Make();
  MakeArrival(scenario, dice);
  LeaveOutAsAsked(scenario);
  return scenario;
}

PolicyBook BookOf(const Scenario& scenario) {
  return BookKnownAt(scenario.arrival.size(), scenario);
}

PolicyBook BookKnownAt(size_t batch, const Scenario& scenario) {
  std::vector<Policy> policies;
  for (const PolicyVersion& version : scenario.versions) {
    if (version.known_at <= batch) policies.push_back(version.policy);
  }
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(policies));
  if (!book.ok()) {
    std::cerr << book.status() << "\n";
    std::abort();
  }
  return *std::move(book);
}

}  // namespace leadclock::property
