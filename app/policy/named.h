#ifndef LEADCLOCK_APP_POLICY_NAMED_H_
#define LEADCLOCK_APP_POLICY_NAMED_H_

#include <string>

#include "absl/status/statusor.h"
#include "processor/policy/policy.h"

namespace leadclock {

// The policy in that file, or `default`: the one that is built in, as for
// `extends`.
absl::StatusOr<Policy> PolicyNamed(const std::string& name);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_NAMED_H_
