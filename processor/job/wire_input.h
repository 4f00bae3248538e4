#ifndef LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_
#define LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
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

// The record's message, good or not. Absent: it is none, or has no value.
std::optional<v1::LeadEvent> MessageOf(const InputRecord& record,
                                       const WireInputOptions& options);

// When the source of a record says that it recorded it, else the record's own
// timestamp; absent: neither is known.
std::optional<absl::Time> LoggedAt(const InputRecord& record,
                                   const WireInputOptions& options);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_WIRE_INPUT_H_
