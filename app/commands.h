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
inline constexpr int kExitOutput = 74;       // what was printed is lost
inline constexpr int kExitSettings = 78;     // wrong settings or policy

// Each adds a subcommand, whose callback sets `exit_code`.
void AddCalendarCommand(CLI::App& app, int& exit_code);
void AddLeadCommand(CLI::App& app, int& exit_code);
void AddPolicyCommand(CLI::App& app, int& exit_code);
void AddRunCommand(CLI::App& app, int& exit_code);
void AddTopicsCommand(CLI::App& app, int& exit_code);
void AddVerifyCommand(CLI::App& app, int& exit_code);

// Gives each standard stream that is closed to nobody. Else the first file or
// connection that is opened would take its place, and what is printed would go
// there. What is printed to a closed standard output fails. Before all else.
void KeepStandardStreams();

// How the program ends: as the command did, but that an answer that could not
// be written, as on a full disk, is a failure and is told.
int FinishOutput(int exit_code);

// Set by SIGTERM, SIGINT and SIGHUP, once ListenForStop was called: finish what
// is under way, and leave.
const std::atomic<bool>& ListenForStop();

// Prints the message to standard error, each of its lines after "leadclock: "
// unless it begins with FILE:LINE:COLUMN, and gives the code back.
int Fail(const absl::Status& status, int code);

// Fail() for what LoadPolicyBook() says: kExitUnavailable if it could not be
// found out, else kExitSettings.
int FailToLoadPolicy(const absl::Status& status);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_COMMANDS_H_
