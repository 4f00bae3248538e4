#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_

#include <cstddef>
#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// {RESPONSE: {TESTS}, ...}, into the glossary: a policy holds no responses of
// its own, but a copy wherever a trigger names one.
void ReadResponses(const YamlValue& value, Glossary* glossary);

// One trigger or a list of them, for the clock at `own_place`: lead_created,
// assigned, RESPONSE, {RESPONSE: {FURTHER TESTS}}, CLOCK.answered or
// CLOCK.missed.
std::vector<Trigger> ReadTriggers(const YamlValue& value, size_t own_place,
                                  const Glossary& glossary);

// As ReadTriggers(), of which CLOCK.missed cannot stop a clock.
std::vector<Trigger> ReadStops(const YamlValue& value, size_t own_place,
                               const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
