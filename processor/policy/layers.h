#ifndef LEADCLOCK_PROCESSOR_POLICY_LAYERS_H_
#define LEADCLOCK_PROCESSOR_POLICY_LAYERS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "processor/policy/policy_files.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What policies take out of their bases, by name, and where: "policy.yaml:14".
struct TakenOut {
  std::map<std::string, std::string> clocks = {};
  std::map<std::string, std::string> rungs = {};  // by CLOCK.RUNG
  std::map<std::string, std::string> outcomes = {};
};

// Makes of a policy and of those that it extends one text, as its root: what is
// to be read as if nothing were extended and nothing overridden.
//
//   extends: base.yaml        # from this file's folder; or: default
//
// The fields of the policy stand over those of its base: docs/policy.md says
// how. `file_name` is that of the policy, by which the others are named in
// messages.
//
// Nothing if a policy that is extended cannot be read: what the text lacks
// would then say nothing about its mistakes.
std::optional<TakenOut> PutLayersTogether(YamlDocument& document,
                                          absl::string_view file_name,
                                          PolicyFiles& files);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_LAYERS_H_
