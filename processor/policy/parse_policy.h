#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"
#include "processor/policy/policy_files.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// The policy that a YAML text says; examples/policies/example.yaml teaches the
// language. Never gives half a policy: fails with InvalidArgument and every
// error of the text, one a line, each with its place and what was probably
// meant:
//
//   policy.yaml:14:5: unknown field 'targt' in a clock; did you mean 'target'?
//
// `read` gives the files that the text names; without it there are none. With
// `known`, the policy shares calendars with others that were read with it.
absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name,
                                   PolicyFiles::Read read,
                                   CompiledCalendars* known = nullptr);
absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name);

// The same of a policy that comes with all files that it names, by their paths
// in Policy::files.
absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name,
                                   std::map<std::string, std::string> files,
                                   CompiledCalendars* known = nullptr);

// The policy that is built in, and that `extends: default` means.
std::string_view DefaultPolicyText();
absl::StatusOr<Policy> DefaultPolicy();

// Policy::hash.
std::string PolicyHash(std::string_view text,
                       const std::map<std::string, std::string>& files);

// The same of a file. Errors name the path. Files that it names are looked for
// from its own folder.
absl::StatusOr<Policy> LoadPolicy(const std::string& path,
                                  CompiledCalendars* known = nullptr);

// The fields that ParsePolicy() looks for in this text, written or not: the
// language as it is understood, to hold its documents and tests against.
YamlFieldNames FieldsLookedFor(std::string_view text, PolicyFiles::Read read);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_
