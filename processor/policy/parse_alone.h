#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_ALONE_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_ALONE_H_

#include "processor/policy/parse_words.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Reports what is wrong with rules, clocks and overrides of a policy of which
// the base could not be read: what is wrong with each of their fields, whatever
// the base says. What they lack the base may have; what they name, too, of
// those names of the glossary that may be more.
void CheckAlone(YamlMap& policy, const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_ALONE_H_
