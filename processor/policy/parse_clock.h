#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_

#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The clocks of a policy, which use its calendars and responses and, in any
// order, one another. Their own names go into the glossary.
std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
