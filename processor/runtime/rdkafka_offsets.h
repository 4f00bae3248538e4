#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_OFFSETS_H_
