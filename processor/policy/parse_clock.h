#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "processor/policy/parse_trigger.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The place of the calendar that is named there.
std::optional<uint16_t> ReadCalendarName(const YamlValue& value,
                                         const Names& calendars);

// The clocks. Adds their names to the glossary, which has the calendars and
// the responses.
std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_CLOCK_H_
