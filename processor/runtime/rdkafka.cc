#include "processor/runtime/rdkafka.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/rdkafka_admin.h"
#include "processor/runtime/rdkafka_conf.h"
#include "processor/runtime/rdkafka_message.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

using rdkafka::Deadline;
using rdkafka::Elements;
using rdkafka::Error;
using rdkafka::Event;
using rdkafka::GroupMetadata;
using rdkafka::Millis;
using rdkafka::PartitionList;
using rdkafka::ToList;
using rdkafka::ToStatus;
using rdkafka::ToText;
using rdkafka::ToTopicPartition;

// Longer than any answer takes; shorter than a gap that matters.
constexpr absl::Duration kAskTimeout = absl::Seconds(2);
constexpr absl::Duration kSeekTimeout = absl::Seconds(5);

// Negative or 0: not a member, or about to be another one.
int32_t Generation(const GroupMetadata& group) {
#if RD_KAFKA_VERSION >= 0x020f0000
  return rd_kafka_consumer_group_metadata_generation_id(group.get());
#else
  // "CGMDv2:", then the generation in the machine's own byte order.
  constexpr size_t kAt = 7;
  void* raw = nullptr;
  size_t size = 0;
  const Error error(
      rd_kafka_consumer_group_metadata_write(group.get(), &raw, &size));
  if (error != nullptr) return -1;
  int32_t generation = -1;
  if (size >= kAt + sizeof(generation)) {
    std::memcpy(&generation, static_cast<const char*>(raw) + kAt,
                sizeof(generation));
  }
  rd_kafka_mem_free(nullptr, raw);
  return generation;
#endif
}

// Raises each position to what the client says, which knows nothing before
// the first record.
void Update(rd_kafka_t* client, std::map<TopicPartition, int64_t>& positions) {
  if (positions.empty()) return;
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const auto& [at, position] : positions) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(),
                                      at.partition);
  }
  rd_kafka_position(client, list.get());
  // The list keeps the order of the map.
  auto position = positions.begin();
  for (const rd_kafka_topic_partition_t& element : Elements(*list)) {
    position->second = std::max(position->second, element.offset);
    ++position;
  }
}

}  // namespace

RdKafka::RdKafka(const ConnectionOptions& options, const JobTopics& topics)
    : options_(options), topics_(topics) {}

absl::StatusOr<std::unique_ptr<RdKafka>> RdKafka::Create(
    const ConnectionOptions& options, const JobTopics& topics) {
  std::unique_ptr<RdKafka> kafka(new RdKafka(options, topics));
  absl::StatusOr<rdkafka::Client> admin = rdkafka::NewAdmin(options);
  if (!admin.ok()) return admin.status();
  kafka->admin_ = *std::move(admin);
  kafka->asker_ = rdkafka::NewOffsetAsker(kafka->admin_.get());
  kafka->committed_asker_ =
      std::make_unique<rdkafka::CommittedAsker>(kafka->admin_.get());

  absl::StatusOr<rdkafka::Client> member = rdkafka::NewMember(options);
  if (!member.ok()) return member.status();
  kafka->member_ = *std::move(member);
  kafka->member_queue_.reset(rd_kafka_queue_get_consumer(kafka->member_.get()));

  absl::StatusOr<rdkafka::Client> reader = rdkafka::NewReader(options);
  if (!reader.ok()) return reader.status();
  kafka->reader_ = *std::move(reader);
  kafka->reader_queue_.reset(rd_kafka_queue_new(kafka->reader_.get()));
  kafka->changelog_.reset(rd_kafka_topic_new(
      kafka->reader_.get(), topics.changelog.c_str(), nullptr));
  kafka->global_queue_.reset(rd_kafka_queue_new(kafka->reader_.get()));
  if (!topics.global.empty()) {
    kafka->global_.reset(rd_kafka_topic_new(kafka->reader_.get(),
                                            topics.global.c_str(), nullptr));
  }
  return kafka;
}

RdKafka::~RdKafka() {
  // An answer that is still on its way wakes the member's queue.
  asker_.reset();
  while (!restored_.empty()) StopRestore(restored_.begin()->first.partition);
  if (!global_position_.empty()) rd_kafka_consume_stop(global_.get(), 0);
}

