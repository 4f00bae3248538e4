#include "tests/sim/fiber.h"

#include <sys/mman.h>

#include <cassert>
#include <new>
#include <utility>

namespace leadclock::sim {
namespace {

constexpr size_t kStackBytes = size_t{1} << 20;
constexpr size_t kGuardBytes = 4096;

// What Enter() is to run: makecontext passes no pointers.
Fiber* entering = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)) {
  stack_ = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack_ == MAP_FAILED) throw std::bad_alloc();
  // Stacks grow down: to run over the end is an error, not a mystery.
  mprotect(stack_, kGuardBytes, PROT_NONE);
}

Fiber::~Fiber() {
  assert(!begun_ || done_);
  munmap(stack_, kStackBytes);
}

void Fiber::Enter() {
  Fiber* const self = std::exchange(entering, nullptr);
  self->body_();
  self->done_ = true;
  self->Stop();
}

void Fiber::Resume() {
  assert(!done_);
  if (!begun_) {
    begun_ = true;
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_;
    inside_.uc_stack.ss_size = kStackBytes;
    inside_.uc_link = nullptr;
    makecontext(&inside_, Enter, 0);
    entering = this;
  }
  swapcontext(&outside_, &inside_);
}

void Fiber::Stop() { swapcontext(&inside_, &outside_); }

}  // namespace leadclock::sim
