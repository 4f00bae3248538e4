#include "processor/runtime/watchdog.h"

#include <cstdlib>
#include <utility>

#include "spdlog/spdlog.h"

namespace leadclock {

Watchdog::Watchdog(absl::Duration bound, Bark bark)
    : bound_(bound), bark_(std::move(bark)), thread_([this] { Run(); }) {}

Watchdog::Watchdog(absl::Duration bound)
    : Watchdog(bound, [](const std::string& doing) {
        spdlog::critical(
            "{} hangs, and nothing can end it but the end of this process. "
            "Nothing is lost: start it again",
            doing);
        spdlog::shutdown();
        std::_Exit(EXIT_FAILURE);
      }) {}

Watchdog::~Watchdog() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Watchdog::Set(std::optional<std::string> doing) {
  absl::MutexLock lock(&mutex_);
  doing_ = std::move(doing);
  ++count_;
}

void Watchdog::Run() {
  absl::MutexLock lock(&mutex_);
  while (true) {
    const auto has_work = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return stop_ || doing_.has_value();
    };
    mutex_.Await(absl::Condition(&has_work));
    if (stop_) return;
    const uint64_t watched = count_;
    const auto is_over = [this, watched]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return stop_ || count_ != watched;
    };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&is_over), bound_)) {
      bark_(*doing_);
      doing_.reset();
    }
  }
}

}  // namespace leadclock
