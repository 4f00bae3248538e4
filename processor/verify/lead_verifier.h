#ifndef LEADCLOCK_PROCESSOR_VERIFY_LEAD_VERIFIER_H_
#define LEADCLOCK_PROCESSOR_VERIFY_LEAD_VERIFIER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "leadclock/v1/sla_event.pb.h"
#include "processor/verify/known_policies.h"
#include "processor/verify/report.h"
#include "processor/verify/verify.h"
#include "state/event.h"

namespace leadclock {

// All that the topics of a partition number say about one lead.
struct LeadRecords {
  struct Input {
    Event event;
    int input = 0;
    int64_t offset = 0;
    absl::Time timestamp = absl::InfinitePast();
  };
  struct Output {
    v1::SlaEvent event;
    const WrittenRecord* record = nullptr;
    int output = 0;
  };
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  // The last ones; null: none.
  const WrittenRecord* state = nullptr;
  const WrittenRecord* remnant = nullptr;
};

// Holds what was said of a lead against what its history makes true: each
// event at the offsets, the now and the policies that it names, and what stands
// in the end at `log.judged`.
void VerifyLead(KnownPolicies& policies, const VerifyOptions& options,
                const PartitionLog& log, const std::string& lead,
                LeadRecords records, VerifyReport& report);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_LEAD_VERIFIER_H_
