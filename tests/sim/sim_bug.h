#ifndef LEADCLOCK_TESTS_SIM_SIM_BUG_H_
#define LEADCLOCK_TESTS_SIM_SIM_BUG_H_

#include <string>
#include <string_view>

namespace leadclock::sim {

// The bug of tests/sim/bugs.txt that this process has; empty: none. Only
// leadclock-sim-bugs is built from sources that ask.
inline std::string& PlantedBug() {
  static std::string& name = *new std::string;
  return name;
}
inline bool HasBug(std::string_view name) { return PlantedBug() == name; }

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_SIM_BUG_H_
