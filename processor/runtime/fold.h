#ifndef LEADCLOCK_PROCESSOR_RUNTIME_FOLD_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_FOLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace leadclock {

// What the runtime drives: a fold of keyed records into states, each of which
// says what follows and when it wants to be asked again. The runtime knows
// bytes; what they mean stands behind this interface.

using Header = std::pair<std::string, std::string>;

// A record as it was read.
struct InputRecord {
  // Index in the configured input topics; the global topic comes after them.
  int input = 0;
  int32_t partition = 0;
  int64_t offset = 0;
  // The record's own timestamp; absent if it has none.
  std::optional<absl::Time> timestamp;
  // When this process read it, by the wall clock.
  absl::Time read_at;
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<Header> headers;
};

// A record to write; the runtime sends it to the partition of its input.
struct OutputRecord {
  int output = 0;  // index in the configured output topics
  std::string key;
  std::string value;
  std::vector<Header> headers;
};

// A record that cannot be folded.
struct Rejection {
  std::string code;     // of the closed list: DECODE, FIELD, TIME, ...
  std::string message;  // what is wrong, and how to mend it
};

// A record that is left out on purpose; counted by its reason.
struct Ignored {
  std::string reason;
};

// What a fold made of a record's bytes; only the fold looks inside.
class DecodedRecord {
 public:
  virtual ~DecodedRecord() = default;
};

// A source's word that everything up to an instant was sent. Of no key.
struct Heartbeat {
  std::string source;
  absl::Time at;
};

using Decoded = std::variant<std::unique_ptr<const DecodedRecord>, Rejection,
                             Ignored, Heartbeat>;

// The circumstances in which a state is asked.
struct Moment {
  int32_t partition = 0;
  // The partition's now: what time decided up to it may be said.
  absl::Time now;
  // When the newest of the records was read (unused without records).
  absl::Time read_at;
  // The wall clock, for the emission time.
  absl::Time wall;
  // By input topic: the offset below which everything was read.
  std::span<const int64_t> read_up_to;
};

struct StateChange {
  // The new state for the local store; empty: remove it.
  std::string state;
  // The new value on the changelog topic. Absent: the state did not change,
  // and nothing is written. Empty state: a tombstone is written.
  std::optional<std::string> changelog_value;
  // The earliest instant at which time may decide something: it wants to be
  // asked again when now has reached it. InfiniteFuture: never.
  absl::Time next_instant = absl::InfiniteFuture();
  std::vector<OutputRecord> outputs;
  // Counted, by reason: records that changed nothing (duplicates, ...).
  std::vector<std::string> ignored;
  // Records that were not folded after all, by their place among those given;
  // they go to quarantine.
  std::vector<std::pair<size_t, Rejection>> rejected;

  // What is kept of a key whose state is removed: under a name that does not
  // tell the key, it is what records of that key meet from then on. A fold
  // that is given one with records leaves it as it is.
  struct Remnant {
    std::string state;
    std::string changelog_value;
    absl::Time next_instant = absl::InfiniteFuture();
  };
  std::optional<Remnant> remnant;
};

class Fold {
 public:
  virtual ~Fold() = default;

  // Names what the states depend on beside their records (the policy). Travels
  // with the committed offsets.
  virtual std::string Fingerprint() const = 0;
  // The number of the newest thing that it has learnt, for whoever watches it.
  virtual int64_t Version() const { return 0; }

  // Whether a partition that was left by a worker with another fingerprint may
  // be gone on with.
  struct Succession {
    // Each state must pass CheckState() before anything is said of the
    // partition.
    bool check_states = false;
  };
  // FailedPrecondition: it may not; says why, and the way on. Also asked of the
  // fingerprint that is its own. Pure.
  virtual absl::StatusOr<Succession> Succeed(
      std::string_view fingerprint) const = 0;
  // Fails if this state, or remnant, cannot be gone on with under this fold.
  // Pure.
  virtual absl::Status CheckState(std::string_view key,
                                  std::string_view state) const = 0;

  // What this fold becomes when it has read one more record of the global
  // topic, whose records are never removed. Null: the record changes nothing.
  // A rejection is told, and the worker goes on, because all workers see the
  // same; a status stops it. Pure.
  using Learnt = std::variant<std::shared_ptr<const Fold>, Rejection>;
  virtual absl::StatusOr<Learnt> Learn(const InputRecord& record) const = 0;

  // Reads a record, which may be a tombstone. Pure.
  virtual Decoded Decode(const InputRecord& record) const = 0;

  // Folds the records of one key, in the order in which they were read, into
  // its state or remnant (empty: none yet), and says what must be said at
  // `moment`. No records: only time has passed. Pure. Fails only if the state
  // cannot be understood, which stops the worker.
  virtual absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const = 0;

  // The state and its next instant from a value of the changelog topic.
  struct Restored {
    std::string state;
    absl::Time next_instant;
  };
  virtual absl::StatusOr<Restored> Restore(
      std::string_view key, std::string_view changelog_value) const = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_FOLD_H_
