#ifndef LEADCLOCK_PROCESSOR_LEAD_STRETCHES_H_
#define LEADCLOCK_PROCESSOR_LEAD_STRETCHES_H_

#include <vector>

#include "absl/time/time.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy.h"

namespace leadclock {

// Of the time from one instant to another, what a calendar counts and why it
// does not count the rest: a part of Explain(). A night belongs to the day on
// which it opens, or would, were that no holiday.
void AddOpenAndClosed(const NamedCalendar& calendar, absl::Time from,
                      absl::Time to, std::vector<Stretch>& stretches);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_STRETCHES_H_
