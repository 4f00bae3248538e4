#include "tests/broker/clients.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace leadclock::broker {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;
using Place = std::pair<std::string, int32_t>;

constexpr int kPatienceMillis = 60'000;
constexpr absl::Duration kPatience = absl::Milliseconds(kPatienceMillis);

template <auto kDelete>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kDelete(object);
  }
};
using Places = std::unique_ptr<rd_kafka_topic_partition_list_t,
                               Deleter<rd_kafka_topic_partition_list_destroy>>;
using Queue =
    std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using KafkaEvent =
    std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using Message =
    std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using Options = std::unique_ptr<rd_kafka_AdminOptions_t,
                                Deleter<rd_kafka_AdminOptions_destroy>>;

[[noreturn]] void Throw(const std::string& what, const std::string& why) {
  throw std::runtime_error(absl::StrCat(what, ": ", why));
}

void Check(rd_kafka_resp_err_t code, const std::string& what) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) Throw(what, rd_kafka_err2str(code));
}

void Check(rd_kafka_error_t* error, const std::string& what) {
  if (error == nullptr) return;
  const std::string why = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  Throw(what, why);
}

// What a broker says until it has made its own topics, and, started again,
// until it leads what it led before.
bool IsOfYoungBroker(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
         code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
}

// Asks again until the broker is old enough to answer.
template <typename Ask>
void CheckPatiently(const Ask& ask, const std::string& what) {
  const absl::Time deadline = absl::Now() + kPatience;
  rd_kafka_resp_err_t code = ask();
  while (IsOfYoungBroker(code) && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(10));
    code = ask();
  }
  Check(code, what);
}

Handle MakeHandle(rd_kafka_type_t type, const std::string& brokers,
                  const Settings& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> error{};
  const auto set = [&](const std::string& name, const std::string& value) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(),
                          error.size()) != RD_KAFKA_CONF_OK) {
      Throw(name, error.data());
    }
  };
  set("bootstrap.servers", brokers);
  // Tests stop brokers, and go on as soon as they are back.
  set("reconnect.backoff.max.ms", "500");
  set("log_level", "0");
  for (const auto& [name, value] : settings) set(name, value);
  Handle handle(rd_kafka_new(type, conf, error.data(), error.size()));
  if (handle == nullptr) Throw("cannot make a client", error.data());
  return handle;
}

Places PlacesOf(rd_kafka_t* handle, const std::vector<std::string>& topics) {
  Places places(rd_kafka_topic_partition_list_new(8));
  for (const std::string& name : topics) {
    const std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>
        topic(rd_kafka_topic_new(handle, name.c_str(), nullptr));
    int32_t partitions = 0;
    CheckPatiently(
        [&] {
          const rd_kafka_metadata_t* metadata = nullptr;
          Check(rd_kafka_metadata(handle, 0, topic.get(), &metadata,
                                  kPatienceMillis),
                name);
          const rd_kafka_resp_err_t code = metadata->topics[0].err;
          partitions = metadata->topics[0].partition_cnt;
          rd_kafka_metadata_destroy(metadata);
          return code;
        },
        name);
    for (int32_t n = 0; n < partitions; ++n) {
      rd_kafka_topic_partition_list_add(places.get(), name.c_str(), n);
    }
  }
  return places;
}

std::vector<rd_kafka_topic_partition_t> Each(const Places& places) {
  return {places->elems, places->elems + places->cnt};
}

std::optional<std::string> Text(const void* bytes, size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(bytes), size);
}

Headers HeadersOf(const rd_kafka_message_t& message) {
  Headers out;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return out;
  }
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) ==
       RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    out.emplace_back(name, Text(value, size).value_or(""));
  }
  return out;
}

ReadRecord RecordOf(const rd_kafka_message_t& message) {
  return {.topic = rd_kafka_topic_name(message.rkt),
          .partition = message.partition,
          .offset = message.offset,
          .timestamp = absl::FromUnixMillis(
              rd_kafka_message_timestamp(&message, nullptr)),
          .key = Text(message.key, message.key_len),
          .value = Text(message.payload, message.len),
          .headers = HeadersOf(message)};
}

