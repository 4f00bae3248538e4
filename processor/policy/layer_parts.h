#ifndef LEADCLOCK_PROCESSOR_POLICY_LAYER_PARTS_H_
#define LEADCLOCK_PROCESSOR_POLICY_LAYER_PARTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/yaml_reader.h"

// What is done with parts of a policy's text before it is read as one.
namespace leadclock {

// The field of that name, or null.
const YamlField* Find(const std::vector<YamlField>& fields,
                      absl::string_view name);

std::vector<YamlField> Without(std::vector<YamlField> fields,
                               absl::string_view name);

// The map `place`, in which the field `name` now has that value.
YamlValue With(YamlDocument& document, const YamlValue& place,
               absl::string_view name, const YamlValue& value);

// The rules of a list. What is no list is what holds otherwise.
std::vector<YamlValue> RulesOf(YamlDocument& document, const YamlValue& value);

// The rungs of a ladder, of which those without a name get the one that
// ReadLadder() would give them, so that they keep it among others.
std::vector<YamlValue> Named(YamlDocument& document,
                             const std::vector<YamlValue>& rungs);

// What is written in the field `name`; "" if that is no text.
std::string TextIn(const YamlValue& item, absl::string_view field);
// The name of a clock or a rung.
std::string NameIn(const YamlValue& item);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_LAYER_PARTS_H_
