#ifndef LEADCLOCK_STATE_STORE_H_
#define LEADCLOCK_STATE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "state/recent_states.h"

namespace rocksdb {
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace leadclock {

// The states of all keys of a worker's partitions, their timers, and how far
// they have come, on the local disk.
//
// What was written last is in memory (see RecentStates), and goes to the files
// when it has become old. Everything can be restored from Kafka, so what is
// not in the files is lost when the process is killed. In the files no state
// is older than their progress says; some may be newer.
//
// One thread.
class Store {
 public:
  struct Options {
    std::string directory;
    // For caches and for what is not in the files yet.
    size_t memory_bytes = size_t{512} << 20;
    // Files are written beside what goes on, so that nobody knows how far they
    // are when a process is killed. With this each write waits until they are
    // written: a simulated kill loses the same each time.
    bool awaits_files = false;
  };

  // Fails with FailedPrecondition if another process has it open.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const Options& options);
  ~Store();

  struct Entry {
    std::string state;
    // When the key wants to be asked again; InfiniteFuture: never.
    absl::Time due = absl::InfiniteFuture();
  };

  // By key, in the order given; nullopt: there is none.
  absl::StatusOr<std::vector<std::optional<Entry>>> Get(
      int32_t partition, std::span<const std::string_view> keys) const;

  // The keys that are due by `now`, the earliest first.
  absl::StatusOr<std::vector<std::string>> Due(int32_t partition,
                                               absl::Time now, size_t limit);

  // No key of the partition is due before this; it may be too early.
  absl::Time NextDue(int32_t partition) const;

  // Goes through the keys of a partition in their order, a few at a time, while
  // the store is written. All that were there at the beginning and still are
  // come; of those that came or went since, some may. Void when the partition
  // is dropped.
  class Walk {
   public:
    // The next keys, `limit` at most; none: that was all.
    absl::StatusOr<std::vector<std::string>> Next(size_t limit);

   private:
    friend class Store;
    Walk(const Store& store, int32_t partition, std::string_view after);

    const Store* store_;
    int32_t partition_;
    // The name of the last one.
    std::string last_;
    // What was not in the files at the beginning, without what was passed.
    std::vector<std::string> recent_;
    size_t passed_ = 0;
  };
  // Begins behind `key`, which need not be there; empty: with the first.
  // Takes a moment: what is in memory is put in order.
  Walk WalkBehind(int32_t partition, std::string_view key) const {
    return Walk(*this, partition, key);
  }

  // How far the states of a partition have come.
  struct Progress {
    std::vector<int64_t> offsets;  // by input topic
    absl::Time now;
    // The offset of the changelog up to which they contain it.
    int64_t changelog_position = 0;
    std::string changelog_id;
    // The wall clock at this write.
    absl::Time written_at;
  };
  absl::StatusOr<std::optional<Progress>> ReadProgress(int32_t partition) const;

  struct Change {
    int32_t partition = 0;
    std::string_view key;
    // The new state; empty: remove it.
    std::string_view state;
    absl::Time due = absl::InfiniteFuture();
    // What the store has now.
    absl::Time old_due = absl::InfiniteFuture();
  };
  absl::Status Write(std::span<const Change> changes,
                     const std::map<int32_t, Progress>& progress);
  // Puts everything into the files.
  absl::Status Flush();
  // Makes the files whole that were begun. What is in memory stays there.
  absl::Status FlushFiles();

  // Makes the end of this object that of a killed process: what was not flushed
  // is lost. For tests.
  void LoseUnflushed();

  // Forgets everything of a partition.
  absl::Status Drop(int32_t partition);

 private:
  // Where to look for timers in the files: those before were handled, and what
  // is left of them in the files makes looking slow.
  struct TimerHead {
    std::string cursor;
    absl::Time next_due = absl::InfinitePast();
  };

  Store(std::unique_ptr<rocksdb::DB> db, const Options& options);
  absl::Status WriteToFiles(rocksdb::WriteBatch& batch, absl::string_view what);
  void AwaitFiles();
  absl::Status FindDueInFiles(int32_t partition, absl::Time now, size_t limit,
                              std::vector<std::string>& timers);
  void NoteTimer(int32_t partition, const std::string& timer);
  void Freeze();
  absl::Status Move(size_t count);
  absl::Status MoveAll();

  std::unique_ptr<rocksdb::DB> db_;
  const size_t generation_bytes_;
  const size_t write_buffer_bytes_;
  const bool awaits_files_;
  bool is_killed_ = false;

  RecentStates recent_;
  // As last written, and as it was when the states were frozen.
  std::map<int32_t, Progress> reached_;
  std::map<int32_t, Progress> frozen_progress_;
  absl::Time frozen_at_ = absl::InfiniteFuture();
  // What went to the files since it was last frozen.
  size_t moved_bytes_ = 0;
  bool flush_when_moved_ = false;

  std::map<int32_t, TimerHead> timers_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_STORE_H_
