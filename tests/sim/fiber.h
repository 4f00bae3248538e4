#ifndef LEADCLOCK_TESTS_SIM_FIBER_H_
#define LEADCLOCK_TESTS_SIM_FIBER_H_

#include <ucontext.h>

#include <cstddef>
#include <functional>

namespace leadclock::sim {

// A function with a stack of its own, which can stop in the middle and go on
// later: so several workers share one thread, and whoever resumes them decides
// alone what happens in which order.
//
// Exceptions may be thrown and caught inside; a fiber must not stop while one
// is on its way.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  // REQUIRES: it never ran, or it is done.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until it stops or ends.
  void Resume();
  // Called inside: stops until the next Resume().
  void Stop();

  bool done() const { return done_; }

 private:
  static void Enter();

  std::function<void()> body_;
  void* stack_ = nullptr;
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool begun_ = false;
  bool done_ = false;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_FIBER_H_
