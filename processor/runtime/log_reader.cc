#include "processor/runtime/log_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/runtime/rdkafka_admin.h"
#include "processor/runtime/rdkafka_conf.h"
#include "processor/runtime/rdkafka_message.h"

namespace leadclock {
namespace {

using rdkafka::Deadline;
using rdkafka::Elements;
using rdkafka::PartitionList;
using rdkafka::ToStatus;
using Message = rdkafka::Owned<rd_kafka_message_t, rd_kafka_message_destroy>;

constexpr absl::Duration kWait = absl::Milliseconds(100);

LogRecord RecordOf(const rd_kafka_message_t& message) {
  return {.at = {rd_kafka_topic_name(message.rkt), message.partition},
          .offset = message.offset,
          .timestamp = rdkafka::TimestampOf(message),
          .key = rdkafka::ToText(message.key, message.key_len),
          .value = rdkafka::ToText(message.payload, message.len),
          .headers = rdkafka::HeadersOf(message)};
}

// What is still to be read: by partition, up to where.
class Rest {
 public:
  explicit Rest(const std::map<TopicPartition, int64_t>& ends) : rest_(ends) {
    std::erase_if(rest_, [](const auto& end) { return end.second == 0; });
  }

  bool empty() const { return rest_.empty(); }
  // Whether a record at this offset is one of those to be read.
  bool Contains(const TopicPartition& at, int64_t offset) const {
    const auto end = rest_.find(at);
    return end != rest_.end() && offset < end->second;
  }
  // Everything below `offset` was read.
  void Passed(const TopicPartition& at, int64_t offset) {
    const auto end = rest_.find(at);
    if (end != rest_.end() && offset >= end->second) rest_.erase(end);
  }
  absl::Status Unread() const {
    return kafka_error::Unavailable(absl::StrCat(
        rest_.begin()->first.topic, "[", rest_.begin()->first.partition,
        "] cannot be read up to offset ", rest_.begin()->second,
        ": a transaction on it is open, or the brokers do not answer"));
  }

 private:
  std::map<TopicPartition, int64_t> rest_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LogReader>> LogReader::Create(
    const ConnectionOptions& options) {
  std::unique_ptr<LogReader> reader(new LogReader);
  absl::StatusOr<rdkafka::Client> admin = rdkafka::NewAdmin(options);
  if (!admin.ok()) return admin.status();
  reader->admin_ = *std::move(admin);
  reader->asker_ = rdkafka::NewOffsetAsker(reader->admin_.get());
  // A member that never joins: it may ask for the group's offsets.
  absl::StatusOr<rdkafka::Client> client = rdkafka::NewMember(options);
  if (!client.ok()) return client.status();
  reader->reader_ = *std::move(client);
  return reader;
}

absl::StatusOr<std::map<std::string, TopicFacts>> LogReader::Topics(
    const std::vector<std::string>& topics, absl::Duration timeout) {
  return rdkafka::DescribeTopics(admin_.get(), topics, timeout);
}

absl::StatusOr<std::map<std::string, std::string>> LogReader::Configs(
    const std::string& topic, absl::Duration timeout) {
  return rdkafka::TopicConfigs(admin_.get(), topic, timeout);
}

absl::StatusOr<std::map<TopicPartition, LogBounds>> LogReader::Bounds(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  const Deadline deadline(timeout);
  while (true) {
    auto bounds = asker_->Bounds(partitions, deadline.Left());
    // Who leads a partition that was just made is known a little later.
    if (bounds.ok() || !kafka_error::IsUnavailable(bounds.status()) ||
        deadline.Left() == absl::ZeroDuration()) {
      return bounds;
    }
    absl::SleepFor(kWait);
  }
}

absl::StatusOr<std::vector<CommittedOffset>> LogReader::Committed(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  const Deadline deadline(timeout);
  while (true) {
    const PartitionList list = rdkafka::ToList(partitions);
    absl::Status status = ToStatus(
        rd_kafka_committed(reader_.get(), list.get(), deadline.LeftMillis()),
        "asking for the committed offsets of the group");
    std::vector<CommittedOffset> committed;
    for (const rd_kafka_topic_partition_t& element : Elements(*list)) {
      if (status.ok()) status = ToStatus(element.err, "committed offsets");
      CommittedOffset& offset = committed.emplace_back();
      offset.at = rdkafka::ToTopicPartition(element);
      if (element.offset >= 0) offset.offset = element.offset;
      offset.metadata =
          rdkafka::ToText(element.metadata, element.metadata_size).value_or("");
    }
    if (status.ok()) return committed;
    if (!kafka_error::IsUnavailable(status) ||
        deadline.Left() == absl::ZeroDuration()) {
      return status;
    }
    absl::SleepFor(kWait);
  }
}

absl::StatusOr<std::vector<LogRecord>> LogReader::Read(
    const std::map<TopicPartition, int64_t>& ends, absl::Duration patience,
    const std::optional<std::string>& key) {
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(ends.size())));
  for (const auto& [at, end] : ends) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(),
                                      at.partition)
        ->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  absl::Status status =
      ToStatus(rd_kafka_assign(reader_.get(), list.get()), "reading topics");
  if (!status.ok()) return status;

  std::vector<LogRecord> records;
  Rest rest(ends);
  absl::Time give_up = absl::Now() + patience;
  while (!rest.empty()) {
    const Message message(
        rd_kafka_consumer_poll(reader_.get(), rdkafka::Millis(kWait)));
    if (absl::Now() > give_up) {
      status = rest.Unread();
      break;
    }
    if (message == nullptr || message->rkt == nullptr) continue;
    const TopicPartition at = {rd_kafka_topic_name(message->rkt),
                               message->partition};
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (rest.Contains(at, message->offset)) {
        LogRecord record = RecordOf(*message);
        if (!key || record.key == key) records.push_back(std::move(record));
        give_up = absl::Now() + patience;
      }
      rest.Passed(at, message->offset + 1);
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      rest.Passed(at, message->offset);
    } else {
      status = ToStatus(message->err, absl::StrCat("reading ", at.topic),
                        rd_kafka_message_errstr(message.get()));
      if (!status.ok() && !kafka_error::IsUnavailable(status)) break;
      status = absl::OkStatus();
    }
  }
  rd_kafka_assign(reader_.get(), nullptr);
  if (!status.ok()) return status;
  return records;
}

}  // namespace leadclock
