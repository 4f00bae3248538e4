#include "tests/sim/process.h"

#include <algorithm>
#include <utility>

namespace leadclock::sim {

Process::Process(Schedule& schedule, std::function<void()> body,
                 std::function<bool()> on_wait)
    : schedule_(schedule),
      on_wait_(std::move(on_wait)),
      fiber_([this, body = std::move(body)] {
        try {
          if (!killed_) body();
        } catch (const Killed&) {
        }
      }) {}

Process::~Process() {
  if (!ended()) Kill();
  *lives_ = false;
}

void Process::Start() { ResumeAt(schedule_.now()); }

void Process::ResumeAt(absl::Time when) {
  schedule_.At(when, [this, lives = lives_, wait = wait_] {
    if (!*lives || ended() || wait != wait_) return;
    if (frozen()) {
      ResumeAt(frozen_until_);
      return;
    }
    running_ = true;
    fiber_.Resume();
    running_ = false;
  });
}

void Process::MayDie() {
  if (!killed_ && on_wait_()) killed_ = true;
  if (killed_) throw Killed();
}

void Process::Wait(absl::Duration time) {
  MayDie();
  ++wait_;
  ResumeAt(schedule_.now() + time);
  fiber_.Stop();
  ++wait_;
  if (killed_) throw Killed();
}

void Process::Sleep(absl::Duration time) { Wait(time); }

bool Process::WaitForWake(absl::Duration at_most) {
  if (!woken_) {
    waits_for_wake_ = true;
    Wait(at_most);
    waits_for_wake_ = false;
  } else {
    MayDie();
  }
  return std::exchange(woken_, false);
}

void Process::Wake() {
  if (ended()) return;
  woken_ = true;
  if (waits_for_wake_) ResumeAt(schedule_.now());
}

void Process::Kill() {
  killed_ = true;
  if (running_ || ended()) return;
  frozen_until_ = absl::InfinitePast();
  // Whatever it waited for, it will not see it.
  ++wait_;
  fiber_.Resume();
}

void Process::Freeze(absl::Duration time) {
  frozen_until_ = std::max(frozen_until_, schedule_.now() + time);
}

}  // namespace leadclock::sim
