#ifndef LEADCLOCK_PROCESSOR_RUNTIME_MOCK_CLUSTER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_MOCK_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/runtime/rdkafka_handle.h"
#include "processor/runtime/worker_options.h"

typedef struct rd_kafka_mock_cluster_s rd_kafka_mock_cluster_t;

namespace leadclock {

// librdkafka's mock of a Kafka cluster, in this process. Nothing in it is
// durable; it keeps a few MiB of each partition, and aborted records can be
// read.
class MockCluster {
 public:
  static absl::StatusOr<std::unique_ptr<MockCluster>> Start();
  ~MockCluster();

  // host:port, for any client on this machine.
  std::string brokers() const;

  absl::Status CreateTopics(const JobTopics& topics, int32_t partitions);

 private:
  MockCluster() = default;

  rdkafka::Client host_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_MOCK_CLUSTER_H_
