#ifndef LEADCLOCK_TESTS_REFERENCE_WALK_H_
#define LEADCLOCK_TESTS_REFERENCE_WALK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/reference/business_time.h"
#include "tests/reference/reference.h"

namespace leadclock::reference {

template <typename T>
bool IsIn(const std::vector<T>& list, const T& item) {
  for (const T& other : list) {
    if (other == item) return true;
  }
  return false;
}

// A version with what the walk needs of its calendars.
struct Rules {
  Version version;
  // Whether it is another policy than the version before it.
  bool changes_something = true;
  std::vector<std::vector<Opening>> openings;  // of each calendar
  std::map<size_t, std::unique_ptr<BusinessTime>> business_times;

  const Policy& policy() const { return version.policy; }
};

// What an event is taken for.
enum class Role { kBirth, kAssignment, kItself };

// One event, for one of its roles, and what it has brought about so far.
struct Occasion {
  const Event& event;
  Role role = Role::kItself;
  std::set<std::string> flags_added = {};  // that the lead did not have
  std::vector<std::string> answered = {};  // clocks
  std::vector<std::string> stopped = {};
  bool reentered = false;
  size_t first_new_run = 0;
  size_t first_new_review = 0;
};

// A date that the lead knows, and which event said it.
struct KnownDate {
  Millis at = 0;
  Millis learnt_at = 0;
  EventName said_by;
};

// "1772443800000", or of an own attribute ("custom.renewal") what RFC 3339
// calls an instant or a date. Absent: it is none.
std::optional<Millis> DateIn(const std::string& attribute,
                             const std::string& text);

// Through a lead's life, from one instant to the next.
//
// The parts stand in walk.cc (instants and versions), walk_events.cc (what an
// event does), walk_time.cc (what time decides), walk_words.cc (conditions and
// triggers) and walk_facts.cc (what is written down).
class Walk {
 public:
  Walk(const std::vector<Version>& versions, std::vector<Event> events,
       Millis step);

  Life Go(Millis horizon);

 private:
  using IsTrigger = std::function<bool(const Trigger&)>;

  // ---- Versions
  const Rules& InForce() const;
  Rules& RulesOf(int64_t version);
  const Clock& ClockOf(const Run& run);
  void CarryOver();
  bool IsCarryingNow() const;
  void Carry(Run& run, const Rules& to);
  bool IsRungOver(const std::string& name, const Run& run);
  void PassRungsBeforeDue(Run& run);

  // ---- Dues
  std::optional<Millis> ForetellDue(const Run& run);
  Millis WhenCounted(const Run& run, Millis mark);
  std::optional<Millis> WhenOpenFor(const Calendar& calendar, Millis left,
                                    Day first, Day last) const;
  static bool IsReached(const Run& run, Millis mark);
  bool MayFallDue(const Run& run) const;

  // ---- What an event does
  void ApplyEvent(const Event& event, bool is_birth);
  void ApplySteps(const Event& event, Role role);
  void Know(Occasion& occasion);
  void KnowAttributes(const Event& event);
  void KnowOfReview(const Event& event);
  void KnowPeople(const Event& event);
  void KnowDate(const std::string& attribute, const std::string& value,
                const EventName& said_by);
  void KnowOfContacts(const Event& event);
  void KnowOfConsent(const Event& event);
  bool IsGone() const { return life_.merged || is_erased_; }
  void LeaveForGood(Occasion& occasion);
  void Absorb(const Event& event);
  std::set<size_t> CountAttempts(const Occasion& occasion);
  void StopRuns(Occasion& occasion, const std::set<size_t>& answered_anyhow);
  void CancelRuns(Occasion& occasion);
  std::string ReasonOfCancel(const Trigger& trigger,
                             const Occasion& occasion) const;
  void ResumeRuns(const Occasion& occasion);
  void Recycle(Occasion& occasion);
  void ComeBack();
  void StartRuns(const Occasion& occasion, bool is_eligible);
  void EndIneligible(Occasion& occasion,
                     const std::map<int64_t, std::string>& against);
  void AskForReview(const Occasion& occasion, const EligibilityRule* rule);
  void AskForReviews(const Occasion& occasion);
  void SetPauseTargetCalendar(Run& run);
  void SetTarget(const TargetRule& rule, Run& run);
  size_t CalendarOf(const Policy& policy, const Clock& clock) const;
  const BusinessTime& BusinessTimeOf(Rules& rules, size_t calendar);
  void TellTasks(const Occasion& occasion);
  void TellReviewTasks(const Occasion& occasion);

