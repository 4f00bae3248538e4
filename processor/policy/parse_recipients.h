#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_RECIPIENTS_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_RECIPIENTS_H_

#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Who holds the roles that the policy names beside owner, backup and manager:
//
//   team_lead: [{when: {team: smb}, is: u17}, {otherwise: u18}]
//   operations: sales-ops
//
// The names of all roles go into `roles`. Conditions are read by the glossary,
// if there is one yet.
std::vector<NamedRole> ReadNamedRoles(const YamlValue& value, Names* roles,
                                      const Glossary* glossary = nullptr);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_RECIPIENTS_H_
