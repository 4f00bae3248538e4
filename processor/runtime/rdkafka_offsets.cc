#include "processor/runtime/rdkafka_offsets.h"

#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/rdkafka_admin.h"
#include "processor/runtime/rdkafka_message.h"

namespace leadclock::rdkafka {
namespace {

#if RD_KAFKA_VERSION >= 0x02030000

constexpr absl::Duration kRefreshTimeout = absl::Milliseconds(500);

// One request to each broker for all of its partitions.
class ListOffsetsAsker final : public OffsetAsker {
 public:
  explicit ListOffsetsAsker(rd_kafka_t* admin)
      : admin_(admin), answers_(rd_kafka_queue_new(admin)) {}

  absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) override {
    const Deadline deadline(timeout);
    std::map<TopicPartition, LogBounds> bounds;
    for (const auto spec :
         {RD_KAFKA_OFFSET_SPEC_EARLIEST, RD_KAFKA_OFFSET_SPEC_LATEST}) {
      const Event event = Await(admin_, [&](rd_kafka_queue_t* queue) {
        Send(partitions, spec, deadline.Left(), queue);
      });
      HighWatermarks offsets;
      absl::Status status = Read(event.get(), offsets, deadline.Left());
      if (!status.ok()) return status;
      if (offsets.size() != partitions.size()) {
        return kafka_error::Unavailable("not all brokers told their offsets");
      }
      for (const auto& [at, offset] : offsets) {
        LogBounds& of_partition = bounds[at];
        (spec == RD_KAFKA_OFFSET_SPEC_EARLIEST ? of_partition.start
                                               : of_partition.end) = offset;
      }
    }
    return bounds;
  }

  void Ask(const std::vector<TopicPartition>& partitions,
           absl::Duration timeout, rd_kafka_queue_t* wake) override {
    rd_kafka_queue_cb_event_enable(answers_.get(), Wake, wake);
    Send(partitions, RD_KAFKA_OFFSET_SPEC_LATEST, timeout, answers_.get());
  }

  std::optional<HighWatermarks> TakeAnswer() override {
    const Event event(rd_kafka_queue_poll(answers_.get(), 0));
    if (event == nullptr) return std::nullopt;
    HighWatermarks offsets;
    Read(event.get(), offsets, kRefreshTimeout).IgnoreError();
    return offsets;
  }

 private:
  static void Wake(rd_kafka_t*, void* queue) {
    rd_kafka_queue_yield(static_cast<rd_kafka_queue_t*>(queue));
  }

  void Send(const std::vector<TopicPartition>& partitions,
            rd_kafka_OffsetSpec_t spec, absl::Duration timeout,
            rd_kafka_queue_t* queue) {
    const PartitionList list = ToList(partitions);
    for (rd_kafka_topic_partition_t& element : Elements(*list)) {
      element.offset = spec;
    }
    const AdminOptions options =
        MakeAdminOptions(admin_, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout);
    rd_kafka_AdminOptions_set_isolation_level(
        options.get(), RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED);
    rd_kafka_ListOffsets(admin_, list.get(), options.get(), queue);
  }

  // All that answered; the first error if one did not.
  absl::Status Read(rd_kafka_event_t* event, HighWatermarks& offsets,
                    absl::Duration timeout) {
    constexpr absl::string_view kDoing = "asking for offsets";
    absl::Status status = ToStatus(rd_kafka_event_error(event), kDoing);
    const auto* result = rd_kafka_event_ListOffsets_result(event);
    if (result == nullptr) return status;

    bool stale = false;
    size_t count = 0;
    const auto** infos = rd_kafka_ListOffsets_result_infos(result, &count);
    for (const auto* info : std::span(infos, count)) {
      const auto& element =
          *rd_kafka_ListOffsetsResultInfo_topic_partition(info);
      if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (status.ok()) status = ToStatus(element.err, kDoing);
        stale = true;
      } else if (element.offset < 0) {
        // When a broker does not answer in time, the client hands back the
        // question, a negative number, as if it were the answer.
        if (status.ok())
          status = kafka_error::Unavailable(
              "the broker did not say in time where a log ends");
      } else {
        offsets[ToTopicPartition(element)] = element.offset;
      }
    }
    if (stale) FindLeaders(timeout);
    return status;
  }

