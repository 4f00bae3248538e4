#ifndef LEADCLOCK_PROCESSOR_POLICY_OVERRIDES_H_
#define LEADCLOCK_PROCESSOR_POLICY_OVERRIDES_H_

#include <vector>

#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What a policy says otherwise for some leads:
//
//   overrides:
//     - when: {market: uk}
//       clocks:
//         first_response: {target: 1h, calendar: london, ladder: [...]}
//
// The fields of the policy, with this written into its clocks: as rules of
// their targets and calendars before all others, and as rungs with conditions.
std::vector<YamlField> WithOverrides(YamlDocument& document,
                                     const YamlValue& overrides,
                                     std::vector<YamlField> policy);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_OVERRIDES_H_
