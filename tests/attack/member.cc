#include "tests/attack/member.h"

#include <csignal>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace leadclock::attack {
namespace {

namespace fs = std::filesystem;

// Longer than a transaction lives, so that the broker ends it.
constexpr absl::Duration kLongHold = absl::Seconds(12);

}  // namespace

const std::vector<Fault>& AllFaults() {
  static const auto& faults = *new std::vector<Fault>{
      Fault::kKill,      Fault::kFreeze,      Fault::kTerminate,
      Fault::kLoseState, Fault::kOldState,    Fault::kFailPoint,
      Fault::kFailPoint, Fault::kHoldAnswers, Fault::kHoldRequests,
      Fault::kCut};
  return faults;
}

const char* NameOf(Fault fault) {
  switch (fault) {
    case Fault::kKill:
      return "kill -9";
    case Fault::kFreeze:
      return "SIGSTOP beyond the session, SIGCONT";
    case Fault::kTerminate:
      return "SIGTERM";
    case Fault::kLoseState:
      return "local state deleted";
    case Fault::kOldState:
      return "yesterday's state";
    case Fault::kFailPoint:
      return "fail point";
    case Fault::kHoldAnswers:
      return "answers delayed";
    case Fault::kHoldRequests:
      return "requests delayed";
    case Fault::kCut:
      break;
  }
  return "connections cut";
}

Member::Member(const broker::Job& job, std::string name,
               broker::ProxiedListener listener, property::Dice& dice)
    : job_(job),
      name_(std::move(name)),
      address_(absl::StrCat("127.0.0.1:", listener.advertised_port)),
      proxy_(listener.advertised_port, listener.port),
      dice_(dice),
      copy_(job.DataOf(name_) + ".copy") {
  Start();
}

absl::Duration Member::UpTo(absl::Duration longest) {
  return absl::Milliseconds(dice_.Below(absl::ToInt64Milliseconds(longest)));
}

void Member::Start() {
  process_ = job_.StartMember(name_, {.binary = LEADCLOCK_FAILING_BINARY,
                                      .brokers = address_,
                                      .environment = environment_});
  environment_.clear();
}

void Member::Kill() {
  if (process_) process_->Kill();
  process_.reset();
}

void Member::RestartAfter(absl::Duration pause) {
  start_at_ = absl::Now() + pause;
}

void Member::Then(absl::Duration after, std::function<void()> action) {
  next_step_ = {absl::Now() + after, std::move(action)};
}

void Member::Look() {
  const absl::Time now = absl::Now();
  if (process_ && !process_->Runs()) {
    ++ends_[absl::StrCat(process_->Wait())];
    process_.reset();
    start_at_ = std::max(start_at_, now + UpTo(absl::Seconds(1)));
  }
  if (!process_ && now >= start_at_) Start();
  if (next_step_ && now >= next_step_->at) {
    const Step step = *std::exchange(next_step_, std::nullopt);
    step.action();
  }
}

int Member::Stop() { return process_ ? process_->Stop() : 0; }

void Member::Suffer(Fault fault) {
  ++faults_[NameOf(fault)];
  // Once in two beyond the session, so that others take over meanwhile.
  const absl::Duration pause =
      dice_.Chance(50) ? UpTo(absl::Seconds(1)) : kSession + UpTo(kSession);
  const auto nothing = [] {};
  switch (fault) {
    case Fault::kKill:
      Kill();
      if (dice_.Chance(50)) KeepACopy();
      RestartAfter(pause);
      Then(pause, nothing);
      break;
    case Fault::kFreeze:
      if (process_) process_->Signal(SIGSTOP);
      Then(kSession + absl::Seconds(1) + UpTo(absl::Seconds(8)), [this] {
        if (process_) process_->Signal(SIGCONT);
      });
      break;
    case Fault::kTerminate:
      if (process_) process_->Signal(SIGTERM);
      RestartAfter(pause);
      Then(pause, nothing);
      break;
    case Fault::kLoseState:
      Kill();
      fs::remove_all(job_.DataOf(name_));
      RestartAfter(pause);
      Then(pause, nothing);
      break;
    case Fault::kOldState:
      Kill();
      TakeOldState();
      RestartAfter(pause);
      Then(pause, nothing);
      break;
    case Fault::kFailPoint:
      SetFailPoint();
      break;
    case Fault::kHoldAnswers:
    case Fault::kHoldRequests:
      proxy_.Set(fault == Fault::kHoldAnswers ? Proxy::Mode::kHoldAnswers
                                              : Proxy::Mode::kHoldRequests);
      Then(absl::Seconds(5) + UpTo(kLongHold),
           [this] { proxy_.Set(Proxy::Mode::kPass); });
      break;
    case Fault::kCut:
      proxy_.Cut();
      Then(absl::Seconds(1), nothing);
      break;
  }
}

void Member::KeepACopy() {
  if (!fs::exists(job_.DataOf(name_))) return;
  fs::remove_all(copy_);
  fs::copy(job_.DataOf(name_), copy_, fs::copy_options::recursive);
}

void Member::TakeOldState() {
  const bool others = neighbour_ != nullptr && dice_.Chance(30) &&
                      fs::exists(neighbour_->copy());
  const std::string from = others ? neighbour_->copy() : copy_;
  if (!fs::exists(from)) {
    KeepACopy();
    return;
  }
  const std::string data = job_.DataOf(name_);
  fs::remove_all(data);
  fs::copy(from, data, fs::copy_options::recursive);
  ++faults_[others ? "... of another member" : "... of its own"];
}

// The next in turn, in a process started for it.
void Member::SetFailPoint() {
  static const auto& kSteps = *new std::vector<const char*>{
      "begin", "produce", "offsets", "commit", "store"};
  static int turn = 0;
  const int number = turn++;
  const char* where = number % 2 == 0 ? "before" : "after";
  const char* step = kSteps[static_cast<size_t>(number / 2) % kSteps.size()];
  // Twice of three times it is killed.
  const bool kill = number % 3 != 2;
  const std::string action = kill ? "kill"
                                  : absl::StrCat(absl::ToInt64Milliseconds(
                                        absl::Seconds(5) + UpTo(kLongHold)));
  environment_ = {absl::StrCat("LEADCLOCK_FAIL_POINT=", where, " ", step, " ",
                               dice_.Between(1, 30), " ", action)};
  Kill();
  RestartAfter(absl::ZeroDuration());
  Then(absl::Seconds(6), [] {});
}

}  // namespace leadclock::attack
