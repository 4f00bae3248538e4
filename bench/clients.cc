#include "bench/clients.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"

namespace leadclock::bench {
namespace {

constexpr int kTimeoutMillis = 60'000;

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  Check(message->err, "a record was not delivered");
}

}  // namespace

void Fail(std::string_view what, std::string_view why) {
  std::cerr << what << ": " << why << std::endl;
  std::_Exit(1);  // other threads may hold what destructors would wait for
}

void Check(rd_kafka_resp_err_t error, std::string_view what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(what, rd_kafka_err2str(error));
  }
}

void Check(rd_kafka_error_t* error, std::string_view what) {
  if (error != nullptr) Fail(what, rd_kafka_error_string(error));
}

Handle NewHandle(rd_kafka_type_t type, const Properties& properties) {
  std::array<char, 512> why{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(),
                          why.size()) != RD_KAFKA_CONF_OK) {
      Fail(name, why.data());
    }
  }
  if (type == RD_KAFKA_PRODUCER) {
    rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  }
  Handle handle(rd_kafka_new(type, conf, why.data(), why.size()));
  if (!handle) Fail("cannot make a Kafka client", why.data());
  return handle;
}

PartitionList PartitionsOf(rd_kafka_t* handle,
                           const std::vector<std::string>& topics) {
  const rd_kafka_metadata_t* metadata = nullptr;
  Check(rd_kafka_metadata(handle, 1, nullptr, &metadata, kTimeoutMillis),
        "asking for the topics");
  PartitionList list(rd_kafka_topic_partition_list_new(64));
  for (const std::string& name : topics) {
    const int before = list->cnt;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
      if (name != topic.topic) continue;
      rd_kafka_topic_partition_list_add_range(list.get(), topic.topic, 0,
                                              topic.partition_cnt - 1);
    }
    if (list->cnt == before) Fail(name, "there is no such topic");
  }
  rd_kafka_metadata_destroy(metadata);
  return list;
}

Sender::Sender(const std::string& brokers,
               const std::vector<std::string>& topics)
    : handle_(NewHandle(RD_KAFKA_PRODUCER,
                        {{"bootstrap.servers", brokers},
                         {"enable.idempotence", "true"},
                         {"compression.codec", "lz4"},
                         // What is sent together travels together, at the
                         // price of 5 ms: the broker has less to do.
                         {"linger.ms", "5"},
                         {"batch.num.messages", "20000"},
                         {"queue.buffering.max.messages", "200000"},
                         {"partitioner", "murmur2"}})) {
  for (const std::string& topic : topics) {
    topics_.emplace_back(
        rd_kafka_topic_new(handle_.get(), topic.c_str(), nullptr));
  }
}

void Sender::Send(size_t topic, std::string_view key, std::string_view value) {
  // Callbacks are served now and then: each look costs as much as a record.
  if (++sent_ % 64 == 0) rd_kafka_poll(handle_.get(), 0);
  while (rd_kafka_produce(topics_[topic].get(), RD_KAFKA_PARTITION_UA,
                          RD_KAFKA_MSG_F_COPY, const_cast<char*>(value.data()),
                          value.size(), key.data(), key.size(), nullptr) != 0) {
    const rd_kafka_resp_err_t error = rd_kafka_last_error();
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) Check(error, "sending");
    rd_kafka_poll(handle_.get(), 10);
  }
}

void Sender::Flush() {
  Check(rd_kafka_flush(handle_.get(), kTimeoutMillis), "sending the rest");
}

GroupOffsets::GroupOffsets(const std::string& brokers, const std::string& group,
                           const std::vector<std::string>& topics)
    : handle_(NewHandle(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                            {"group.id", group},
                                            {"enable.auto.commit", "false"}})),
      partitions_(PartitionsOf(handle_.get(), topics)) {}

int64_t GroupOffsets::Sum() const {
  Check(rd_kafka_committed(handle_.get(), partitions_.get(), kTimeoutMillis),
        "asking for committed offsets");
  int64_t sum = 0;
  for (int i = 0; i < partitions_->cnt; ++i) {
    // Negative: nothing was committed yet.
    if (partitions_->elems[i].offset > 0) sum += partitions_->elems[i].offset;
  }
  return sum;
}

}  // namespace leadclock::bench
