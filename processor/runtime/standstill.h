#ifndef LEADCLOCK_PROCESSOR_RUNTIME_STANDSTILL_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_STANDSTILL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace leadclock {

// Notices a partition whose records are there but cannot be read: as a rule,
// somebody upstream has left a transaction open. Now stands meanwhile, so that
// nothing is judged, and a person should know.
class Standstill {
 public:
  explicit Standstill(absl::Duration bound) : bound_(bound) {}

  // `positions`: where the reader stands, by input; `behind`: whether Kafka
  // has more than that.
  void Look(const std::vector<int64_t>& positions, bool behind,
            absl::Duration boot) {
    if (!behind || positions != positions_) since_.reset();
    if (behind && !since_) since_ = boot;
    positions_ = positions;
  }

  // Whether it has stood for the bound.
  bool stands(absl::Duration boot) const {
    return since_ && boot - *since_ >= bound_;
  }

 private:
  absl::Duration bound_;
  std::vector<int64_t> positions_;
  std::optional<absl::Duration> since_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_STANDSTILL_H_
