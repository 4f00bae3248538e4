#include "tests/policy/layers.h"

#include "absl/status/status.h"
#include "processor/policy/describe.h"
#include "processor/policy/parse_policy.h"

namespace leadclock::layers {

absl::StatusOr<Policy> Parsed(const Files& files) {
  return ParsePolicy(
      files.at("policy.yaml"), "policy.yaml",
      [&files](const std::string& path) -> absl::StatusOr<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return absl::NotFoundError("no such file");
        return found->second;
      });
}

std::string Errors(const Files& files) {
  return std::string(Parsed(files).status().message());
}

std::string Says(const Files& files) {
  const absl::StatusOr<Policy> policy = Parsed(files);
  if (!policy.ok()) return std::string(policy.status().message());
  const std::string text = Describe(*policy);
  return text.substr(text.find("\n\n"));
}

std::string Says(const std::string& policy) {
  return Says(Files{{"policy.yaml", policy}});
}

}  // namespace leadclock::layers
