#include "state/recent_states.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "state/store_names.h"

namespace leadclock {

using store_names::kNever;
using store_names::OfTimer;

namespace {

// What an entry costs beside its bytes: its place in two tables.
constexpr size_t kOverheadBytes = 200;

}  // namespace

const RecentStates::State* RecentStates::Find(std::string_view name) const {
  const auto fresh = fresh_.find(name);
  if (fresh != fresh_.end()) return &fresh->second;
  const auto frozen = frozen_.find(name);
  return frozen == frozen_.end() ? nullptr : &frozen->second;
}

std::vector<std::string> RecentStates::NamesBetween(
    std::string_view after, std::string_view end) const {
  std::vector<std::string> names;
  const auto add_from = [&](const States& states) {
    for (const auto& [name, state] : states) {
      if (name <= after || name >= end || state.state.empty()) continue;
      if (&states == &frozen_ && fresh_.contains(name)) continue;
      names.push_back(name);
    }
  };
  add_from(fresh_);
  add_from(frozen_);
  std::sort(names.begin(), names.end());
  return names;
}

size_t RecentStates::BytesOf(std::string_view name, const State& state) {
  return kOverheadBytes + 2 * name.size() + state.state.size();
}

void RecentStates::MoveTimer(std::string_view name, int64_t from, int64_t to) {
  if (from == to) return;
  if (from != kNever) timers_.erase(OfTimer(name, from));
  if (to != kNever) timers_.insert(OfTimer(name, to));
}

void RecentStates::Put(std::string_view name, State state) {
  const auto [place, is_new] = fresh_.try_emplace(std::string(name));
  State& known = place->second;
  if (is_new) {
    const auto frozen = frozen_.find(name);
    const bool is_frozen = frozen != frozen_.end();
    if (is_frozen) state.due_in_files = frozen->second.due;
    known.due = is_frozen ? frozen->second.due : kNever;
  } else {
    fresh_bytes_ -= BytesOf(name, known);
    state.due_in_files = known.due_in_files;
  }
  MoveTimer(name, known.due, state.due);
  fresh_bytes_ += BytesOf(name, state);
  known = std::move(state);
}

void RecentStates::Freeze() {
  assert(!is_frozen());
  frozen_.swap(fresh_);
  fresh_bytes_ = 0;
}

std::vector<RecentStates::Named> RecentStates::Take(size_t count) {
  std::vector<Named> taken;
  taken.reserve(std::min(count, frozen_.size()));
  while (!frozen_.empty() && taken.size() < count) {
    const auto each = frozen_.begin();
    if (!fresh_.contains(each->first)) {
      MoveTimer(each->first, each->second.due, kNever);
    }
    auto node = frozen_.extract(each);
    taken.push_back({std::move(node.key()), std::move(node.mapped())});
  }
  std::sort(taken.begin(), taken.end(),
            [](const Named& a, const Named& b) { return a.name < b.name; });
  return taken;
}

void RecentStates::Drop(std::string_view prefix) {
  const auto drop_from = [&](States& states) {
    for (auto each = states.begin(); each != states.end();) {
      const bool drop = each->first.starts_with(prefix);
      if (drop && &states == &fresh_) {
        fresh_bytes_ -= BytesOf(each->first, each->second);
      }
      if (drop) MoveTimer(each->first, each->second.due, kNever);
      each = drop ? states.erase(each) : std::next(each);
    }
  };
  drop_from(fresh_);
  drop_from(frozen_);
}

}  // namespace leadclock