using TopicTest = bool (*)(const rd_kafka_metadata_topic_t& topic);

bool IsGone(const rd_kafka_metadata_topic_t& topic) {
  return topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

bool IsLed(const rd_kafka_metadata_topic_t& topic) {
  return topic.err == RD_KAFKA_RESP_ERR_NO_ERROR &&
         std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                     [](const rd_kafka_metadata_partition_t& partition) {
                       return partition.err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                              partition.leader >= 0;
                     });
}

// Waits until what the broker tells of a topic passes the test. A broker learns
// what its controller did a little later.
void AwaitTopic(rd_kafka_t* handle, const std::string& name, TopicTest passes) {
  const std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>
      topic(rd_kafka_topic_new(handle, name.c_str(), nullptr));
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    const rd_kafka_metadata_t* metadata = nullptr;
    Check(rd_kafka_metadata(handle, 0, topic.get(), &metadata, kPatienceMillis),
          name);
    const bool passed = passes(metadata->topics[0]);
    rd_kafka_metadata_destroy(metadata);
    if (passed) return;
    if (absl::Now() > deadline) Throw(name, "the broker does not learn of it");
    absl::SleepFor(absl::Milliseconds(10));
  }
}

// The result of a request of an administrator.
KafkaEvent Answer(const Queue& queue, const std::string& what) {
  KafkaEvent answer(rd_kafka_queue_poll(queue.get(), kPatienceMillis));
  if (answer == nullptr) Throw(what, "no answer");
  if (rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Throw(what, rd_kafka_event_error_string(answer.get()));
  }
  return answer;
}

}  // namespace

int32_t PartitionOfKey(const std::string& key, int partitions) {
  return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(),
                                          partitions, nullptr, nullptr);
}

// ---- Producer ----

Producer::Producer(const std::string& brokers, const std::string& name) {
  Settings settings = {{"partitioner", "murmur2_random"},
                       {"enable.idempotence", "true"},
                       {"linger.ms", "1"}};
  if (!name.empty()) settings.emplace_back("transactional.id", name);
  handle_ = MakeHandle(RD_KAFKA_PRODUCER, brokers, settings);
  if (name.empty()) return;
  Check(rd_kafka_init_transactions(handle_.get(), kPatienceMillis), name);
}

void Producer::Send(const RecordToSend& record) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                        value.data(), static_cast<ssize_t>(value.size()));
  }
  const auto bytes = [](const std::optional<std::string>& text) {
    return text ? const_cast<char*>(text->data()) : nullptr;
  };
  const auto size = [](const std::optional<std::string>& text) {
    return text ? text->size() : size_t{0};
  };
  std::array<rd_kafka_vu_t, 7> fields{};
  fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  fields[0].u.cstr = record.topic.c_str();
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
  fields[2].vtype = RD_KAFKA_VTYPE_KEY;
  fields[2].u.mem = {bytes(record.key), size(record.key)};
  fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[3].u.mem = {bytes(record.value), size(record.value)};
  fields[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[4].u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
  fields[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  // 0: now.
  fields[5].u.i64 =
      record.timestamp ? absl::ToUnixMillis(*record.timestamp) : 0;
  fields[6].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[6].u.headers = headers;
  Check(rd_kafka_produceva(handle_.get(), fields.data(), fields.size()),
        record.topic);
}

void Producer::Flush() {
  Check(rd_kafka_flush(handle_.get(), kPatienceMillis), "flush");
}

void Producer::Begin() {
  Check(rd_kafka_begin_transaction(handle_.get()), "begin");
}

void Producer::Commit() {
  Check(rd_kafka_commit_transaction(handle_.get(), kPatienceMillis), "commit");
}

void Producer::Abort() {
  Check(rd_kafka_abort_transaction(handle_.get(), kPatienceMillis), "abort");
}

// ---- Reader ----

Reader::Reader(const std::string& brokers,
               const std::vector<std::string>& topics, Isolation isolation)
    : brokers_(brokers) {
  handle_ =
      MakeHandle(RD_KAFKA_CONSUMER, brokers,
                 {{"group.id", "nobody"},  // never joined
                  {"enable.auto.commit", "false"},
                  {"auto.offset.reset", "error"},
                  {"enable.partition.eof", "true"},
                  {"fetch.wait.max.ms", "20"},
                  {"isolation.level", isolation == Isolation::kReadCommitted
                                          ? "read_committed"
                                          : "read_uncommitted"}});
  rd_kafka_poll_set_consumer(handle_.get());
  const Places places = PlacesOf(handle_.get(), topics);
  for (const auto& place : Each(places)) {
    rd_kafka_topic_partition_list_set_offset(places.get(), place.topic,
                                             place.partition, 0);
    position_[{place.topic, place.partition}] = 0;
  }
  Check(rd_kafka_assign(handle_.get(), places.get()), "assign");
}

bool Reader::Poll(const std::map<Place, int64_t>& ends,
                  std::vector<ReadRecord>& records) {
  constexpr int kWaitMillis = 50;
  while (const Message message{
      rd_kafka_consumer_poll(handle_.get(), kWaitMillis)}) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(RecordOf(*message));
      position_[{records.back().topic, message->partition}] =
          message->offset + 1;
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      position_[{rd_kafka_topic_name(message->rkt), message->partition}] =
          message->offset;
    } else if (message->rkt != nullptr) {
      // Else it is about a connection, and comes right by itself.
      Throw("read", rd_kafka_message_errstr(message.get()));
    }
  }
  return std::all_of(ends.begin(), ends.end(), [this](const auto& end) {
    return position_.at(end.first) >= end.second;
  });
}

