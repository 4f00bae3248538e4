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

  friend bool operator==(const TouchTest&, const TouchTest&) = default;
};

// What starts or stops a clock.
struct Trigger {
  enum class Kind : uint8_t {
    kLeadCreated,    // the birth of the lead
    kAssigned,       // somebody owns it (also at its birth)
    kTouch,          // a touch that passes `touch`
    kClockAnswered,  // another clock was answered, in time or late
    kClockMissed,    // another clock fell due unanswered
  };
  Kind kind = Kind::kLeadCreated;
  TouchTest touch;     // kTouch
  uint16_t clock = 0;  // kClockAnswered, kClockMissed: index in Policy::clocks

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

// A point on a clock's counted time.
struct Mark {
  enum class From : uint8_t {
    kStart,      // `length` after the start
    kBeforeDue,  // the target less `length`, at least 0; length > 0
    kAfterDue,   // `length` counted after due; `due` itself is length 0
    kShare,      // `percent` of the target
  };
  From from = From::kStart;
  absl::Duration length;  // >= 0
  int percent = 0;        // 1 to 100, for kShare

  friend bool operator==(const Mark&, const Mark&) = default;
};

enum class RungAction : uint8_t { kRemind, kBreach, kEscalate, kReassign };

// One step of a clock's ladder: what is done when a mark is reached.
struct Rung {
  std::string name;  // unique on its ladder
  Mark mark;
  RungAction action = RungAction::kRemind;
  std::vector<Role> to;  // at least one
  // Judged at the rung's own instant; if false then, it never fires.
  Condition when;

  friend bool operator==(const Rung&, const Rung&) = default;
};

// One promise.
struct ClockRule {
  // Targets and calendars by condition: the first whose condition holds. The
  // last condition is empty, so there always is one.
  struct TargetRule {
    Condition when;
    absl::Duration target;  // >= 0
  };

  std::string name;
  std::vector<Trigger> starts;  // any of them
  std::vector<Trigger> stops;   // any of them
  // Statuses in which it does not count.
  std::vector<std::string> pauses;
  std::vector<TargetRule> targets;
  // Index in Policy::calendars; absent: Policy::calendar_for decides.
  std::optional<uint16_t> calendar;
  std::vector<Rung> ladder;  // at most 64
};

struct EligibilityRule {
  enum class Then : uint8_t {
    kExclude,  // starts no clock, and is counted apart
    kStop,     // ends open clocks, with the reason, and starts none
  };
  Condition when;
  Then then = Then::kExclude;
  std::string reason;
};

struct NamedCalendar {
  std::string name;
  BusinessCalendar calendar;
  // Why it is closed on a date, by that date; "" if it was not said.
  std::map<absl::CivilDay, std::string> holidays = {};
};

struct CalendarRule {
  Condition when;
  uint16_t calendar = 0;  // index in Policy::calendars
};

// A company's rules, checked. Immutable once made.
struct Policy {
  int64_t version = 0;  // >= 1
  absl::Time effective = absl::InfinitePast();
  std::vector<NamedCalendar> calendars;    // the first one is "always"
  std::vector<CalendarRule> calendar_for;  // the last condition is empty
  std::vector<EligibilityRule> eligible;   // the first match wins
  std::vector<ClockRule> clocks;           // at most 1000
  std::string text;                        // the YAML that says all this
  // What the files say that the text names, by path.
  std::map<std::string, std::string> files;
  // SHA-256 of the text and of these files, hexadecimal: the same version with
  // another hash is another policy.
  std::string hash;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_POLICY_H_
