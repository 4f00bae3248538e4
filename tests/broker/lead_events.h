#ifndef LEADCLOCK_TESTS_BROKER_LEAD_EVENTS_H_
#define LEADCLOCK_TESTS_BROKER_LEAD_EVENTS_H_

#include <string>

#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
#include "tests/reference/reference.h"

// What happens to leads, as a feed says it. The ids of events are made from
// their kind and instant.
namespace leadclock::broker {

// "2024-03-08 21:40[:05]" on London's clocks.
absl::Time London(const std::string& text);

// A lead whose records are on this partition.
std::string LeadOn(int partition, int partitions);

v1::LeadEvent Created(const std::string& lead, absl::Time at);
v1::LeadEvent Assigned(const std::string& lead, absl::Time at,
                       const std::string& owner);
// A meaningful call by a person.
v1::LeadEvent CallBy(const std::string& lead, absl::Time at,
                     const std::string& actor);
v1::LeadEvent StatusBecomes(const std::string& lead, absl::Time at,
                            const std::string& status);
v1::LeadEvent WithdrawalOf(const v1::LeadEvent& event, absl::Time at);
// An event that changes nothing.
v1::LeadEvent Note(const std::string& lead, absl::Time at);

absl::Time HappenedAt(const v1::LeadEvent& event);

// The same in the reference's words.
reference::Event ReferenceEvent(const v1::LeadEvent& event);

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_LEAD_EVENTS_H_
