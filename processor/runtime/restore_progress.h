#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RESTORE_PROGRESS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RESTORE_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace leadclock {

// How far the states of a process' partitions are read back, for the person
// who waits for it. Threads may share one.
class RestoreProgress {
 public:
  struct Line {
    std::string text;
    bool is_last = false;  // everything is there
  };
  using Show = std::function<void(const Line&)>;

  // `show` is called at most once in `interval`, and when all is done; not at
  // all for what takes less than an interval.
  RestoreProgress(absl::Duration interval, Show show)
      : interval_(interval), show_(std::move(show)) {}

  // `done` of `total` offsets of the changelog are read; `boot`: a clock that
  // only ever goes forward.
  void Set(int32_t partition, int64_t done, int64_t total, absl::Duration boot);
  // The partition is somebody else's now.
  void Forget(int32_t partition);

 private:
  struct Part {
    int64_t done = 0;
    int64_t total = 0;
  };

  static std::string Text(int64_t done, int64_t total, absl::Duration since);

  const absl::Duration interval_;
  const Show show_;
  std::mutex mutex_;  // of all that follows
  std::map<int32_t, Part> parts_;
  std::optional<absl::Duration> begun_;
  absl::Duration last_shown_;
};

// Shows it where standard error leads: a bar on a terminal, else a line of the
// log now and then.
RestoreProgress::Show ShowOnStandardError(bool is_terminal);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RESTORE_PROGRESS_H_
