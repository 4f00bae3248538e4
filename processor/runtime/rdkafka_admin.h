#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_ADMIN_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_ADMIN_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"

namespace leadclock::rdkafka {

using AdminOptions =
    Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

AdminOptions MakeAdminOptions(rd_kafka_t* client, rd_kafka_admin_op_t operation,
                              absl::Duration timeout);

// Calls `request` with a queue, and waits for the one event that answers.
template <typename Request>
Event Await(rd_kafka_t* client, Request request) {
  const Queue queue(rd_kafka_queue_new(client));
  request(queue.get());
  // The request has a timeout of its own.
  return Event(rd_kafka_queue_poll(queue.get(), -1));
}

// As in Kafka, but without ids.
absl::StatusOr<std::map<std::string, TopicFacts>> DescribeTopics(
    rd_kafka_t* client, const std::vector<std::string>& topics,
    absl::Duration timeout);
// Adds the ids, where client and broker know them.
void AddTopicIds(rd_kafka_t* client, std::map<std::string, TopicFacts>& facts,
                 absl::Duration timeout);
// What a topic is set to, its defaults included.
absl::StatusOr<std::map<std::string, std::string>> TopicConfigs(
    rd_kafka_t* client, const std::string& topic, absl::Duration timeout);
std::optional<absl::Duration> TombstoneRetention(rd_kafka_t* client,
                                                 const std::string& topic,
                                                 absl::Duration timeout);

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_ADMIN_H_
