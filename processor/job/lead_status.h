#ifndef LEADCLOCK_PROCESSOR_JOB_LEAD_STATUS_H_
#define LEADCLOCK_PROCESSOR_JOB_LEAD_STATUS_H_

#include "absl/time/time.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/policy/policy_book.h"
#include "state/ids.h"
#include "state/lead.h"

namespace leadclock {

// Writes the public part of a lead's state as it stands at `now`: what time
// has decided by then and may be said is in it. REQUIRES: `status` is empty.
void WriteStatus(const PolicyBook& policies, const LeadId& id, const Lead& lead,
                 absl::Time now, v1::LeadStatus& status);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_LEAD_STATUS_H_
