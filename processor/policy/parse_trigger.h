#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

// Responses, and what starts and stops a clock.
namespace leadclock {

// What the parts of a policy call each other by. A part that is wrong keeps
// its name here, so that one error does not make more.
struct Glossary {
  Names calendars;
  Names responses;
  std::vector<TouchTest> touches;  // by the response's place
  Names clocks;
};

// One role or a list of them. `what` is said of a word that is none:
// "recipient".
std::vector<Role> ReadRoles(const YamlValue& value, absl::string_view what);

// Adds the responses and their touch tests.
void ReadResponses(const YamlValue& value, Glossary* glossary);

// What starts the clock at `own_place`: one trigger or a list of them.
std::vector<Trigger> ReadStarts(const YamlValue& value, size_t own_place,
                                const Glossary& glossary);

// What stops it.
std::vector<Trigger> ReadStops(const YamlValue& value, size_t own_place,
                               const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
