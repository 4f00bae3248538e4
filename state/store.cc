#include "state/store.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"
#include "rocksdb/write_buffer_manager.h"
#include "state/store_names.h"

namespace leadclock {

using store_names::AppendBigEndian;
using store_names::DueOf;
using store_names::End;
using store_names::FromMillis;
using store_names::kDueBytes;
using store_names::KeyOf;
using store_names::kNever;
using store_names::kPrefixBytes;
using store_names::kProgress;
using store_names::kState;
using store_names::kTimer;
using store_names::OfState;
using store_names::OfTimer;
using store_names::PartitionOf;
using store_names::Prefix;
using store_names::ReadBigEndian64;
using store_names::StateOf;
using store_names::ToMillisUp;

namespace {

// A commit moves this many states to the files, and twice as many as it
// brought: what is frozen is written before as much has gathered again.
constexpr size_t kLeastMoved = 8;

// After this much time also a store with little to do writes its files, so
// that little has to be restored if the process is killed.
constexpr absl::Duration kLongestUnwritten = absl::Hours(1);

// One place for what RocksDB's errors mean to us.
absl::Status ToStatus(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message =
      absl::StrCat("local store: ", doing, ": ", status.ToString());
  if (status.IsCorruption()) {
    return absl::DataLossError(absl::StrCat(
        message,
        ". Delete the data directory: it is restored from Kafka at start"));
  }
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::InternalError(message);
}

// Format 1: "1 now written changelog_position changelog_id offset,offset,..."
// with times in milliseconds since 1970, rounded down.
std::string FormatProgress(const Store::Progress& progress) {
  return absl::StrCat("1 ", absl::ToUnixMillis(progress.now), " ",
                      absl::ToUnixMillis(progress.written_at), " ",
                      progress.changelog_position, " ", progress.changelog_id,
                      " ", absl::StrJoin(progress.offsets, ","));
}

std::optional<Store::Progress> ParseProgress(const std::string& text) {
  const std::vector<absl::string_view> fields = absl::StrSplit(text, ' ');
  int64_t now = 0;
  int64_t written_at = 0;
  Store::Progress progress;
  if (fields.size() != 6 || fields[0] != "1" ||
      !absl::SimpleAtoi(fields[1], &now) ||
      !absl::SimpleAtoi(fields[2], &written_at) ||
      !absl::SimpleAtoi(fields[3], &progress.changelog_position)) {
    return std::nullopt;
  }
  progress.now = absl::FromUnixMillis(now);
  progress.written_at = absl::FromUnixMillis(written_at);
  progress.changelog_id = std::string(fields[4]);
  for (const absl::string_view field :
       absl::StrSplit(fields[5], ',', absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(field, &progress.offsets.emplace_back())) {
      return std::nullopt;
    }
  }
  return progress;
}

bool Supports(rocksdb::CompressionType type) {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::find(supported.begin(), supported.end(), type) != supported.end();
}

// Kafka has the log. A process that is killed loses what was written last, the
// progress with the states, and restores it.
rocksdb::WriteOptions WriteWithoutLog() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

// Of the memory a quarter is for recent states, in two generations, and the
// rest for RocksDB.
size_t RecentBytes(size_t memory_bytes) { return memory_bytes / 2; }

size_t WriteBufferBytes(size_t memory_bytes) {
  return std::clamp<size_t>(memory_bytes / 16, size_t{1} << 20,
                            size_t{64} << 20);
}

// For tens of millions of small values that are read by key.
rocksdb::Options RocksOptions(size_t memory_bytes) {
  // What is not written to files yet counts in the cache: one budget. Few
  // shards, because few threads share it, and what is larger than a shard
  // cannot stay.
  rocksdb::LRUCacheOptions cached;
  cached.capacity = memory_bytes - RecentBytes(memory_bytes);
  cached.num_shard_bits = 1;
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(cached);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = size_t{8} << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In parts: the filter of one large file is megabytes, and would be read
  // anew, whole, for each key if it does not stay in the cache.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_top_level_index_and_filter = true;

  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = WriteBufferBytes(memory_bytes);
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(memory_bytes / 4, cache);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // Each state is written anew less often than with levels, for some more disk
  // and for filters that are asked more often.
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.bytes_per_sync = size_t{1} << 20;
  options.max_background_jobs = 2;
  // A partition's keys are written in their order: each is looked for from
  // where the one before it stands. One byte more than the prefix, because
  // RocksDB must not look so for ranges that are deleted.
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(kPrefixBytes + 1));
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.05;
  options.keep_log_file_num = 2;
  if (Supports(rocksdb::kLZ4Compression)) {
    options.compression = rocksdb::kLZ4Compression;
  }
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("local store: cannot make the directory ",
                     options.directory, ": ", error.message()));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(
      RocksOptions(options.memory_bytes), options.directory, &db);
  if (status.IsIOError() &&
      status.ToString().find("lock") != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(
        "local store: ", options.directory,
        " is used by another process; each needs a data directory of its "
        "own (",
        status.ToString(), ")"));
  }
  if (!status.ok()) {
    return ToStatus(status, absl::StrCat("opening ", options.directory));
  }
  return std::unique_ptr<Store>(
      new Store(std::unique_ptr<rocksdb::DB>(db), options));
}

