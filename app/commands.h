#ifndef LEADCLOCK_APP_COMMANDS_H_
#define LEADCLOCK_APP_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <atomic>

#include "absl/status/status.h"

namespace leadclock {

// How a command ends, after sysexits.h.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 64;        // wrong arguments
inline constexpr int kExitUnavailable = 69;  // could not be found out
inline constexpr int kExitSettings = 78;     // wrong settings or policy

// Each adds a subcommand, whose callback sets `exit_code`.
void AddCalendarCommand(CLI::App& app, int& exit_code);
void AddLeadCommand(CLI::App& app, int& exit_code);
void AddPolicyCommand(CLI::App& app, int& exit_code);
void AddRunCommand(CLI::App& app, int& exit_code);
void AddTopicsCommand(CLI::App& app, int& exit_code);
void AddVerifyCommand(CLI::App& app, int& exit_code);

// Set by SIGTERM, SIGINT and SIGHUP, once ListenForStop was called: finish what
// is under way, and leave.
const std::atomic<bool>& ListenForStop();

// Prints the message to standard error, each of its lines after
// "leadclock: ", and gives the code back.
int Fail(const absl::Status& status, int code);

// Fail() for what LoadPolicyBook() says: kExitUnavailable if it could not be
// found out, else kExitSettings.
int FailToLoadPolicy(const absl::Status& status);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_COMMANDS_H_
