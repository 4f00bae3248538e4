#ifndef LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_
#define LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/occasion.h"
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
    kCounted,  // `why`: for special hours
    kClosed,   // the calendar was not open
    kHoliday,  // closed on a holiday, or for special hours
    kPaused,
  };
  absl::Time from;
  absl::Time to;
  Kind kind = Kind::kCounted;
  // The holiday's name; the special hours; the status that paused it, or the
  // condition that does, in words.
  std::string why;
  // kPaused: the event that began it.
  std::optional<EventRef> since;
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
    kAnswered,  // the event answered the clock `clock`
    kMissed,    // the clock `clock` was missed, which the event had started
    kStopped,   // the event ended the clock `clock` without an answer
    kDate,      // the date `date` came, which the event had said
    kVersion,   // a version of the policy took effect
  };
  Kind kind = Kind::kEvent;
  EventRef event;
  std::string clock;
  std::string date = {};       // kDate
  int64_t policy_version = 0;  // kVersion
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
};

// From an instant on, this target was in force.
struct TargetInForce {
  absl::Time since;
  int64_t policy_version = 0;
  size_t rule = 0;  // place in ClockRule::targets
  uint16_t calendar = 0;
  absl::Duration length;  // as open time
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
  };
  // The version on whose ladder it stands: the run's, one that the run had
  // before and by which it fired, or one that takes the run over before it
  // fires.
  int64_t policy_version = 0;
  uint8_t rung = 0;
  Outcome outcome = Outcome::kNotReached;
  std::optional<absl::Time> at;  // kFired, kAhead
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
  std::vector<UncountedTouch> uncounted;
  // Once reached, or if nothing more happens; of a run that ended before, as
  // it stood then. Absent also if it is paused, so that nobody can know.
  std::optional<absl::Time> due;
};

struct LeadStory {
  std::vector<Event> events;         // that count, in order
  std::optional<Progress> progress;  // at `until`
  std::vector<RunStory> runs;
};

// REQUIRES: `history` is sorted by StandsBefore, one for each EventRef.
LeadStory Explain(const PolicyBook& policies, const std::vector<Event>& history,
                  absl::Time until);

// What was said of a lead and turned out not to be true.
struct Untruth {
  std::string clock;
  std::string rung;
  absl::Time at;
};

// The events each of which makes it untrue: without it, it would be true.
// Empty: that cannot be told. REQUIRES: as Explain.
std::vector<EventRef> WhatRefutes(const Untruth& untruth,
                                  const PolicyBook& policies,
                                  const std::vector<Event>& history,
                                  absl::Time until);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_EXPLAIN_H_