  // Whether it may start as far as its own runs go.
  bool MayStart(const Clock& clock, const EventName& started_by) const;
  // The channel is that of the touch by which it starts; "": none.
  void Start(const Rules& rules, size_t clock, const EventName& started_by,
             const std::string& channel);
  void Answer(Run& run, const Event& event, bool by_itself);
  void End(Run& run, const std::string& reason, bool by_time);
  void SayOutcomes(const EventName& started_by, const std::string& reason,
                   bool by_time, const IsTrigger& is_on);

  // ---- What time decides
  bool IsOpenAt(Millis at, const Run& run);
  bool CountsNow(const Run& run);
  void Count();
  void WhatDatesDecide();
  void ComeBackByDate();
  bool ComesNow(const Trigger& trigger, const std::string& name,
                const KnownDate& date);
  Millis InstantOf(const DateTest& test, const KnownDate& date);
  void WhatConditionsDecide();
  bool JudgeRuns();
  void TellOtherDues();
  void WhatClocksDecide();
  static Millis ValueOf(const Mark& mark, const Run& run);
  void TakeMarks(size_t index);
  void FallDue(size_t index);
  void Fire(size_t index, int rung);
  bool WillBeWarnedOf(const Run& run);
  // Starts clocks of the version in force that have such a trigger.
  void StartByTime(const EventName& started_by, const IsTrigger& is_start);

  // ---- Conditions and triggers
  bool Holds(const Condition& condition) const;
  bool Passes(const AttributeTest& test) const;
  bool IsWithin(const std::string& attribute, const NumberSpan& span) const;
  std::set<std::string> ValuesOf(const std::string& attribute) const;
  std::string TextOf(const std::string& attribute) const;
  bool IsReachable() const;
  std::set<std::string> DatesAhead() const;
  std::set<std::string> OpenClocks() const;
  const EligibilityRule* DecidingRule(const Policy& policy) const;
  // Whether the event itself is such a trigger.
  bool Matches(const Trigger& trigger, const Occasion& occasion) const;
  bool IsAssignment(const std::string& role, const Occasion& occasion) const;
  bool MatchesActivity(const ActivityTest& test, const Event& event) const;
  // Whether it is one for this run: on another channel, of its own task.
  bool MatchesFor(const Run& run, const Trigger& trigger,
                  const Occasion& occasion) const;
  bool Passes(const Touch& touch, const TouchTest& test) const;
  bool IsBy(const std::string& actor,
            const std::vector<std::string>& roles) const;
  static bool IsOnRightChannel(const Trigger& stop, const std::string& channel,
                               const Run& run);

  // ---- People and facts
  std::string HolderOf(const std::string& role, const Policy& policy) const;
  Recipient WhoIsMeantBy(const std::string& role, const Policy& policy) const;
  // That person counts as nobody.
  Recipient WhoIsMeantBut(const std::string& person, const std::string& role,
                          const Policy& policy) const;
  Fact& Tell(const Run& run, const std::string& kind, int rung, bool by_time);
  // Of no clock.
  Fact& Tell(const std::string& kind, int64_t version,
             const EventName& started_by);
  void TellOfReview(const Rules& rules, const std::vector<std::string>& to,
                    const std::string& reason, const Occasion& occasion,
                    bool by_eligibility);
  void OpenTaskOf(Run& run, bool by_time);
  void EndTaskOf(Run& run, const std::string& kind, bool by_time);
  void ChangeTaskOf(Run& run, bool by_time);
  OpenTask TaskAsOf(const Run& run, const Task& task);
  OpenTask TaskAsOf(const OpenReview& review);
  std::vector<std::string> WhatTasksTellOfLead() const;
  std::string HolderOf(const OpenReview& review);
  Fact& TellTask(const OpenReview& review, const std::string& kind);

  std::vector<Rules> rules_;  // in the order of versions
  const std::vector<Event> events_;
  const Millis step_;

  Day first_ = 0;
  Day last_ = 0;

  Millis now_ = 0;
  EventName applying_;  // the event of this moment; none: time decides
  std::map<std::string, std::string> attributes_;
  std::set<std::string> flags_;
  People people_;
  People people_before_;                        // the event of this moment
  std::map<std::string, std::string> holders_;  // by role
  std::map<std::string, KnownDate> dates_;
  std::set<std::string> broken_channels_;
  std::set<std::string> opted_out_channels_;
  // Clocks of which a run that starts now goes on whatever the status is.
  std::set<std::string> resumed_clocks_;
  bool owner_acted_ = false;
  bool autoresponder_ = false;  // in this cycle
  bool is_erased_ = false;
  Millis begun_at_ = 0;
  Millis born_at_ = 0;
  EventName born_by_;
  Life life_;
};

// "first_response/crm/e1".
std::string TaskIdOf(const Run& run);
std::string TaskIdOf(const OpenReview& review);

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_WALK_H_
