#ifndef LEADCLOCK_PROCESSOR_JOB_WIRE_OUTPUT_H_
#define LEADCLOCK_PROCESSOR_JOB_WIRE_OUTPUT_H_

#include <optional>
#include <string>
#include <vector>

#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/wire_input.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/fold.h"
#include "state/ids.h"

namespace leadclock {

// The output topics, in the order of WorkerOptions.
enum class LeadOutput : uint8_t {
  kWarnings,
  kBreaches,
  kEscalations,
  kOutcomes,
  kTasks
};

struct WireOutputOptions {
  WireFormat format = WireFormat::kProtobuf;
  // The CloudEvents source: the name of this Leadclock.
  std::string source = "leadclock";
  // By input, for the provenance of events.
  std::vector<std::string> input_topics;
  // Which issue of the time zone database calendars go by.
  std::string time_zone_data = {};
};

// What an utterance is written in the light of.
struct Utterer {
  const PolicyBook& policies;  // all that are known
  const LeadId& lead;
  const Attributes* attributes;  // for facts that bring none; null: not known
  const Moment& moment;
  const std::string& traceparent;  // of the record that caused it; or empty
};

// The record that says that the lead is no longer kept.
OutputRecord WriteDeparture(const Departure& departure, const Utterer& utterer,
                            const WireOutputOptions& options);

// The record that says it: an SlaEvent with CloudEvents headers.
OutputRecord WriteSlaEvent(const Utterance& utterance, const Utterer& utterer,
                           const WireOutputOptions& options);

// What such a record says, whose headers tell its form; `otherwise` if they do
// not. Absent: it is none.
std::optional<v1::SlaEvent> ReadSlaEvent(const std::string& value,
                                         const std::vector<Header>& headers,
                                         WireFormat otherwise);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_WIRE_OUTPUT_H_
