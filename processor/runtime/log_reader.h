#ifndef LEADCLOCK_PROCESSOR_RUNTIME_LOG_READER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_LOG_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"
#include "processor/runtime/rdkafka_offsets.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

struct LogRecord {
  TopicPartition at;
  int64_t offset = 0;
  std::optional<absl::Time> timestamp;  // absent: it has none
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<Header> headers;
};

// Reads what stands on topics, for those who look at a job from outside: it
// joins no group, writes nothing, and leaves no trace. One thread.
class LogReader {
 public:
  // Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<LogReader>> Create(
      const ConnectionOptions& options);

  // As in Kafka.
  absl::StatusOr<std::map<std::string, TopicFacts>> Topics(
      const std::vector<std::string>& topics, absl::Duration timeout);
  // What a topic is set to, its defaults included.
  absl::StatusOr<std::map<std::string, std::string>> Configs(
      const std::string& topic, absl::Duration timeout);
  absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions, absl::Duration timeout);
  // Of the group of the options. Waits for transactions that would change it.
  absl::StatusOr<std::vector<CommittedOffset>> Committed(
      const std::vector<TopicPartition>& partitions, absl::Duration timeout);

  // All committed records below the ends, from the start of each log; those of
  // one partition in order; only those of `key` if there is one. Waits for
  // transactions that are open below the ends; Unavailable if nothing comes
  // for `patience`.
  absl::StatusOr<std::vector<LogRecord>> Read(
      const std::map<TopicPartition, int64_t>& ends, absl::Duration patience,
      const std::optional<std::string>& key = std::nullopt);

 private:
  LogReader() = default;

  rdkafka::Client admin_;
  std::unique_ptr<rdkafka::OffsetAsker> asker_;
  rdkafka::Client reader_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_LOG_READER_H_
