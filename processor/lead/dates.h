#ifndef LEADCLOCK_PROCESSOR_LEAD_DATES_H_
#define LEADCLOCK_PROCESSOR_LEAD_DATES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// Dates that a lead knows, and the instants that triggers mean by them.

// Whether an attribute of that name may be a date.
bool MayBeDate(absl::string_view attribute);

// What an attribute's value says as a date. Absent: it is none.
std::optional<absl::Time> DateOf(absl::string_view attribute,
                                 const std::string& value);

// Keeps the date that an event says, or forgets it (absent). Said again, it
// stays as it was.
void Note(const std::string& name, std::optional<absl::Time> at,
          absl::Time learnt_at, const EventRef& said_by,
          std::vector<KnownDate>& dates);

// The instant that a trigger of `policy`, one of `policies`, means by a date
// that the lead knows. Absent: it never comes.
std::optional<absl::Time> InstantOf(const PolicyBook& policies,
                                    const Policy& policy,
                                    const Progress& progress,
                                    const DateTest& test,
                                    const KnownDate& date);

// The next instant at which a date decides something, as far as is known now.
// InfiniteFuture: there is none.
absl::Time NextDate(const PolicyBook& policies, const Progress& progress);

// The next instant at which a date lies ahead no more, and so changes what a
// run may count by, or what a trigger means by a date (of which the next comes
// at `next_date`). InfiniteFuture: there is none.
absl::Time NextTurn(const PolicyBook& policies, const Progress& progress,
                    absl::Time next_date);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_DATES_H_
