#ifndef LEADCLOCK_TESTS_POLICY_LAYERS_H_
#define LEADCLOCK_TESTS_POLICY_LAYERS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "processor/policy/policy.h"

// Policies that are made of several files.
namespace leadclock::layers {

// By their paths from the policy's folder.
using Files = std::map<std::string, std::string>;

// The policy that stands in `files`, beside the others, as policy.yaml.
absl::StatusOr<Policy> Parsed(const Files& files);

// What is wrong with it; "" if nothing is.
std::string Errors(const Files& files);

// What it says in words, without number and hash; its errors, if there are any.
std::string Says(const Files& files);
std::string Says(const std::string& policy);

}  // namespace leadclock::layers

#endif  // LEADCLOCK_TESTS_POLICY_LAYERS_H_
