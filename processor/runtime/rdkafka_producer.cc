#include "processor/runtime/rdkafka_producer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/rdkafka_conf.h"

namespace leadclock::rdkafka {
namespace {

// A commit that takes longer was repeated on the way. A late copy of one of
// its requests could slip into the next transaction of the same producer, so
// there must be none.
const absl::Duration kSlowCommit = kTransactionTimeout / 2;
constexpr absl::Duration kAbortTimeout = absl::Seconds(5);
// Longer than a commit and the abort after it may take.
const absl::Duration kHung = 3 * kTransactionTimeout;

// What asks for the time, in case that somebody reads what is taken back: in a
// compacted topic, that something is not there that never was.
constexpr absl::string_view kTimeKey = "leadclock/time";

absl::Status DeliveryStatus(const rd_kafka_message_t& message) {
  absl::string_view key;
  if (message.key != nullptr) {
    key = {static_cast<const char*>(message.key), message.key_len};
  }
  const bool too_large = message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
  return ToStatus(
      message.err,
      absl::StrCat("writing a record of ", message.len, " bytes, key \"", key,
                   "\", to ", rd_kafka_topic_name(message.rkt),
                   too_large ? " (see the topic's max.message.bytes and the "
                               "Kafka property message.max.bytes)"
                             : ""));
}

rd_kafka_vu_t Member(rd_kafka_vtype_t type) {
  rd_kafka_vu_t member;
  std::memset(&member, 0, sizeof(member));
  member.vtype = type;
  return member;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, const std::string& bytes) {
  rd_kafka_vu_t member = Member(type);
  member.u.mem.ptr = const_cast<char*>(bytes.data());  // copied, not changed
  member.u.mem.size = bytes.size();
  return member;
}

}  // namespace

Producer::Producer() : watchdog_(kHung) {}

absl::StatusOr<std::unique_ptr<Producer>> Producer::Create(
    const ConnectionOptions& options) {
  std::unique_ptr<Producer> producer(new Producer);
  absl::StatusOr<Client> client =
      NewProducer(options, OnDelivery, producer.get());
  if (!client.ok()) return client.status();
  producer->client_ = *std::move(client);
  return producer;
}

absl::Status Producer::Init(absl::Duration timeout) {
  const Error error(rd_kafka_init_transactions(client_.get(), Millis(timeout)));
  return ToStatus(error, "starting the transactional producer");
}

absl::StatusOr<Receipt> Producer::Commit(const Transaction& transaction,
                                         const GroupMetadata& group,
                                         absl::Duration timeout) {
  const Deadline deadline(timeout);
  const Deadline slow(kSlowCommit);
  const Deadline expiry(kTransactionTimeout);
  const auto elapsed = [&] { return kTransactionTimeout - expiry.Left(); };
  const Watchdog::Watch watch(watchdog_, "committing a transaction to Kafka");

  absl::Status status = Write(transaction, deadline);
  if (status.ok()) status = SendOffsets(transaction.offsets, group, deadline);
  if (!status.ok()) return Fail(status, elapsed());

  const Error error(
      rd_kafka_commit_transaction(client_.get(), deadline.LeftMillis()));
  status = ToStatus(error, "committing");
  if (kafka_error::IsUnavailable(status)) {
    return kafka_error::OutcomeUnknown(std::string(status.message()));
  }
  if (!status.ok()) return Fail(status, elapsed());
  if (slow.Left() == absl::ZeroDuration()) {
    return kafka_error::OutcomeUnknown("the commit took unusually long");
  }
  return std::move(receipt_);
}

absl::StatusOr<std::optional<ClockGuard::BrokerTime>> Producer::AskTime(
    const TopicPartition& at, absl::Duration timeout) {
  const Deadline deadline(timeout);
  const Deadline slow(kSlowCommit);
  const Deadline expiry(kTransactionTimeout);
  const auto elapsed = [&] { return kTransactionTimeout - expiry.Left(); };
  const Watchdog::Watch watch(watchdog_, "asking Kafka for the time");

  const Transaction question = {
      .records = {{.to = at,
                   .key = std::string(kTimeKey),
                   .value = std::nullopt,
                   .headers = {}}},
      .timestamp = absl::UnixEpoch(),  // for librdkafka: now
      .offsets = {}};
  absl::Status status = Write(question, deadline);
  if (!status.ok()) return Fail(status, elapsed());

  const Error error(
      rd_kafka_abort_transaction(client_.get(), deadline.LeftMillis()));
  status = ToStatus(error, "taking back the question for the time");
  if (!status.ok()) return Fail(status, elapsed());
  if (slow.Left() == absl::ZeroDuration()) {
    return kafka_error::OutcomeUnknown("an abort took unusually long");
  }
  return receipt_.broker_time;
}

absl::Status Producer::Write(const Transaction& transaction,
                             const Deadline& deadline) {
  undelivered_ = 0;
  delivered_ = absl::OkStatus();
  receipt_ = Receipt();
  const Error begun(rd_kafka_begin_transaction(client_.get()));
  absl::Status status = ToStatus(begun, "beginning a transaction");
  if (status.ok()) status = ProduceAll(transaction, deadline);
  if (status.ok()) status = AwaitDeliveries(deadline);
  return status;
}

absl::Status Producer::ProduceAll(const Transaction& transaction,
                                  const Deadline& deadline) {
  const int64_t timestamp = absl::ToUnixMillis(transaction.timestamp);
  for (const OutgoingRecord& record : transaction.records) {
    Error error = Produce(record, timestamp);
    while (error != nullptr &&
           rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
           deadline.Left() > absl::ZeroDuration()) {
      rd_kafka_poll(client_.get(), 10);
      error = Produce(record, timestamp);
    }
    if (error != nullptr) {
      return ToStatus(
          error, absl::StrCat("writing a record of ",
                              record.value ? record.value->size() : size_t{0},
                              " bytes, key \"", record.key.value_or(""),
                              "\", to ", record.to.topic));
    }
    ++undelivered_;
    rd_kafka_poll(client_.get(), 0);
  }
  return absl::OkStatus();
}

Error Producer::Produce(const OutgoingRecord& record, int64_t timestamp) {
  Topic& topic = topics_[record.to.topic];
  if (topic == nullptr) {
    topic.reset(
        rd_kafka_topic_new(client_.get(), record.to.topic.c_str(), nullptr));
  }
  std::vector<rd_kafka_vu_t> members;
  members.reserve(6 + record.headers.size());
  members.push_back(Member(RD_KAFKA_VTYPE_RKT));
  members.back().u.rkt = topic.get();
  members.push_back(Member(RD_KAFKA_VTYPE_PARTITION));
  members.back().u.i32 = record.to.partition;
  members.push_back(Member(RD_KAFKA_VTYPE_MSGFLAGS));
  members.back().u.i = RD_KAFKA_MSG_F_COPY;
  members.push_back(Member(RD_KAFKA_VTYPE_TIMESTAMP));
  members.back().u.i64 = timestamp;
  if (record.key) members.push_back(Bytes(RD_KAFKA_VTYPE_KEY, *record.key));
  if (record.value) {
    members.push_back(Bytes(RD_KAFKA_VTYPE_VALUE, *record.value));
  }
  for (const auto& [name, value] : record.headers) {
    members.push_back(Member(RD_KAFKA_VTYPE_HEADER));
    members.back().u.header = {.name = name.c_str(),
                               .val = value.data(),
                               .size = static_cast<ssize_t>(value.size())};
  }
  return Error(
      rd_kafka_produceva(client_.get(), members.data(), members.size()));
}

absl::Status Producer::AwaitDeliveries(const Deadline& deadline) {
  while (undelivered_ > 0 && delivered_.ok()) {
    if (deadline.Left() == absl::ZeroDuration()) {
      return kafka_error::Unavailable(absl::StrCat(
          "the brokers did not confirm ", undelivered_, " records in time"));
    }
    // A part of a second, because a failure ends the wait.
    rd_kafka_flush(client_.get(), std::min(deadline.LeftMillis(), 100));
  }
  return delivered_;
}

void Producer::OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message,
                          void* self) {
  static_cast<Producer*>(self)->NoteDelivery(*message);
}

