#ifndef LEADCLOCK_TESTS_PROPERTY_INTO_REFERENCE_H_
#define LEADCLOCK_TESTS_PROPERTY_INTO_REFERENCE_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

// The same in the reference's words.
namespace leadclock::property {

reference::Policy ReferencePolicy(const PolicyVersion& version);
reference::Event ReferenceEvent(const Event& event);
std::vector<reference::Event> ReferenceEvents(const std::vector<Event>& events);
reference::Millis ReferenceInstant(absl::Time at);
absl::Time InstantOf(reference::Millis at);

// What the reference says of these events, up to the scenario's horizon: by
// all versions, or by those that are known by a batch.
reference::Life Live(const Scenario& scenario,
                     const std::vector<Event>& events);
reference::Life LiveKnownAt(size_t batch, const Scenario& scenario,
                            const std::vector<Event>& events);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_INTO_REFERENCE_H_
