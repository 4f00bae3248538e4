#ifndef LEADCLOCK_PROCESSOR_RUNTIME_OVERLAY_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_OVERLAY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/metrics.h"

namespace leadclock {

// All that was folded since the last commit. Nobody else sees any of it until
// the commit is known to have happened; if it fails, all of it is forgotten.
struct Overlay {
  struct State {
    std::string state;  // empty: none
    absl::Time due = absl::InfiniteFuture();
    // What the store has.
    absl::Time stored_due = absl::InfiniteFuture();
    // Whether the store must be told.
    bool changed = false;
    // Whether the changelog must be told, and what; absent: a tombstone.
    bool publish = false;
    std::optional<std::string> changelog_value;
  };

  struct HashKey {
    using is_transparent = void;
    size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };

  struct OfPartition {
    // By key. They stay where they are.
    std::unordered_map<std::string, State, HashKey, std::equal_to<>> states;
    // Whether some of the store's timers fired. It has the same ones until the
    // commit.
    bool timers_fired = false;
    // None of them wants to be asked again before this.
    absl::Time next_due = absl::InfiniteFuture();
  };

  std::map<int32_t, OfPartition> partitions;
  std::vector<OutgoingRecord> records;
  Tally tally;
  size_t bytes = 0;  // of states and records, about

  bool empty() const {
    return tally.read == 0 && tally.timers_fired == 0 && tally.swept == 0;
  }
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_OVERLAY_H_
