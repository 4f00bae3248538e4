#ifndef LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_
#define LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_

#include <string>

#include "absl/time/time.h"
#include "processor/policy/policy.h"

namespace leadclock {

// The next days from `now` on, for each calendar, on which it is closed or has
// other hours than its week says, by date and name, so that people can see
// whether they are the right ones; "" if there are none.
std::string ComingDays(const Policy& policy, absl::Time now);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_
