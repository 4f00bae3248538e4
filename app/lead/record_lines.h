#ifndef LEADCLOCK_APP_LEAD_RECORD_LINES_H_
#define LEADCLOCK_APP_LEAD_RECORD_LINES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/lead/lead_file.h"
#include "processor/job/wire_input.h"

namespace leadclock {

// Records in files of JSON lines. A line is a message itself, LeadEvent or
// SlaEvent; or what kcat -J prints of a record whose value is one: an object
// with `payload`, `key`, `ts` (milliseconds) and `headers`.

// Adds what the file says of the lead that `file` is of. Fails with
// InvalidArgument, and names file and line, for one that is no record, and for
// a message that is no event; what stood on a topic so was quarantined.
absl::Status AddEventsOf(const std::string& path,
                         const WireInputOptions& options, LeadFile& file);
absl::Status AddSaidOf(const std::string& path, LeadFile& file);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_RECORD_LINES_H_
