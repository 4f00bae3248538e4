#ifndef LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_
#define LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/occasion.h"
#include "processor/policy/condition.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"
#include "state/people.h"

namespace leadclock {

// Why a lead's clocks say what they say: a pure function of policy and history,
// step by step, for a person who doubts it.

// A part of a run's life in which one thing was true of it.
struct Stretch {
  enum class Kind : uint8_t {
    kCounted,
    kClosed,   // the calendar was not open
    kHoliday,  // closed on a holiday
    kPaused,
    // Of a lead that was taken over when this clock had been due already.
    kTakenOver,
  };
  absl::Time from;
  absl::Time to;
  Kind kind = Kind::kCounted;
  // The holiday's name; the status that paused it, or the condition that does,
  // in words.
  std::string why = {};
  // Counted or closed for the hours of a date, not of a weekday: these. A night
  // belongs to the day on which it opens.
  std::string other_hours = {};
  // kPaused: since which event, or instant, the status or the condition has
  // been so without a break. No event: time made it so.
  std::optional<EventRef> since = {};
  std::optional<absl::Time> since_at = {};
  // kPaused: the event by which the clock went on. None: it did not, or time
  // made it.
  std::optional<EventRef> resumed_by = {};
  bool by_condition = false;  // kPaused: not by the status
};

// From an instant on, this version of the policy judged the run.
struct VersionInForce {
  absl::Time since;
  int64_t policy_version = 0;
  // As it was foretold then. Absent: it was paused, or had ended.
  std::optional<absl::Time> due;
  // As the version before it foretold it at that instant.
  std::optional<absl::Time> due_before;
  // It ends the run as it takes effect.
  bool ends = false;
};

// Why a run started or ended.
struct Cause {
  enum class Kind : uint8_t {
    kEvent,
    kAnswered,    // the event answered the clock `clock`
    kMissed,      // the clock `clock` was missed, which the event had started
    kStopped,     // the event ended the clock `clock` without an answer
    kDate,        // the date `date` came, which the event had said
    kVersion,     // a version of the policy took effect
    kIneligible,  // the event made the lead one that the policy lets out
    kAbsorbed,    // a lead that was taken over had been answered
  };
  Kind kind = Kind::kEvent;
  EventRef event;
  std::string clock;
  std::string date = {};       // kDate
  bool by_return = false;      // kDate: the lead came back on it
  int64_t policy_version = 0;  // kVersion
  // kIneligible: what the rule makes of such leads, and of which.
  Eligibility eligibility = Eligibility::kEligible;
  Condition when = {};
  // Of a start: it is that of a lead which this event took over, and was later
  // before.
  std::optional<EventRef> absorbed_by = {};
  absl::Time began_at = {};
  // kAbsorbed: when that lead was answered.
  absl::Time answered_at = {};
};

// A touch that came while a run was open, and did not answer it.
struct UncountedTouch {
  EventRef event;
  absl::Time at;
  Touched touch;
  People people;  // who was responsible then
  // The run's version of the policy then, and its clock there.
  int64_t policy_version = 0;
  uint16_t clock = 0;
  // For each response that stops the clock, what the touch failed. None: no
  // touch stops it.
  struct Test {
    size_t stop = 0;  // place in ClockRule::stops
    std::vector<TouchPart> failed;
  };
  std::vector<Test> tests;
  // Of a cadence: what it failed of each test for an attempt.
  std::vector<std::vector<TouchPart>> attempt_tests;
};

// A touch that is an attempt of a cadence, or would be, had it come later.
struct AttemptStory {
  EventRef event;
  absl::Time at;
  Touched touch;
  // The run's version of the policy then, and its clock there.
  int64_t policy_version = 0;
  uint16_t clock = 0;
  // How many have counted by then, and on how many channels.
  uint32_t count = 0;
  size_t channels = 0;
  // It did not count: it came too soon after this one, by so much.
  std::optional<EventRef> too_soon_after = {};
  absl::Duration after;
};

// From an instant on, this target was in force.
struct TargetInForce {
  absl::Time since;
  int64_t policy_version = 0;
  size_t rule = 0;  // place in ClockRule::targets
  uint16_t calendar = 0;
  Condition calendar_when;  // which the rule asks for that chose it
  absl::Duration length;    // as open time
  // What changed it. None: it is the first, or a version did, or time.
  std::optional<EventRef> by = {};
  // As it was foretold then. Absent: it was paused, or ended then.
  std::optional<absl::Time> due = {};
};

// The clock was due at once, for it had counted more than its target already.
struct DueAtOnce {
  enum class Why : uint8_t {
    kTarget,   // the target fell
    kStart,    // the start became that of a lead that was taken over
    kVersion,  // a version of the policy took it over
  };
  absl::Duration counted;
  Why why = Why::kTarget;
  std::optional<EventRef> by = {};
};

struct RungStory {
  enum class Outcome : uint8_t {
    kFired,
    kNotTrue,  // its mark was reached, but its `when` did not hold then
    // Due came first: the target fell below what was counted, past its mark, or
    // it warns of what has come.
    kSkipped,
    kOpen,             // it acknowledges what starts while closed
    kWarnedOtherwise,  // it is for the rest, of whom another rung warns
    kNotReached,       // the run ended before
    kAhead,            // fires then, if nothing more happens
    // Nothing foretells it: the run is paused, or its `when` does not hold now.
    kWaits,
    kNotTrueNow,
    kDropped,  // a version that takes the run over before has no such rung
    kTooLate,  // the version that took the run over has it at the start
  };
  // The version on whose ladder it stands: the run's, one that the run had
  // before and by which it fired or was passed over, or one that takes the run
  // over before it fires.
  int64_t policy_version = 0;
  uint8_t rung = 0;
  Outcome outcome = Outcome::kNotReached;
  // When it fired, or will, or was passed over. Absent: none of these.
  std::optional<absl::Time> at = {};
  // kFired, kAhead: who is meant.
  std::vector<Recipient> recipients = {};
};

struct RunStory {
  ClockRun run;  // as it stands at `until`
  std::vector<Stretch> stretches;
  std::vector<VersionInForce> versions;  // at least one
  std::vector<TargetInForce> targets;
  // What takes it over later than `until`.
  std::vector<VersionInForce> versions_ahead;
  std::vector<RungStory> rungs;  // as they stand on its count
  Cause start;
  std::optional<Cause> end;
  std::vector<AttemptStory> attempts;
  std::vector<UncountedTouch> uncounted;
  // Once reached, or if nothing more happens; of a run that ended before, as
  // it stood then. Absent also if it is paused, so that nobody can know.
  std::optional<absl::Time> due;
  std::optional<DueAtOnce> due_at_once = {};
};

// Why the lead is not eligible, or since when it is again.
struct EligibilityStory {
  absl::Time since;
  std::optional<EventRef> by;  // none: time, or a version, made it so
  // Which leads the rule means. Empty: no rule did.
  Condition when = {};
};

// A clock that something would have started, but it is not for such leads.
struct ClockNotStarted {
  std::string clock;
  int64_t policy_version = 0;
  absl::Time at;
  std::optional<EventRef> by;  // none: the miss of another clock
  Condition when;              // which did not hold
};

struct LeadStory {
  std::vector<Event> events;         // that count, in order
  std::optional<Progress> progress;  // at `until`
  EligibilityStory eligibility = {};
  std::vector<RunStory> runs;
  // The last time, of clocks that have not started at all.
  std::vector<ClockNotStarted> not_started = {};
  // What became of the lead, and the reviews that were asked for.
  std::vector<Fact> outcomes = {};
  std::vector<Fact> facts = {};  // that are true by `until`
};

// REQUIRES: `history` is sorted by StandsBefore, one for each EventRef.
LeadStory Explain(const PolicyBook& policies, const std::vector<Event>& history,
                  absl::Time until);

// What is true by this history and no other. REQUIRES: as Explain.
std::vector<Fact> FactsOf(const PolicyBook& policies,
                          const std::vector<Event>& history, absl::Time until);

// What may be said of a lead.
struct Claim {
  std::string clock;
  std::string rung;
  absl::Time at;
  EventRef started_by = {};    // none: whichever
  int64_t policy_version = 0;  // 0: whichever
};

// Whether it is among the facts.
bool IsTrue(const Claim& claim, const PolicyBook& policies,
            const std::vector<Fact>& facts);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_
