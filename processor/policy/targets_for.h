#ifndef LEADCLOCK_PROCESSOR_POLICY_TARGETS_FOR_H_
#define LEADCLOCK_PROCESSOR_POLICY_TARGETS_FOR_H_

#include <vector>

#include "processor/policy/policy.h"

namespace leadclock {

// The targets that may be those of leads of which `when` holds; at least one,
// if there are any. The last one is what holds otherwise.
std::vector<Target> TargetsFor(const Condition& when,
                               const std::vector<ClockRule::TargetRule>& rules);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_TARGETS_FOR_H_
