#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "processor/policy/policy.h"

namespace leadclock {

// The policy that a YAML text says; examples/policies/example.yaml teaches the
// language. Never gives half a policy: fails with InvalidArgument and every
// error of the text, one a line, each with its place and what was probably
// meant:
//
//   policy.yaml:14:5: unknown field 'targt' in a clock; did you mean 'target'?
absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name);

// The same of a file. Errors name the path.
absl::StatusOr<Policy> LoadPolicy(const std::string& path);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_POLICY_H_
