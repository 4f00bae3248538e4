#include <catch2/catch.hpp>

#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"

namespace leadclock::broker {

TEST_CASE("A thousand leads have exactly the facts of the plain reference") {
  property::Dice dice = PrintedDice();
  const std::vector<Life> lives = SomeLives(1'000, dice);
  const NetFacts expected = Expected(lives);
  const std::vector<v1::LeadEvent> events = Shuffled(lives, dice);
  const auto half = events.begin() + static_cast<int64_t>(events.size() / 2);

  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy, .partitions = 4});
  Feed feed(job);
  feed.Send({events.begin(), half});
  Process worker = job.Start();
  feed.Send({half, events.end()});

  Audience audience(job);
  CheckFacts(audience, expected);

  CHECK(worker.Stop() == 0);
  CHECK(job.Backlog() == 0);
  // The state of a lead is of the same transaction as what was said of it.
  std::map<std::string, int64_t> said;
  for (const v1::SlaEvent& event : audience.HearAll()) {
    said[event.lead_id()] = std::max(said[event.lead_id()], event.lead_seq());
  }
  const std::map<std::string, v1::LeadState> states = LeadStates(job);
  CHECK(states.size() == lives.size());
  for (const auto& [lead, state] : states) {
    CHECK(state.status().lead_seq() == said[lead]);
  }
}

}  // namespace leadclock::broker
