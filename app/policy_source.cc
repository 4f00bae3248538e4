#include "app/policy_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {

absl::StatusOr<PolicyBook> LoadPolicyFiles(
    const std::vector<std::string>& paths) {
  std::vector<Policy> versions;
  std::vector<std::string> errors;
  for (const std::string& path : paths) {
    absl::StatusOr<Policy> policy = LoadPolicy(path);
    if (policy.ok()) {
      versions.push_back(*std::move(policy));
    } else {
      errors.emplace_back(policy.status().message());
    }
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  if (book.ok()) return book;
  return absl::InvalidArgumentError(
      absl::StrCat(absl::StrJoin(paths, ", "), ": ", book.status().message()));
}

absl::StatusOr<PolicyBook> LoadPolicyBook(const Settings& settings) {
  return LoadPolicyFiles(settings.policy_files);
}

std::string PolicySourceOf(const Settings& settings) {
  return absl::StrJoin(settings.policy_files, ", ");
}

}  // namespace leadclock
