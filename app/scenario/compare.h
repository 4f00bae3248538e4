#ifndef LEADCLOCK_APP_SCENARIO_COMPARE_H_
#define LEADCLOCK_APP_SCENARIO_COMPARE_H_

#include <set>
#include <string>
#include <vector>

#include "app/scenario/play.h"
#include "app/scenario/scenario.h"

namespace leadclock {

// What was expected beside what came of it.
struct Comparison {
  struct Row {
    std::string expected;  // empty: nothing was
    std::string got;       // empty: nothing came
    bool differs = false;
  };
  // Each part of the scenario that says something, in the order of its rows.
  struct Part {
    std::string name;  // "expect", "at", "sequence"
    std::vector<Row> rows;
    bool differs = false;
  };
  std::vector<Part> parts;
  // What Leadclock itself did wrong.
  std::vector<std::string> faults;
  // The clocks of which something differs.
  std::set<std::string> clocks;

  bool passed() const;
};

Comparison Compare(const Scenario& scenario, const Played& played);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_COMPARE_H_
