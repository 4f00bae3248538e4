#ifndef LEADCLOCK_TESTS_PROPERTY_POLICY_MAKER_H_
#define LEADCLOCK_TESTS_PROPERTY_POLICY_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "tests/property/dice.h"
#include "tests/property/scenario.h"

namespace leadclock::property {

// Random policies, rich in what leads are asked about.
class PolicyMaker {
 public:
  // Lengths are whole steps.
  PolicyMaker(absl::Duration step, Dice& dice)
      : step_(step), fine_(step < absl::Minutes(1)), dice_(dice) {}

  // Version 1.
  PolicyVersion MakeFirst();
  // The next version after `before`: much is as it was. When it takes effect
  // is for others to say.
  PolicyVersion MakeNext(const PolicyVersion& before);

  // What policies asked about the lead so far.
  const Condition& asked() const { return asked_; }
  // The triggers of activities, flags and dates that policies had so far; empty
  // if they are plain.
  const std::vector<Trigger>& awaited() const { return awaited_; }
  // Whether it uses all of the rule book, and not only what every policy needs.
  bool is_rich() const { return rich_; }

  absl::Duration SomeTarget();

 private:
  void MakeRules();
  void AddRoles();
  std::vector<std::string> SomeRoles();
  void AddCalendar(size_t known);
  uint16_t SomeCalendar();
  Condition SomeCondition();
  AttributeTest SomeComparison();
  Condition SomeIneligible();
  void AddRuleOfEligibility();
  ClockRule SomeClock(uint16_t index);
  Trigger SomeStart(uint16_t clock);
  uint16_t AnotherClock(uint16_t clock);
  Trigger SomeStop(uint16_t clock);
  TouchTest SomeTouchTest();
  static Target OpenTime(absl::Duration length);
  Target SomeTargetInDays();
  absl::Duration SomeLength();
  Rung SomeRung(const ClockRule& clock);
  // Shares of targets in days are no whole minutes.
  static bool HasTargetInDays(const ClockRule& clock);

  // The rest of the rule book (policy_rules.cc).
  void AddRules();
  void AddReviews();
  Condition FlagOfTouches();
  void AddReentry();
  void AddOutcomes();
  void ShareResumes();
  void AddTurns();
  Condition SomeTurn();
  void Enrich(ClockRule& clock, uint16_t index);
  ClockRule::Attempts SomeAttempts();
  ClockRule::Task SomeTask();
  // Of those that are events of their own: a touch, an activity, a flag.
  Trigger SomeOccurrence();
  Trigger SomeActivityTrigger();
  Trigger OwnTaskDone();
  Trigger SomeAssigned();
  Trigger SomeDate();
  Trigger SomeClockStopped(uint16_t clock);
  Trigger SomeRichStart(uint16_t clock);
  Trigger SomeOutcomeTrigger();
  Trigger Awaited(Trigger trigger);
  AttributeTest SomeStoryTest();
  AttributeTest SomeAny();

  // How a version differs from the one before it (policy_changes.cc).
  void ChangeSomething();
  void ChangeClock(ClockRule& clock, uint16_t index);
  void ChangeTarget(ClockRule& clock);
  void ChangeLadder(ClockRule& clock);
  void ChangeCalendars();
  void ChangeEligibility();
  void ChangeRules(ClockRule& clock, uint16_t index);
  void ChangeClocks();
  void AddClock();
  void RemoveClock(size_t index);
  void SwapClocks(size_t a, size_t b);
  void SwapCalendars(uint16_t a, uint16_t b);
  uint16_t SomeClockIndex();

  Policy& policy() { return made_.policy; }

  const absl::Duration step_;
  const bool fine_;  // milliseconds, not minutes
  Dice& dice_;
  PolicyVersion made_;
  // How many clocks it has, or will have.
  uint16_t clocks_ = 0;
  // How many clocks and rungs got a name, so that new ones are new.
  size_t names_ = 0;
  Condition asked_;
  std::vector<Trigger> awaited_;
  bool rich_ = false;
};

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_POLICY_MAKER_H_
