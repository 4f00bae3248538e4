#ifndef LEADCLOCK_PROCESSOR_POLICY_CLOCK_CHECKS_H_
#define LEADCLOCK_PROCESSOR_POLICY_CLOCK_CHECKS_H_

#include <vector>

#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Reports what is wrong with clocks beside each other: that they start each
// other in a circle, that one can never start or never stop, that one asks for
// another channel than a touch that never was. `items` are where they stand.
void CheckClocks(const std::vector<YamlValue>& items,
                 const std::vector<ClockRule>& clocks);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_CLOCK_CHECKS_H_
