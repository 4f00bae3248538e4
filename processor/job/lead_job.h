#ifndef LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_
#define LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_

#include <span>
#include <string>
#include <string_view>

#include "processor/job/wire_input.h"
#include "processor/job/wire_output.h"
#include "processor/policy/policy.h"
#include "processor/runtime/fold.h"

namespace leadclock {

struct LeadJobOptions {
  WireInputOptions input;
  WireOutputOptions output;
  // Facts from before this instant are recorded, but nobody is notified: for
  // history that is loaded.
  absl::Time notify_from = absl::InfinitePast();
};

// The SLA job: what the runtime drives. Wire messages become domain values
// here, and facts become wire messages; the rules are in processor/lead.
// Threads may share one.
class LeadJob final : public Fold {
 public:
  LeadJob(Policy policy, LeadJobOptions options);

  std::string Fingerprint() const override;
  Decoded Decode(const InputRecord& record) const override;
  absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const override;
  absl::StatusOr<Restored> Restore(
      std::string_view key, std::string_view changelog_value) const override;

 private:
  const Policy policy_;
  const LeadJobOptions options_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_
