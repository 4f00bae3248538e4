#include "processor/runtime/log_reader.h"

#include <librdkafka/rdkafka_mock.h>

#include <catch2/catch.hpp>
#include <memory>

#include "processor/runtime/rdkafka_conf.h"

namespace leadclock {
namespace {

constexpr char kTopic[] = "sla.policy";
// The number of the request ListOffsets in Kafka's protocol.
constexpr int16_t kListOffsets = 2;

TEST_CASE("A reader waits for a new partition's leader to be known") {
  absl::StatusOr<rdkafka::Client> host = rdkafka::NewAdmin({});
  REQUIRE(host.ok());
  rd_kafka_mock_cluster_t* const cluster =
      rd_kafka_mock_cluster_new(host->get(), 1);
  rd_kafka_mock_topic_create(cluster, kTopic, 1, 1);
  rd_kafka_mock_push_request_errors(cluster, kListOffsets, 2,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  {
    ConnectionOptions connection;
    connection.brokers = rd_kafka_mock_cluster_bootstraps(cluster);
    connection.group = "readers";
    connection.instance = "one";
    const auto reader = LogReader::Create(connection);
    REQUIRE(reader.ok());
    const auto bounds = (*reader)->Bounds({{kTopic, 0}}, absl::Seconds(30));
    INFO(bounds.status().message());
    REQUIRE(bounds.ok());
    CHECK(bounds->at({kTopic, 0}).end == 0);
  }
  rd_kafka_mock_cluster_destroy(cluster);
}

}  // namespace
}  // namespace leadclock
