#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_

#include <vector>

#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The rungs of a clock:
//
//   - {at: 50%, do: remind, to: owner}
//   - {at: due + 5m, do: escalate, to: manager, name: late, when: CONDITION}
//
// A rung that has no name is called after its action: remind_1, remind_2.
std::vector<Rung> ReadLadder(const YamlValue& value);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
