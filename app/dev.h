#ifndef LEADCLOCK_APP_DEV_H_
#define LEADCLOCK_APP_DEV_H_

#include <CLI/CLI.hpp>

namespace leadclock {

// leadclock dev: everything in one process, to look at.
void AddDevCommand(CLI::App& app, int& exit_code);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_H_
