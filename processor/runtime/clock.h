#ifndef LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_H_

#include "absl/time/time.h"

namespace leadclock {

// What the runtime knows of time. Every duration in the runtime's options is
// of this clock; only waiting is done in real time.
//
// Threads may share one.
class Clock {
 public:
  virtual ~Clock() = default;

  // The time of day; may be set, forwards or backwards.
  virtual absl::Time Wall() const = 0;

  // Time since some fixed moment. Nobody sets it, and it goes on while the
  // machine sleeps.
  virtual absl::Duration Boot() const = 0;

  // How long to sleep until Wall() is `wall`; at least zero.
  virtual absl::Duration RealUntil(absl::Time wall) const = 0;
};

// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  absl::Time Wall() const override;
  absl::Duration Boot() const override;
  absl::Duration RealUntil(absl::Time wall) const override;
};

// Starts at a given instant and runs `speed` times faster than `real`, until
// it has caught up with its wall clock, which it never passes.
class VirtualClock final : public Clock {
 public:
  // REQUIRES: speed >= 1; `real` outlives this.
  VirtualClock(const Clock& real, absl::Time start, double speed);

  absl::Time Wall() const override;
  absl::Duration Boot() const override;
  absl::Duration RealUntil(absl::Time wall) const override;

 private:
  const Clock& real_;
  const absl::Time start_;
  const double speed_;
  const absl::Time real_start_;
  const absl::Duration boot_start_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_H_
