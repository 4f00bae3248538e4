#ifndef LEADCLOCK_APP_SCENARIO_READ_EXPECTATIONS_H_
#define LEADCLOCK_APP_SCENARIO_READ_EXPECTATIONS_H_

#include "app/scenario/scenario.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Each reads a part of a scenario into it, and reports what is wrong: also a
// clock or a rung that no version of its policy has. REQUIRES: the scenario has
// its policies.

void ReadExpect(const YamlValue& expect, Scenario& scenario);
void ReadStandings(const YamlValue& at, Scenario& scenario);
void ReadSequence(const YamlValue& sequence, Scenario& scenario);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_READ_EXPECTATIONS_H_
