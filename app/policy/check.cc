// leadclock policy check: what a policy says, or what is wrong with it.

#include "app/policy/check.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/policy/checked.h"
#include "app/policy/named.h"
#include "processor/policy/coming_days.h"
#include "processor/policy/describe.h"
#include "processor/policy/terminal_text.h"

namespace leadclock {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  bool json = false;
};

int CheckFile(const std::string& file, const CheckOptions& options) {
  const absl::StatusOr<Policy> policy = PolicyNamed(file);
  if (options.json) {
    std::cout << CheckedJson(file, policy) << '\n';
    return policy.ok() ? kExitOk : kExitSettings;
  }
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  if (options.files.size() > 1) std::cout << Printable(file) << ":\n\n";
  std::cout << PrintableLines(Describe(*policy));
  const std::string days = ComingDays(*policy, absl::Now());
  if (!days.empty()) std::cout << '\n' << PrintableLines(days);
  const std::string ending = EndingHolidays(*policy);
  if (!ending.empty()) std::cout << '\n' << PrintableLines(ending);
  if (options.files.size() > 1) std::cout << '\n';
  return kExitOk;
}

int Check(const CheckOptions& options) {
  int worst = kExitOk;
  for (const std::string& file : options.files) {
    worst = std::max(worst, CheckFile(file, options));
  }
  return worst;
}

}  // namespace

void AddCheckCommand(CLI::App& policy, int& exit_code) {
  CLI::App* const check = policy.add_subcommand(
      "check",
      "Tell what policies say, in words; or everything that is wrong with "
      "them, with file, line and column (exit code 78).");
  auto options = std::make_shared<CheckOptions>();
  check
      ->add_option("policy", options->files,
                   "the policy, or several; default: the built-in one")
      ->type_name("FILE")
      ->required();
  check->add_flag("--json", options->json,
                  "answer by one JSON object for each FILE, in a line");
  check->callback([options, &exit_code] { exit_code = Check(*options); });
}

}  // namespace leadclock
