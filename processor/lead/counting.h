#ifndef LEADCLOCK_PROCESSOR_LEAD_COUNTING_H_
#define LEADCLOCK_PROCESSOR_LEAD_COUNTING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy_book.h"
#include "processor/policy/target.h"
#include "state/lead.h"

namespace leadclock {

// How one run of a clock counts, and what it comes to by that, as long as
// nothing happens. Each run by the version of the policy that judges it.

const ClockRule& RuleOf(const PolicyBook& policies, const ClockRun& run);
const BusinessCalendar& CalendarOf(const PolicyBook& policies,
                                   const ClockRun& run);

// REQUIRES: instant >= run.counted_to.
void CountUpTo(const PolicyBook& policies, absl::Time instant, ClockRun& run);

// The bit of a rung in ClockRun::rungs_passed and rungs_fired.
constexpr uint64_t RungBit(size_t rung) { return uint64_t{1} << rung; }

// What a run comes to next: due, or a rung.
struct Step {
  absl::Time at = absl::InfiniteFuture();  // a whole millisecond
  uint8_t rung = kNoRung;                  // kNoRung: due
};
Step NextStep(const PolicyBook& policies, const ClockRun& run);

// Where a rung stands on the run's count. Absent: after a due that is not yet
// reached, or not on the count at all.
std::optional<absl::Duration> MarkOf(const Mark& mark, const ClockRun& run);

// The instant at which an open run falls due if nothing more happens.
// InfiniteFuture: it is paused.
absl::Time ForetellDue(const PolicyBook& policies, const ClockRun& run);

// Whether a mark that an open run has not passed is reached before it is due,
// if nothing more happens.
bool ComesBeforeDue(const PolicyBook& policies, const ClockRun& run,
                    const Mark& mark);

// Rungs whose mark lies before due count as passed once it is reached.
// REQUIRES: run.due.
void PassRungsBeforeDue(const std::vector<Rung>& ladder, ClockRun& run);

// A target as open time. In days it is the open time from the start to the
// instant that they mean.
struct OpenTarget {
  absl::Duration length;
  std::optional<absl::Time> not_due_before;  // as in ClockRun
};
OpenTarget OpenTargetOf(const Target& target, const BusinessCalendar& calendar,
                        absl::Time started_at);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_COUNTING_H_