void Producer::NoteDelivery(const rd_kafka_message_t& message) {
  if (undelivered_ > 0) --undelivered_;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (delivered_.ok()) delivered_ = DeliveryStatus(message);
    return;
  }
  int64_t& end =
      receipt_.ends[{rd_kafka_topic_name(message.rkt), message.partition}];
  end = std::max(end, message.offset + 1);

  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t millis = rd_kafka_message_timestamp(&message, &type);
  if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) return;
  const absl::Time appended = absl::FromUnixMillis(millis);
  auto& broker = receipt_.broker_time;
  if (!broker) broker = {.earliest = appended, .latest = appended};
  broker->earliest = std::min(broker->earliest, appended);
  broker->latest = std::max(broker->latest, appended);
}

absl::Status Producer::SendOffsets(const std::vector<CommittedOffset>& offsets,
                                   const GroupMetadata& group,
                                   const Deadline& deadline) {
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const CommittedOffset& offset : offsets) {
    rd_kafka_topic_partition_t* element = rd_kafka_topic_partition_list_add(
        list.get(), offset.at.topic.c_str(), offset.at.partition);
    element->offset = *offset.offset;
    // The list frees it.
    element->metadata =
        rd_kafka_mem_malloc(client_.get(), offset.metadata.size());
    element->metadata_size = offset.metadata.size();
    std::memcpy(element->metadata, offset.metadata.data(),
                offset.metadata.size());
  }
  const Error error(rd_kafka_send_offsets_to_transaction(
      client_.get(), list.get(), group.get(), deadline.LeftMillis()));
  return ToStatus(error, "adding the offsets to the transaction");
}

absl::Status Producer::Fail(const absl::Status& step, absl::Duration elapsed) {
  std::array<char, 512> why{};
  const rd_kafka_resp_err_t fatal =
      rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
    absl::Status status = ToStatus(fatal, "transaction", why.data());
    if (absl::IsPermissionDenied(status)) return status;
    // A transaction that expired is fenced by the broker itself; else it was
    // somebody else.
    if (absl::IsAlreadyExists(status) && elapsed < kTransactionTimeout) {
      return ExplainFenced(status);
    }
    return kafka_error::OutcomeUnknown(std::string(status.message()));
  }

  // After a timeout the client may be stuck with a broker that is gone. A new
  // producer is not, and its start aborts what this one leaves open.
  if (kafka_error::IsUnavailable(step)) {
    return kafka_error::OutcomeUnknown(std::string(step.message()));
  }
  const Error abort(
      rd_kafka_abort_transaction(client_.get(), Millis(kAbortTimeout)));
  if (abort != nullptr) {
    return kafka_error::OutcomeUnknown(
        absl::StrCat(step.message(), "; and it could not be rolled back: ",
                     rd_kafka_error_string(abort.get())));
  }
  const bool for_a_person =
      absl::IsPermissionDenied(step) || absl::IsNotFound(step) ||
      absl::IsAlreadyExists(step) || absl::IsResourceExhausted(step);
  return for_a_person ? step
                      : kafka_error::Aborted(std::string(step.message()));
}

}  // namespace leadclock::rdkafka
