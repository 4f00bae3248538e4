#ifndef LEADCLOCK_APP_POLICY_PUBLISH_H_
#define LEADCLOCK_APP_POLICY_PUBLISH_H_

#include <CLI/CLI.hpp>

namespace leadclock {

// leadclock policy publish.
void AddPublishCommand(CLI::App& policy, int& exit_code);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_PUBLISH_H_
