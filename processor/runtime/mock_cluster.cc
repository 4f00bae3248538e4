#include "processor/runtime/mock_cluster.h"

#include <librdkafka/rdkafka_mock.h>

#include <utility>
#include <vector>

#include "processor/runtime/rdkafka_conf.h"

namespace leadclock {

absl::StatusOr<std::unique_ptr<MockCluster>> MockCluster::Start() {
  std::unique_ptr<MockCluster> mock(new MockCluster);
  // The mock lives inside a client, which itself connects to nothing.
  absl::StatusOr<rdkafka::Client> host = rdkafka::NewAdmin({});
  if (!host.ok()) return host.status();
  mock->host_ = *std::move(host);
  mock->cluster_ = rd_kafka_mock_cluster_new(mock->host_.get(), 1);
  if (mock->cluster_ == nullptr) {
    return absl::InternalError("librdkafka's mock cluster does not start");
  }
#if RD_KAFKA_VERSION >= 0x020f0000
  // Nobody else will join.
  rd_kafka_mock_group_initial_rebalance_delay_ms(mock->cluster_, 0);
#endif
  return mock;
}

MockCluster::~MockCluster() {
  if (cluster_ != nullptr) rd_kafka_mock_cluster_destroy(cluster_);
}

std::string MockCluster::brokers() const {
  return rd_kafka_mock_cluster_bootstraps(cluster_);
}

absl::Status MockCluster::CreateTopics(const JobTopics& topics,
                                       int32_t partitions) {
  std::vector<std::string> all = topics.inputs;
  all.insert(all.end(), topics.outputs.begin(), topics.outputs.end());
  all.push_back(topics.changelog);
  all.push_back(topics.quarantine);
  for (const std::string& topic : all) {
    absl::Status status = rdkafka::ToStatus(
        rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1),
        "creating topics on the mock cluster");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace leadclock
