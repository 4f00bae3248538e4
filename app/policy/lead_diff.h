#ifndef LEADCLOCK_APP_POLICY_LEAD_DIFF_H_
#define LEADCLOCK_APP_POLICY_LEAD_DIFF_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/settings.h"
#include "processor/policy/policy.h"

namespace leadclock {

// What becomes of the clocks that are open in a job, by what stands of its
// leads on sla.leads, when `after` follows on `before`: a sentence for each
// clock. Fails with FailedPrecondition if `before` is not the version that the
// job has before it; with Unavailable if Kafka cannot be reached.
absl::StatusOr<std::vector<std::string>> DifferenceForLeads(
    const Settings& settings, const Policy& before, const Policy& after,
    absl::Time now);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_LEAD_DIFF_H_
