#ifndef LEADCLOCK_PROCESSOR_POLICY_POLICY_H_
#define LEADCLOCK_PROCESSOR_POLICY_POLICY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/condition.h"
#include "processor/policy/target.h"
#include "state/event.h"
#include "state/people.h"

namespace leadclock {

// Which touches count as a response. An absent test is not made.
struct TouchTest {
  std::optional<Direction> direction;
  std::optional<ActorKind> actor_kind;
  std::vector<Role> by;  // the actor holds one of these roles; empty: anyone
  std::optional<bool> meaningful;
  std::optional<bool> personalized;
  std::optional<bool> reply_path;
  std::vector<std::string> channels;  // empty: any
  std::optional<bool> changes_terms = {};
  std::optional<bool> apology = {};
  // Of what stops a clock: it is on another channel than the touch that started
  // that run, if one did and its channel is known.
  bool another_channel = false;

  friend bool operator==(const TouchTest&, const TouchTest&) = default;
};

struct NamedResponse {
  std::string name;
  TouchTest touch;
};

// Which activities count: of this kind, with one of these values in each of
// these fields. A field that the activity does not say is "".
struct ActivityTest {
  struct FieldTest {
    std::string field;
    std::vector<std::string> any_of;  // at least one

    friend bool operator==(const FieldTest&, const FieldTest&) = default;
  };
  ActivityKind kind = ActivityKind::kMilestone;
  std::vector<FieldTest> fields = {};

  friend bool operator==(const ActivityTest&, const ActivityTest&) = default;
};

// A date that the lead knows comes, or comes near.
struct DateTest {
  // "term_ends", "next_step", "meeting", "return", or "custom.<name>".
  std::string date;
  // Before the date, if positive; after it, if negative. In days of the local
  // time of day, in the zone of the calendar that the lead's clocks go by, and
  // in hours and less.
  int days = 0;
  absl::Duration length = {};

  friend bool operator==(const DateTest&, const DateTest&) = default;
};

// What starts or stops a clock, and what else the policy waits for.
struct Trigger {
  enum class Kind : uint8_t {
    kLeadCreated,    // the birth of the lead
    kAssigned,       // somebody holds `role` (also at its birth)
    kTouch,          // a touch that passes `touch`
    kClockAnswered,  // another clock was answered, in time or late
    kClockMissed,    // another clock fell due unanswered
    kClockStopped,   // another clock ended without an answer
    kRungFired,      // a rung of a clock fired
    kReentered,      // the lead came back, and a new cycle began
    kActivity,       // an activity that passes `activity`
    kFlagAdded,      // the lead got one of `flags`, which it did not have
    kDate,           // the instant that `date` means; decided by time
  };
  Kind kind = Kind::kLeadCreated;
  TouchTest touch = {};  // kTouch
  // kClockAnswered, kClockMissed, kClockStopped, kRungFired: index in
  // Policy::clocks.
  uint16_t clock = 0;
  Role role = Role::kOwner;             // kAssigned
  std::string rung = {};                // kRungFired: its name
  ActivityTest activity = {};           // kActivity
  std::vector<std::string> flags = {};  // kFlagAdded: at least one
  DateTest date = {};                   // kDate

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

// A point on a clock's counted time.
struct Mark {
  enum class From : uint8_t {
    kStart,      // `length` after the start
    kBeforeDue,  // the target less `length`, at least 0; length > 0
    kAfterDue,   // `length` counted after due; `due` itself is length 0
    kShare,      // `percent` of the target
    kStarted,    // the start itself, whether it counts then or not
  };
  From from = From::kStart;
  absl::Duration length;  // >= 0
  // 1 to 100, for kShare; of kStart, the share of the target that stands in
  // for `length` where the clock is due by then, or 0.
  int percent = 0;
  // Of kStart and kAfterDue: `length` on the wall, open or not, paused or not.
  bool wall = false;

