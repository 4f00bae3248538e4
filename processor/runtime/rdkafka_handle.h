#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_HANDLE_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_HANDLE_H_

#include <librdkafka/rdkafka.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"

namespace leadclock::rdkafka {

// librdkafka's objects, as owned values.

template <auto destroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    destroy(object);
  }
};

template <typename T, auto destroy>
using Owned = std::unique_ptr<T, Destroyer<destroy>>;

using Conf = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Error = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Topic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using OwnedPartition =
    Owned<rd_kafka_topic_partition_t, rd_kafka_topic_partition_destroy>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t,
                            rd_kafka_topic_partition_list_destroy>;

// A client. Whatever was made from it must be gone before it.
struct DestroyClient {
  void operator()(rd_kafka_t* client) const {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
};
using Client = std::unique_ptr<rd_kafka_t, DestroyClient>;

// One place for what librdkafka's errors mean to us, outside transactions.
absl::Status ToStatus(rd_kafka_resp_err_t code, absl::string_view doing,
                      absl::string_view detail = "");
absl::Status ToStatus(const Error& error, absl::string_view doing);

// Says who it may be that fenced us.
absl::Status ExplainFenced(const absl::Status& fenced);

PartitionList ToList(const std::vector<TopicPartition>& partitions);
TopicPartition ToTopicPartition(const rd_kafka_topic_partition_t& element);

// The elements of a list.
inline std::span<rd_kafka_topic_partition_t> Elements(
    const rd_kafka_topic_partition_list_t& list) {
  return {list.elems, static_cast<size_t>(list.cnt)};
}

// What is wrong with the first of them with which something is.
absl::Status FirstError(const PartitionList& list, absl::string_view doing);

// For librdkafka's timeouts; at least 0.
int Millis(absl::Duration duration);

// Counts down, while the machine sleeps too.
class Deadline {
 public:
  explicit Deadline(absl::Duration timeout);
  absl::Duration Left() const;
  int LeftMillis() const { return Millis(Left()); }

 private:
  absl::Duration at_;
};

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_HANDLE_H_