absl::StatusOr<std::map<std::string, TopicFacts>> RdKafka::Topics(
    const std::vector<std::string>& topics, absl::Duration timeout) {
  const Deadline deadline(timeout);
  auto facts = rdkafka::DescribeTopics(admin_.get(), topics, timeout);
  if (facts.ok() && !facts->empty() && !options_.mock) {
    rdkafka::AddTopicIds(admin_.get(), *facts, deadline.Left());
  }
  return facts;
}

std::optional<absl::Duration> RdKafka::TombstoneRetention(
    const std::string& topic, absl::Duration timeout) {
  if (options_.mock) return std::nullopt;
  return rdkafka::TombstoneRetention(admin_.get(), topic, timeout);
}

absl::StatusOr<std::map<TopicPartition, LogBounds>> RdKafka::Bounds(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  return asker_->Bounds(partitions, timeout);
}

absl::Status RdKafka::RenewProducer(absl::Duration timeout) {
  producer_.reset();
  absl::StatusOr<std::unique_ptr<rdkafka::Producer>> producer =
      rdkafka::Producer::Create(options_);
  if (!producer.ok()) return producer.status();
  producer_ = *std::move(producer);
  return producer_->Init(timeout);
}

absl::StatusOr<Receipt> RdKafka::Commit(const Transaction& transaction,
                                        absl::Duration timeout) {
  const GroupMetadata group(rd_kafka_consumer_group_metadata(member_.get()));
  if (group == nullptr || Generation(group) <= 0) {
    return kafka_error::Aborted("this worker is no member of the group now");
  }
  absl::StatusOr<Receipt> receipt =
      producer_->Commit(transaction, group, timeout);
  if (receipt.ok() && options_.mock) {
    receipt->broker_time.reset();  // it has no clock
    for (const CommittedOffset& offset : transaction.offsets) {
      mock_committed_[offset.at] = offset;
    }
  }
  return receipt;
}

absl::StatusOr<std::optional<ClockGuard::BrokerTime>> RdKafka::AskTime(
    const TopicPartition& at, absl::Duration timeout) {
  if (options_.mock) return std::nullopt;  // it has no clock
  return producer_->AskTime(at, timeout);
}

absl::Status RdKafka::Subscribe() {
  std::vector<TopicPartition> topics;
  for (const std::string& topic : topics_.inputs) {
    topics.push_back({topic, RD_KAFKA_PARTITION_UA});
  }
  const PartitionList list = ToList(topics);
  return ToStatus(rd_kafka_subscribe(member_.get(), list.get()),
                  "joining the consumer group");
}

absl::StatusOr<Polled> RdKafka::Poll(absl::Duration timeout,
                                     size_t max_records) {
  Polled polled;
  absl::Status status = absl::OkStatus();
  Event event(rd_kafka_queue_poll(member_queue_.get(), Millis(timeout)));
  while (event != nullptr) {
    status = Handle(event.get(), polled);
    if (!status.ok()) return status;
    if (polled.rebalance || polled.records.size() >= max_records) break;
    event.reset(rd_kafka_queue_poll(member_queue_.get(), 0));
  }
  Update(member_.get(), positions_);
  polled.high_watermarks = asker_->TakeAnswer();
  polled.committed = options_.mock ? std::exchange(mock_answer_, std::nullopt)
                                   : committed_asker_->TakeAnswer();
  if (producer_ != nullptr) producer_->Serve();
  return polled;
}

absl::Status RdKafka::Handle(rd_kafka_event_t* event, Polled& polled) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_FETCH:
      while (const auto* message = rd_kafka_event_message_next(event)) {
        polled.records.push_back(RecordOf(*message));
      }
      return absl::OkStatus();
    case RD_KAFKA_EVENT_REBALANCE:
      polled.rebalance = ToRebalance(member_.get(), event);
      return absl::OkStatus();
    case RD_KAFKA_EVENT_ERROR:
      return HandleError(event, positions_);
    default:
      return absl::OkStatus();
  }
}

InputRecord RdKafka::RecordOf(const rd_kafka_message_t& message) const {
  InputRecord record;
  const std::string_view topic = rd_kafka_topic_name(message.rkt);
  const auto input =
      std::find(topics_.inputs.begin(), topics_.inputs.end(), topic);
  record.input = static_cast<int>(input - topics_.inputs.begin());
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp = rdkafka::TimestampOf(message);
  record.key = ToText(message.key, message.key_len);
  record.value = ToText(message.payload, message.len);
  record.headers = rdkafka::HeadersOf(message);
  return record;
}

