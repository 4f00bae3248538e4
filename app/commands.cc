#include "app/commands.h"

#include <csignal>
#include <iostream>

#include "absl/strings/str_split.h"
#include "processor/runtime/kafka.h"

namespace leadclock {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void RequestStop(int) { stop_requested = true; }

}  // namespace

const std::atomic<bool>& ListenForStop() {
  std::signal(SIGHUP, RequestStop);
  std::signal(SIGTERM, RequestStop);
  std::signal(SIGINT, RequestStop);
  return stop_requested;
}

int Fail(const absl::Status& status, int code) {
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    std::cerr << "leadclock: " << line << '\n';
  }
  return code;
}

int FailToLoadPolicy(const absl::Status& status) {
  return Fail(status, kafka_error::IsUnavailable(status) ? kExitUnavailable
                                                         : kExitSettings);
}

}  // namespace leadclock
