#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/property/policy_maker.h"

// How one version of a policy comes from the one before it.

namespace leadclock::property {
namespace {

template <typename T>
void Erase(std::vector<T>& list, size_t index) {
  list.erase(list.begin() + static_cast<ptrdiff_t>(index));
}

// Every trigger that names another clock, with the list in which it stands.
void ForEachTrigger(Policy& policy,
                    const std::function<void(std::vector<Trigger>&)>& visit) {
  for (ClockRule& clock : policy.clocks) {
    visit(clock.starts);
    visit(clock.stops);
    visit(clock.cancels);
    visit(clock.resumes);
  }
  visit(policy.reentry.ends);
  visit(policy.reentry.returns);
  for (OutcomeRule& rule : policy.outcomes) visit(rule.on);
}

bool NamesClock(const Trigger& trigger) {
  return trigger.kind == Trigger::Kind::kClockAnswered ||
         trigger.kind == Trigger::Kind::kClockMissed ||
         trigger.kind == Trigger::Kind::kClockStopped ||
         trigger.kind == Trigger::Kind::kRungFired;
}

}  // namespace

PolicyVersion PolicyMaker::MakeNext(const PolicyVersion& before) {
  made_ = before;
  ++policy().version;
  policy().hash = absl::StrCat("hash", policy().version);
  policy().open_clocks =
      dice_.Chance(80) ? Policy::OpenClocks::kCarry : Policy::OpenClocks::kKeep;
  clocks_ = static_cast<uint16_t>(policy().clocks.size());
  if (dice_.Chance(10)) return made_;  // published again
  if (dice_.Chance(5)) {
    const Policy old = std::move(policy());
    made_.calendars.clear();
    policy() = {};
    policy().version = old.version;
    policy().hash = old.hash;
    policy().open_clocks = old.open_clocks;
    MakeRules();
    return made_;
  }
  do {
    ChangeSomething();
  } while (dice_.Chance(60));
  // What moves dues is tried most.
  if (dice_.Chance(50)) {
    for (ClockRule& clock : policy().clocks) ChangeTarget(clock);
  }
  return made_;
}

void PolicyMaker::ChangeSomething() {
  const uint16_t clock = SomeClockIndex();
  if (rich_ && dice_.Chance(40)) {
    return ChangeRules(policy().clocks[clock], clock);
  }
  switch (dice_.Below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return ChangeClock(policy().clocks[clock], clock);
    case 4:
    case 5:
    case 6:
      return ChangeLadder(policy().clocks[clock]);
    case 7:
      return ChangeCalendars();
    case 8:
      return ChangeEligibility();
    case 9:
      policy().roles.clear();
      return AddRoles();
    default:
      return ChangeClocks();
  }
}

uint16_t PolicyMaker::SomeClockIndex() {
  return static_cast<uint16_t>(
      dice_.Below(static_cast<int64_t>(policy().clocks.size())));
}

void PolicyMaker::ChangeClock(ClockRule& clock, uint16_t index) {
  switch (dice_.Below(8)) {
    case 0:
      clock.stops = {SomeStop(index)};
      return;
    case 1:
      clock.starts = {SomeStart(index)};
      return;
    case 2:
      clock.pauses.clear();
      if (dice_.Chance(60)) clock.pauses.push_back("on_hold");
      if (dice_.Chance(40)) clock.pauses.push_back("waiting");
      return;
    case 3:
      clock.calendars.clear();
      if (dice_.Chance(80)) clock.calendars.push_back({{}, SomeCalendar()});
      return;
    default:
      break;
  }
  ChangeTarget(clock);
}

void PolicyMaker::ChangeTarget(ClockRule& clock) {
  const bool has_shares =
      std::any_of(clock.ladder.begin(), clock.ladder.end(),
                  [](const Rung& rung) { return rung.mark.percent > 0; });
  Target& target = clock
                       .targets[static_cast<size_t>(dice_.Below(
                           static_cast<int64_t>(clock.targets.size())))]
                       .target;
  target = !fine_ && !has_shares && dice_.Chance(15) ? SomeTargetInDays()
                                                     : OpenTime(SomeTarget());
}

void PolicyMaker::ChangeLadder(ClockRule& clock) {
  std::vector<Rung>& ladder = clock.ladder;
  const auto size = static_cast<int64_t>(ladder.size());
  const int64_t choice = dice_.Below(6);
  if (ladder.empty() || (choice == 0 && size < 6)) {
    Rung rung = SomeRung(clock);
    rung.name = absl::StrCat("new_rung", ++names_);
    const auto place = static_cast<ptrdiff_t>(dice_.Below(size + 1));
    ladder.insert(ladder.begin() + place, std::move(rung));
    return;
  }
  const auto index = static_cast<size_t>(dice_.Below(size));
  switch (choice) {
    case 1:
      return Erase(ladder, index);
    case 2:
      ladder[index].name = absl::StrCat("new_rung", ++names_);
      return;
    case 3:
      return std::swap(ladder[index], ladder.front());
    case 4:
      ladder[index].to = SomeRoles();
      return;
    default: {
      // Another one of the same name.
      std::string name = ladder[index].name;
      ladder[index] = SomeRung(clock);
      ladder[index].name = std::move(name);
    }
  }
}

void PolicyMaker::ChangeCalendars() {
  const auto last = static_cast<uint16_t>(policy().calendars.size() - 1);
  if (last >= 2 && dice_.Chance(40)) return SwapCalendars(1, last);
  if (dice_.Chance(50)) {
    AddCalendar(static_cast<size_t>(dice_.Between(1, 10)));
  }
  policy().calendar_for.back().calendar = SomeCalendar();
}

// Whatever names one of them names it in its new place.
void PolicyMaker::SwapCalendars(uint16_t a, uint16_t b) {
  std::swap(policy().calendars[a], policy().calendars[b]);
  std::swap(made_.calendars[a], made_.calendars[b]);
  const auto follow = [&](std::vector<CalendarRule>& rules) {
    for (CalendarRule& rule : rules) {
      if (rule.calendar == a || rule.calendar == b) {
        rule.calendar = rule.calendar == a ? b : a;
      }
    }
  };
  follow(policy().calendar_for);
  for (ClockRule& clock : policy().clocks) follow(clock.calendars);
}

void PolicyMaker::ChangeEligibility() {
  std::vector<EligibilityRule>& rules = policy().eligible;
  if (rules.empty() || (rules.size() < 3 && dice_.Chance(60))) {
    AddRuleOfEligibility();
    return std::swap(rules.front(), rules.back());
  }
  Erase(rules,
        static_cast<size_t>(dice_.Below(static_cast<int64_t>(rules.size()))));
}

// Of what only some policies have, one thing is another or is no more.
void PolicyMaker::ChangeRules(ClockRule& clock, uint16_t index) {
  switch (dice_.Below(9)) {
    case 0:
      policy().reviews.clear();
      return AddReviews();
    case 1:
      policy().reentry = {};
      return AddReentry();
    case 2:
      policy().outcomes.clear();
      return AddOutcomes();
    case 3:
      clock.task.reset();
      if (dice_.Chance(70)) clock.task = SomeTask();
      return;
    case 4:
      clock.attempts.reset();
      if (dice_.Chance(70)) clock.attempts = SomeAttempts();
      return;
    case 5:
      clock.pauses_while.clear();
      if (dice_.Chance(70)) clock.pauses_while = {SomeCondition()};
      return;
    case 6:
      clock.repeats = static_cast<ClockRule::Repeats>(dice_.Below(3));
      return;
    case 7:
      clock.keeps_when_ineligible = !clock.keeps_when_ineligible;
      return;
    default:
      clock.cancels.clear();
      clock.resumes.clear();
      Enrich(clock, index);
  }
}

void PolicyMaker::ChangeClocks() {
  const uint16_t clock = SomeClockIndex();
  const int64_t choice = dice_.Below(4);
  if (choice == 0) {
    policy().clocks[clock].name = absl::StrCat("new_clock", ++names_);
  } else if (choice == 1 && clocks_ < 5) {
    AddClock();
  } else if (choice == 2 && clocks_ > 1) {
    RemoveClock(clock);
  } else {
    SwapClocks(0, clock);
  }
}

void PolicyMaker::AddClock() {
  ++clocks_;
  ClockRule clock = SomeClock(static_cast<uint16_t>(clocks_ - 1));
  // Sometimes one that comes back.
  const std::string name = absl::StrCat("clock", dice_.Below(4));
  const bool is_taken =
      std::any_of(policy().clocks.begin(), policy().clocks.end(),
                  [&](const ClockRule& other) { return other.name == name; });
  clock.name = is_taken ? absl::StrCat("new_clock", ++names_) : name;
  policy().clocks.push_back(std::move(clock));
}

// Triggers that name it are left out; where none is left, a birth starts and a
// touch stops.
void PolicyMaker::RemoveClock(size_t index) {
  Erase(policy().clocks, index);
  --clocks_;
  ForEachTrigger(policy(), [&](std::vector<Trigger>& triggers) {
    std::erase_if(triggers, [&](const Trigger& trigger) {
      return NamesClock(trigger) && trigger.clock == index;
    });
    for (Trigger& trigger : triggers) {
      if (trigger.clock > index) --trigger.clock;
    }
  });
  for (ClockRule& clock : policy().clocks) {
    if (clock.starts.empty()) clock.starts.emplace_back();
    if (!clock.stops.empty()) continue;
    clock.stops.emplace_back().kind = Trigger::Kind::kTouch;
  }
}

void PolicyMaker::SwapClocks(size_t a, size_t b) {
  std::swap(policy().clocks[a], policy().clocks[b]);
  ForEachTrigger(policy(), [&](std::vector<Trigger>& triggers) {
    for (Trigger& trigger : triggers) {
      if (trigger.clock != a && trigger.clock != b) continue;
      trigger.clock = static_cast<uint16_t>(trigger.clock == a ? b : a);
    }
  });
}

}  // namespace leadclock::property
