#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/policy_book.h"
#include "state/codec.h"
#include "state/lead.h"
#include "tests/property/conversation.h"
#include "tests/property/dice.h"
#include "tests/property/in_words.h"
#include "tests/property/into_reference.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

// Versions of the policy that come to be known while leads run.

namespace leadclock::property {
namespace {

// Tells the lead these events, as it is kept between two steps.
std::string Tell(const PolicyBook& policies, const std::vector<Event>& events,
                 const Asking& asking, Lead& lead, Listener& listener) {
  std::string wrong = TakeUp(EncodeLead(lead), policies, events, &lead);
  if (!wrong.empty()) return wrong;
  return listener.Hear(FoldLead(policies, events, asking, lead).utterances);
}

// What stands and is not true.
std::string Untrue(const std::vector<NetFact>& standing,
                   const reference::Life& life) {
  const std::vector<NetFact> all = NetFactsOf(life.facts);
  for (const NetFact& fact : standing) {
    if (Contains(all, fact)) continue;
    return absl::StrCat("stands, but is not true: ", Describe(fact), "\n");
  }
  return "";
}

using Facts = std::vector<reference::Fact>;

// How many of these lives have such a fact.
int64_t Count(const std::vector<Facts>& lives,
              const std::function<bool(const reference::Fact&)>& is_so) {
  return std::count_if(lives.begin(), lives.end(), [&](const Facts& facts) {
    return std::any_of(facts.begin(), facts.end(), is_so);
  });
}

// Or the properties would hold of nothing.
TEST_CASE("Scenarios by chance have what versions bring about", "[property]") {
  std::vector<Facts> lives;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    const Scenario scenario = MakeScenario(seed);
    lives.push_back(Live(scenario, scenario.events).facts);
  }
  CHECK(Count(lives, [](const reference::Fact& fact) {
          return fact.version > 1;
        }) > 50);
  CHECK(Count(lives, [](const reference::Fact& fact) {
          return fact.kind == "due changed";
        }) > 15);
  CHECK(Count(lives, [](const reference::Fact& fact) {
          return fact.kind == "stopped" && fact.by_time;
        }) > 4);
  CHECK(Count(lives, [](const reference::Fact& fact) {
          return fact.kind == "closed" && fact.by_time;
        }) > 1);
}

TEST_CASE("It does not matter when a version comes to be known", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook all = BookOf(scenario);
    Dice dice(scenario.seed);
    Lead lead;
    Listener listener(all);
    std::vector<Event> records;
    for (size_t i = 0; i < scenario.arrival.size(); ++i) {
      const Batch& batch = scenario.arrival[i];
      const PolicyBook policies = BookKnownAt(i, scenario);
      const std::vector<Event> events = EventsOf(batch, scenario);
      std::string wrong;
      // It is asked about the new version, or meets it with its next event.
      if (dice.Chance(50)) {
        wrong = Tell(policies, {}, AskingOf(batch), lead, listener);
      }
      if (wrong.empty()) {
        wrong = Tell(policies, events, AskingOf(batch), lead, listener);
      }
      records.insert(records.end(), events.begin(), events.end());
      if (wrong.empty()) {
        wrong = Untrue(listener.Standing(), LiveKnownAt(i, scenario, records));
      }
      if (!wrong.empty()) {
        return absl::StrCat("at now ", DescribeInstant(batch.now), ":\n",
                            wrong);
      }
    }
    return Difference(
        listener.Standing(),
        Sorted(NetFactsOf(Live(scenario, scenario.events).facts)));
  });
}

// The policies, and a version that says what the newest one says.
PolicyBook WithTheSameAgain(const PolicyBook& policies, absl::Time effective) {
  std::vector<Policy> versions = policies.versions();
  Policy again = policies.newest();
  ++again.version;
  again.hash += "again";
  again.open_clocks = Policy::OpenClocks::kKeep;
  again.effective =
      std::max(effective, again.effective + absl::Milliseconds(1));
  versions.push_back(std::move(again));
  return PolicyBook::Create(std::move(versions)).value();
}

TEST_CASE("A version that says the same again says nothing", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    Dice dice(scenario.seed);
    const absl::Time effective =
        scenario.horizon - dice.Below(400) * scenario.step;
    const PolicyBook more = WithTheSameAgain(policies, effective);
    Lead lead;
    for (const Batch& batch : scenario.arrival) {
      FoldLead(policies, EventsOf(batch, scenario), AskingOf(batch), lead);
      Lead copy = lead;
      const Answer answer = FoldLead(more, {}, AskingOf(batch), copy);
      if (!answer.utterances.empty()) {
        return absl::StrCat("at now ", DescribeInstant(batch.now), " it says ",
                            Describe(NetFactOf(answer.utterances.front().fact)),
                            "\n");
      }
    }
    return "";
  });
}

}  // namespace
}  // namespace leadclock::property
