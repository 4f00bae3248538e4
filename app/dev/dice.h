#ifndef LEADCLOCK_APP_DEV_DICE_H_
#define LEADCLOCK_APP_DEV_DICE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace leadclock {

// Chance, the same on every machine: the standard says what the engine gives,
// but not what its distributions make of it.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // In [0, 1).
  double Fraction() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

  bool Chance(double probability) { return Fraction() < probability; }

  // REQUIRES: !items.empty().
  template <typename Items>
  const auto& OneOf(const Items& items) {
    return items[static_cast<size_t>(Fraction() *
                                     static_cast<double>(items.size()))];
  }

  // Whole seconds, as CRMs write them.
  absl::Duration Between(absl::Duration least, absl::Duration most) {
    return absl::Trunc(least + Fraction() * (most - least), absl::Seconds(1));
  }

  // The time to the next of events that come by chance, `mean` apart.
  absl::Duration Gap(absl::Duration mean) {
    return -std::log(1 - Fraction()) * mean;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_DICE_H_
