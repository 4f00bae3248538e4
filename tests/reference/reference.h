#ifndef LEADCLOCK_TESTS_REFERENCE_REFERENCE_H_
#define LEADCLOCK_TESTS_REFERENCE_REFERENCE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/calendar.h"

// The plain reference: docs/semantics.md once more, to be compared with it
// sentence by sentence. It walks through a lead's life step by step (a minute,
// as a rule), adds up what each clock counts, and writes down what happens.
//
// It is obvious rather than fast, and shares nothing with the product: neither
// types, nor calendars, nor time zones. It knows the standard library only.
namespace leadclock::reference {

// ---------------------------------------------------------------------------
// The policy

// "flag" asks for any of the lead's flags, and "available_channel" for any of
// the lines of that attribute; everything else is an attribute. One that is not
// known has the value "".
struct NumberSpan {
  double from = 0;
  bool with_from = true;
  double to = 0;
  bool with_to = true;

  friend bool operator==(const NumberSpan&, const NumberSpan&) = default;
};
struct AttributeTest {
  std::string attribute;
  std::vector<std::string> any_of = {};
  std::vector<NumberSpan> spans = {};  // or a number within one of these
  bool negated = false;                // neither is so

  friend bool operator==(const AttributeTest&, const AttributeTest&) = default;
};
using Condition = std::vector<AttributeTest>;  // all of them hold

struct TouchTest {
  std::optional<std::string> direction;
  std::optional<std::string> actor_kind;
  std::vector<std::string> by;  // "owner", "backup", "manager"; empty: anyone
  std::optional<bool> meaningful;
  std::optional<bool> personalized;
  std::optional<bool> reply_path;
  std::vector<std::string> channels;  // empty: any
  // Of stops: another than that of the touch that started the clock.
  bool another_channel = false;

  friend bool operator==(const TouchTest&, const TouchTest&) = default;
};

struct Trigger {
  enum class On { kLeadCreated, kAssigned, kTouch, kAnswered, kMissed };
  On on = On::kLeadCreated;
  TouchTest touch;   // kTouch
  size_t clock = 0;  // kAnswered, kMissed: one of the same policy

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Mark {
  // kStarted: at the start itself, if its calendar is closed then.
  enum class From { kStart, kBeforeDue, kShare, kAfterDue, kStarted };
  From from = From::kStart;
  Millis length = 0;
  int percent = 0;  // kShare

  friend bool operator==(const Mark&, const Mark&) = default;
};

struct Rung {
  Mark mark;
  // "reminder", "breach", "escalation", "reassignment", "warning", "review",
  // "priority", "alternate owner", "acknowledgement".
  std::string fact;
  Condition when;
  std::vector<std::string> to = {};  // roles
  std::string name = {};             // "": its place on the ladder

  friend bool operator==(const Rung&, const Rung&) = default;
};

struct TargetRule {
  Condition when;
  Millis target = 0;
  // In business days, or their end: then `target` is not looked at.
  int business_days = 0;
  bool end_of_business_day = false;

  friend bool operator==(const TargetRule&, const TargetRule&) = default;
};

struct CalendarRule {
  Condition when;
  size_t calendar = 0;

  friend bool operator==(const CalendarRule&, const CalendarRule&) = default;
};

struct Clock {
  std::vector<Trigger> starts;
  std::vector<Trigger> stops;
  std::vector<std::string> pauses;
  std::vector<TargetRule> targets;  // the last one always matches
  // None of them matches: Policy::calendar_for
  std::vector<CalendarRule> calendars;
  std::vector<Rung> ladder;
  std::string name = {};  // "": its place in the policy

  friend bool operator==(const Clock&, const Clock&) = default;
};

// To exclude and to stop are the same to a clock.
struct EligibilityRule {
  Condition when;
  std::string reason;
  bool reviews = false;  // somebody is to look at the lead
  std::vector<std::string> to = {};

  friend bool operator==(const EligibilityRule&,
                         const EligibilityRule&) = default;
};

// In place of a clock, in facts of no clock.
inline constexpr size_t kNoClock = SIZE_MAX;

// Who holds a role beside owner, backup and manager; "": nobody.
struct HolderRule {
  Condition when;
  std::string holder;

