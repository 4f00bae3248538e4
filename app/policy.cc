// leadclock policy: what can be done with a policy before it is in force.

#include <iostream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "app/commands.h"
#include "processor/policy/coming_days.h"
#include "processor/policy/describe.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

int Check(const std::string& path) {
  const absl::StatusOr<Policy> policy = LoadPolicy(path);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  std::cout << Describe(*policy);
  const std::string days = ComingDays(*policy, absl::Now());
  if (!days.empty()) std::cout << '\n' << days;
  return kExitOk;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, int& exit_code) {
  CLI::App* const policy =
      app.add_subcommand("policy", "Work on a company's rules.");
  policy->require_subcommand(1);

  CLI::App* const check = policy->add_subcommand(
      "check",
      "Tell what a policy says, in words; or everything that is wrong with it, "
      "with file, line and column (exit code 78).");
  auto path = std::make_shared<std::string>();
  check->add_option("policy", *path, "the policy")
      ->type_name("FILE")
      ->required();
  check->callback([path, &exit_code] { exit_code = Check(*path); });
}

}  // namespace leadclock
