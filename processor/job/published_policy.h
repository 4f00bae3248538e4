#ifndef LEADCLOCK_PROCESSOR_JOB_PUBLISHED_POLICY_H_
#define LEADCLOCK_PROCESSOR_JOB_PUBLISHED_POLICY_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

// The records of the topic of policies: see policy.proto. All who read one
// must come to the same rules, so that what depends on the program is told
// apart from what does not:
//
//   InvalidArgument     the record is wrong, for every program: it counts for
//                       nothing
//   FailedPrecondition  this program, older than the record perhaps, does not
//                       understand it, and must not go on without it

// The value of a record, and its key.
std::string WritePublished(const Policy& policy, absl::Time now, bool correct);
std::string PublishedKey(const Policy& policy);

// The policy that a record's value holds. With `known`, it shares calendars
// with others that were read with it.
absl::StatusOr<Policy> ReadPublished(std::string_view value,
                                     CompiledCalendars* known = nullptr);

// What is published (nothing yet: null), with one more record's value. Nothing:
// it says what is known already. A version that may not stand beside those
// before it is InvalidArgument. It shares the calendars of `compiled`.
absl::StatusOr<std::optional<PolicyBook>> WithPublished(
    const PolicyBook* published, std::string_view value,
    CompiledCalendars& compiled);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_PUBLISHED_POLICY_H_
