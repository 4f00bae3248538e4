#ifndef LEADCLOCK_APP_LEAD_COLLECT_H_
#define LEADCLOCK_APP_LEAD_COLLECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/lead/lead_file.h"
#include "app/settings.h"
#include "processor/runtime/log_reader.h"

namespace leadclock {

// What stands of a lead on the topics of a job, which may run meanwhile. What
// its input topics have lost by retention is taken from its state on
// sla.leads.
absl::StatusOr<LeadFile> CollectLead(LogReader& reader,
                                     const Settings& settings,
                                     const std::string& lead,
                                     absl::Duration patience);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_COLLECT_H_
