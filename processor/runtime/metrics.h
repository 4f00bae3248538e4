#ifndef LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "processor/runtime/readiness.h"
#include "processor/runtime/restore_progress.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace leadclock {

// What happened to the records of one transaction. Published when it is
// committed, so that read = folded + ignored + quarantined at any time, and
// what was rolled back is counted once.
struct Tally {
  int64_t read = 0;
  int64_t folded = 0;
  std::map<std::string, int64_t> ignored;      // by reason
  std::map<std::string, int64_t> quarantined;  // by code
  std::map<std::string, int64_t> outputs;      // by topic
  int64_t timers_fired = 0;
  // Keys that were asked because the fold is another.
  int64_t swept = 0;
};

// The worker's figures, as Prometheus reads them.
class Metrics {
 public:
  // Alone in a registry of its own.
  Metrics()
      : Metrics(std::make_shared<prometheus::Registry>(),
                std::make_shared<Readiness>(), nullptr, 0) {}
  // One of several workers, whose counters are the same and add up.
  Metrics(std::shared_ptr<prometheus::Registry> registry,
          std::shared_ptr<Readiness> readiness,
          std::shared_ptr<RestoreProgress> progress, int worker);

  void Publish(const Tally& tally, absl::Duration commit);
  void CountAbort() { aborts_.Increment(); }
  // A record below the next expected offset came again, and was dropped.
  void CountDuplicateDelivery() { redelivered_.Increment(); }

  // The now of a partition. An instant, not its lag, so that a worker that
  // hangs shows.
  void SetNow(int32_t partition, absl::Time now);
  // Whether the partition has records that cannot be read.
  void SetStands(int32_t partition, bool stands);
  // Of `total` offsets of the changelog a partition has read `done`.
  void SetRestored(int32_t partition, int64_t done, int64_t total,
                   absl::Duration boot);
  void Forget(int32_t partition);
  // Whether now stands because a clock is in doubt.
  void SetHeld(bool held);
  // Up to which instant a source says that it has sent everything, and whether
  // it has fallen silent.
  void SetFeed(const std::string& source, absl::Time sent_up_to,
               bool is_silent);
  // In how many partitions the keys are asked because the fold is another.
  void SetSweeping(int partitions);
  // Whether the global topic was not read up to its end for long.
  void SetGlobalStands(bool stands);
  // The newest thing that the fold has learnt.
  void SetVersion(int64_t version);
  // A record of the global topic was left out.
  void CountGlobalRejection(const std::string& code);
  // The worker takes part in the group.
  void SetJoined(bool joined);

  const std::shared_ptr<prometheus::Registry>& registry() const {
    return registry_;
  }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<Readiness> readiness_;
  std::shared_ptr<RestoreProgress> progress_;  // may be null
  const std::string worker_;
  prometheus::Counter& read_;
  prometheus::Counter& folded_;
  prometheus::Family<prometheus::Counter>& ignored_;
  prometheus::Family<prometheus::Counter>& quarantined_;
  prometheus::Family<prometheus::Counter>& outputs_;
  prometheus::Counter& timers_fired_;
  prometheus::Counter& swept_;
  prometheus::Gauge& sweeping_;
  prometheus::Family<prometheus::Counter>& global_rejections_;
  prometheus::Gauge& global_stands_;
  prometheus::Gauge& version_;
  prometheus::Counter& commits_;
  prometheus::Counter& aborts_;
  prometheus::Counter& redelivered_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Gauge& held_;
  prometheus::Family<prometheus::Gauge>& now_;
  prometheus::Family<prometheus::Gauge>& stands_;
  prometheus::Family<prometheus::Gauge>& restore_remaining_;
  prometheus::Family<prometheus::Gauge>& feeds_;
  prometheus::Family<prometheus::Gauge>& silent_feeds_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_