  friend bool operator==(const Mark&, const Mark&) = default;
};

// Whether a share of such a target stands in for the length.
inline bool IsShareOf(const Mark& mark, absl::Duration target) {
  return mark.from == Mark::From::kShare ||
         (mark.from == Mark::From::kStart && !mark.wall && mark.percent > 0 &&
          mark.length >= target);
}

// About where a mark stands on a count that reaches due there, to sort by.
inline absl::Duration PlaceOf(const Mark& mark, absl::Duration due) {
  if (IsShareOf(mark, due)) return due * mark.percent / 100;
  switch (mark.from) {
    case Mark::From::kStarted:
      return -absl::InfiniteDuration();
    case Mark::From::kStart:
      return mark.length;
    case Mark::From::kBeforeDue:
      return due - mark.length;
    case Mark::From::kShare:
    case Mark::From::kAfterDue:
      break;
  }
  return due + mark.length;
}

enum class RungAction : uint8_t {
  kRemind,
  kBreach,
  kEscalate,
  kReassign,
  kWarn,
  kReview,
  kSetPriority,
  kRequestAlternateOwner,
  // Fires only if the clock's calendar is closed at that instant.
  kAcknowledge,
};

// One step of a clock's ladder: what is done when a mark is reached.
struct Rung {
  std::string name;  // unique on its ladder
  Mark mark;
  RungAction action = RungAction::kRemind;
  // Roles: at least one, but for kSetPriority.
  std::vector<std::string> to;
  // Judged at the rung's own instant; if false then, it never fires.
  Condition when;
  std::string priority = "";            // kSetPriority
  std::string recommended_action = "";  // for whoever is told; "": none
  // Of kWarn: fires only if the run is not at risk, and no other rung that
  // warns is to come before due, by what is known then.
  bool for_the_rest = false;

  friend bool operator==(const Rung&, const Rung&) = default;
};

struct CalendarRule {
  Condition when;
  uint16_t calendar = 0;  // index in Policy::calendars

  friend bool operator==(const CalendarRule&, const CalendarRule&) = default;
};

// One promise.
struct ClockRule {
  // Targets by condition: the first whose condition holds. The last condition
  // is empty, so there always is one.
  struct TargetRule {
    Condition when;
    Target target;

    friend bool operator==(const TargetRule&, const TargetRule&) = default;
  };

  // How often it starts in one cycle of a lead.
  enum class Repeats : uint8_t {
    kNever,     // once
    kAfterEnd,  // whenever none of its runs is open
    kEach,      // at each trigger, beside those that are open
  };

  // A cadence, which is answered by enough attempts.
  struct Attempts {
    std::vector<TouchTest> of;  // any of them
    int at_least = 1;           // 1 to 100
    int channels = 1;           // how many different ones; 1 to at_least
    // An attempt sooner after the last one that counted does not count. On the
    // wall.
    absl::Duration apart = {};

    friend bool operator==(const Attempts&, const Attempts&) = default;
  };

  // Work for a person that stands as long as a run is open.
  struct Task {
    std::string kind;
    std::string to = NameOf(Role::kOwner);  // a role
    std::string recommended_action = {};

    friend bool operator==(const Task&, const Task&) = default;
  };

  std::string name;
  std::vector<Trigger> starts;  // any of them
  // For which leads it starts at all; a trigger that comes while it does not
  // hold is let pass.
  Condition when = {};
  std::vector<Trigger> stops;  // any of them
  // What ends it without an answer, with the activity's reason.
  std::vector<Trigger> cancels = {};
  Repeats repeats = Repeats::kNever;
  // Its open runs go on when the lead is not eligible any more.
  bool keeps_when_ineligible = false;
  std::optional<Attempts> attempts = {};
  // Statuses in which it does not count, until one of `resumes` happens.
  std::vector<std::string> pauses;
  std::vector<Trigger> resumes = {};
  // Nor does it while one of these holds.
  std::vector<Condition> pauses_while = {};
  std::optional<Task> task = {};
  // Whose clock it is (a role; "": the owner), and by which figure it is
  // measured. Told with each of its events.
  std::string responsible = {};
  std::string kpi = {};
  std::vector<TargetRule> targets;
  // The first whose condition holds; if there is none, Policy::calendar_for
  // decides.
  std::vector<CalendarRule> calendars;
  std::vector<Rung> ladder;  // at most 64, also those that stand elsewhere

