#ifndef LEADCLOCK_TESTS_PROPERTY_HISTORY_MAKER_H_
#define LEADCLOCK_TESTS_PROPERTY_HISTORY_MAKER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/dice.h"
#include "tests/property/policy_maker.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

namespace leadclock::property {

// Random histories, rich in coincidences: events exactly at due, at marks, at
// closing time, at one instant.
class HistoryMaker {
 public:
  // The scenario has its first version, which `policies` has made.
  HistoryMaker(Scenario& scenario, PolicyMaker& policies, Dice& dice)
      : scenario_(scenario),
        policies_(policies),
        fine_(scenario.step < absl::Minutes(1)),
        dice_(dice) {}

  // The scenario's events, its horizon, and further versions.
  void Make();

 private:
  void AddVersions();
  // Moves some to where something happens, or to where a clock runs.
  void MoveVersions();
  // At which one of them is open; absent: none is.
  std::optional<absl::Time> SomeInstantWithin(
      const std::vector<reference::Run>& runs);
  // Lets the versions but for the first take effect at these instants, in
  // their order.
  void LetThemTakeEffect(std::vector<absl::Time> instants);
  // A boundary of one of the calendars, or close to it, in one of several
  // weeks: plain ones, Christmas, and where clocks change.
  absl::Time SomeBirth();
  std::optional<absl::Time> SomeBoundary(reference::Day day);
  // When something happens: best, when something else does.
  absl::Time SomeInstant();
  void AddSomething();
  void AddEvent(absl::Time at, uint32_t kind, EventBody body);
  LeadCreated SomeCreated();
  PeopleChanges SomePeople(int owner_percent);
  Touched SomeTouch();
  std::optional<bool> SomeJudgement();
  // Mostly what the policy asks about.
  void AddAttributes(absl::Time at);
  void AddToldByTasks(AttributeChanges& attributes);
  const std::string& SomeValueOf(const std::string& attribute);
  FlagsChanged SomeFlags();
  // The rest of the rule book (history_rules.cc).
  void AddFromRules(absl::Time at);
  // What the policy waits for, or waited for.
  void AddAwaited(absl::Time at);
  void AddOccurrence(absl::Time at, const Trigger& trigger);
  // For one of the clocks: what starts it again, an attempt soon after another,
  // a pause and its end.
  void AddForClock(absl::Time at);
  void AddOneOf(std::vector<Trigger> triggers, absl::Time at);
  absl::Time SoonAfter(absl::Time at);
  Touched SomeTouchThatPasses(const TouchTest& test);
  void AddDate(absl::Time at, const DateTest& test);
  void SayDate(absl::Time at, const std::string& date, const std::string& text);
  void AddActivity(absl::Time at, Activity activity);
  // Of a task that was opened, as far as is known.
  void AddTaskDone(absl::Time at, Activity activity);
  void AddReviewed(absl::Time at);
  void AddAbsorbed(absl::Time at);
  std::string TextOfDate(const std::string& date, absl::Time at);
  void AddWithdrawal(absl::Time at);
  // The same again, or the same event with another content.
  void AddDuplicate(absl::Time at);

  Scenario& scenario_;
  PolicyMaker& policies_;
  const bool fine_;  // milliseconds, not minutes
  Dice& dice_;
  absl::Time birth_;
  absl::Duration length_;
  // What the reference says of the history so far, now and then.
  std::vector<reference::Fact> facts_;
};

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_HISTORY_MAKER_H_