  friend bool operator==(const HolderRule&, const HolderRule&) = default;
};

struct Policy {
  std::vector<Calendar> calendars;
  std::vector<CalendarRule> calendar_for;  // the last one always matches
  std::vector<EligibilityRule> eligible;
  std::vector<Clock> clocks;
  std::map<std::string, std::vector<HolderRule>> roles = {};
  // Roles whose holders stand in for nobody, in order.
  std::vector<std::string> fallback = {"manager"};

  friend bool operator==(const Policy&, const Policy&) = default;
};

// The policy from an instant on.
struct Version {
  int64_t number = 1;
  Millis effective = 0;
  bool carries = false;  // open clocks go over to it
  Policy policy;
};

// ---------------------------------------------------------------------------
// The history

struct EventName {
  std::string source;
  std::string id;

  friend auto operator<=>(const EventName&, const EventName&) = default;
};

struct Touch {
  std::string channel;
  std::string direction;
  std::string actor_kind;
  std::string actor;
  std::optional<bool> meaningful;
  std::optional<bool> personalized;
  std::optional<bool> reply_path;
};

struct Event {
  enum class What {
    kLeadCreated,
    kAttributesChanged,
    kFlagsChanged,
    kAssigned,
    kTouch,
    kWithdrawn,
    kNoted
  };

  EventName name;
  Millis at = 0;
  int64_t sequence = 0;
  int kind = 0;  // the contract's number
  // Decides between two contents of one event at one sequence.
  std::string stored_form;

  What what = What::kNoted;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::string> flags_added;
  std::vector<std::string> flags_removed;
  // Absent: as before. Empty: nobody.
  std::optional<std::string> owner;
  std::optional<std::string> backup;
  std::optional<std::string> manager;
  // Of an assignment: other roles, and who holds them. Empty: nobody by what
  // happens to the lead.
  std::vector<std::pair<std::string, std::string>> holders;
  Touch touch;
  EventName withdraws;
};

// ---------------------------------------------------------------------------
// What comes of it

struct People {
  std::string owner;
  std::string backup;
  std::string manager;

  friend auto operator<=>(const People&, const People&) = default;
};

// Who is meant by a role: who holds it, or a role that it fell to; "": nobody.
struct Recipient {
  std::string role;
  std::string fell_to;
  std::string id;

  friend auto operator<=>(const Recipient&, const Recipient&) = default;
};

struct Fact {
  // What a rung gives, or "met", "missed", "stopped", "answered late",
  // "closed", "lead review", "due changed".
  std::string kind;
  int64_t version = 0;
  size_t clock = 0;  // in that version
  int rung = -1;     // index in the ladder; -1: not of the ladder
  EventName started_by;
  Millis at = 0;
  People people;
  std::vector<Recipient> recipients = {};

  Millis due = 0;  // of "due changed": the new one

  // Beyond what is compared as net facts.
  bool by_time = false;  // decided by time, not by an event
  Millis started_at = 0;
  Millis counted = 0;
  Millis target = 0;
  std::string reason;
  std::string clock_name;
};

// One run of one clock.
struct Run {
  std::string clock_name;
  // By which it is judged, and where the clock stands in it.
  int64_t version = 0;
  size_t clock = 0;
  EventName started_by;
  Millis started_at = 0;
  std::string channel;  // of the touch that started it; "": none is known

  Millis counted = 0;
  bool has_begun_to_count = false;
  bool paused = false;
  size_t calendar = 0;
  Millis target = 0;
  Millis not_due_before = 0;  // an opening; 0: none

  std::string verdict;  // "met", "missed", "stopped"; empty: none yet
  Millis counted_at_due = 0;
  // One for each rung: it fired, or it never will.
  std::vector<bool> rung_is_over;

  bool is_open = true;
  Millis ended_at = 0;
  std::string reason;
};

struct Life {
  bool is_born = false;
  Millis last_event = 0;
  std::vector<Fact> facts;  // in the order in which they come to be
  std::vector<Run> runs;    // in the order in which they started
  // Why somebody is to look at the lead, in the end; absent: nobody is.
  std::optional<std::string> under_review;
};

// What comes of the events, in whatever order they are given, up to and with
// the instant `horizon`. Versions are given in their order, and there is one.
Life Live(const std::vector<Version>& versions,
          const std::vector<Event>& events, Millis horizon,
          Millis step = kMinute);

// Under one policy from the beginning.
Life Live(const Policy& policy, const std::vector<Event>& events,
          Millis horizon, Millis step = kMinute);

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_REFERENCE_H_
