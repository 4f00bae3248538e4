#ifndef LEADCLOCK_TESTS_SIM_PROCESS_H_
#define LEADCLOCK_TESTS_SIM_PROCESS_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "tests/sim/fiber.h"
#include "tests/sim/schedule.h"

namespace leadclock::sim {

// A process as the model knows it: it runs, waits, is stopped (SIGSTOP), and is
// killed at a point at which it waits.
class Process {
 public:
  // Thrown out of the wait at which it dies; nobody but the body's caller
  // catches it.
  struct Killed {};

  // `on_wait` is asked at each wait whether the process dies of it; it may do
  // other things to the world.
  Process(Schedule& schedule, std::function<void()> body,
          std::function<bool()> on_wait);
  // Dies, if it still lives.
  ~Process();

  void Start();

  // --- Called by the process ---

  void Sleep(absl::Duration time);
  // Until Wake(), or for as long; whether it was woken.
  bool WaitForWake(absl::Duration at_most);
  // A point at which it may die, without waiting.
  void MayDie();

  // --- Called by others ---

  // Ends the wait for something; before that wait, the next one ends at once.
  void Wake();
  void Kill();
  // Stops it for a while.
  void Freeze(absl::Duration time);

  // Whether it is its turn just now.
  bool running() const { return running_; }
  bool ended() const { return fiber_.done(); }
  bool frozen() const { return schedule_.now() < frozen_until_; }
  absl::Time frozen_until() const { return frozen_until_; }

 private:
  void Wait(absl::Duration time);
  void ResumeAt(absl::Time when);

  Schedule& schedule_;
  const std::function<bool()> on_wait_;
  Fiber fiber_;
  bool running_ = false;
  bool killed_ = false;
  bool woken_ = false;
  bool waits_for_wake_ = false;
  absl::Time frozen_until_ = absl::InfinitePast();
  // Counts the waits; what was to end an earlier one is void.
  int64_t wait_ = 0;
  // Void once the process is gone.
  const std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_PROCESS_H_
