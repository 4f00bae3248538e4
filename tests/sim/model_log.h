#ifndef LEADCLOCK_TESTS_SIM_MODEL_LOG_H_
#define LEADCLOCK_TESTS_SIM_MODEL_LOG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/runtime/fold.h"

namespace leadclock::sim {

// Names a transaction of one producer. 0: none.
using TransactionId = int64_t;

struct Entry {
  int64_t offset = 0;
  // A marker ends a transaction in this log; readers never see it, but it has
  // an offset.
  bool is_marker = false;
  TransactionId transaction = 0;
  // When it reached the log, by nobody's clock.
  absl::Time appended_at;

  absl::Time timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<Header> headers;
};

// One partition of a topic: what is written stays in its order, and readers who
// want only what is committed see it up to the first open transaction.
class ModelLog {
 public:
  int64_t start() const { return start_; }
  // The high watermark.
  int64_t end() const { return end_; }
  // The last stable offset: that of the first record whose transaction is
  // open, else end().
  int64_t stable_end() const;

  // Returns the entry's offset.
  int64_t Append(Entry entry);
  // Writes the marker, if the transaction wrote here.
  void End(TransactionId transaction, bool committed, absl::Time now);

  // The first record at or behind `from` that is committed, and stable; null:
  // there is none.
  const Entry* NextCommitted(int64_t from) const;
  // Where a reader stands that has read up to `from`: past what it never sees.
  int64_t SkipUnseen(int64_t from) const;

  // Of the records below, those that are older are gone, for readers.
  void DeleteBefore(int64_t offset, absl::Time older_than);
  // Of each key only the last committed record stays, of what is stable and
  // older than `before`; and tombstones older than `tombstones_before` go.
  void Compact(absl::Time before, absl::Time tombstones_before);

  // All committed records, also those that are gone for readers.
  std::vector<const Entry*> Committed() const;
  bool HasOpenTransactions() const { return !open_.empty(); }

 private:
  bool IsSeen(const Entry& entry) const {
    return !entry.is_marker && !aborted_.contains(entry.transaction);
  }
  std::vector<Entry>::const_iterator Find(int64_t offset) const;

  int64_t start_ = 0;
  int64_t end_ = 0;
  std::vector<Entry> entries_;             // by offset; compaction leaves gaps
  std::map<TransactionId, int64_t> open_;  // with the first offset
  std::set<TransactionId> aborted_;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_MODEL_LOG_H_
