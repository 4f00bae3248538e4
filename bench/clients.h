#ifndef LEADCLOCK_BENCH_CLIENTS_H_
#define LEADCLOCK_BENCH_CLIENTS_H_

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

// Kafka for the tools of the benchmarks. What fails ends the tool: a figure
// that was measured around an error is worth nothing.
namespace leadclock::bench {

[[noreturn]] void Fail(std::string_view what, std::string_view why);

using Properties = std::map<std::string, std::string>;

struct DestroyHandle {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
using Handle = std::unique_ptr<rd_kafka_t, DestroyHandle>;

struct DestroyList {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList =
    std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyList>;

struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const {
    rd_kafka_message_destroy(message);
  }
};
using Message = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;

Handle NewHandle(rd_kafka_type_t type, const Properties& properties);

void Check(rd_kafka_resp_err_t error, std::string_view what);
void Check(rd_kafka_error_t* error, std::string_view what);  // takes it

// Every partition of the topics; offsets are not set.
PartitionList PartitionsOf(rd_kafka_t* handle,
                           const std::vector<std::string>& topics);

// Sends at once what is given, as a service would that feeds Leadclock.
class Sender {
 public:
  Sender(const std::string& brokers, const std::vector<std::string>& topics);

  // `topic` is an index in the topics. Placed by murmur2 of the key. Waits
  // while the client's queue is full.
  void Send(size_t topic, std::string_view key, std::string_view value);
  void Flush();

 private:
  struct DestroyTopic {
    void operator()(rd_kafka_topic_t* topic) const {
      rd_kafka_topic_destroy(topic);
    }
  };
  Handle handle_;
  std::vector<std::unique_ptr<rd_kafka_topic_t, DestroyTopic>> topics_;
  int64_t sent_ = 0;
};

// What a group has committed of the topics.
class GroupOffsets {
 public:
  GroupOffsets(const std::string& brokers, const std::string& group,
               const std::vector<std::string>& topics);

  // The sum over all partitions: the number of records read, if none of the
  // topics' records was deleted and no transactions write to them.
  int64_t Sum() const;

 private:
  Handle handle_;
  PartitionList partitions_;
};

}  // namespace leadclock::bench

#endif  // LEADCLOCK_BENCH_CLIENTS_H_
