#ifndef LEADCLOCK_PROCESSOR_POLICY_COVERING_H_
#define LEADCLOCK_PROCESSOR_POLICY_COVERING_H_

#include <cstddef>
#include <vector>

#include "processor/policy/condition.h"

namespace leadclock {

// The places of those rules of which, wherever `when` holds, one does: a
// single one if there is one, else no more than it takes. None, if there is a
// lead for which only `when` holds, if a condition could not be read, or if it
// would take too long to see.
std::vector<size_t> Covering(const Condition& when,
                             const std::vector<const Condition*>& rules);
std::vector<size_t> Covering(const Condition& when,
                             const std::vector<Condition>& rules);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_COVERING_H_