  // A partition has another leader, or its leader began anew. This request
  // alone, of all the client's, does not look for it by itself.
  void FindLeaders(absl::Duration timeout) {
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(admin_, 0, nullptr, &metadata, Millis(timeout)) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(metadata);
    }
  }

  rd_kafka_t* const admin_;
  const Queue answers_;
};

#else

// Before librdkafka 2.3: one blocking request for each partition, in a thread
// of its own.
class QueryingAsker final : public OffsetAsker {
 public:
  explicit QueryingAsker(rd_kafka_t* admin)
      : admin_(admin),
        errands_([this](const Question& question) { return Ends(question); },
                 [](const Question& question) {
                   rd_kafka_queue_yield(question.wake);
                 }) {}

  absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) override {
    const Deadline deadline(timeout);
    std::map<TopicPartition, LogBounds> bounds;
    for (const TopicPartition& at : partitions) {
      LogBounds& log = bounds[at];
      absl::Status status = Query(at, deadline.Left(), log);
      if (!status.ok()) return status;
    }
    return bounds;
  }

  void Ask(const std::vector<TopicPartition>& partitions,
           absl::Duration timeout, rd_kafka_queue_t* wake) override {
    errands_.Ask({partitions, timeout, wake});
  }

  std::optional<HighWatermarks> TakeAnswer() override {
    return errands_.Take();
  }

 private:
  struct Question {
    std::vector<TopicPartition> partitions;
    absl::Duration timeout;
    rd_kafka_queue_t* wake;
  };

  absl::Status Query(const TopicPartition& at, absl::Duration timeout,
                     LogBounds& log) {
    return ToStatus(
        rd_kafka_query_watermark_offsets(admin_, at.topic.c_str(), at.partition,
                                         &log.start, &log.end, Millis(timeout)),
        "asking for offsets");
  }

  HighWatermarks Ends(const Question& question) {
    HighWatermarks ends;
    const Deadline deadline(question.timeout);
    for (const TopicPartition& at : question.partitions) {
      LogBounds log;
      if (Query(at, deadline.Left(), log).ok()) ends[at] = log.end;
    }
    return ends;
  }

  rd_kafka_t* const admin_;
  Errands<Question, HighWatermarks> errands_;
};

#endif

}  // namespace

std::unique_ptr<OffsetAsker> NewOffsetAsker(rd_kafka_t* admin) {
#if RD_KAFKA_VERSION >= 0x02030000
  return std::make_unique<ListOffsetsAsker>(admin);
#else
  return std::make_unique<QueryingAsker>(admin);
#endif
}

CommittedAsker::CommittedAsker(rd_kafka_t* client)
    : errands_([client](const Question& question) {
        return CommittedOffsets(client, question.partitions, question.timeout)
            .value_or(std::vector<CommittedOffset>());
      }) {}

void CommittedAsker::Ask(std::vector<TopicPartition> partitions,
                         absl::Duration timeout) {
  errands_.Ask({std::move(partitions), timeout});
}

std::optional<std::vector<CommittedOffset>> CommittedAsker::TakeAnswer() {
  return errands_.Take();
}

absl::StatusOr<std::vector<CommittedOffset>> CommittedOffsets(
    rd_kafka_t* client, const std::vector<TopicPartition>& partitions,
    absl::Duration timeout) {
  const PartitionList list = ToList(partitions);
  absl::Status status =
      ToStatus(rd_kafka_committed(client, list.get(), Millis(timeout)),
               "reading committed offsets");
  if (status.ok()) status = FirstError(list, "reading the committed offset of");
  if (!status.ok()) return status;

  std::vector<CommittedOffset> committed;
  for (const rd_kafka_topic_partition_t& element : Elements(*list)) {
    CommittedOffset& offset = committed.emplace_back();
    offset.at = ToTopicPartition(element);
    if (element.offset >= 0) offset.offset = element.offset;
    offset.metadata =
        ToText(element.metadata, element.metadata_size).value_or("");
  }
  return committed;
}

}  // namespace leadclock::rdkafka
