#ifndef LEADCLOCK_APP_UNKNOWN_COMMAND_H_
#define LEADCLOCK_APP_UNKNOWN_COMMAND_H_

#include <CLI/CLI.hpp>
#include <string>

namespace leadclock {

// After `app` could not be parsed for want of a command: what was written in
// its place, with the one that was probably meant; "" if nothing was.
std::string UnknownCommand(const CLI::App& app);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_UNKNOWN_COMMAND_H_