Store::Store(std::unique_ptr<rocksdb::DB> db, const Options& options)
    : db_(std::move(db)),
      generation_bytes_(RecentBytes(options.memory_bytes) / 2),
      write_buffer_bytes_(WriteBufferBytes(options.memory_bytes)),
      awaits_files_(options.awaits_files) {}

Store::~Store() {
  // What cannot be written is restored from Kafka.
  if (!is_killed_) static_cast<void>(MoveAll());
}

absl::StatusOr<std::vector<std::optional<Store::Entry>>> Store::Get(
    int32_t partition, std::span<const std::string_view> keys) const {
  std::vector<std::optional<Entry>> entries(keys.size());
  std::vector<std::string> names;
  std::vector<size_t> places;
  for (size_t i = 0; i < keys.size(); ++i) {
    std::string name = OfState(partition, keys[i]);
    const RecentStates::State* const recent = recent_.Find(name);
    if (recent == nullptr) {
      names.push_back(std::move(name));
      places.push_back(i);
    } else if (!recent->state.empty()) {
      entries[i] = {.state = recent->state, .due = FromMillis(recent->due)};
    }
  }
  if (names.empty()) return entries;

  const std::vector<rocksdb::Slice> slices(names.begin(), names.end());
  std::vector<rocksdb::PinnableSlice> values(names.size());
  std::vector<rocksdb::Status> statuses(names.size());
  db_->MultiGet(rocksdb::ReadOptions(), db_->DefaultColumnFamily(),
                slices.size(), slices.data(), values.data(), statuses.data());
  for (size_t i = 0; i < names.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return ToStatus(statuses[i], "reading states");
    const std::string_view value(values[i].data(), values[i].size());
    if (value.size() < kDueBytes) {
      return absl::DataLossError("local store: a state is cut off");
    }
    entries[places[i]] = {.state = std::string(value.substr(kDueBytes)),
                          .due = FromMillis(ReadBigEndian64(value))};
  }
  return entries;
}

absl::StatusOr<std::vector<std::string>> Store::Due(int32_t partition,
                                                    absl::Time now,
                                                    size_t limit) {
  std::vector<std::string> in_files;
  absl::Status status = FindDueInFiles(partition, now, limit, in_files);
  if (!status.ok()) return status;

  std::vector<std::string_view> recent;
  const std::string end = End(kTimer, partition);
  for (auto timer = recent_.timers().lower_bound(Prefix(kTimer, partition));
       timer != recent_.timers().end() && *timer < end &&
       recent.size() < limit && FromMillis(DueOf(*timer)) <= now;
       ++timer) {
    recent.push_back(*timer);
  }
  std::vector<std::string_view> all;
  std::merge(in_files.begin(), in_files.end(), recent.begin(), recent.end(),
             std::back_inserter(all));
  std::vector<std::string> keys;
  keys.reserve(std::min(limit, all.size()));
  for (const std::string_view timer : all) {
    if (keys.size() == limit) break;
    keys.emplace_back(KeyOf(timer));
  }
  return keys;
}