  friend bool operator==(const ClockRule&, const ClockRule&) = default;
};

struct EligibilityRule {
  enum class Then : uint8_t {
    // Each ends open clocks, with the reason, and starts none. They are counted
    // apart from each other.
    kExclude,
    kStop,
    kReview,  // asks somebody to look at the lead
  };
  Condition when;
  Then then = Then::kExclude;
  std::string reason;
  std::vector<std::string> to = {};     // kReview: roles, at least one
  std::string recommended_action = {};  // kReview

  friend bool operator==(const EligibilityRule&,
                         const EligibilityRule&) = default;
};

// A role beside those that every lead knows, and who holds it.
struct NamedRole {
  struct Rule {
    Condition when;
    PersonId holder;  // empty: nobody

    friend bool operator==(const Rule&, const Rule&) = default;
  };
  std::string name;
  // The last condition is empty, so that there always is a rule that holds.
  std::vector<Rule> rules;

  friend bool operator==(const NamedRole&, const NamedRole&) = default;
};

// Somebody is asked to look at the lead while its clocks go on: whenever the
// condition comes to hold.
struct ReviewRule {
  Condition when;
  std::string reason;  // unlike those of other rules
  std::vector<std::string> to;
  std::string recommended_action = {};

  friend bool operator==(const ReviewRule&, const ReviewRule&) = default;
};

// How a lead goes away for a time and comes back.
struct Reentry {
  std::vector<Trigger> ends;     // it is recycled: its open clocks end
  std::vector<Trigger> returns;  // it comes back: a new cycle begins

  friend bool operator==(const Reentry&, const Reentry&) = default;
};

// What became of a lead, by the name that reports give it.
struct OutcomeRule {
  std::string name;  // unlike those of other rules
  std::vector<Trigger> on;
  Condition when = {};
  // Also more than once in a cycle.
  bool repeats = false;

  friend bool operator==(const OutcomeRule&, const OutcomeRule&) = default;
};

struct NamedCalendar {
  std::string name;
  BusinessCalendar calendar;
  // Why it is closed on a date, by that date; "" if it was not said.
  std::map<absl::CivilDay, std::string> holidays = {};
};

// A company's rules, checked. Immutable once made.
struct Policy {
  // What becomes of the clocks that run when this version takes effect.
  enum class OpenClocks : uint8_t {
    kKeep,   // they stay under the version that they started under
    kCarry,  // they go on under this one
  };

  int64_t version = 0;  // >= 1
  // A whole millisecond.
  absl::Time effective = absl::InfinitePast();
  OpenClocks open_clocks = OpenClocks::kKeep;
  std::vector<NamedCalendar> calendars;    // the first one is "always"
  std::vector<CalendarRule> calendar_for;  // the last condition is empty
  std::vector<NamedRole> roles;
  // The roles that a recipient whom nobody holds falls through, in order.
  std::vector<std::string> fallback = {NameOf(Role::kManager)};
  std::vector<EligibilityRule> eligible;  // the first match wins
  std::vector<ReviewRule> reviews = {};   // each for itself
  Reentry reentry = {};
  std::vector<OutcomeRule> outcomes = {};
  // A rung that could not be said before so much time had passed since its
  // instant is recorded, not notified. InfiniteDuration: whenever.
  absl::Duration notify_within = absl::InfiniteDuration();
  std::vector<NamedResponse> responses;  // which triggers hold copies of
  std::vector<ClockRule> clocks;         // at most 1000
  std::string text;                      // the YAML that says all this
  // What the files say that the text names, by path.
  std::map<std::string, std::string> files;
  // SHA-256 of the text and of these files, hexadecimal: the same version with
  // another hash is another policy.
  std::string hash;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_POLICY_H_
