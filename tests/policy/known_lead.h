#ifndef LEADCLOCK_TESTS_POLICY_KNOWN_LEAD_H_
#define LEADCLOCK_TESTS_POLICY_KNOWN_LEAD_H_

#include "processor/policy/condition.h"
#include "state/lead.h"

namespace leadclock {

// Whether a condition holds of a lead of which no more is known than these
// attributes.
bool HoldsOf(const Condition& condition, const Attributes& attributes);

}  // namespace leadclock

#endif  // LEADCLOCK_TESTS_POLICY_KNOWN_LEAD_H_