std::vector<ReadRecord> Reader::ReadMore() {
  std::vector<ReadRecord> records;
  Poll({}, records);
  return records;
}

std::vector<ReadRecord> Reader::ReadToEnd() {
  std::vector<std::string> topics;
  for (const auto& [place, position] : position_) {
    topics.push_back(place.first);
  }
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  const std::map<Place, int64_t> ends = HighWatermarks(brokers_, topics);

  std::vector<ReadRecord> records;
  const absl::Time deadline = absl::Now() + kPatience;
  while (!Poll(ends, records)) {
    if (absl::Now() > deadline) Throw("read", "the end does not come");
  }
  return records;
}

// ---- Stranger ----

Stranger::Stranger(const std::string& brokers, const std::string& group,
                   const std::vector<std::string>& topics)
    : handle_(MakeHandle(RD_KAFKA_CONSUMER, brokers,
                         {{"group.id", group},
                          {"enable.auto.commit", "false"},
                          {"session.timeout.ms", "6000"},
                          {"partition.assignment.strategy", "range"}})) {
  rd_kafka_poll_set_consumer(handle_.get());
  const Places places(rd_kafka_topic_partition_list_new(1));
  for (const std::string& topic : topics) {
    rd_kafka_topic_partition_list_add(places.get(), topic.c_str(),
                                      RD_KAFKA_PARTITION_UA);
  }
  Check(rd_kafka_subscribe(handle_.get(), places.get()), "subscribe");
}

bool Stranger::TakePart() {
  const Message message(rd_kafka_consumer_poll(handle_.get(), 50));
  rd_kafka_topic_partition_list_t* assigned = nullptr;
  Check(rd_kafka_assignment(handle_.get(), &assigned), "assignment");
  return Places(assigned)->cnt > 0;
}

// ---- People with tools ----

std::map<Place, int64_t> HighWatermarks(
    const std::string& brokers, const std::vector<std::string>& topics) {
  const Handle handle = MakeHandle(
      RD_KAFKA_CONSUMER, brokers,
      {{"group.id", "nobody"}, {"isolation.level", "read_uncommitted"}});
  const Places places = PlacesOf(handle.get(), topics);
  std::map<Place, int64_t> ends;
  for (const auto& place : Each(places)) {
    int64_t low = 0;
    int64_t high = 0;
    CheckPatiently(
        [&] {
          return rd_kafka_query_watermark_offsets(handle.get(), place.topic,
                                                  place.partition, &low, &high,
                                                  kPatienceMillis);
        },
        place.topic);
    ends[{place.topic, place.partition}] = high;
  }
  return ends;
}

