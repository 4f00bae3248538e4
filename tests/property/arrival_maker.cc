#include "tests/property/arrival_maker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace leadclock::property {
namespace {

// Each record at least once.
std::vector<size_t> SomeOrder(const Scenario& scenario, Dice& dice) {
  const bool everything_twice = dice.Chance(50);
  std::vector<size_t> records;
  for (size_t i = 0; i < scenario.events.size(); ++i) {
    records.push_back(i);
    if (everything_twice || dice.Chance(10)) records.push_back(i);
  }
  const bool in_order = dice.Chance(25);
  for (size_t i = records.size(); !in_order && i > 1; --i) {
    const int64_t other = dice.Below(static_cast<int64_t>(i));
    std::swap(records[i - 1], records[static_cast<size_t>(other)]);
  }
  return records;
}

}  // namespace

void MakeArrival(Scenario& scenario, Dice& dice) {
  const std::vector<size_t> records = SomeOrder(scenario, dice);
  // The wall clock goes on from the first event to the horizon.
  absl::Time wall = scenario.horizon;
  for (const Event& event : scenario.events) {
    wall = std::min(wall, event.occurred_at);
  }
  absl::Time now = wall;
  const int64_t pace =
      1 + (scenario.horizon - wall) / scenario.step / dice.Between(1, 16);
  size_t next = 0;
  while (next < records.size()) {
    Batch batch;
    for (int64_t n = dice.Below(4); n > 0 && next < records.size(); --n) {
      batch.records.push_back(records[next++]);
    }
    // It is asked when things happen, too.
    wall = dice.Chance(30)
               ? std::max(wall, dice.OneOf(scenario.events).occurred_at)
               : wall + dice.Below(pace) * scenario.step;
    wall = std::min(wall, scenario.horizon - scenario.step);
    now = std::max(
        now, dice.Chance(60) ? wall : wall - dice.Below(30) * scenario.step);
    batch.now = now;
    batch.read_at = wall;
    batch.restart = dice.Chance(30);
    scenario.arrival.push_back(std::move(batch));
  }
  scenario.arrival.push_back({{}, scenario.horizon, scenario.horizon, false});

  const auto last = static_cast<int64_t>(scenario.arrival.size()) - 1;
  int64_t known_at = 0;
  for (size_t i = 1; i < scenario.versions.size(); ++i) {
    if (dice.Chance(60)) known_at = dice.Between(known_at, last);
    scenario.versions[i].known_at = static_cast<size_t>(known_at);
  }
}

}  // namespace leadclock::property
