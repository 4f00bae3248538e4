#ifndef LEADCLOCK_TESTS_RUNTIME_FAKE_KAFKA_H_
#define LEADCLOCK_TESTS_RUNTIME_FAKE_KAFKA_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "tests/runtime/hand_clock.h"

namespace leadclock {

// A cluster of one group in memory, which does as it is told.
class FakeKafka final : public Kafka {
 public:
  struct Record {
    std::string key;
    std::optional<std::string> value;
    std::optional<absl::Time> timestamp = std::nullopt;
  };
  struct Log {
    int64_t start = 0;
    std::vector<Record> records;
    std::string id = "id";
    // Of its topic; absent: as many as all have.
    std::optional<int32_t> partitions = std::nullopt;
    // What a high watermark counts beside what can be read.
    int64_t hidden = 0;

    int64_t end() const { return start + static_cast<int64_t>(records.size()); }
  };

  FakeKafka(HandClock& clock, std::vector<std::string> inputs)
      : assigned(inputs), clock_(clock), inputs_(std::move(inputs)) {}

  // What a test does to it.

  void Append(const std::string& topic, const std::string& key,
              std::optional<std::string> value, int32_t partition = 0) {
    logs[{topic, partition}].records.push_back({key, std::move(value)});
  }
  // What was written to a partition, as "key=value".
  std::vector<std::string> Written(const std::string& topic,
                                   int32_t partition = 0) {
    std::vector<std::string> all;
    for (const Record& record : logs[{topic, partition}].records) {
      all.push_back(record.key + "=" + record.value.value_or("(none)"));
    }
    return all;
  }
  void Happen(Rebalance::Kind kind) {
    Rebalance rebalance;
    rebalance.kind = kind;
    for (const std::string& input : assigned) {
      for (int32_t n = 0; n < std::min(partition_count, assigned_count); ++n) {
        rebalance.partitions.push_back({input, n});
      }
    }
    rebalances.push_back(rebalance);
  }

  // The process that had joined is gone, and what it had asked with it.
  void Forget() {
    positions_.clear();
    restored_.clear();
    asked_.reset();
    asked_committed_.reset();
  }

  enum class Outcome { kAborted, kUnknownCommitted, kUnknownNot, kFenced };

  std::vector<std::string> assigned;  // of these topics, by a rebalance
  int32_t partition_count = 1;        // of each topic
  int32_t assigned_count = 100;       // of those, at most, from the first on
  std::map<TopicPartition, Log> logs;
  std::map<TopicPartition, CommittedOffset> committed;
  std::deque<Rebalance> rebalances;
  std::deque<Outcome> outcomes;  // of the next commits
  absl::Duration commit_takes;   // the next commit only
  bool answers = true;           // to questions for high watermarks
  bool tells_committed = true;   // when it is asked in passing
  std::set<std::string> silent;  // topics of which no answer tells
  bool committed_known = true;
  size_t global_at_once = 1'000;
  bool global_can_be_read = true;       // else a transaction hides its records
  std::function<void()> before_bounds;  // once
  // The broker's clock, of ours; absent: nobody answers.
  std::optional<absl::Duration> broker_ahead = absl::ZeroDuration();
  int times_asked = 0;
  int commits = 0;
  std::vector<Transaction> transactions;  // that were committed
  int renewals = 0;
  int joins = 0;

  // What the loop sees.

  absl::StatusOr<std::map<std::string, TopicFacts>> Topics(
      const std::vector<std::string>& topics, absl::Duration) override {
    std::map<std::string, TopicFacts> facts;
    for (const std::string& topic : topics) {
      const Log& log = logs[{topic, 0}];
      facts[topic] = {.partitions = log.partitions.value_or(partition_count),
                      .id = log.id};
    }
    return facts;
  }
  std::optional<absl::Duration> TombstoneRetention(const std::string&,
                                                   absl::Duration) override {
    return std::nullopt;
  }
  absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions, absl::Duration) override {
    if (before_bounds) std::exchange(before_bounds, nullptr)();
    std::map<TopicPartition, LogBounds> bounds;
    for (const TopicPartition& at : partitions) {
      bounds[at] = {logs[at].start, logs[at].end()};
    }
    return bounds;
  }

  absl::Status RenewProducer(absl::Duration) override {
    ++renewals;
    return absl::OkStatus();
  }
  absl::StatusOr<Receipt> Commit(const Transaction& transaction,
                                 absl::Duration) override {
    clock_.Pass(std::exchange(commit_takes, absl::ZeroDuration()));
    std::optional<Outcome> outcome;
    if (!outcomes.empty()) {
      outcome = outcomes.front();
      outcomes.pop_front();
    }
    if (outcome == Outcome::kAborted) return kafka_error::Aborted("no");
    if (outcome == Outcome::kFenced) return kafka_error::Fenced("no");
    if (outcome == Outcome::kUnknownNot) {
      return kafka_error::OutcomeUnknown("perhaps");
    }
    Receipt receipt;
    for (const OutgoingRecord& record : transaction.records) {
      Log& log = logs[record.to];
      log.records.push_back({record.key.value_or(""), record.value});
      receipt.ends[record.to] = log.end();
    }
    for (const CommittedOffset& offset : transaction.offsets) {
      committed[offset.at] = offset;
    }
    ++commits;
    transactions.push_back(transaction);
    if (outcome == Outcome::kUnknownCommitted) {
      return kafka_error::OutcomeUnknown("perhaps");
    }
    return receipt;
  }

