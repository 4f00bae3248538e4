#ifndef LEADCLOCK_PROCESSOR_RUNTIME_FOLDING_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_FOLDING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/overlay.h"
#include "processor/runtime/worker_options.h"
#include "state/store.h"

namespace leadclock {

// From records, or from time that passed, to an overlay of what follows.
// Knows the fold and the store, but nothing of commits.
class Folding {
 public:
  // `fold`: may become another one while nothing is folded. `partitions`: how
  // many each input topic has.
  Folding(const LoopOptions& options, const std::shared_ptr<const Fold>& fold,
          Store& store, int32_t partitions)
      : options_(options),
        fold_(fold),
        store_(store),
        partitions_(partitions) {}

  // Records of one partition, in the order in which they were read.
  absl::Status FoldRecords(std::span<const InputRecord> records,
                           const Moment& moment);
  // The heartbeats among them, in their order; to be taken.
  struct Beat {
    int input = 0;
    int32_t partition = 0;
    Heartbeat heartbeat;
  };
  std::vector<Beat> TakeBeats() { return std::exchange(beats_, {}); }

  // Asks the states that are due at the moment's now, as many as there is room
  // for in this transaction.
  absl::Status FireTimers(const Moment& moment);
  bool HasRoomForTimers() const { return RoomForTimers() > 0; }

  // Asks the states of these keys, because the fold has become another.
  absl::Status Ask(std::span<const std::string> keys, const Moment& moment);

  // What was folded and is not committed; to be taken, or cleared.
  Overlay& overlay() { return overlay_; }
  const Overlay& overlay() const { return overlay_; }

 private:
  size_t RoomForTimers() const {
    const auto fired = static_cast<size_t>(overlay_.tally.timers_fired);
    return options_.batch_timers - std::min(options_.batch_timers, fired);
  }

  // What is done for one key.
  struct Work {
    std::string_view key;
    // The records that were read; none: time has passed.
    std::vector<const InputRecord*> read = {};
    std::vector<const DecodedRecord*> decoded = {};
    Overlay::State* state = nullptr;
    // Of a key without a state.
    Overlay::State* remnant = nullptr;
  };

  std::optional<Rejection> CheckKey(const InputRecord& record) const;
  void Quarantine(const InputRecord& record, const Rejection& why);
  absl::Status DoAll(std::vector<Work>& works, const Moment& moment);
  absl::Status Load(int32_t partition, std::vector<Work>& works);
  absl::StatusOr<std::vector<Overlay::State*>> LoadStates(
      int32_t partition, std::span<const std::string_view> keys);
  absl::Status Do(const Work& work, const Moment& moment);
  void Take(const Work& work, StateChange change, const Moment& moment);

  const LoopOptions& options_;
  const std::shared_ptr<const Fold>& fold_;
  Store& store_;
  const int32_t partitions_;
  Overlay overlay_;
  std::vector<Beat> beats_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_FOLDING_H_
