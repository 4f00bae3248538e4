#ifndef LEADCLOCK_PROCESSOR_RUNTIME_ENDING_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_ENDING_H_

#include <functional>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/runtime/watchdog.h"

namespace leadclock {

// Bounds how long a process may take to end. To close a client of librdkafka,
// or any call that is under way in it, can wait for ever. Whatever is worth
// keeping is in Kafka by then, or is read again at the next start, so that the
// process may end without waiting.
class Ending {
 public:
  using Abandon = std::function<void(const absl::Status& how)>;

  // `abandon` is called once, from another thread, when `bound` has passed
  // since Begin() and this value still lives. `how`: as Settle() said; or
  // Unavailable, since the work may not have been committed.
  Ending(absl::Duration bound, Abandon abandon);
  // Abandons by ending the process, with 0 if `how` is OK, else with 1.
  explicit Ending(absl::Duration bound);
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

  // The end has begun. Only the first call counts.
  void Begin();
  // The work is done: what remains is to close.
  void Settle(const absl::Status& how);

 private:
  absl::Status How();

  std::mutex mutex_;  // guards the next
  absl::Status how_;
  Watchdog watchdog_;
  std::optional<Watchdog::Watch> watch_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_ENDING_H_
