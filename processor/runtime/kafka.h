#ifndef LEADCLOCK_PROCESSOR_RUNTIME_KAFKA_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_KAFKA_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/clock_guard.h"
#include "processor/runtime/fold.h"

namespace leadclock {

// What the loop needs of Kafka, and nothing more: a member of a consumer
// group, a transactional producer, and readers of the changelog and of the
// global topic.
//
// One thread. Waiting happens inside the calls that take a timeout, in real
// time; a timeout is an Unavailable.

// Errors are told apart by what the loop does about them.
namespace kafka_error {
// Try again later.
absl::Status Unavailable(const std::string& message);
// Nothing of the transaction was committed.
absl::Status Aborted(const std::string& message);
// Whether the transaction was committed is not known, or the producer cannot
// be used any more. RenewProducer() brings certainty.
absl::Status OutcomeUnknown(const std::string& message);
// Somebody else runs under the same name.
absl::Status Fenced(const std::string& message);
// A record that no broker would take, now or later.
absl::Status TooLarge(const std::string& message);

bool IsUnavailable(const absl::Status& status);
bool IsAborted(const absl::Status& status);
bool IsOutcomeUnknown(const absl::Status& status);
}  // namespace kafka_error

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  friend bool operator==(const TopicPartition&,
                         const TopicPartition&) = default;
  friend auto operator<=>(const TopicPartition&,
                          const TopicPartition&) = default;
};

// What is known of a topic that exists.
struct TopicFacts {
  int32_t partitions = 0;
  // Differs when the topic was deleted and made again. Empty: not known.
  std::string id;
};

// From the first offset that is kept to the high watermark, which counts what
// open transactions hide.
struct LogBounds {
  int64_t start = 0;
  int64_t end = 0;
};

// How far a group has come in a partition.
struct CommittedOffset {
  TopicPartition at;
  // Absent: nothing was committed.
  std::optional<int64_t> offset;
  std::string metadata;
};

struct OutgoingRecord {
  TopicPartition to;
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<Header> headers;
};

// All of it, or nothing.
struct Transaction {
  std::vector<OutgoingRecord> records;
  absl::Time timestamp;  // of all records
  // Of every partition that it touches; each has a value.
  std::vector<CommittedOffset> offsets;
};

struct Receipt {
  // By partition written to: the offset after the last record.
  std::map<TopicPartition, int64_t> ends;
  // From topics in which the broker sets the timestamps.
  std::optional<ClockGuard::BrokerTime> broker_time;
};

struct ChangelogRecord {
  int32_t partition = 0;
  std::string key;
  std::optional<std::string> value;  // absent: a tombstone
};

// The group gave or took partitions.
struct Rebalance {
  enum class Kind {
    kAssigned,
    kRevoked,
    // Taken without asking: somebody else may have them already.
    kLost,
  };
  Kind kind = Kind::kAssigned;
  std::vector<TopicPartition> partitions;
};

struct Polled {
  std::vector<InputRecord> records;
  // Came after the records, and waits for Assign() or Unassign(); until then
  // nothing else comes.
  std::optional<Rebalance> rebalance;
  // The answer to AskHighWatermarks(): those of its partitions that are known,
  // none if nobody answered.
  std::optional<std::map<TopicPartition, int64_t>> high_watermarks;
  // The answer to AskCommitted(), for each of its partitions; for none if
  // nobody answered.
  std::optional<std::vector<CommittedOffset>> committed;
};

class Kafka {
 public:
  virtual ~Kafka() = default;

  // --- Facts ---

  // Topics that do not exist are left out.
  virtual absl::StatusOr<std::map<std::string, TopicFacts>> Topics(
      const std::vector<std::string>& topics, absl::Duration timeout) = 0;

  // For how long a compacted topic keeps its tombstones; nullopt: the broker
  // does not tell.
  virtual std::optional<absl::Duration> TombstoneRetention(
      const std::string& topic, absl::Duration timeout) = 0;

  virtual absl::StatusOr<std::map<TopicPartition, LogBounds>> Bounds(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) = 0;

  // --- Transactions ---

  // Makes the producer, or a new one in place of the old. Fences all earlier
  // ones of its name, and settles what they left open.
  virtual absl::Status RenewProducer(absl::Duration timeout) = 0;

  // Unless it succeeds: Aborted, OutcomeUnknown, Fenced or TooLarge, or an
  // error that needs a person.
  virtual absl::StatusOr<Receipt> Commit(const Transaction& transaction,
                                         absl::Duration timeout) = 0;

  // Asks for the broker's clock: what it stamps on a record of a transaction
  // that is taken back. Fails as Commit(); nullopt: it does not tell.
  virtual absl::StatusOr<std::optional<ClockGuard::BrokerTime>> AskTime(
      const TopicPartition& at, absl::Duration timeout) = 0;

  // --- Reading the inputs, as a member of the group ---

  virtual absl::Status Subscribe() = 0;

  // Waits for the first of whatever comes, then takes what is there already,
  // up to `max_records`. Records of one partition come in order, from where
  // ResumeAt() said. OutOfRange: an offset does not exist any more.
  virtual absl::StatusOr<Polled> Poll(absl::Duration timeout,
                                      size_t max_records) = 0;

  // Answers to Polled::rebalance. Assigned partitions are paused.
  virtual absl::Status Assign(const std::vector<TopicPartition>& all) = 0;
  virtual absl::Status Unassign() = 0;

  virtual absl::Status Pause(const std::vector<TopicPartition>& partitions) = 0;
  // Seeks, and ends the pause; each offset has a value.
  virtual absl::Status ResumeAt(
      const std::vector<CommittedOffset>& offsets) = 0;

  // The offset below which everything was handed out, also what a reader
  // never sees: aborted records and the markers of transactions. As of the
  // last Poll(); of a partition that is read.
  virtual int64_t Position(const TopicPartition& at) const = 0;

  // Only offsets on which no transaction is pending any more.
  virtual absl::StatusOr<std::vector<CommittedOffset>> Committed(
      const std::vector<TopicPartition>& partitions,
      absl::Duration timeout) = 0;

  // A later Poll() brings the answer. One question at a time.
  virtual void AskHighWatermarks(
      const std::vector<TopicPartition>& partitions) = 0;

  // As Committed(), but a later Poll() brings the answer, and that may be older
  // than what is pending. One question at a time.
  virtual void AskCommitted(const std::vector<TopicPartition>& partitions) = 0;

  // Leaves the group. A static member's partitions wait for its return.
  virtual void Leave() = 0;

  // --- Reading the changelog, committed records only ---

  virtual absl::Status StartRestore(int32_t partition, int64_t from) = 0;
  virtual void StopRestore(int32_t partition) = 0;
  virtual absl::StatusOr<std::vector<ChangelogRecord>> PollRestore(
      absl::Duration timeout, size_t max_records) = 0;
  // As Position().
  virtual int64_t RestorePosition(int32_t partition) const = 0;

  // --- Reading the global topic, partition 0, committed records only ---

  // From offset 0 on.
  virtual absl::Status StartGlobal() = 0;
  virtual absl::StatusOr<std::vector<InputRecord>> PollGlobal(
      absl::Duration timeout, size_t max_records) = 0;
  // As Position().
  virtual int64_t GlobalPosition() const = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_KAFKA_H_
