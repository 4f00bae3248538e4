#include "processor/policy/policy_files.h"

#include <filesystem>

#include "absl/status/status.h"

namespace leadclock {

PolicyFiles::PolicyFiles(std::map<std::string, std::string> all)
    : read_([](const std::string&) {
        return absl::NotFoundError("does not come with the policy");
      }),
      contents_(std::move(all)) {}

std::string PolicyFiles::PathFrom(size_t text, const std::string& path) const {
  const std::filesystem::path folder =
      std::filesystem::path(texts_.at(text)).parent_path();
  return (folder / path).lexically_normal().generic_string();
}

absl::StatusOr<std::string> PolicyFiles::Get(const std::string& path) {
  const auto known = contents_.find(path);
  if (known != contents_.end()) return known->second;
  absl::StatusOr<std::string> content = read_(path);
  if (content.ok()) contents_.emplace(path, *content);
  return content;
}

}  // namespace leadclock
