#ifndef LEADCLOCK_PROCESSOR_RUNTIME_NOW_KEEPER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_NOW_KEEPER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/clock_guard.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/heartbeats.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/now_tracker.h"
#include "processor/runtime/partition.h"
#include "processor/runtime/standstill.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// Keeps the nows of a worker's partitions: asks Kafka for high watermarks at
// the right moments, and does not believe a clock that lies.
class NowKeeper {
 public:
  NowKeeper(const LoopOptions& options, Kafka& kafka, const Clock& clock,
            Metrics& metrics)
      : options_(options),
        kafka_(kafka),
        clock_(clock),
        metrics_(metrics),
        guard_(options.skew),
        heartbeats_(options.heartbeats, options.topics.inputs.size()),
        global_standstill_(options.standstill) {}

  // The partition goes on from what was committed last.
  void HandOver(int32_t partition, absl::Time now);

  absl::Time Now(int32_t partition) const {
    return trackers_.at(partition).now();
  }

  // `next_due`: the earliest instant that a running partition waits for.
  void AskIfTime(const Partitions& partitions, absl::Time next_due);
  // How long until then, in real time.
  absl::Duration UntilAsk(const Partitions& partitions,
                          absl::Time next_due) const;
  // Kafka did not do what it was asked to since then: as if it had left a
  // question for high watermarks unanswered.
  void Unheard(absl::Duration boot);
  // A source said up to when it has sent everything.
  void Beat(int input, int32_t partition, const Heartbeat& heartbeat) {
    heartbeats_.Take(input, partition, heartbeat);
  }
  // What Kafka answered.
  void Answer(const std::map<TopicPartition, int64_t>& high_watermarks);

  // Moves the nows of those that run to where their readers stand, and the
  // global topic's reader.
  void Advance(const Partitions& partitions, int64_t global_position);

  // Whether the clock is in doubt, and the broker was not asked for a while.
  bool WantsBrokerTime() const;
  // It is asked.
  void AskedBrokerTime() { asked_broker_ = clock_.Boot(); }
  // The broker's clock, between two looks at ours.
  void Compare(absl::Time before, absl::Time after,
               const ClockGuard::BrokerTime& broker);

 private:
  // A question for high watermarks that is not answered.
  struct Question {
    absl::Time asked_at;
  };

  // Tells of sources that do not keep their promise of heartbeats.
  void LookForSilence(const Partitions& partitions);
  bool Behind(const Partitions& partitions) const;
  std::optional<std::string> Doubt(absl::Time wall) const;
  void SayDoubt(const std::optional<std::string>& doubt);
  // What must be read before now moves: the inputs, and the global topic last,
  // if there is one.
  std::vector<TopicPartition> ReadFor(int32_t partition) const;
  // Tells, once, of a partition that cannot be read on.
  void LookForStandstill(int32_t number, const std::vector<int64_t>& positions,
                         absl::Duration boot);
  // The same of the global topic.
  void LookForGlobalStandstill(const Partitions& partitions, int64_t position,
                               absl::Duration boot);

  const LoopOptions& options_;
  Kafka& kafka_;
  const Clock& clock_;
  Metrics& metrics_;
  ClockGuard guard_;
  Heartbeats heartbeats_;
  // By source: since when its heartbeats are looked for.
  std::map<std::string, absl::Time> looked_for_since_;
  std::optional<std::string> said_doubt_;
  // Also of partitions that were taken away: that Kafka did not answer for a
  // while is to be remembered, whoever owned them.
  std::map<int32_t, NowTracker> trackers_;
  std::map<int32_t, Standstill> standstills_;
  std::set<int32_t> said_standing_;
  std::optional<Question> question_;
  // Where the global topic ends, by the last answer; absent: that did not tell.
  std::optional<int64_t> global_end_ = 0;
  Standstill global_standstill_;
  bool said_global_stands_ = false;
  absl::Duration asked_broker_ = -absl::InfiniteDuration();
  absl::Duration last_asked_ = -absl::InfiniteDuration();
  absl::Time last_asked_at_ = absl::InfinitePast();
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_NOW_KEEPER_H_
