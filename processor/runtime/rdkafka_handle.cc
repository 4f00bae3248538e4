#include "processor/runtime/rdkafka_handle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "processor/runtime/clock.h"

namespace leadclock::rdkafka {

absl::Status ToStatus(rd_kafka_resp_err_t code, absl::string_view doing,
                      absl::string_view detail) {
  const std::string message = absl::StrCat(
      doing, ": ", detail.empty() ? rd_kafka_err2str(code) : detail);
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__WAIT_CACHE:
    case RD_KAFKA_RESP_ERR__IN_PROGRESS:
    case RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR__STATE:
    case RD_KAFKA_RESP_ERR__RETRY:
    case RD_KAFKA_RESP_ERR__NO_OFFSET:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case RD_KAFKA_RESP_ERR_NOT_CONTROLLER:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
    case RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
      return kafka_error::Unavailable(message);
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return kafka_error::Fenced(message);
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return absl::NotFoundError(message);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return absl::OutOfRangeError(message);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return kafka_error::TooLarge(message);
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(message);
    default:
      return absl::InternalError(message);
  }
}

absl::Status ToStatus(const Error& error, absl::string_view doing) {
  if (error == nullptr) return absl::OkStatus();
  const absl::string_view detail = rd_kafka_error_string(error.get());
  if (rd_kafka_error_is_retriable(error.get()) != 0) {
    return kafka_error::Unavailable(absl::StrCat(doing, ": ", detail));
  }
  return ToStatus(rd_kafka_error_code(error.get()), doing, detail);
}

absl::Status ExplainFenced(const absl::Status& fenced) {
  return kafka_error::Fenced(absl::StrCat(
      fenced.message(),
      ". Another process runs under the same group and instance name"));
}

PartitionList ToList(const std::vector<TopicPartition>& partitions) {
  PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& at : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(),
                                      at.partition);
  }
  return list;
}

TopicPartition ToTopicPartition(const rd_kafka_topic_partition_t& element) {
  return {element.topic, element.partition};
}

int Millis(absl::Duration duration) {
  const absl::Duration rounded =
      absl::Ceil(std::clamp(duration, absl::ZeroDuration(), absl::Hours(1)),
                 absl::Milliseconds(1));
  return static_cast<int>(absl::ToInt64Milliseconds(rounded));
}

Deadline::Deadline(absl::Duration timeout)
    : at_(SystemClock().Boot() + timeout) {}

absl::Duration Deadline::Left() const {
  return std::max(absl::ZeroDuration(), at_ - SystemClock().Boot());
}

absl::Status FirstError(const PartitionList& list, absl::string_view doing) {
  for (const rd_kafka_topic_partition_t& element : Elements(*list)) {
    if (element.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return ToStatus(element.err, absl::StrCat(doing, " ", element.topic, "[",
                                              element.partition, "]"));
  }
  return absl::OkStatus();
}

}  // namespace leadclock::rdkafka