std::map<Place, int64_t> CommittedOffsets(
    const std::string& brokers, const std::string& group,
    const std::vector<std::string>& topics) {
  const Handle handle =
      MakeHandle(RD_KAFKA_CONSUMER, brokers, {{"group.id", group}});
  const Places places = PlacesOf(handle.get(), topics);
  CheckPatiently(
      [&] {
        return rd_kafka_committed(handle.get(), places.get(), kPatienceMillis);
      },
      group);
  std::map<Place, int64_t> committed;
  for (const auto& place : Each(places)) {
    if (place.offset < 0) continue;
    committed[{place.topic, place.partition}] = place.offset;
  }
  return committed;
}

void CreateTopic(const std::string& brokers, const std::string& topic,
                 int partitions) {
  const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, brokers, {});
  const Queue queue(rd_kafka_queue_new(handle.get()));
  std::array<char, 512> error{};
  rd_kafka_NewTopic_t* wanted = rd_kafka_NewTopic_new(
      topic.c_str(), partitions, 1, error.data(), error.size());
  rd_kafka_CreateTopics(handle.get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_NewTopic_destroy(wanted);
  const KafkaEvent answer = Answer(queue, topic);
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(answer.get()), &count);
  Check(rd_kafka_topic_result_error(results[0]), topic);
  AwaitTopic(handle.get(), topic, IsLed);
}

void DeleteTopic(const std::string& brokers, const std::string& topic) {
  const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, brokers, {});
  const Queue queue(rd_kafka_queue_new(handle.get()));
  rd_kafka_DeleteTopic_t* wanted = rd_kafka_DeleteTopic_new(topic.c_str());
  rd_kafka_DeleteTopics(handle.get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_DeleteTopic_destroy(wanted);
  const KafkaEvent answer = Answer(queue, topic);
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(answer.get()), &count);
  Check(rd_kafka_topic_result_error(results[0]), topic);
  AwaitTopic(handle.get(), topic, IsGone);
}

void DeleteRecords(const std::string& brokers, const std::string& topic) {
  const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, brokers, {});
  const Places places = PlacesOf(handle.get(), {topic});
  for (const auto& place : Each(places)) {
    rd_kafka_topic_partition_list_set_offset(
        places.get(), place.topic, place.partition, RD_KAFKA_OFFSET_END);
  }
  const Queue queue(rd_kafka_queue_new(handle.get()));
  rd_kafka_DeleteRecords_t* wanted = rd_kafka_DeleteRecords_new(places.get());
  rd_kafka_DeleteRecords(handle.get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_DeleteRecords_destroy(wanted);
  Answer(queue, topic);
}

void SetTopic(const std::string& brokers, const std::string& topic,
              const std::map<std::string, std::string>& configs) {
  const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, brokers, {});
  const Queue queue(rd_kafka_queue_new(handle.get()));
  rd_kafka_ConfigResource_t* wanted =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  for (const auto& [name, value] : configs) {
    rd_kafka_ConfigResource_set_config(wanted, name.c_str(), value.c_str());
  }
  rd_kafka_AlterConfigs(handle.get(), &wanted, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(wanted);
  Answer(queue, topic);
}

void DeleteGroup(const std::string& brokers, const std::string& group) {
  const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, brokers, {});
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    const Queue queue(rd_kafka_queue_new(handle.get()));
    rd_kafka_DeleteGroup_t* wanted = rd_kafka_DeleteGroup_new(group.c_str());
    rd_kafka_DeleteGroups(handle.get(), &wanted, 1, nullptr, queue.get());
    rd_kafka_DeleteGroup_destroy(wanted);
    const KafkaEvent answer = Answer(queue, group);
    size_t count = 0;
    const rd_kafka_group_result_t** results =
        rd_kafka_DeleteGroups_result_groups(
            rd_kafka_event_DeleteGroups_result(answer.get()), &count);
    const rd_kafka_error_t* error = rd_kafka_group_result_error(results[0]);
    if (error == nullptr) return;
    if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP ||
        absl::Now() > deadline) {
      Throw(group, rd_kafka_error_string(error));
    }
    absl::SleepFor(absl::Milliseconds(200));
  }
}

}  // namespace leadclock::broker