  absl::StatusOr<std::optional<ClockGuard::BrokerTime>> AskTime(
      const TopicPartition&, absl::Duration) override {
    ++times_asked;
    if (!broker_ahead) return kafka_error::OutcomeUnknown("perhaps");
    const absl::Time time = clock_.Wall() + *broker_ahead;
    return ClockGuard::BrokerTime{time, time};
  }

  absl::Status Subscribe() override {
    ++joins;
    // What an earlier member of this name left is over.
    Forget();
    rebalances.clear();
    Happen(Rebalance::Kind::kAssigned);
    return absl::OkStatus();
  }
  absl::StatusOr<Polled> Poll(absl::Duration timeout,
                              size_t max_records) override {
    clock_.Pass(timeout);
    Polled polled;
    if (asked_ && answers) {
      polled.high_watermarks.emplace();
      for (const TopicPartition& at : *asked_) {
        if (silent.contains(at.topic)) continue;
        (*polled.high_watermarks)[at] = logs[at].end() + logs[at].hidden;
      }
      asked_.reset();
    }
    if (asked_committed_ && tells_committed) {
      polled.committed.emplace();
      for (const TopicPartition& at : *asked_committed_) {
        polled.committed->push_back(
            committed.contains(at)
                ? committed[at]
                : CommittedOffset{
                      .at = at, .offset = std::nullopt, .metadata = ""});
      }
      asked_committed_.reset();
    }
    for (auto& [at, position] : positions_)
      Read(at, position, max_records, polled);
    if (!rebalances.empty()) {
      polled.rebalance = rebalances.front();
      rebalances.pop_front();
    }
    return polled;
  }
  absl::Status Assign(const std::vector<TopicPartition>&) override {
    return absl::OkStatus();
  }
  absl::Status Unassign() override {
    positions_.clear();
    return absl::OkStatus();
  }
  absl::Status Pause(const std::vector<TopicPartition>& partitions) override {
    for (const TopicPartition& at : partitions) positions_.erase(at);
    return absl::OkStatus();
  }
  absl::Status ResumeAt(const std::vector<CommittedOffset>& offsets) override {
    for (const CommittedOffset& offset : offsets) {
      positions_[offset.at] = *offset.offset;
    }
    return absl::OkStatus();
  }
  int64_t Position(const TopicPartition& at) const override {
    return positions_.at(at);
  }
  absl::StatusOr<std::vector<CommittedOffset>> Committed(
      const std::vector<TopicPartition>& partitions, absl::Duration) override {
    if (!committed_known) return kafka_error::Unavailable("not now");
    std::vector<CommittedOffset> offsets;
    for (const TopicPartition& at : partitions) {
      const auto known = committed.find(at);
      if (known != committed.end()) {
        offsets.push_back(known->second);
      } else {
        offsets.push_back({.at = at, .offset = std::nullopt, .metadata = ""});
      }
    }
    return offsets;
  }
  void AskHighWatermarks(
      const std::vector<TopicPartition>& partitions) override {
    asked_ = partitions;
  }
  void AskCommitted(const std::vector<TopicPartition>& partitions) override {
    asked_committed_ = partitions;
  }
  void Leave() override { positions_.clear(); }

  absl::Status StartRestore(int32_t partition, int64_t from) override {
    restored_[partition] = from;
    return absl::OkStatus();
  }
  void StopRestore(int32_t partition) override { restored_.erase(partition); }
  absl::StatusOr<std::vector<ChangelogRecord>> PollRestore(absl::Duration,
                                                           size_t) override {
    std::vector<ChangelogRecord> records;
    for (auto& [partition, position] : restored_) {
      const Log& log = logs[{"log", partition}];
      for (; position < log.end(); ++position) {
        const Record& record =
            log.records[static_cast<size_t>(position - log.start)];
        records.push_back({partition, record.key, record.value});
      }
    }
    return records;
  }
  int64_t RestorePosition(int32_t partition) const override {
    const auto position = restored_.find(partition);
    return position == restored_.end() ? 0 : position->second;
  }

  absl::Status StartGlobal() override {
    global_position_ = 0;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<InputRecord>> PollGlobal(
      absl::Duration timeout, size_t max_records) override {
    clock_.Pass(timeout);
    Polled polled;
    if (global_can_be_read) {
      Read({"global", 0}, global_position_,
           std::min(max_records, global_at_once), polled);
    }
    return polled.records;
  }
  int64_t GlobalPosition() const override { return global_position_; }

 private:
  void Read(const TopicPartition& at, int64_t& position, size_t max_records,
            Polled& polled) {
    const Log& log = logs[at];
    for (; position < log.end() && polled.records.size() < max_records;
         ++position) {
      const Record& record =
          log.records[static_cast<size_t>(position - log.start)];
      InputRecord& read = polled.records.emplace_back();
      read.input =
          static_cast<int>(std::find(inputs_.begin(), inputs_.end(), at.topic) -
                           inputs_.begin());
      read.partition = at.partition;
      read.offset = position;
      read.key = record.key;
      read.value = record.value;
      read.timestamp = record.timestamp;
    }
  }

  HandClock& clock_;
  const std::vector<std::string> inputs_;
  std::map<TopicPartition, int64_t> positions_;
  std::map<int32_t, int64_t> restored_;
  std::optional<std::vector<TopicPartition>> asked_;
  std::optional<std::vector<TopicPartition>> asked_committed_;
  int64_t global_position_ = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_TESTS_RUNTIME_FAKE_KAFKA_H_
