#include "app/policy/test_scenarios.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/commands.h"
#include "app/scenario/compare.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"
#include "app/scenario/show.h"
#include "processor/policy/terminal_text.h"

namespace leadclock {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string filter;
  bool json = false;
  bool verbose = false;
};

// Whether it passed.
bool TestOne(const Scenario& scenario, const Options& options) {
  const Played played = Play(scenario);
  const Comparison comparison = Compare(scenario, played);
  if (options.json) {
    std::cout << ResultJson(scenario, played, comparison) << '\n';
  } else if (!comparison.passed()) {
    std::cout << PrintableLines(FailureText(scenario, played, comparison));
  } else if (options.verbose) {
    std::cout << PrintableLines(SuccessText(scenario, played));
  }
  return comparison.passed();
}

int Test(const Options& options) {
  const auto files = FindScenarioFiles(options.paths);
  if (!files.ok()) return Fail(files.status(), kExitSettings);
  const auto scenarios = LoadScenarios(*files);
  if (!scenarios.ok()) return Fail(scenarios.status(), kExitSettings);
  size_t passed = 0;
  size_t failed = 0;
  for (const Scenario& scenario : *scenarios) {
    if (!HasInName(scenario, options.filter)) continue;
    ++(TestOne(scenario, options) ? passed : failed);
  }
  if (passed + failed == 0) {
    return Fail(absl::NotFoundError(absl::StrCat(
                    "no scenario has '", options.filter, "' in its name")),
                kExitUsage);
  }
  if (!options.json) {
    std::cout << passed << " passed, " << failed << " failed\n";
  }
  return failed == 0 ? kExitOk : kExitFailure;
}

}  // namespace

void AddTestCommand(CLI::App& policy, int& exit_code) {
  CLI::App* const test = policy.add_subcommand(
      "test",
      "Play scenarios through a policy, and compare what comes of them with "
      "what they expect (exit code 1: some failed; 78: a file is wrong). "
      "docs/scenarios.md tells how to write them.");
  auto options = std::make_shared<Options>();
  test->add_option("path", options->paths,
                   "files of scenarios, or directories: all below them that "
                   "end in .test.yaml")
      ->type_name("FILE|DIR")
      ->required();
  test->add_option("--filter", options->filter,
                   "only scenarios with this text in their name, in small "
                   "letters or large ones")
      ->type_name("TEXT");
  CLI::Option* const json = test->add_flag(
      "--json", options->json, "print a JSON object for each scenario");
  test->add_flag("--verbose", options->verbose,
                 "tell what came of those that passed, too")
      ->excludes(json);
  test->callback([options, &exit_code] { exit_code = Test(*options); });
}

}  // namespace leadclock
