#ifndef LEADCLOCK_TESTS_SIM_SCHEDULE_H_
#define LEADCLOCK_TESTS_SIM_SCHEDULE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/time.h"
#include "tests/property/dice.h"

namespace leadclock::sim {

using property::Dice;

// What will happen, and when: the only time there is. It stands still while
// something happens, and then jumps to what comes next. What falls on one
// instant comes in an order that is drawn.
class Schedule {
 public:
  Schedule(absl::Time start, uint64_t seed) : now_(start), dice_(seed) {}

  absl::Time now() const { return now_; }

  void At(absl::Time when, std::function<void()> what) {
    if (when < now_) when = now_;
    what_comes_.emplace(Place{when, dice_.Below(int64_t{1} << 62)},
                        std::move(what));
  }
  void After(absl::Duration delay, std::function<void()> what) {
    At(now_ + delay, std::move(what));
  }

  // Lets the next thing happen. Whether there was one.
  bool RunNext() {
    if (what_comes_.empty()) return false;
    const auto next = what_comes_.begin();
    now_ = next->first.first;
    const std::function<void()> what = std::move(next->second);
    what_comes_.erase(next);
    what();
    return true;
  }

 private:
  using Place = std::pair<absl::Time, int64_t>;

  absl::Time now_;
  Dice dice_;
  std::multimap<Place, std::function<void()>> what_comes_;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_SCHEDULE_H_
