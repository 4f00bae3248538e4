#ifndef LEADCLOCK_PROCESSOR_LEAD_RUN_STORY_H_
#define LEADCLOCK_PROCESSOR_LEAD_RUN_STORY_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/causes.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

// How the time of one run was counted, by which versions and targets, moment by
// moment: a part of Explain().

// As it is foretold there. Absent: it is paused.
std::optional<absl::Time> DueIf(const PolicyBook& policies,
                                const ClockRun& run);

// Its stretches, versions, targets and why it was due at once.
void TellTime(const PolicyBook& policies, const std::vector<Moment>& moments,
              absl::Time until, RunStory& story);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_RUN_STORY_H_
