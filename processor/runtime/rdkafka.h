#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"
#include "processor/runtime/rdkafka_offsets.h"
#include "processor/runtime/rdkafka_producer.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// Kafka, by librdkafka.
class RdKafka final : public Kafka {
 public:
  // Does not wait for a broker. Fails with InvalidArgument on a property that
  // is unknown, or not the configuration's to set.
  static absl::StatusOr<std::unique_ptr<RdKafka>> Create(
      const ConnectionOptions& options, const JobTopics& topics);
  ~RdKafka() override;

  absl::StatusOr<std::map<std::string, TopicFacts>> Topics(
      const std::vector<std::string>& topics, absl::Duration timeout) override;
  std::optional<absl::Duration> TombstoneRetention(
      const std::string& topic, absl::Duration timeout) override;
  absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) override;

  absl::Status RenewProducer(absl::Duration timeout) override;
  absl::StatusOr<Receipt> Commit(const Transaction& transaction,
                                 absl::Duration timeout) override;
  absl::StatusOr<std::optional<ClockGuard::BrokerTime>> AskTime(
      const TopicPartition& at, absl::Duration timeout) override;

  absl::Status Subscribe() override;
  absl::StatusOr<Polled> Poll(absl::Duration timeout,
                              size_t max_records) override;
  absl::Status Assign(const std::vector<TopicPartition>& all) override;
  absl::Status Unassign() override;
  absl::Status Pause(const std::vector<TopicPartition>& partitions) override;
  absl::Status ResumeAt(const std::vector<CommittedOffset>& offsets) override;
  int64_t Position(const TopicPartition& at) const override;
  absl::StatusOr<std::vector<CommittedOffset>> Committed(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) override;
  void AskHighWatermarks(
      const std::vector<TopicPartition>& partitions) override;
  void AskCommitted(const std::vector<TopicPartition>& partitions) override;
  void Leave() override;

  absl::Status StartRestore(int32_t partition, int64_t from) override;
  void StopRestore(int32_t partition) override;
  absl::StatusOr<std::vector<ChangelogRecord>> PollRestore(
      absl::Duration timeout, size_t max_records) override;
  int64_t RestorePosition(int32_t partition) const override;

  absl::Status StartGlobal() override;
  absl::StatusOr<std::vector<InputRecord>> PollGlobal(
      absl::Duration timeout, size_t max_records) override;
  int64_t GlobalPosition() const override;

 private:
  // Where a reader stands: the greatest of where it was sent, what the client
  // says (nothing, before the first record), and where it met the end.
  using Positions = std::map<TopicPartition, int64_t>;

  RdKafka(const ConnectionOptions& options, const JobTopics& topics);

  absl::Status Handle(rd_kafka_event_t* event, Polled& polled);
  absl::Status HandleError(rd_kafka_event_t* event, Positions& positions);
  InputRecord RecordOf(const rd_kafka_message_t& message) const;
  static Rebalance ToRebalance(rd_kafka_t* member, rd_kafka_event_t* event);

  const ConnectionOptions options_;
  const JobTopics topics_;

  rdkafka::Client admin_;
  std::unique_ptr<rdkafka::OffsetAsker> asker_;
  std::unique_ptr<rdkafka::CommittedAsker> committed_asker_;

  std::unique_ptr<rdkafka::Producer> producer_;

  rdkafka::Client member_;
  rdkafka::Queue member_queue_;
  Positions positions_;  // of those that are not paused

  rdkafka::Client reader_;
  rdkafka::Queue reader_queue_;
  rdkafka::Topic changelog_;
  Positions restored_;
  rdkafka::Queue global_queue_;
  rdkafka::Topic global_;
  Positions global_position_;  // empty: it is not read

  // What the mock does not keep.
  std::map<TopicPartition, CommittedOffset> mock_committed_;
  std::optional<std::vector<CommittedOffset>> mock_answer_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_H_