// The names of timers, without those of recent states: these have others.
absl::Status Store::FindDueInFiles(int32_t partition, absl::Time now,
                                   size_t limit,
                                   std::vector<std::string>& timers) {
  TimerHead& head = timers_[partition];
  if (head.next_due > now) return absl::OkStatus();

  const std::string end = End(kTimer, partition);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> timer(db_->NewIterator(read));
  timer->Seek(head.cursor.empty() ? Prefix(kTimer, partition) : head.cursor);
  head.next_due = absl::InfiniteFuture();
  for (bool is_first = true; timer->Valid(); timer->Next()) {
    const std::string_view name(timer->key().data(), timer->key().size());
    if (is_first) head.cursor = name;
    if (recent_.Find(StateOf(name)) != nullptr) continue;
    is_first = false;
    const absl::Time due = FromMillis(DueOf(name));
    head.next_due = std::min(head.next_due, due);
    if (due > now || timers.size() == limit) break;
    timers.emplace_back(name);
  }
  return ToStatus(timer->status(), "timers");
}

absl::Time Store::NextDue(int32_t partition) const {
  const auto head = timers_.find(partition);
  const absl::Time in_files =
      head == timers_.end() ? absl::InfinitePast() : head->second.next_due;
  const auto recent = recent_.timers().lower_bound(Prefix(kTimer, partition));
  return recent == recent_.timers().end() || *recent >= End(kTimer, partition)
             ? in_files
             : std::min(in_files, FromMillis(DueOf(*recent)));
}

// The files have a timer of this name from now on.
void Store::NoteTimer(int32_t partition, const std::string& timer) {
  TimerHead& head = timers_[partition];
  head.next_due = std::min(head.next_due, FromMillis(DueOf(timer)));
  if (timer < head.cursor) head.cursor = timer;
}

Store::Walk::Walk(const Store& store, int32_t partition, std::string_view after)
    : store_(&store),
      partition_(partition),
      last_(OfState(partition, after)),
      recent_(store.recent_.NamesBetween(last_, End(kState, partition))) {}

absl::StatusOr<std::vector<std::string>> Store::Walk::Next(size_t limit) {
  const std::string end = End(kState, partition_);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  // All of a partition, once: what others read often stays in the cache.
  read.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> in_files(
      store_->db_->NewIterator(read));
  in_files->Seek(last_);
  if (in_files->Valid() && in_files->key() == last_) in_files->Next();

  std::vector<std::string> keys;
  while (keys.size() < limit) {
    const bool is_recent =
        passed_ < recent_.size() &&
        (!in_files->Valid() || in_files->key().compare(recent_[passed_]) >= 0);
    if (!is_recent && !in_files->Valid()) break;
    if (is_recent) {
      last_ = recent_[passed_++];
    } else {
      last_ = in_files->key().ToString();
    }
    if (in_files->Valid() && in_files->key() == last_) in_files->Next();
    const RecentStates::State* const state = store_->recent_.Find(last_);
    if (state != nullptr && state->state.empty()) continue;
    keys.push_back(last_.substr(kPrefixBytes));
  }
  const rocksdb::Status status = in_files->status();
  if (!status.ok()) return ToStatus(status, "going through the states");
  return keys;
}

absl::StatusOr<std::optional<Store::Progress>> Store::ReadProgress(
    int32_t partition) const {
  const auto reached = reached_.find(partition);
  if (reached != reached_.end()) return reached->second;
  std::string text;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), Prefix(kProgress, partition), &text);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return ToStatus(status, "reading progress");
  return ParseProgress(text);
}

absl::Status Store::Write(std::span<const Change> changes,
                          const std::map<int32_t, Progress>& progress) {
  for (const Change& change : changes) {
    recent_.Put(OfState(change.partition, change.key),
                {.state = std::string(change.state),
                 .due = change.state.empty() ? kNever : ToMillisUp(change.due),
                 .due_in_files = ToMillisUp(change.old_due)});
  }
  bool is_time = false;
  for (const auto& [partition, reached] : progress) {
    reached_[partition] = reached;
    // A clock may have been set back.
    frozen_at_ = std::min(frozen_at_, reached.written_at);
    is_time = reached.written_at - frozen_at_ >= kLongestUnwritten;
  }
  if (!recent_.is_frozen() &&
      (is_time || recent_.fresh_bytes() >= generation_bytes_)) {
    Freeze();
    flush_when_moved_ = is_time && moved_bytes_ < write_buffer_bytes_;
    moved_bytes_ = 0;
    // The next write with a time begins anew.
    frozen_at_ = absl::InfiniteFuture();
  }
  return Move(kLeastMoved + 2 * changes.size());
}