Rebalance RdKafka::ToRebalance(rd_kafka_t* member, rd_kafka_event_t* event) {
  Rebalance rebalance;
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rebalance.kind = rd_kafka_assignment_lost(member) != 0
                         ? Rebalance::Kind::kLost
                         : Rebalance::Kind::kRevoked;
  }
  const auto* list = rd_kafka_event_topic_partition_list(event);
  for (const rd_kafka_topic_partition_t& element : Elements(*list)) {
    rebalance.partitions.push_back(ToTopicPartition(element));
  }
  return rebalance;
}

absl::Status RdKafka::HandleError(rd_kafka_event_t* event,
                                  Positions& positions) {
  rd_kafka_resp_err_t code = rd_kafka_event_error(event);
  const std::string text = rd_kafka_event_error_string(event);
  const rdkafka::OwnedPartition at(rd_kafka_event_topic_partition(event));
  if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    const auto position = positions.find(ToTopicPartition(*at));
    if (position != positions.end()) {
      position->second = std::max(position->second, at->offset);
    }
    return absl::OkStatus();
  }
  const bool is_fatal = rd_kafka_event_error_is_fatal(event) != 0;
  if (is_fatal) code = rd_kafka_fatal_error(member_.get(), nullptr, 0);
  const std::string where =
      at == nullptr ? "reading"
                    : absl::StrCat("reading ", at->topic, "[", at->partition,
                                   "] at offset ", at->offset);
  absl::Status status = ToStatus(code, where, text);
  if (absl::IsAlreadyExists(status)) return rdkafka::ExplainFenced(status);
  if (absl::IsOutOfRange(status)) {
    return absl::OutOfRangeError(absl::StrCat(
        std::string(status.message()),
        ". Its records were deleted before they were read, or the topic was "
        "deleted and made again; start again to learn which, and how to go "
        "on"));
  }
  if (is_fatal || absl::IsOutOfRange(status) ||
      absl::IsPermissionDenied(status)) {
    return status;
  }
  // The client tries again by itself; of lost connections it has told.
  const bool told = kafka_error::IsUnavailable(status);
  spdlog::log(told ? spdlog::level::debug : spdlog::level::warn, "{}",
              std::string(status.message()));
  return absl::OkStatus();
}

absl::Status RdKafka::Assign(const std::vector<TopicPartition>& all) {
  positions_.clear();
  const PartitionList list = ToList(all);
  // Where to read from is not known yet, so nothing must be fetched: a fetch
  // from an offset that is gone would be an error that outlives a later pause.
  // One before stays, once the client knows the partitions, which asking for
  // a position brings about.
  rd_kafka_position(member_.get(), list.get());
  rd_kafka_pause_partitions(member_.get(), list.get());
  absl::Status status = FirstError(list, "pausing");
  for (rd_kafka_topic_partition_t& element : Elements(*list)) {
    element.offset = 0;
  }
  if (status.ok()) {
    status = ToStatus(rd_kafka_assign(member_.get(), list.get()),
                      "taking partitions");
  }
  return status;
}

absl::Status RdKafka::Unassign() {
  positions_.clear();
  return ToStatus(rd_kafka_assign(member_.get(), nullptr),
                  "giving partitions back");
}

absl::Status RdKafka::Pause(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& at : partitions) positions_.erase(at);
  const PartitionList list = ToList(partitions);
  absl::Status status =
      ToStatus(rd_kafka_pause_partitions(member_.get(), list.get()), "pausing");
  return status.ok() ? FirstError(list, "pausing") : status;
}

absl::Status RdKafka::ResumeAt(const std::vector<CommittedOffset>& offsets) {
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const CommittedOffset& offset : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), offset.at.topic.c_str(),
                                      offset.at.partition)
        ->offset = *offset.offset;
    positions_[offset.at] = *offset.offset;
  }
  const Error error(rd_kafka_seek_partitions(member_.get(), list.get(),
                                             Millis(kSeekTimeout)));
  absl::Status status = ToStatus(error, "seeking");
  if (status.ok()) status = FirstError(list, "seeking");
  if (!status.ok()) return status;
  status = ToStatus(rd_kafka_resume_partitions(member_.get(), list.get()),
                    "resuming");
  return status.ok() ? FirstError(list, "resuming") : status;
}

