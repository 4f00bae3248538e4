#ifndef LEADCLOCK_APP_DEV_PLAIN_KAFKA_H_
#define LEADCLOCK_APP_DEV_PLAIN_KAFKA_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"

namespace leadclock {

// Kafka as the neighbours of Leadclock use it: a CRM that writes, and a board
// that reads. No transactions of their own.

class PlainProducer {
 public:
  static absl::StatusOr<PlainProducer> Create(const std::string& brokers);

  // To the partition that murmur2 gives the key.
  absl::Status Send(const std::string& topic, const std::string& key,
                    const std::string& value, absl::Time timestamp);

 private:
  explicit PlainProducer(rdkafka::Client client) : client_(std::move(client)) {}

  rdkafka::Client client_;
  std::map<std::string, rdkafka::Topic> topics_;
};

class PlainReader {
 public:
  struct Record {
    std::string topic;
    std::string value;
  };

  // Reads what was committed to these partitions, from the beginning.
  static absl::StatusOr<PlainReader> Create(
      const std::string& brokers, const std::vector<TopicPartition>& from);

  // What is there, after waiting for the first of it; tombstones are left out.
  std::vector<Record> Read(absl::Duration timeout);

 private:
  explicit PlainReader(rdkafka::Client client) : client_(std::move(client)) {}

  rdkafka::Client client_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_PLAIN_KAFKA_H_
