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
struct AttributeTest {
  std::string attribute;
  std::vector<std::string> any_of;
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
};

struct Trigger {
  enum class On { kLeadCreated, kAssigned, kTouch, kAnswered, kMissed };
  On on = On::kLeadCreated;
  TouchTest touch;   // kTouch
  size_t clock = 0;  // kAnswered, kMissed
};

struct Mark {
  enum class From { kStart, kBeforeDue, kShare, kAfterDue };
  From from = From::kStart;
  Millis length = 0;
  int percent = 0;  // kShare
};

struct Rung {
  Mark mark;
  std::string fact;  // "reminder", "breach", "escalation", "reassignment"
  Condition when;
};

struct TargetRule {
  Condition when;
  Millis target = 0;
};

struct Clock {
  std::vector<Trigger> starts;
  std::vector<Trigger> stops;
  std::vector<std::string> pauses;
  std::vector<TargetRule> targets;  // the last one always matches
  std::optional<size_t> calendar;   // absent: Policy::calendar_for
  std::vector<Rung> ladder;
};

struct CalendarRule {
  Condition when;
  size_t calendar = 0;
};

// To exclude and to stop are the same to a clock.
struct EligibilityRule {
  Condition when;
  std::string reason;
};

struct Policy {
  std::vector<Calendar> calendars;
  std::vector<CalendarRule> calendar_for;  // the last one always matches
  std::vector<EligibilityRule> eligible;
  std::vector<Clock> clocks;
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

struct Fact {
  // "reminder", "breach", "escalation", "reassignment", "met", "missed",
  // "stopped", "answered late", "closed".
  std::string kind;
  size_t clock = 0;
  int rung = -1;  // index in the ladder; -1: not of the ladder
  EventName started_by;
  Millis at = 0;
  People people;

  // Beyond what is compared as net facts.
  bool by_time = false;  // decided by time, not by an event
  Millis started_at = 0;
  Millis counted = 0;
  Millis target = 0;
  std::string reason;
};

// One run of one clock.
struct Run {
  size_t clock = 0;
  EventName started_by;
  Millis started_at = 0;

  Millis counted = 0;
  bool has_begun_to_count = false;
  bool paused = false;
  size_t calendar = 0;
  Millis target = 0;

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
  std::vector<Fact> facts;  // in the order in which they come to be
  std::vector<Run> runs;    // in the order in which they started
};

// What comes of the events, in whatever order they are given, up to and with
// the instant `horizon`.
Life Live(const Policy& policy, const std::vector<Event>& events,
          Millis horizon, Millis step = kMinute);

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_REFERENCE_H_
