#ifndef LEADCLOCK_APP_POLICY_TEST_SCENARIOS_H_
#define LEADCLOCK_APP_POLICY_TEST_SCENARIOS_H_

#include <CLI/CLI.hpp>

namespace leadclock {

// Adds `leadclock policy test` to `leadclock policy`. Its callback sets
// `exit_code`.
void AddTestCommand(CLI::App& policy, int& exit_code);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_TEST_SCENARIOS_H_
