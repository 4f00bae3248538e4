#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_LEAD_RULES_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_LEAD_RULES_H_

#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

// What a policy says of a lead as a whole, and not of one of its clocks.
namespace leadclock {

// The leads to which nothing is promised.
std::vector<EligibilityRule> ReadEligible(const YamlValue& value,
                                          const Glossary& glossary);

// {when: CONDITION, reason: NAME, to: ROLES}: who looks at a lead while its
// clocks go on. Reasons are unlike those of the glossary's `eligible`.
std::vector<ReviewRule> ReadReviews(const YamlValue& value,
                                    const Glossary& glossary);

// {ends: TRIGGERS, returns: TRIGGERS}
Reentry ReadReentry(const YamlValue& value, const Glossary& glossary);

// The names of all outcomes, which conditions anywhere may use.
Names ReadOutcomeNames(const YamlValue& value);

// {name: NAME, on: TRIGGERS, when: CONDITION, repeats: true}, whose triggers
// use clocks and their rungs.
std::vector<OutcomeRule> ReadOutcomes(const YamlValue& value,
                                      const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_LEAD_RULES_H_
