#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_

#include <cstddef>
#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// {RESPONSE: {TESTS}, ...}, which also go into the glossary: a trigger that
// names one holds a copy.
std::vector<NamedResponse> ReadResponses(const YamlValue& value,
                                         Glossary* glossary);

// One trigger or a list of them, for the clock at `own_place`: lead_created,
// assigned, RESPONSE, {RESPONSE: {FURTHER TESTS}}, CLOCK.answered or
// CLOCK.missed.
std::vector<Trigger> ReadStarts(const YamlValue& value, size_t own_place,
                                const Glossary& glossary);

// The same, but for CLOCK.missed, which cannot stop a clock; and further tests
// may ask for another channel.
std::vector<Trigger> ReadStops(const YamlValue& value, size_t own_place,
                               const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
