#ifndef LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
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
};

// The worker's figures, as Prometheus reads them.
class Metrics {
 public:
  // Alone in a registry of its own.
  Metrics() : Metrics(std::make_shared<prometheus::Registry>(), 0) {}
  // One of several workers, whose counters are the same and add up.
  Metrics(std::shared_ptr<prometheus::Registry> registry, int worker);

  void Publish(const Tally& tally, absl::Duration commit);
  void CountAbort() { aborts_.Increment(); }
  // A record below the next expected offset came again, and was dropped.
  void CountDuplicateDelivery() { redelivered_.Increment(); }

  // The now of a partition. An instant, not its lag, so that a worker that
  // hangs shows.
  void SetNow(int32_t partition, absl::Time now);
  // Whether the partition has records that cannot be read.
  void SetStands(int32_t partition, bool stands);
  // Records of the changelog that a partition has still to read.
  void SetRestoreRemaining(int32_t partition, int64_t records);
  void Forget(int32_t partition);
  // Whether now stands because a clock is in doubt.
  void SetHeld(bool held) { held_.Set(held ? 1 : 0); }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Counter& read_;
  prometheus::Counter& folded_;
  prometheus::Family<prometheus::Counter>& ignored_;
  prometheus::Family<prometheus::Counter>& quarantined_;
  prometheus::Family<prometheus::Counter>& outputs_;
  prometheus::Counter& timers_fired_;
  prometheus::Counter& commits_;
  prometheus::Counter& aborts_;
  prometheus::Counter& redelivered_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Gauge& held_;
  prometheus::Family<prometheus::Gauge>& now_;
  prometheus::Family<prometheus::Gauge>& stands_;
  prometheus::Family<prometheus::Gauge>& restore_remaining_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_METRICS_H_
