#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RECOVERY_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RECOVERY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/runtime/agreement.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/partition.h"
#include "processor/runtime/worker_options.h"
#include "state/store.h"

namespace leadclock {

// From a partition that was just assigned, or whose transaction failed, to
// one that can be worked on: where it was left, and its states as they were
// then.
//
// The order matters. Committed offsets come first, and only those on which no
// transaction is pending; then the end of the changelog, counting what open
// transactions hide. So everything that was committed with the offsets lies
// before that end.
class Recovery {
 public:
  // `fold`: may become another one.
  Recovery(const LoopOptions& options, const std::shared_ptr<const Fold>& fold,
           Agreement& agreement, Kafka& kafka, Store& store, const Clock& clock,
           Metrics& metrics)
      : options_(options),
        fold_(fold),
        agreement_(agreement),
        kafka_(kafka),
        store_(store),
        clock_(clock),
        metrics_(metrics) {}

  // Takes all kAssigned partitions to kRestoring. Unavailable: to be tried
  // again.
  absl::Status Begin(Partitions& partitions);

  // Reads on; takes those whose states are complete to kRunning, and returns
  // them.
  absl::StatusOr<std::vector<int32_t>> Continue(Partitions& partitions,
                                                absl::Duration timeout);

  // The partition is taken away, or begins again: nothing of it is known.
  void Stop(int32_t number, Partition& partition);

 private:
  absl::Status Place(int32_t number, Partition& partition,
                     const std::map<TopicPartition, CommittedOffset>& committed,
                     const std::map<TopicPartition, LogBounds>& bounds);
  // Looks who left the partition, and fails if this fold may not follow.
  absl::Status PlaceFold(const std::vector<CommittedOffset>& offsets,
                         Partition& partition);
  absl::Status PlaceStates(int32_t number, Partition& partition,
                           const LogBounds& changelog);
  // Why the local states cannot be gone on with; nullopt: they can.
  std::optional<std::string> Unusable(
      const std::optional<Store::Progress>& local, const Partition& partition,
      const LogBounds& changelog) const;
  absl::StatusOr<bool> HasBegun(int32_t number);
  absl::Status Restore(const std::vector<ChangelogRecord>& records,
                       Partitions& partitions);
  // Whether the states that are restored may be worked on: the fold may follow
  // the one that left them, and has checked them if that is needed.
  absl::StatusOr<bool> MaySucceed(int32_t number, Partition& partition);
  // Checks some; whether that was the last.
  absl::StatusOr<bool> CheckStates(int32_t number, Partition& partition);
  absl::Status Finish(int32_t number, Partition& partition);

  const LoopOptions& options_;
  const std::shared_ptr<const Fold>& fold_;
  Agreement& agreement_;
  Kafka& kafka_;
  Store& store_;
  const Clock& clock_;
  Metrics& metrics_;
  // What the changelog is now.
  std::string changelog_id_;
  absl::Duration tombstone_retention_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RECOVERY_H_
