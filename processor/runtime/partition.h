#ifndef LEADCLOCK_PROCESSOR_RUNTIME_PARTITION_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_PARTITION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "state/store.h"

namespace leadclock {

// A partition number that the group gave to this worker: that partition of
// every input, and its states.
struct Partition {
  enum class Phase {
    // Its committed offsets and its states are to be looked up.
    kAssigned,
    // Its states are read from the changelog.
    kRestoring,
    kRunning,
  };
  Phase phase = Phase::kAssigned;

  // By input: the offset below which everything was folded.
  std::vector<int64_t> next;
  // Where the last owner left off.
  absl::Time committed_now;
  // Whether anybody ever committed offsets. If not, there must be no states.
  bool begun = false;
  // The fingerprint that the last owner left; absent: it is not known.
  std::optional<std::string> left_by;
  // The last key that was asked since the fold is another; empty: none yet.
  // Absent: all were asked. Before it runs: what the last owner left.
  std::optional<std::string> sweep;
  // Through the keys that are to be checked, or asked.
  std::optional<Store::Walk> walk;

  // Up to where the store contains the changelog.
  int64_t changelog_position = 0;
  std::string changelog_id;
  int64_t restore_from = 0;
  int64_t restore_to = 0;

  // Whether the next transaction must carry its offsets.
  bool touched = false;
  // What the last one carried.
  std::vector<int64_t> said_next;
  absl::Time said_now;
};

using Partitions = std::map<int32_t, Partition>;

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_PARTITION_H_
