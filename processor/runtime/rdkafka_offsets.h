#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/errands.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"

namespace leadclock::rdkafka {

// Where logs begin and end, by asking the brokers: what a client has cached
// has no age.
class OffsetAsker {
 public:
  using HighWatermarks = std::map<TopicPartition, int64_t>;

  virtual ~OffsetAsker() = default;

  virtual absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) = 0;

  // Does not wait. The answer wakes up who polls `wake`.
  virtual void Ask(const std::vector<TopicPartition>& partitions,
                   absl::Duration timeout, rd_kafka_queue_t* wake) = 0;

  // The answer, once; those partitions that answered.
  virtual std::optional<HighWatermarks> TakeAnswer() = 0;
};

// `admin`: reads uncommitted; outlives the asker.
std::unique_ptr<OffsetAsker> NewOffsetAsker(rd_kafka_t* admin);

// How far a group has come, without waiting for transactions that would change
// it.
//
// Asked in a thread of its own by a call that waits. The call that need not
// wait, ListConsumerGroupOffsets, must not be used: when it gives up before the
// group's coordinator was found, as it does while brokers are away, librdkafka
// (2.15.1) goes on with memory that it has freed as soon as it finds it.
class CommittedAsker {
 public:
  // `client`: reads uncommitted, and names the group without being a member of
  // it; outlives the asker.
  explicit CommittedAsker(rd_kafka_t* client);

  // Does not wait.
  void Ask(std::vector<TopicPartition> partitions, absl::Duration timeout);
  // The answer, once; empty if nobody answered.
  std::optional<std::vector<CommittedOffset>> TakeAnswer();

 private:
  struct Question {
    std::vector<TopicPartition> partitions;
    absl::Duration timeout;
  };
  Errands<Question, std::vector<CommittedOffset>> errands_;
};

// Fails if not all of them can be told.
absl::StatusOr<std::vector<CommittedOffset>> CommittedOffsets(
    rd_kafka_t* client, const std::vector<TopicPartition>& partitions,
    absl::Duration timeout);

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_
