#include "app/dev/plain_kafka.h"

#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

using Properties = std::map<std::string, std::string>;

absl::StatusOr<rdkafka::Client> NewClient(rd_kafka_type_t type,
                                          const Properties& properties) {
  std::array<char, 512> why{};
  rdkafka::Conf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(),
                          why.size()) != RD_KAFKA_CONF_OK) {
      return absl::InternalError(absl::StrCat(name, ": ", why.data()));
    }
  }
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  rdkafka::Client client(
      rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (client == nullptr) return absl::InternalError(why.data());
  // The client owns it now.
  static_cast<void>(conf.release());
  return client;
}

}  // namespace

absl::StatusOr<PlainProducer> PlainProducer::Create(
    const std::string& brokers) {
  absl::StatusOr<rdkafka::Client> client =
      NewClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers},
                                    {"partitioner", "murmur2"},
                                    {"linger.ms", "5"}});
  if (!client.ok()) return client.status();
  return PlainProducer(*std::move(client));
}

absl::Status PlainProducer::Send(const std::string& topic,
                                 const std::string& key,
                                 const std::string& value,
                                 absl::Time timestamp) {
  rdkafka::Topic& handle = topics_[topic];
  if (handle == nullptr) {
    handle.reset(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  }
  std::array<rd_kafka_vu_t, 5> members;
  std::memset(members.data(), 0, sizeof(members));
  members[0].vtype = RD_KAFKA_VTYPE_RKT;
  members[0].u.rkt = handle.get();
  members[1].vtype = RD_KAFKA_VTYPE_KEY;
  members[1].u.mem = {const_cast<char*>(key.data()), key.size()};
  members[2].vtype = RD_KAFKA_VTYPE_VALUE;
  members[2].u.mem = {const_cast<char*>(value.data()), value.size()};
  members[3].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  members[3].u.i64 = absl::ToUnixMillis(timestamp);
  members[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  members[4].u.i = RD_KAFKA_MSG_F_COPY;
  const rdkafka::Error error(
      rd_kafka_produceva(client_.get(), members.data(), members.size()));
  rd_kafka_poll(client_.get(), 0);
  return rdkafka::ToStatus(error, "writing a record of the demo's CRM");
}

absl::StatusOr<PlainReader> PlainReader::Create(
    const std::string& brokers, const std::vector<TopicPartition>& from) {
  absl::StatusOr<rdkafka::Client> client =
      NewClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                    {"group.id", "leadclock-dev-view"},
                                    {"enable.auto.commit", "false"},
                                    {"isolation.level", "read_committed"},
                                    {"fetch.wait.max.ms", "50"}});
  if (!client.ok()) return client.status();
  rd_kafka_poll_set_consumer(client->get());
  const rdkafka::PartitionList list = rdkafka::ToList(from);
  for (rd_kafka_topic_partition_t& element : rdkafka::Elements(*list)) {
    element.offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  absl::Status status = rdkafka::ToStatus(
      rd_kafka_assign(client->get(), list.get()), "reading the output topics");
  if (!status.ok()) return status;
  return PlainReader(*std::move(client));
}

std::vector<PlainReader::Record> PlainReader::Read(absl::Duration timeout) {
  using Message = rdkafka::Owned<rd_kafka_message_t, rd_kafka_message_destroy>;
  std::vector<Record> records;
  Message message(
      rd_kafka_consumer_poll(client_.get(), rdkafka::Millis(timeout)));
  while (message != nullptr) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
        message->payload != nullptr) {
      records.push_back(
          {.topic = rd_kafka_topic_name(message->rkt),
           .value = std::string(static_cast<const char*>(message->payload),
                                message->len)});
    }
    message.reset(rd_kafka_consumer_poll(client_.get(), 0));
  }
  return records;
}

}  // namespace leadclock
