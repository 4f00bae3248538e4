#include "processor/runtime/ending.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/kafka.h"
#include "spdlog/spdlog.h"

namespace leadclock {

Ending::Ending(absl::Duration bound, Abandon abandon)
    : how_(kafka_error::Unavailable(absl::StrCat(
          "the workers did not end within ", absl::FormatDuration(bound),
          " of being asked to. Nothing is lost: what is not "
          "committed is read again at the next start"))),
      watchdog_(bound, [this, abandon = std::move(abandon)](
                           const std::string&) { abandon(How()); }) {}

Ending::Ending(absl::Duration bound)
    : Ending(bound, [](const absl::Status& how) {
        if (how.ok()) {
          spdlog::warn(
              "a Kafka client, or a store, does not close in time; the process "
              "ends without it, as its work is done");
        } else {
          spdlog::critical("{}", std::string(how.message()));
        }
        spdlog::shutdown();
        std::_Exit(how.ok() ? EXIT_SUCCESS : EXIT_FAILURE);
      }) {}

void Ending::Begin() {
  if (!watch_) watch_.emplace(watchdog_, "the end");
}

void Ending::Settle(const absl::Status& how) {
  const std::scoped_lock lock(mutex_);
  how_ = how;
}

absl::Status Ending::How() {
  const std::scoped_lock lock(mutex_);
  return how_;
}

}  // namespace leadclock
