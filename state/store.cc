#include "state/store.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
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

namespace leadclock {
namespace {

// Keys, by first byte. Numbers in keys are big-endian and not negative, so
// byte order is their order: 4 bytes for a partition, 8 for milliseconds since
// 1970, rounded up.
//
//   'L' partition key             -> due_millis state
//   'D' partition due_millis key  -> nothing; exactly one for each 'L' that
//                                    has a due
//   'P' partition                 -> progress, as text (see FormatProgress)
//
// due_millis stands in front of a state so that the timer can be found when
// the state changes. kNever: no timer.

constexpr char kState = 'L';
constexpr char kTimer = 'D';
constexpr char kProgress = 'P';
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr size_t kPrefixBytes = 1 + 4;
constexpr size_t kDueBytes = 8;

template <typename Number>
void AppendBigEndian(std::string& to, Number number) {
  for (size_t shift = sizeof(Number) * 8; shift > 0; shift -= 8) {
    to.push_back(static_cast<char>((number >> (shift - 8)) & 0xff));
  }
}

int64_t ReadBigEndian64(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, kDueBytes)) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return static_cast<int64_t>(number);
}

int64_t ToMillisUp(absl::Time due) {
  if (due == absl::InfiniteFuture()) return kNever;
  return std::max(int64_t{0},
                  absl::ToInt64Milliseconds(absl::Ceil(due - absl::UnixEpoch(),
                                                       absl::Milliseconds(1))));
}

absl::Time FromMillis(int64_t millis) {
  return millis == kNever ? absl::InfiniteFuture()
                          : absl::FromUnixMillis(millis);
}

std::string Prefix(char kind, int32_t partition) {
  std::string prefix(1, kind);
  AppendBigEndian(prefix, partition);
  return prefix;
}

std::string StateKey(int32_t partition, std::string_view key) {
  return Prefix(kState, partition).append(key);
}

std::string TimerKey(int32_t partition, int64_t due, std::string_view key) {
  std::string timer = Prefix(kTimer, partition);
  AppendBigEndian(timer, due);
  timer.append(key);
  return timer;
}

// The first key after all that have this prefix.
std::string End(char kind, int32_t partition) {
  return Prefix(kind, partition + 1);
}

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

// For tens of millions of small values that are read by key.
rocksdb::Options RocksOptions(size_t memory_bytes) {
  // What is not written to files yet counts in the cache: one budget.
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(memory_bytes);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = size_t{8} << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size =
      std::clamp<size_t>(memory_bytes / 8, size_t{1} << 20, size_t{64} << 20);
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(memory_bytes / 2, cache);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.level_compaction_dynamic_level_bytes = true;
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
  if (Supports(rocksdb::kZSTD)) options.bottommost_compression = rocksdb::kZSTD;
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
  return std::unique_ptr<Store>(new Store(std::unique_ptr<rocksdb::DB>(db)));
}

Store::Store(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
Store::~Store() = default;

absl::StatusOr<std::vector<std::optional<Store::Entry>>> Store::Get(
    int32_t partition, std::span<const std::string_view> keys) const {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const std::string_view key : keys) {
    names.push_back(StateKey(partition, key));
  }
  const std::vector<rocksdb::Slice> slices(names.begin(), names.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), db_->DefaultColumnFamily(),
                slices.size(), slices.data(), values.data(), statuses.data());

  std::vector<std::optional<Entry>> entries(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return ToStatus(statuses[i], "reading states");
    const std::string_view value(values[i].data(), values[i].size());
    if (value.size() < kDueBytes) {
      return absl::DataLossError("local store: a state is cut off");
    }
    entries[i] = {.state = std::string(value.substr(kDueBytes)),
                  .due = FromMillis(ReadBigEndian64(value))};
  }
  return entries;
}

absl::StatusOr<std::vector<std::string>> Store::Due(int32_t partition,
                                                    absl::Time now,
                                                    size_t limit) {
  std::vector<std::string> keys;
  TimerHead& head = timers_[partition];
  if (head.next_due > now) return keys;

  const std::string end = End(kTimer, partition);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> timer(db_->NewIterator(read));
  timer->Seek(head.cursor.empty() ? Prefix(kTimer, partition) : head.cursor);
  head.next_due = absl::InfiniteFuture();
  if (timer->Valid()) head.cursor = timer->key().ToString();
  for (; timer->Valid(); timer->Next()) {
    const std::string_view rest(timer->key().data() + kPrefixBytes,
                                timer->key().size() - kPrefixBytes);
    const absl::Time due = FromMillis(ReadBigEndian64(rest));
    head.next_due = std::min(head.next_due, due);
    if (due > now || keys.size() == limit) break;
    keys.emplace_back(rest.substr(kDueBytes));
  }
  if (!timer->status().ok()) return ToStatus(timer->status(), "timers");
  return keys;
}

absl::Time Store::NextDue(int32_t partition) const {
  const auto head = timers_.find(partition);
  return head == timers_.end() ? absl::InfinitePast() : head->second.next_due;
}

void Store::NoteDue(int32_t partition, absl::Time due) {
  TimerHead& head = timers_[partition];
  head.next_due = std::min(head.next_due, due);
  const std::string timer = TimerKey(partition, ToMillisUp(due), "");
  if (timer < head.cursor) head.cursor = timer;
}

absl::StatusOr<std::optional<Store::Progress>> Store::ReadProgress(
    int32_t partition) const {
  std::string text;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), Prefix(kProgress, partition), &text);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return ToStatus(status, "reading progress");
  return ParseProgress(text);
}

absl::Status Store::Write(std::span<const Change> changes,
                          const std::map<int32_t, Progress>& progress) {
  rocksdb::WriteBatch batch;
  std::string value;
  for (const Change& change : changes) {
    const int64_t old_due = ToMillisUp(change.old_due);
    const int64_t due = change.state.empty() ? kNever : ToMillisUp(change.due);
    if (old_due != kNever && old_due != due) {
      batch.Delete(TimerKey(change.partition, old_due, change.key));
    }
    if (due != kNever && old_due != due) {
      batch.Put(TimerKey(change.partition, due, change.key), "");
    }
    if (change.state.empty()) {
      batch.Delete(StateKey(change.partition, change.key));
    } else {
      value.clear();
      AppendBigEndian(value, due);
      value.append(change.state);
      batch.Put(StateKey(change.partition, change.key), value);
    }
  }
  for (const auto& [partition, reached] : progress) {
    batch.Put(Prefix(kProgress, partition), FormatProgress(reached));
  }

  const rocksdb::Status status = db_->Write(WriteWithoutLog(), &batch);
  if (!status.ok()) return ToStatus(status, "writing");
  for (const Change& change : changes) {
    if (!change.state.empty()) NoteDue(change.partition, change.due);
  }
  return absl::OkStatus();
}

absl::Status Store::Flush() {
  return ToStatus(db_->Flush(rocksdb::FlushOptions()), "flushing");
}

void Store::LoseUnflushed() {
  db_->SetDBOptions({{"avoid_flush_during_shutdown", "true"}});
}

absl::Status Store::Drop(int32_t partition) {
  rocksdb::WriteBatch batch;
  for (const char kind : {kState, kTimer}) {
    batch.DeleteRange(Prefix(kind, partition), End(kind, partition));
  }
  batch.Delete(Prefix(kProgress, partition));
  timers_.erase(partition);
  return ToStatus(db_->Write(WriteWithoutLog(), &batch),
                  "dropping a partition");
}

}  // namespace leadclock
