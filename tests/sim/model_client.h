#ifndef LEADCLOCK_TESTS_SIM_MODEL_CLIENT_H_
#define LEADCLOCK_TESTS_SIM_MODEL_CLIENT_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/worker_options.h"
#include "tests/sim/model_kafka.h"
#include "tests/sim/process.h"
#include "tests/sim/schedule.h"

namespace leadclock::sim {

// What one worker has of the model cluster: it does what RdKafka does with
// librdkafka, over a network on which requests and answers are late and get
// lost. Every call that waits is a point at which the process may be stopped
// or killed, before or after it had its effect.
class ModelClient final : public Kafka, public ModelListener {
 public:
  struct Options {
    JobTopics topics;
    std::string group;
    std::string instance;
    // How long to wait for records instead, when nothing at all is going on.
    std::function<absl::Duration()> patience;
  };
  ModelClient(ModelKafka& kafka, Schedule& schedule, Process& process,
              Options options);
  ~ModelClient() override;

  // What the group gave to it.
  const std::vector<TopicPartition>& assigned() const { return assigned_; }

  // Where it stands, for people.
  std::string Describe() const;

  // --- What happens to it ---

  // Its process is stopped, or cut off: no heartbeats meanwhile.
  void FallSilent();
  void SpeakAgain();
  // Nothing reaches it for a while, and nothing comes from it.
  void CutOff(absl::Duration time);
  bool IsCutOff() const { return schedule_.now() < cut_off_until_; }

  void Hear(const GroupNotice& notice) override;
  void Appended(const TopicPartition& at) override;
  void SessionLost() override;

  // --- What the loop sees ---

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
  int64_t GlobalPosition() const override { return *global_position_; }

 private:
  // Whether a record of the global topic is handed out later.
  bool IsSlowToSee(const Entry& entry);
  using Effect = absl::FunctionRef<absl::Status()>;

  bool CanReach() const;
  // Done at the broker, perhaps more than once, until an answer comes.
  absl::Status Ask(absl::Duration timeout, Effect effect);
  // By the client's own threads: while the process runs and the broker can be
  // reached.
  void InBackground(absl::Duration delay, std::function<void()> what);

  // The producer.
  absl::Status Write(const Transaction& transaction, absl::Time deadline,
                     Receipt& receipt);
  absl::Status ProduceTo(const TopicPartition& to,
                         const std::vector<const OutgoingRecord*>& records,
                         absl::Time timestamp, absl::Time deadline,
                         Receipt& receipt);
  absl::Status EndTransaction(bool commit, absl::Duration timeout);
  absl::Status Fail(const absl::Status& step, absl::Duration elapsed);

  // The member.
  void ReadInbox();
  void Obey(const GroupNotice& notice);
  void GiveUp(Rebalance::Kind kind);
  void Rejoin();
  bool HasSomething() const;
  void TakeRecords(size_t max_records, Polled& polled);
  static InputRecord RecordOf(const Entry& entry);
  bool TakeFrom(const TopicPartition& at, int64_t& position, size_t max_records,
                Polled& polled);
  absl::Duration Patience(absl::Duration timeout) const;

  ModelKafka& kafka_;
  Schedule& schedule_;
  Process& process_;
  const Options options_;
  const std::string transactional_id_;
  const ClientId client_;
  // Void once the client is gone.
  const std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
  absl::Time cut_off_until_ = absl::InfinitePast();

  std::optional<ModelKafka::Epoch> producer_;

  bool subscribed_ = false;
  MemberId member_ = 0;
  int32_t generation_ = 0;  // 0: none
  bool fenced_ = false;
  bool rejoining_ = false;
  std::deque<GroupNotice> inbox_;
  // What Poll() is to tell, and whether it told and waits for the answer.
  std::optional<Rebalance> rebalance_;
  bool told_ = false;
  std::vector<TopicPartition> assigned_;
  bool holds_ = false;
  std::map<TopicPartition, int64_t> positions_;  // of those that are read
  std::optional<std::map<TopicPartition, int64_t>> watermarks_;
  bool asking_ = false;

  std::optional<std::vector<CommittedOffset>> committed_;

  std::map<int32_t, int64_t> restored_;
  std::optional<int64_t> global_position_;  // absent: it is not read
  // Up to then nothing new is handed out of the global topic; and up to which
  // offset it was drawn whether that is slow.
  absl::Time global_slow_until_ = absl::InfinitePast();
  int64_t global_drawn_to_ = 0;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_MODEL_CLIENT_H_
