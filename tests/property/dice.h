#ifndef LEADCLOCK_TESTS_PROPERTY_DICE_H_
#define LEADCLOCK_TESTS_PROPERTY_DICE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace leadclock::property {

// Chance that is the same on every machine: the standard's distributions are
// not.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // From 0 up to, not including, `end`.
  int64_t Below(int64_t end) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(end));
  }
  int64_t Between(int64_t first, int64_t last) {
    return first + Below(last - first + 1);
  }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[static_cast<size_t>(
        Below(static_cast<int64_t>(choices.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_DICE_H_
