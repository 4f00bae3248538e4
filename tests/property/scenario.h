#ifndef LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_
#define LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"

namespace leadclock::property {

// Records that are read together, and when the fold is asked about them.
struct Batch {
  std::vector<size_t> records;  // indices in the scenario's events
  absl::Time now;
  absl::Time read_at;
  // Whether the lead goes to its bytes and back after it.
  bool restart = false;
};

// One version of the policy.
struct PolicyVersion {
  Policy policy;
  // What its calendars are made of; the first one is "always".
  std::vector<CalendarSpec> calendars;
  // The first batch by which it is known, not before the version before it is;
  // the first version: 0.
  size_t known_at = 0;
};

// A policy and its changes, what happens to one lead under it, how that
// arrives, and how far to look.
struct Scenario {
  uint64_t seed = 0;
  // At least one, in the order in which they take effect.
  std::vector<PolicyVersion> versions;
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
// closing time, at one instant, and where a version takes effect.
Scenario MakeScenario(uint64_t seed);

// All its versions, and those that are known by a batch.
PolicyBook BookOf(const Scenario& scenario);
PolicyBook BookKnownAt(size_t batch, const Scenario& scenario);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_SCENARIO_H_
