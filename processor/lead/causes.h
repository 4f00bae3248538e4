#ifndef LEADCLOCK_PROCESSOR_LEAD_CAUSES_H_
#define LEADCLOCK_PROCESSOR_LEAD_CAUSES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// Which event of a history brought what about: a part of Explain().

// How one event moved the lead on.
struct Passage {
  const Event* event = nullptr;
  absl::Time at;  // when it applies: not before the lead's birth
  Progress after;
  // Who holds a role who did not before: a bit for each Role.
  uint8_t new_holders = 0;
  std::vector<Fact> settled;
};

// From the birth on, in the order in which events apply; none: the lead is not
// born. The events are those of `history`, which must outlive it.
// REQUIRES: sorted by StandsBefore, and nothing in it is withdrawn.
std::vector<Passage> PassagesOf(const PolicyBook& policies,
                                const std::vector<Event>& history);

// How the lead stands from an instant on.
struct Moment {
  absl::Time at;
  Progress after;
  const Passage* passage = nullptr;  // null: time brought it about
};

// All of them up to `until`: each passage, and each instant between two of them
// at which time decides something. Several may be of one instant. The passages
// must outlive them.
std::vector<Moment> MomentsOf(const PolicyBook& policies,
                              const std::vector<Passage>& passages,
                              absl::Time until);

// The run as it stands there, by whatever version; null: it does not.
const ClockRun* SameRun(const PolicyBook& policies, const Progress& progress,
                        const ClockRun& run);
// Whether a fact is of the run.
bool IsOf(const PolicyBook& policies, const Fact& fact, const ClockRun& run);

// `facts` is all that is true by then, here and below.
Cause StartOf(const PolicyBook& policies, const std::vector<Moment>& moments,
              const std::vector<Fact>& facts, const ClockRun& run);
// Absent: it is open.
std::optional<Cause> EndOf(const PolicyBook& policies,
                           const std::vector<Passage>& passages,
                           const ClockRun& run);

std::vector<AttemptStory> AttemptsOf(const PolicyBook& policies,
                                     const std::vector<Passage>& passages,
                                     const ClockRun& run);
// Less those that are attempts.
std::vector<UncountedTouch> UncountedTouches(
    const PolicyBook& policies, const std::vector<Passage>& passages,
    const ClockRun& run);

// Why the lead is what it is at the last of the moments. REQUIRES: there is
// one.
EligibilityStory WhyEligible(const PolicyBook& policies,
                             const std::vector<Moment>& moments);

std::vector<ClockNotStarted> ClocksNotStarted(
    const PolicyBook& policies, const std::vector<Moment>& moments,
    const std::vector<Fact>& facts);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_CAUSES_H_
