#ifndef LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_
#define LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/dice.h"
#include "tests/reference/reference.h"

namespace leadclock::property {

// Records that are read together, and when the fold is asked about them.
struct Batch {
  std::vector<size_t> records;  // indices in the scenario's events
  absl::Time now;
  absl::Time read_at;
  // Whether the lead goes to its bytes and back after it.
  bool restart = false;
};

// A policy, what happens to one lead under it, how that arrives, and how far to
// look.
struct Scenario {
  uint64_t seed = 0;
  Policy policy;
  // What the policy's calendars are made of; the first one is "always".
  std::vector<CalendarSpec> calendars;
  // As records: some are duplicates, or contradict each other, or withdraw
  // others. In no order that means anything.
  std::vector<Event> events;
  // Any order, any batches, records twice, and some late; now goes on at
  // random. The last batch is empty, and stands at the horizon.
  std::vector<Batch> arrival;
  // Everything that matters happens up to here.
  absl::Time horizon;
  // Instants and lengths are whole steps: a minute, or a millisecond.
  absl::Duration step;
};

// Random, but rich in coincidences: events exactly at due, at marks, at
// closing time, at one instant.
Scenario MakeScenario(uint64_t seed);

// The same in the reference's words.
reference::Policy ReferencePolicy(const Scenario& scenario);
reference::Event ReferenceEvent(const Event& event);
std::vector<reference::Event> ReferenceEvents(const std::vector<Event>& events);
reference::Millis ReferenceInstant(absl::Time at);
absl::Time InstantOf(reference::Millis at);

// What the reference says of these events, up to the scenario's horizon.
reference::Life Live(const Scenario& scenario,
                     const std::vector<Event>& events);

// For people who debug: the policy and the events, a line for each.
std::string Describe(const Scenario& scenario);
std::string Describe(const Event& event);
std::string DescribeInstant(absl::Time at);

// The smallest scenario that is found by leaving things out while `fails`
// still says that it fails.
Scenario Shrink(Scenario scenario,
                const std::function<bool(const Scenario&)>& fails);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_
