#include "processor/runtime/clock.h"

#include <time.h>

#include <algorithm>

#include "absl/time/clock.h"

namespace leadclock {

absl::Time SystemClock::Wall() const { return absl::Now(); }

absl::Duration SystemClock::Boot() const {
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return absl::DurationFromTimespec(since_boot);
}

absl::Duration SystemClock::RealUntil(absl::Time wall) const {
  return std::max(absl::ZeroDuration(), wall - Wall());
}

VirtualClock::VirtualClock(const Clock& real, absl::Time start, double speed)
    : real_(real),
      start_(std::min(start, real.Wall())),
      speed_(speed),
      real_start_(real.Wall()),
      boot_start_(real.Boot()) {}

absl::Time VirtualClock::Wall() const {
  const absl::Duration elapsed = real_.Boot() - boot_start_;
  return std::min(start_ + speed_ * elapsed, real_start_ + elapsed);
}

absl::Duration VirtualClock::Boot() const { return Wall() - start_; }

absl::Duration VirtualClock::RealUntil(absl::Time wall) const {
  // The instant is reached by both bounds of Wall(), so by the later of them.
  const absl::Duration elapsed = real_.Boot() - boot_start_;
  const absl::Duration fast = (wall - start_) / speed_;
  const absl::Duration caught_up = wall - real_start_;
  return std::max(absl::ZeroDuration(), std::max(fast, caught_up) - elapsed);
}

}  // namespace leadclock
