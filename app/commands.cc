#include "app/commands.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "absl/strings/str_split.h"
#include "app/policy/problem.h"
#include "processor/policy/terminal_text.h"
#include "processor/runtime/kafka.h"

namespace leadclock {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void RequestStop(int) { stop_requested = true; }

}  // namespace

void KeepStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    // It gets the lowest number that is free, which is this one.
    static_cast<void>(
        open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY));
  }
}

int FinishOutput(int exit_code) {
  std::cout.flush();
  if (std::cout) return exit_code;
  const int code = Fail(
      absl::DataLossError("standard output cannot be written; what was to be "
                          "printed is lost, or a part of it"),
      kExitOutput);
  return exit_code == kExitOk ? code : exit_code;
}

const std::atomic<bool>& ListenForStop() {
  std::signal(SIGHUP, RequestStop);
  std::signal(SIGTERM, RequestStop);
  std::signal(SIGINT, RequestStop);
  return stop_requested;
}

int Fail(const absl::Status& status, int code) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    // Editors look for FILE:LINE:COLUMN at the beginning of a line.
    const bool has_place = ProblemIn(line).line > 0;
    std::cerr << (has_place ? "" : "leadclock: ")
              << Printable(std::string(line)) << '\n';
  }
  return code;
}

int FailToLoadPolicy(const absl::Status& status) {
  return Fail(status, kafka_error::IsUnavailable(status) ? kExitUnavailable
                                                         : kExitSettings);
}

}  // namespace leadclock
