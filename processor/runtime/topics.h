#ifndef LEADCLOCK_PROCESSOR_RUNTIME_TOPICS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_TOPICS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// How many partitions the inputs have. Fails with NotFound if a topic is
// missing, with FailedPrecondition if the topics do not fit together: inputs
// and changelog have equally many partitions, the global topic has one, the
// others at least as many as the inputs.
absl::StatusOr<int32_t> CheckTopics(Kafka& kafka, const JobTopics& topics,
                                    absl::Duration timeout);

// Fails with FailedPrecondition if records of a global topic that is set to
// `configs` may be removed: who starts later must read all that those before it
// have read.
absl::Status CheckIsKept(const std::string& topic,
                         const std::map<std::string, std::string>& configs);

struct TopicLayout {
  int32_t partitions = 0;  // of each but the global topic
  int replication = 0;     // -1: the broker's default
};

// Makes those topics of a job that do not exist, and returns their names when
// a broker lists them. Fails with FailedPrecondition if existing ones do not
// fit, also if the global topic is one whose records are removed.
absl::StatusOr<std::vector<std::string>> CreateTopics(
    const ConnectionOptions& connection, const JobTopics& topics,
    const TopicLayout& layout);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_TOPICS_H_
