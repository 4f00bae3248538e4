#ifndef LEADCLOCK_APP_SCENARIO_SHOW_H_
#define LEADCLOCK_APP_SCENARIO_SHOW_H_

#include <string>

#include "app/scenario/compare.h"
#include "app/scenario/play.h"
#include "app/scenario/scenario.h"

namespace leadclock {

// What came of one scenario, for people: a line that says whether it passed; if
// it did not, what was expected beside what came, and how the clocks concerned
// were counted.
std::string FailureText(const Scenario& scenario, const Played& played,
                        const Comparison& comparison);

// The same of one that passed: all that stands in the end.
std::string SuccessText(const Scenario& scenario, const Played& played);

// The same for tools: a line of JSON.
std::string ResultJson(const Scenario& scenario, const Played& played,
                       const Comparison& comparison);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_SHOW_H_
