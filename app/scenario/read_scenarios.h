#ifndef LEADCLOCK_APP_SCENARIO_READ_SCENARIOS_H_
#define LEADCLOCK_APP_SCENARIO_READ_SCENARIOS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "app/scenario/scenario.h"

namespace leadclock {

// The scenarios of a file's text; docs/scenarios.md describes them. Fails with
// InvalidArgument and everything that is wrong, one a line, with its place and
// what was probably meant. What the file names is looked for from its folder.
absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& text,
                                                    const std::string& path);

// Those of all files. Fails with InvalidArgument and all that is wrong with any
// of them.
absl::StatusOr<std::vector<Scenario>> LoadScenarios(
    const std::vector<std::string>& files);

// Whether that text stands in its name, in small letters or large ones.
bool HasInName(const Scenario& scenario, absl::string_view text);

// The files of scenarios that paths stand for: a file for itself, a directory
// for every file below it whose name ends in .test.yaml, in the order of their
// paths. Fails with NotFound if there is no such path, or none below it.
absl::StatusOr<std::vector<std::string>> FindScenarioFiles(
    const std::vector<std::string>& paths);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_READ_SCENARIOS_H_