void Store::Freeze() {
  recent_.Freeze();
  frozen_progress_ = reached_;
}

// Moves up to `count` of the states that are frozen to the files, and with the
// last of them how far they have come.
absl::Status Store::Move(size_t count) {
  if (!recent_.is_frozen() && frozen_progress_.empty()) return absl::OkStatus();
  const std::vector<RecentStates::Named> moved = recent_.Take(count);
  rocksdb::WriteBatch batch;
  std::string value;
  for (const auto& [name, state] : moved) {
    if (state.due_in_files != kNever && state.due_in_files != state.due) {
      batch.Delete(OfTimer(name, state.due_in_files));
    }
    if (state.state.empty()) {
      batch.Delete(name);
      continue;
    }
    if (state.due != kNever && state.due_in_files != state.due) {
      batch.Put(OfTimer(name, state.due), "");
    }
    value.clear();
    AppendBigEndian(value, state.due);
    value.append(state.state);
    batch.Put(name, value);
    moved_bytes_ += value.size();
  }
  const bool is_last = !recent_.is_frozen();
  if (is_last) {
    for (const auto& [partition, reached] : frozen_progress_) {
      batch.Put(Prefix(kProgress, partition), FormatProgress(reached));
    }
    frozen_progress_.clear();
  }
  const absl::Status status = WriteToFiles(batch, "writing");
  if (!status.ok()) return status;
  for (const auto& [name, state] : moved) {
    if (state.due == kNever) continue;
    NoteTimer(PartitionOf(name), OfTimer(name, state.due));
  }
  if (!is_last || !flush_when_moved_) return absl::OkStatus();
  flush_when_moved_ = false;
  return FlushFiles();
}

absl::Status Store::MoveAll() {
  constexpr size_t kAtOnce = 10'000;
  absl::Status status = absl::OkStatus();
  while (status.ok() && recent_.is_frozen()) status = Move(kAtOnce);
  if (!status.ok()) return status;
  Freeze();
  do {
    status = Move(kAtOnce);
  } while (status.ok() && recent_.is_frozen());
  return status;
}

absl::Status Store::Flush() {
  absl::Status status = MoveAll();
  return status.ok() ? FlushFiles() : status;
}

absl::Status Store::FlushFiles() {
  return ToStatus(db_->Flush(rocksdb::FlushOptions()), "flushing");
}

void Store::LoseUnflushed() {
  is_killed_ = true;
  db_->SetDBOptions({{"avoid_flush_during_shutdown", "true"}});
}

absl::Status Store::Drop(int32_t partition) {
  recent_.Drop(Prefix(kState, partition));
  reached_.erase(partition);
  frozen_progress_.erase(partition);
  rocksdb::WriteBatch batch;
  for (const char kind : {kState, kTimer}) {
    batch.DeleteRange(Prefix(kind, partition), End(kind, partition));
  }
  batch.Delete(Prefix(kProgress, partition));
  timers_.erase(partition);
  return WriteToFiles(batch, "dropping a partition");
}

absl::Status Store::WriteToFiles(rocksdb::WriteBatch& batch,
                                 absl::string_view what) {
  const rocksdb::Status status = db_->Write(WriteWithoutLog(), &batch);
  if (status.ok() && awaits_files_) AwaitFiles();
  return ToStatus(status, what);
}

void Store::AwaitFiles() {
  const auto number = [this](const std::string& property) {
    uint64_t value = 0;
    return db_->GetIntProperty(property, &value) ? value : 0;
  };
  using Properties = rocksdb::DB::Properties;
  while (number(Properties::kBackgroundErrors) == 0 &&
         (number(Properties::kNumImmutableMemTable) > 0 ||
          number(Properties::kNumRunningFlushes) > 0)) {
    std::this_thread::yield();
  }
}

}  // namespace leadclock
