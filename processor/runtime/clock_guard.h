#ifndef LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_GUARD_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_GUARD_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace leadclock {

// Watches whether the wall clock can be believed: a clock that jumps would
// call promises broken that are not.
//
// Two witnesses: the boot-time clock, from which the wall clock must not
// depart by kStep between two looks, and the broker's clock, from which it
// must not differ by more than the allowed skew.
class ClockGuard {
 public:
  static constexpr absl::Duration kStep = absl::Seconds(2);

  explicit ClockGuard(absl::Duration skew) : skew_(skew) {}

  // The clocks, read together.
  void Look(absl::Time wall, absl::Duration boot);

  // The broker's clock at some moment between two looks at ours. A broker
  // that agrees to within half of kStep clears a step: the new time is right.
  // Not if the two looks are further apart than kStep: most clocks would agree.
  struct BrokerTime {
    absl::Time earliest;
    absl::Time latest;
  };
  void Compare(absl::Time wall_before, absl::Time wall_after,
               const BrokerTime& broker);

  // Why the clock is not believed; nullopt: it is.
  std::optional<std::string> Doubt() const;

 private:
  absl::Duration skew_;
  // Wall less boot: at the last look, and when it was last believed.
  std::optional<absl::Duration> last_;
  std::optional<absl::Duration> believed_;
  // How far ahead the broker's clock was at the last comparison.
  absl::Duration broker_ahead_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_CLOCK_GUARD_H_
