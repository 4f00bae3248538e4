#include <string>
#include <utility>
#include <vector>

#include "tests/property/activities.h"
#include "tests/property/policy_maker.h"
#include "tests/property/vocabulary.h"

// What only some policies have: all of the rule book that is no plain clock.

namespace leadclock::property {

void PolicyMaker::AddRules() {
  AddReviews();
  AddReentry();
  AddOutcomes();
  ShareResumes();
  AddTurns();
}

// What runs count by changes as time passes.
void PolicyMaker::AddTurns() {
  if (!dice_.Chance(50)) return;
  if (dice_.Chance(20)) {
    auto& rules = policy().calendar_for;
    rules.insert(rules.begin(), {SomeTurn(), SomeCalendar()});
  }
  for (ClockRule& clock : policy().clocks) {
    if (dice_.Chance(35)) clock.pauses_while.push_back(SomeTurn());
    if (dice_.Chance(45)) {
      clock.targets.insert(clock.targets.begin(),
                           {SomeTurn(), OpenTime(SomeTarget())});
    }
    if (dice_.Chance(25)) {
      clock.calendars.insert(clock.calendars.begin(),
                             {SomeTurn(), SomeCalendar()});
    }
  }
}

// Comes to hold, or ceases to, by time alone.
Condition PolicyMaker::SomeTurn() {
  AttributeTest test;
  test.negated = dice_.Chance(25);
  const int64_t kind = dice_.Below(100);
  if (kind < 40) {
    test.attribute = "date_ahead";
    test.any_of = {SomeDate().date.date};
    if (dice_.Chance(20)) test.any_of.push_back(SomeDate().date.date);
    return {test};
  }
  if (kind < 50 && !policy().outcomes.empty()) {
    test.attribute = "outcome";
    test.any_of = {dice_.OneOf(policy().outcomes).name};
    return {test};
  }
  test.attribute = dice_.OneOf<std::string>(
      {"missed_clock", "missed_clock", "escalated_clock", "open_clock"});
  test.any_of = {dice_.OneOf(policy().clocks).name};
  return {test};
}

// What lets one clock go on often does so for others, too.
void PolicyMaker::ShareResumes() {
  std::vector<Trigger> resumes;
  for (ClockRule& clock : policy().clocks) {
    if (clock.pauses.empty()) continue;
    if (clock.resumes.empty() && dice_.Chance(60)) clock.resumes = resumes;
    if (!clock.resumes.empty()) resumes = clock.resumes;
  }
}

void PolicyMaker::AddReviews() {
  for (const char* const reason : {"look", "look_again"}) {
    if (!dice_.Chance(35)) continue;
    policy().reviews.push_back(
        {dice_.Chance(40) ? FlagOfTouches() : SomeCondition(), reason,
         SomeRoles()});
  }
}

// What a review takes off when it is done.
Condition PolicyMaker::FlagOfTouches() {
  AttributeTest test;
  test.attribute = "flag";
  test.any_of = {dice_.OneOf(FlagsOfTouches())};
  if (dice_.Chance(20)) test.any_of = FlagsOfTouches();
  test.negated = dice_.Chance(10);
  return {test};
}

void PolicyMaker::AddReentry() {
  if (!dice_.Chance(45)) return;
  Reentry& reentry = policy().reentry;
  do {
    reentry.ends.push_back(SomeOccurrence());
  } while (dice_.Chance(20));
  do {
    reentry.returns.push_back(dice_.Chance(30) ? SomeDate() : SomeOccurrence());
  } while (dice_.Chance(40));
}

void PolicyMaker::AddOutcomes() {
  for (const std::string& name : Outcomes()) {
    if (!dice_.Chance(50)) continue;
    OutcomeRule rule = {.name = name, .on = {}};
    do {
      rule.on.push_back(SomeOutcomeTrigger());
    } while (dice_.Chance(40));
    if (dice_.Chance(25)) rule.when = SomeCondition();
    rule.repeats = dice_.Chance(35);
    policy().outcomes.push_back(std::move(rule));
  }
}

void PolicyMaker::Enrich(ClockRule& clock, uint16_t index) {
  if (dice_.Chance(15)) clock.when = SomeCondition();
  if (dice_.Chance(45)) {
    clock.repeats = dice_.Chance(50) ? ClockRule::Repeats::kAfterEnd
                                     : ClockRule::Repeats::kEach;
  }
  clock.keeps_when_ineligible = dice_.Chance(40);
  if (dice_.Chance(45)) {
    clock.task = SomeTask();
    if (dice_.Chance(40)) clock.stops.push_back(OwnTaskDone());
  }
  if (dice_.Chance(30)) {
    clock.attempts = SomeAttempts();
    if (dice_.Chance(50)) clock.stops.clear();
  }
  while (dice_.Chance(40) && clock.cancels.size() < 3) {
    clock.cancels.push_back(dice_.Chance(15)   ? SomeAssigned()
                            : dice_.Chance(10) ? OwnTaskDone()
                                               : SomeOccurrence());
  }
  if (!clock.pauses.empty()) {
    while (dice_.Chance(45) && clock.resumes.size() < 2) {
      clock.resumes.push_back(dice_.Chance(20)   ? SomeAssigned()
                              : dice_.Chance(15) ? OwnTaskDone()
                                                 : SomeOccurrence());
    }
  }
  if (dice_.Chance(25)) clock.pauses_while.push_back(SomeCondition());
  if (dice_.Chance(20)) clock.responsible = dice_.OneOf(SomeRoles());
  // One more way to begin again.
  if (clock.repeats != ClockRule::Repeats::kNever && dice_.Chance(60)) {
    clock.starts.push_back(SomeRichStart(index));
  }
}

ClockRule::Attempts PolicyMaker::SomeAttempts() {
  ClockRule::Attempts attempts;
  do {
    TouchTest& test = attempts.of.emplace_back();
    if (dice_.Chance(60)) {
      test.direction = Direction::kOutbound;
    } else {
      test = SomeTouchTest();
    }
  } while (dice_.Chance(20));
  attempts.at_least = static_cast<int>(dice_.OneOf<int64_t>({1, 2, 2, 3}));
  attempts.channels = attempts.at_least > 1 && dice_.Chance(75) ? 2 : 1;
  if (dice_.Chance(60)) attempts.apart = SomeLength();
  return attempts;
}

ClockRule::Task PolicyMaker::SomeTask() {
  ClockRule::Task task;
  task.kind = dice_.Chance(50) ? "call" : "write";
  if (dice_.Chance(50)) task.to = dice_.OneOf(SomeRoles());
  return task;
}

// ---------------------------------------------------------------------------
// Triggers

Trigger PolicyMaker::Awaited(Trigger trigger) {
  awaited_.push_back(trigger);
  return trigger;
}

Trigger PolicyMaker::SomeOccurrence() {
  const int64_t kind = dice_.Below(100);
  if (kind < 65) return SomeActivityTrigger();
  Trigger trigger;
  if (kind < 85) {
    trigger.kind = Trigger::Kind::kFlagAdded;
    trigger.flags = {
        dice_.OneOf(dice_.Chance(60) ? Flags() : FlagsOfTouches())};
    if (dice_.Chance(30)) trigger.flags.push_back("renewed");
    return Awaited(trigger);
  }
  trigger.kind = Trigger::Kind::kTouch;
  trigger.touch = SomeTouchTest();
  return trigger;
}

Trigger PolicyMaker::SomeActivityTrigger() {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kActivity;
  trigger.activity = SomeActivityTest(dice_);
  return Awaited(trigger);
}

Trigger PolicyMaker::OwnTaskDone() {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kActivity;
  trigger.activity = {
      .kind = ActivityKind::kTaskDone,
      .fields = {{"cancelled", {dice_.Chance(75) ? "false" : "true"}}}};
  return Awaited(trigger);
}

Trigger PolicyMaker::SomeAssigned() {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kAssigned;
  trigger.role =
      dice_.OneOf<Role>({Role::kOwner, Role::kBackup, Role::kManager});
  return trigger;
}

Trigger PolicyMaker::SomeDate() {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kDate;
  trigger.date.date = dice_.OneOf(Dates());
  const int64_t choice = dice_.Below(100);
  if (choice < 40) {
    trigger.date.length = SomeTarget() * (dice_.Chance(45) ? 1 : -1);
  } else if (choice < 60) {
    trigger.date.days = static_cast<int>(dice_.OneOf<int64_t>({1, 2, -1}));
  }
  return Awaited(trigger);
}

Trigger PolicyMaker::SomeClockStopped(uint16_t clock) {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kClockStopped;
  trigger.clock = AnotherClock(clock);
  return trigger;
}

Trigger PolicyMaker::SomeRichStart(uint16_t clock) {
  const int64_t kind = dice_.Below(100);
  if (kind < 30) return SomeOccurrence();
  if (kind < 65) return SomeDate();
  if (kind < 75) return SomeAssigned();
  if (kind < 88 && clocks_ > 1) return SomeClockStopped(clock);
  Trigger trigger;
  trigger.kind = Trigger::Kind::kReentered;
  return trigger;
}

Trigger PolicyMaker::SomeOutcomeTrigger() {
  using Kind = Trigger::Kind;
  Trigger trigger;
  const int64_t kind = dice_.Below(100);
  if (kind < 25) return SomeOccurrence();
  if (kind < 30) return SomeAssigned();
  if (kind < 38) {
    trigger.kind = dice_.Chance(50) ? Kind::kLeadCreated : Kind::kReentered;
    return trigger;
  }
  trigger.clock = SomeClockIndex();
  const std::vector<Rung>& ladder = policy().clocks[trigger.clock].ladder;
  if (kind < 55 && !ladder.empty()) {
    trigger.kind = Kind::kRungFired;
    trigger.rung = dice_.OneOf(ladder).name;
    return trigger;
  }
  trigger.kind = dice_.OneOf<Kind>(
      {Kind::kClockAnswered, Kind::kClockMissed, Kind::kClockStopped});
  return trigger;
}

// ---------------------------------------------------------------------------
// Conditions

// What the lead's story says, and not the lead itself.
AttributeTest PolicyMaker::SomeStoryTest() {
  static const std::vector<std::pair<std::string, std::vector<std::string>>>
      tests = {{"broken_channel", {"phone", "email"}},
               {"opted_out_channel", {"phone", "email"}},
               {"date_ahead", Dates()},
               {"reachable", {"yes", "no"}},
               {"reachable", {"no"}},
               {"owner", {"somebody", "nobody"}},
               {"backup", {"somebody", "nobody"}},
               {"manager", {"somebody", "nobody"}},
               {"owner_acted", {"yes", "no"}},
               {"autoresponder", {"yes", "no"}},
               {"open_clock", {"clock0", "clock1", "clock2"}},
               {"missed_clock", {"clock0", "clock1", "clock2"}},
               {"escalated_clock", {"clock0", "clock1", "clock2"}},
               {"outcome", Outcomes()},
               {"cycle", {}}};
  const auto& [attribute, values] = dice_.OneOf(tests);
  AttributeTest test;
  test.attribute = attribute;
  if (attribute == "cycle") {
    NumberSpan& span = test.spans.emplace_back();
    span.from = 2;
    if (dice_.Chance(50)) span.to = 2;
  } else {
    test.any_of = {dice_.OneOf(values)};
    test.negated = values.size() > 2 && dice_.Chance(25);
  }
  return test;
}

AttributeTest PolicyMaker::SomeAny() {
  AttributeTest test;
  while (test.any.size() < 2 || dice_.Chance(20)) {
    // None has one of its own.
    Condition condition = {SomeStoryTest()};
    const auto& [name, values] = dice_.OneOf(Attributes());
    if (dice_.Chance(70) && name != "available_channel") {
      AttributeTest plain;
      plain.attribute = name;
      plain.any_of = {dice_.OneOf(values)};
      asked_.push_back(plain);
      if (dice_.Chance(70)) condition.clear();
      condition.push_back(plain);
    }
    test.any.push_back(std::move(condition));
  }
  return test;
}

}  // namespace leadclock::property
