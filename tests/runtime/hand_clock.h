#ifndef LEADCLOCK_TESTS_RUNTIME_HAND_CLOCK_H_
#define LEADCLOCK_TESTS_RUNTIME_HAND_CLOCK_H_

#include <algorithm>

#include "absl/time/time.h"
#include "processor/runtime/clock.h"

namespace leadclock {

// Time that passes only when it is told to.
class HandClock final : public Clock {
 public:
  absl::Time Wall() const override { return wall; }
  absl::Duration Boot() const override { return boot; }
  absl::Duration RealUntil(absl::Time until) const override {
    return std::max(absl::ZeroDuration(), until - wall);
  }
  void Pass(absl::Duration time) {
    wall += time;
    boot += time;
  }

  absl::Time wall = absl::FromUnixSeconds(1'800'000'000);
  absl::Duration boot = absl::Hours(1);
};

}  // namespace leadclock

#endif  // LEADCLOCK_TESTS_RUNTIME_HAND_CLOCK_H_