int64_t RdKafka::Position(const TopicPartition& at) const {
  return positions_.at(at);
}

absl::StatusOr<std::vector<CommittedOffset>> RdKafka::Committed(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  auto committed =
      rdkafka::CommittedOffsets(member_.get(), partitions, timeout);
  if (!committed.ok()) return committed;
  for (CommittedOffset& offset : *committed) {
    const auto kept = mock_committed_.find(offset.at);
    if (kept != mock_committed_.end()) offset = kept->second;
  }
  return committed;
}

void RdKafka::AskHighWatermarks(const std::vector<TopicPartition>& partitions) {
  asker_->Ask(partitions, kAskTimeout, member_queue_.get());
}

void RdKafka::AskCommitted(const std::vector<TopicPartition>& partitions) {
  if (!options_.mock) return committed_asker_->Ask(partitions, kAskTimeout);
  // The mock knows of nobody's offsets but ours.
  mock_answer_.emplace();
  for (const TopicPartition& at : partitions) {
    const auto kept = mock_committed_.find(at);
    mock_answer_->push_back(kept != mock_committed_.end()
                                ? kept->second
                                : CommittedOffset{.at = at,
                                                  .offset = std::nullopt,
                                                  .metadata = ""});
  }
}

void RdKafka::Leave() {
  positions_.clear();
  rd_kafka_consumer_close(member_.get());
}

absl::Status RdKafka::StartRestore(int32_t partition, int64_t from) {
  restored_[{topics_.changelog, partition}] = from;
  if (rd_kafka_consume_start_queue(changelog_.get(), partition, from,
                                   reader_queue_.get()) == 0) {
    return absl::OkStatus();
  }
  return ToStatus(rd_kafka_last_error(), "starting to read the changelog");
}

void RdKafka::StopRestore(int32_t partition) {
  if (restored_.erase({topics_.changelog, partition}) == 0) return;
  rd_kafka_consume_stop(changelog_.get(), partition);
}

absl::StatusOr<std::vector<ChangelogRecord>> RdKafka::PollRestore(
    absl::Duration timeout, size_t max_records) {
  std::vector<ChangelogRecord> records;
  Event event(rd_kafka_queue_poll(reader_queue_.get(), Millis(timeout)));
  while (event != nullptr) {
    while (const auto* message = rd_kafka_event_message_next(event.get())) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      records.push_back(
          {.partition = message->partition,
           .key = ToText(message->key, message->key_len).value_or(""),
           .value = ToText(message->payload, message->len)});
    }
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      absl::Status status = HandleError(event.get(), restored_);
      if (!status.ok()) return status;
    }
    if (records.size() >= max_records) break;
    event.reset(rd_kafka_queue_poll(reader_queue_.get(), 0));
  }
  Update(reader_.get(), restored_);
  return records;
}

int64_t RdKafka::RestorePosition(int32_t partition) const {
  const auto position = restored_.find({topics_.changelog, partition});
  return position == restored_.end() ? 0 : position->second;
}

absl::Status RdKafka::StartGlobal() {
  global_position_[{topics_.global, 0}] = 0;
  if (rd_kafka_consume_start_queue(global_.get(), 0, 0, global_queue_.get()) ==
      0) {
    return absl::OkStatus();
  }
  return ToStatus(rd_kafka_last_error(),
                  absl::StrCat("starting to read ", topics_.global));
}

absl::StatusOr<std::vector<InputRecord>> RdKafka::PollGlobal(
    absl::Duration timeout, size_t max_records) {
  std::vector<InputRecord> records;
  Event event(rd_kafka_queue_poll(global_queue_.get(), Millis(timeout)));
  while (event != nullptr) {
    while (const auto* message = rd_kafka_event_message_next(event.get())) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      records.push_back(RecordOf(*message));
    }
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      absl::Status status = HandleError(event.get(), global_position_);
      if (!status.ok()) return status;
    }
    if (records.size() >= max_records) break;
    event.reset(rd_kafka_queue_poll(global_queue_.get(), 0));
  }
  Update(reader_.get(), global_position_);
  return records;
}

int64_t RdKafka::GlobalPosition() const {
  return global_position_.at({topics_.global, 0});
}

}  // namespace leadclock
