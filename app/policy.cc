// leadclock policy: what can be done with a policy before it is in force.

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/policy/check.h"
#include "app/policy/lead_diff.h"
#include "app/policy/named.h"
#include "app/policy/publish.h"
#include "app/policy/test_scenarios.h"
#include "app/settings.h"
#include "processor/policy/diff.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/terminal_text.h"

namespace leadclock {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  bool leads = false;
  std::string config;
};

int DiffForLeads(const DiffOptions& options, const Policy& before,
                 const Policy& after) {
  const absl::StatusOr<Settings> settings = LoadSettings(options.config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  const auto sentences =
      DifferenceForLeads(*settings, before, after, absl::Now());
  if (!sentences.ok()) return FailToLoadPolicy(sentences.status());
  for (const std::string& sentence : *sentences) {
    std::cout << PrintableLines(sentence) << '\n';
  }
  return kExitOk;
}

int Diff(const DiffOptions& options) {
  const absl::StatusOr<Policy> before = PolicyNamed(options.before);
  if (!before.ok()) return Fail(before.status(), kExitSettings);
  const absl::StatusOr<Policy> after = PolicyNamed(options.after);
  if (!after.ok()) return Fail(after.status(), kExitSettings);
  const std::vector<std::string> differences = Differences(*before, *after);
  for (const std::string& sentence : differences) {
    std::cout << PrintableLines(sentence) << '\n';
  }
  const std::string open_clocks = WhatOpenClocksDo(*before, *after);
  if (differences.empty()) std::cout << "They say the same.\n";
  if (!differences.empty() || !open_clocks.empty()) {
    std::cout << WhenInForce(*before, *after) << '\n' << open_clocks << '\n';
  }
  const std::string why_not = WhyNotAfter(*before, *after);
  if (!why_not.empty()) std::cout << why_not << '\n';
  return options.leads ? DiffForLeads(options, *before, *after) : kExitOk;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, int& exit_code) {
  CLI::App* const policy =
      app.add_subcommand("policy", "Work on a company's rules.");
  policy->require_subcommand(1);

  AddCheckCommand(*policy, exit_code);

  CLI::App* const built_in = policy->add_subcommand(
      "default",
      "Print the policy that is built in, which 'extends: default' means, as "
      "YAML.");
  built_in->callback([] { std::cout << DefaultPolicyText(); });

  CLI::App* const diff = policy->add_subcommand(
      "diff",
      "Tell what changes for whom from one policy to another. (Exit code 0, "
      "also where the new one could not come after the old one, because of "
      "its version or its 'effective', which is told; 78: one of them is "
      "wrong.)");
  auto options = std::make_shared<DiffOptions>();
  diff->add_option("old", options->before, "the policy as it was")
      ->type_name("FILE")
      ->required();
  diff->add_option("new", options->after, "the policy as it is to be")
      ->type_name("FILE")
      ->required();
  CLI::Option* const config =
      diff->add_option("--config", options->config,
                       "the file of settings of the job")
          ->type_name("FILE");
  CLI::Option* const leads = diff->add_flag(
      "--leads", options->leads,
      "tell how many of the clocks that are open in the job change, too");
  leads->needs(config);
  config->needs(leads);
  diff->callback([options, &exit_code] { exit_code = Diff(*options); });

  AddPublishCommand(*policy, exit_code);
  AddTestCommand(*policy, exit_code);
}

}  // namespace leadclock
