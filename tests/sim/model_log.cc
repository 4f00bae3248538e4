#include "tests/sim/model_log.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace leadclock::sim {

int64_t ModelLog::stable_end() const {
  int64_t stable = end_;
  for (const auto& [transaction, first] : open_) {
    stable = std::min(stable, first);
  }
  return stable;
}

int64_t ModelLog::Append(Entry entry) {
  entry.offset = end_++;
  if (entry.transaction != 0 && !entry.is_marker) {
    open_.emplace(entry.transaction, entry.offset);
  }
  entries_.push_back(std::move(entry));
  return end_ - 1;
}

void ModelLog::End(TransactionId transaction, bool committed, absl::Time now) {
  if (open_.erase(transaction) == 0) return;
  if (!committed) aborted_.insert(transaction);
  Entry marker;
  marker.is_marker = true;
  marker.transaction = transaction;
  marker.appended_at = now;
  marker.timestamp = now;
  Append(std::move(marker));
}

std::vector<Entry>::const_iterator ModelLog::Find(int64_t offset) const {
  return std::lower_bound(
      entries_.begin(), entries_.end(), offset,
      [](const Entry& entry, int64_t at) { return entry.offset < at; });
}

const Entry* ModelLog::NextCommitted(int64_t from) const {
  const int64_t stable = stable_end();
  for (auto entry = Find(from);
       entry != entries_.end() && entry->offset < stable; ++entry) {
    if (IsSeen(*entry)) return &*entry;
  }
  return nullptr;
}

int64_t ModelLog::SkipUnseen(int64_t from) const {
  const Entry* const next = NextCommitted(from);
  return std::max(from, next == nullptr ? stable_end() : next->offset);
}

void ModelLog::DeleteBefore(int64_t offset, absl::Time older_than) {
  int64_t end = std::min(offset, stable_end());
  for (const Entry& entry : entries_) {
    if (entry.appended_at >= older_than) end = std::min(end, entry.offset);
  }
  start_ = std::max(start_, end);
}

void ModelLog::Compact(absl::Time before, absl::Time tombstones_before) {
  const int64_t stable = stable_end();
  const auto is_clean = [&](const Entry& entry) {
    return entry.offset < stable && entry.appended_at < before;
  };
  std::map<std::string_view, int64_t> last;
  for (const Entry& entry : entries_) {
    if (is_clean(entry) && IsSeen(entry)) last[*entry.key] = entry.offset;
  }
  std::vector<Entry> kept;
  for (const Entry& entry : entries_) {
    const bool goes = is_clean(entry) &&
                      (!IsSeen(entry) || last.at(*entry.key) != entry.offset ||
                       (!entry.value && entry.appended_at < tombstones_before));
    if (!goes) kept.push_back(entry);
  }
  entries_ = std::move(kept);
}

std::vector<const Entry*> ModelLog::Committed() const {
  std::vector<const Entry*> committed;
  const int64_t stable = stable_end();
  for (const Entry& entry : entries_) {
    if (entry.offset < stable && IsSeen(entry)) committed.push_back(&entry);
  }
  return committed;
}

}  // namespace leadclock::sim
