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
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::Set(std::optional<std::string> doing) {
  {
    const std::scoped_lock lock(mutex_);
    doing_ = std::move(doing);
    ++count_;
  }
  changed_.notify_one();
}

void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || doing_.has_value(); });
    if (stop_) return;
    const uint64_t watched = count_;
    const auto is_over = [this, watched] { return stop_ || count_ != watched; };
    if (!changed_.wait_for(lock, absl::ToChronoNanoseconds(bound_), is_over)) {
      bark_(*doing_);
      doing_.reset();
    }
  }
}

}  // namespace leadclock
