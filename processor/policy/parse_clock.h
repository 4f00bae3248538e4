#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_

#include <string>
#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The names of all clocks, which each of them may use.
Names ReadClockNames(const YamlValue& value);

// The clocks of a policy, which use its calendars and responses and, in any
// order, one another. The names of their rungs go into the glossary.
//
// REQUIRES: the glossary has their own names.
std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary);

// The fields of a clock that mean something by themselves.
struct PlainFields {
  ClockRule::Repeats repeats = ClockRule::Repeats::kNever;
  bool keeps_when_ineligible = false;
  std::string kpi;
};
PlainFields ReadPlainFields(YamlMap& clock);

// Reports what a policy says once, of all clocks, where it stands in one.
void RefuseOfPolicy(YamlMap& clock);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
