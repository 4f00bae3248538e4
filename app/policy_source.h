#ifndef LEADCLOCK_APP_POLICY_SOURCE_H_
#define LEADCLOCK_APP_POLICY_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "app/settings.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

// All versions of a policy, of which each is a file. Fails with
// InvalidArgument and all that is wrong.
absl::StatusOr<PolicyBook> LoadPolicyFiles(
    const std::vector<std::string>& paths);

// All versions of the policy that the settings name. Fails as
// LoadPolicyFiles().
absl::StatusOr<PolicyBook> LoadPolicyBook(const Settings& settings);

// Where the settings say that the policy is, for those who read along.
std::string PolicySourceOf(const Settings& settings);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_SOURCE_H_
