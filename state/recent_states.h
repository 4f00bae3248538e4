#ifndef LEADCLOCK_STATE_RECENT_STATES_H_
#define LEADCLOCK_STATE_RECENT_STATES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/container/btree_set.h"

namespace leadclock {

// The states that were written last and are not in the store's files yet. A
// lead changes some times within a minute, and then hardly ever again: so its
// changes meet here, and the files see one of them.
//
// There are two generations: `fresh`, which takes what is written, and what
// was frozen, which is taken out step by step while the files are written.
// States go by the store's names.
class RecentStates {
 public:
  struct State {
    std::string state;  // empty: removed
    // In milliseconds; kNever: no timer.
    int64_t due = 0;
    // What the files have when its turn comes to be written there.
    int64_t due_in_files = 0;
  };

  // The newest one, until the next change; null: none, look in the files.
  const State* Find(std::string_view name) const;
  // The names between these two of states that are not removed, in order,
  // without the first of the two.
  std::vector<std::string> NamesBetween(std::string_view after,
                                        std::string_view end) const;
  // The names of their timers, in order.
  const absl::btree_set<std::string>& timers() const { return timers_; }

  // Takes the place of what is known. `due_in_files` of a name that is known
  // is what that one leaves there.
  void Put(std::string_view name, State state);

  // About, of the generation that takes what is written.
  size_t fresh_bytes() const { return fresh_bytes_; }
  bool is_frozen() const { return !frozen_.empty(); }
  // REQUIRES: !is_frozen().
  void Freeze();

  struct Named {
    std::string name;
    State state;
  };
  // Takes up to `count` out of what is frozen, in the order of their names.
  // What is written to the files must be seen there from now on.
  std::vector<Named> Take(size_t count);

  // Forgets all whose names begin with this.
  void Drop(std::string_view prefix);

 private:
  struct HashName {
    using is_transparent = void;
    size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };
  // Its order comes of what was written alone, so that the same writes take
  // the same way to the files; that of Abseil's tables comes of addresses.
  using States =
      std::unordered_map<std::string, State, HashName, std::equal_to<>>;

  static size_t BytesOf(std::string_view name, const State& state);
  void MoveTimer(std::string_view name, int64_t from, int64_t to);

  States fresh_;
  States frozen_;
  size_t fresh_bytes_ = 0;
  // Of the newest state of each name.
  absl::btree_set<std::string> timers_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_RECENT_STATES_H_
