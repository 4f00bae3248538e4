#ifndef LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_
#define LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_

#include <cstddef>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "processor/runtime/fold.h"
#include "state/event.h"

namespace leadclock {

// The two forms in which messages travel.
enum class WireFormat : uint8_t { kProtobuf, kJson };

// The input topics, in the order of WorkerOptions.
enum class LeadInput : uint8_t { kCreated, kActivity };

struct WireInputOptions {
  // The form of records that do not say theirs in `content-type`.
  WireFormat format = WireFormat::kProtobuf;
  // How far an event may be dated after its own record.
  absl::Duration skew = absl::Minutes(5);
  // A record larger than this is rejected.
  size_t record_bytes = size_t{64} << 10;
};

// Turns a record into an event of the lead that its key names, or says what is
// wrong with it (DECODE, FIELD, TIME, FUTURE, KEY, SIZE) or why it is left out.
// A tombstone is an Erased event of its record's own timestamp. A heartbeat is
// of no lead.
std::variant<Event, Rejection, Ignored, Heartbeat> ReadLeadEvent(
    const InputRecord& record, const WireInputOptions& options);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_
