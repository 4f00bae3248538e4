#ifndef LEADCLOCK_APP_POLICY_CHECK_H_
#define LEADCLOCK_APP_POLICY_CHECK_H_

#include <CLI/CLI.hpp>

namespace leadclock {

// Adds `leadclock policy check`.
void AddCheckCommand(CLI::App& policy, int& exit_code);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_CHECK_H_
