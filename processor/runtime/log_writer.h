#ifndef LEADCLOCK_PROCESSOR_RUNTIME_LOG_WRITER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_LOG_WRITER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_producer.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// Writes to topics of which only one may be the writer at a time, for those
// who first look at what stands there: whoever becomes the writer of a name
// takes the place of the one before, whose Write() then fails. One thread.
class LogWriter {
 public:
  // The writer called `name` from now on, with NAME-writer as the
  // transactional.id. What the one before was writing is on the topics by now,
  // or never will be. Unavailable: no broker answers.
  static absl::StatusOr<std::unique_ptr<LogWriter>> Become(
      const std::string& name, const ConnectionOptions& options,
      absl::Duration timeout);

  // All of it or nothing. Fails as Kafka::Commit(); Fenced, if another one has
  // become the writer.
  absl::Status Write(std::vector<OutgoingRecord> records, absl::Time timestamp,
                     absl::Duration timeout);

 private:
  LogWriter(const std::string& name,
            std::unique_ptr<rdkafka::Producer> producer);

  const std::string name_;
  const std::unique_ptr<rdkafka::Producer> producer_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_LOG_WRITER_H_
