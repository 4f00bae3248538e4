#ifndef LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_
#define LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "calendars/business_calendar.h"
#include "processor/job/policy_fingerprint.h"
#include "processor/job/wire_input.h"
#include "processor/job/wire_output.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/fold.h"
#include "state/lead.h"

namespace leadclock {

struct LeadJobOptions {
  WireInputOptions input;
  WireOutputOptions output;
  // Facts from before this instant are recorded, but nobody is notified: for
  // history that is loaded.
  absl::Time notify_from = absl::InfinitePast();
  // A lead without an open clock, or that was never born, is put away when now
  // has passed its last record by this much.
  absl::Duration retire_after = absl::Hours(24 * 30);
  // For how long the records of one that was put away or erased are ignored.
  absl::Duration remember_for = absl::Hours(24 * 400);
  // A state that grows beyond this loses the older part of its history. One
  // that cannot be made smaller than twice as much takes no further records.
  size_t lead_bytes = size_t{256} << 10;
  // States that were made by another issue of the time zone database are gone
  // on with, if this program has the one that is named here.
  std::string accept_time_zone_data = {};
  // What versions that are learnt share calendars by, with each other and with
  // those that other workers learn: copies of these options name the same one.
  std::shared_ptr<CompiledCalendars> compiled_calendars =
      std::make_shared<CompiledCalendars>();
};

// The SLA job: what the runtime drives. Wire messages become domain values
// here, and facts become wire messages; the rules are in processor/lead.
// Threads may share one.
class LeadJob final : public Fold {
 public:
  LeadJob(PolicyBook policies, LeadJobOptions options);

  std::string Fingerprint() const override;
  int64_t Version() const override { return policies_.newest().version; }
  absl::StatusOr<Succession> Succeed(
      std::string_view fingerprint) const override;
  absl::Status CheckState(std::string_view key,
                          std::string_view state) const override;
  absl::StatusOr<Learnt> Learn(const InputRecord& record) const override;
  Decoded Decode(const InputRecord& record) const override;
  absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const override;
  absl::StatusOr<Restored> Restore(
      std::string_view key, std::string_view changelog_value) const override;

 private:
  // Whether the lead was judged last when this version was the newest, and by
  // calendars that meant the same instants.
  bool WasJudgedBy(const Policy& policy, const Lead& lead) const;
  // Whether the calendars that it was judged by mean others now.
  bool MeansOtherInstants(const Lead& lead) const;
  absl::StatusOr<StateChange> ApplyToLead(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const;
  absl::StatusOr<StateChange> ApplyOneByOne(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const;
  void Remember(const Departure& departure, absl::Time now,
                StateChange& change) const;
  std::string StateWithinBounds(const Moment& moment, const Answer& answer,
                                Lead& lead) const;

  const PolicyBook policies_;
  const LeadJobOptions options_;
  const PolicyFingerprint fingerprint_;
  // What the calendars of each version mean.
  const std::map<int64_t, std::string> calendars_;
};

// The lead that the `internal` part of a value on the topic of leads holds,
// for those who check it. Fails with DataLoss if it is damaged.
absl::StatusOr<Lead> ReadStoredLead(std::string_view internal);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_LEAD_JOB_H_
