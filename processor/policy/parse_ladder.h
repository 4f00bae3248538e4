#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_

#include <vector>

#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What is done before and after due: a list of rungs. Absent: none.
std::vector<Rung> ReadLadder(const YamlValue& value);

// Recipients that fall through to one another are not built yet.
void RefuseFallbacks(YamlMap* fields);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
