#ifndef LEADCLOCK_PROCESSOR_LEAD_TIMELINE_H_
#define LEADCLOCK_PROCESSOR_LEAD_TIMELINE_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// What is true of a lead: a pure function of the policy's versions and of its
// history. Nothing here reads a clock or does I/O, and nothing can fail. The
// rules are defined in docs/semantics.md.

// What a history says, up to its last event.
struct Timeline {
  std::optional<Progress> progress;  // absent: the lead is not born
  // All that is settled: whatever an event decided, and what time decided
  // before the last event's instant. In order of their instants.
  std::vector<Fact> facts;
};

// Folds a whole history, or what followed on its collapsed part.
// REQUIRES: sorted by StandsBefore, one for each EventRef.
Timeline Derive(const PolicyBook& policies, const std::vector<Event>& history,
                const std::optional<Collapsed>& collapsed = std::nullopt);

// The events of `history` up to `instant`, less those that are withdrawn by
// any event of it.
std::vector<Event> InForceUpTo(const std::vector<Event>& history,
                               absl::Time instant);

// Moves `progress` past one more event, and returns what that settles.
// REQUIRES: the event stands after all of the history that led to `progress`,
// and neither withdraws one of them nor is withdrawn by one.
std::vector<Fact> Advance(const PolicyBook& policies, const Event& event,
                          Progress& progress);

// What time decides after the history, if nothing more happens.
struct Outlook {
  std::vector<Fact> facts;  // with `at` <= `until`, in order
  // The earliest instant after `until` at which a mark is reached.
  // InfiniteFuture: none.
  absl::Time next = absl::InfiniteFuture();
};
Outlook Foretell(const PolicyBook& policies, const Progress& progress,
                 absl::Time until);

// The reason for which the lead is under review; "": it is not.
std::string ReviewOf(const Progress& progress);

// Whether time decides something up to `now` if nothing more happens.
bool IsDue(const PolicyBook& policies, const Progress& progress,
           absl::Time now);

// Where a lead stands at `now` if nothing more happens until then.
Progress At(const PolicyBook& policies, Progress progress, absl::Time now);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_TIMELINE_H_
