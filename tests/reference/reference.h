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

struct NumberSpan {
  double from = 0;
  bool with_from = true;
  double to = 0;
  bool with_to = true;

  friend bool operator==(const NumberSpan&, const NumberSpan&) = default;
};
// "flag" asks for any of the lead's flags, "available_channel" for any of the
// lines of that attribute, and some for what its story says (see Walk);
// everything else is an attribute. One that is not known has the value "".
struct AttributeTest {
  std::string attribute;
  std::vector<std::string> any_of = {};
  std::vector<NumberSpan> spans = {};  // or a number within one of these
  bool negated = false;                // neither is so
  // In place of all these: one of several conditions holds.
  std::vector<std::vector<AttributeTest>> any = {};

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
  std::optional<bool> changes_terms = {};
  std::optional<bool> apology = {};
  std::vector<std::string> channels;  // empty: any
  // Of stops: another than that of the touch that started the clock.
  bool another_channel = false;

  friend bool operator==(const TouchTest&, const TouchTest&) = default;
};

// Which activities count: of that kind ("stage_changed"), with one of these
// values in each of these fields. What is not said is "".
struct ActivityTest {
  std::string kind;
  std::vector<std::pair<std::string, std::vector<std::string>>> fields = {};

  friend bool operator==(const ActivityTest&, const ActivityTest&) = default;
};

// So many local days, or so long, before a date; below zero: after it.
struct DateTest {
  std::string date;
  int days = 0;
  Millis length = 0;

  friend bool operator==(const DateTest&, const DateTest&) = default;
};

struct Trigger {
  enum class On {
    kLeadCreated,
    kAssigned,
    kTouch,
    kAnswered,
    kMissed,
    kStopped,
    kRung,
    kReentered,
    kActivity,
    kFlagAdded,
    kDate
  };
  On on = On::kLeadCreated;
  TouchTest touch = {};        // kTouch
  size_t clock = 0;            // of a clock: one of the same policy
  std::string role = "owner";  // kAssigned
  std::string rung = {};       // kRung: its name
  ActivityTest activity = {};
  std::vector<std::string> flags = {};  // kFlagAdded
  DateTest date = {};

  friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Mark {
  // kStarted: at the start itself, if its calendar is closed then.
  enum class From { kStart, kBeforeDue, kShare, kAfterDue, kStarted };
  From from = From::kStart;
  Millis length = 0;
  int percent = 0;  // kShare; kStart: of a target that is no longer
  // kStart, kAfterDue: whatever the clock counts.
  bool wall = false;

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
  bool for_the_rest = false;         // warns only of whom no other rung warns

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

// Enough of them answer a clock.
struct Attempts {
  std::vector<TouchTest> of;
  int at_least = 1;
  int channels = 1;
  Millis apart = 0;

  friend bool operator==(const Attempts&, const Attempts&) = default;
};

struct Task {
  std::string kind;
  std::string to = "owner";  // a role

  friend bool operator==(const Task&, const Task&) = default;
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

  Condition when = {};  // for which leads it starts
  std::vector<Trigger> cancels = {};
  // How often it starts in one cycle of a lead: after the end of all that ran,
  // or at each trigger.
  enum class Repeats { kNever, kAfterEnd, kEach };
  Repeats repeats = Repeats::kNever;
  bool keeps_when_ineligible = false;  // it goes on, unless the lead is gone
  std::optional<Attempts> attempts = {};
  std::vector<Trigger> resumes = {};
  std::vector<Condition> pauses_while = {};
  std::optional<Task> task = {};
  std::string responsible = {};  // a role; "": nobody is told of

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

// Somebody is to look at the lead when the condition comes to hold.
struct ReviewRule {
  Condition when;
  std::string reason;
  std::vector<std::string> to = {};

  friend bool operator==(const ReviewRule&, const ReviewRule&) = default;
};

// The lead goes away, and comes back.
struct Reentry {
  std::vector<Trigger> ends = {};
  std::vector<Trigger> returns = {};

  friend bool operator==(const Reentry&, const Reentry&) = default;
};

struct OutcomeRule {
  std::string name;
  std::vector<Trigger> on;
  Condition when = {};
  bool repeats = false;  // more than once in a cycle

  friend bool operator==(const OutcomeRule&, const OutcomeRule&) = default;
};

struct Policy {
  std::vector<Calendar> calendars;
  std::vector<CalendarRule> calendar_for;  // the last one always matches
  std::vector<EligibilityRule> eligible;
  std::vector<Clock> clocks;
  std::map<std::string, std::vector<HolderRule>> roles = {};
  // Roles whose holders stand in for nobody, in order.
  std::vector<std::string> fallback = {"manager"};
  std::vector<ReviewRule> reviews = {};
  Reentry reentry = {};
  std::vector<OutcomeRule> outcomes = {};

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
  std::optional<bool> changes_terms = {};
  std::optional<bool> apology = {};
};

struct Event {
  enum class What {
    kLeadCreated,
    kAttributesChanged,
    kFlagsChanged,
    kAssigned,
    kTouch,
    kWithdrawn,
    kNoted,
    kActivity,
    kMerged,  // into another lead
    kAbsorbed,
    kErased
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
  // An activity: its kind, and what it says of itself. What it changes of the
  // lead stands in `attributes`.
  std::string activity = {};
  std::map<std::string, std::string> fields = {};
  // Of a lead that was absorbed.
  Millis absorbed_started_at = 0;
  bool absorbed_was_answered = false;
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
  // "closed", "lead review", "due changed", "attempt", "outcome", "task
  // opened", "task changed", "task done", "task cancelled".
  std::string kind;
  int64_t version = 0;
  size_t clock = 0;  // in that version
  int rung = -1;     // index in the ladder; -1: not of the ladder
  EventName started_by;
  Millis at = 0;
  People people;
  std::vector<Recipient> recipients = {};
  // Whose clock it is, if that is said.
  std::optional<Recipient> responsible = {};

  Millis due = 0;  // of "due changed": the new one

  // Of "attempt": the touch; of tasks: the event at which it came about, or
  // none, if time decided it.
  EventName by = {};
  std::string outcome = {};       // of "outcome": its name
  bool after_escalation = false;  // of "outcome"
  std::string task_holder = {};   // of tasks
  std::optional<Millis> task_due = {};

  // Beyond what is compared as net facts.
  bool by_time = false;  // decided by time, not by an event
  Millis started_at = 0;
  Millis counted = 0;
  Millis target = 0;
  std::string reason;
  std::string clock_name;
  std::string note = {};
  int cycle = 1;     // which run of that clock
  int attempts = 0;  // that counted so far
  bool autoresponder = false;
};

// What a task was last said to be.
struct OpenTask {
  std::string holder;
  std::optional<Millis> due = {};
  std::vector<std::string> of_lead = {};  // what it tells of the lead

  friend bool operator==(const OpenTask&, const OpenTask&) = default;
};

// A review whose task is open.
struct OpenReview {
  std::string reason;
  EventName asked_by;
  int64_t version = 0;
  bool by_eligibility = false;
  OpenTask task = {};
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
  bool was_warned_of = false;
  size_t calendar = 0;
  Millis target = 0;
  Millis not_due_before = 0;  // an opening; 0: none

  std::string verdict;  // "met", "missed", "stopped"; empty: none yet
  Millis counted_at_due = 0;
  Millis due_at = 0;
  // One for each rung: it fired, or it never will.
  std::vector<bool> rung_is_over;

  bool is_open = true;
  Millis ended_at = 0;
  std::string reason;
  bool was_answered = false;

  int cycle = 1;       // which run of that clock
  int lead_cycle = 1;  // in which it started
  bool from_birth = false;
  bool resumed = false;
  int attempts = 0;
  std::set<std::string> attempt_channels = {};
  std::optional<Millis> last_attempt_at = {};
  std::optional<OpenTask> task = {};
};

struct Escalation {
  Millis at = 0;
  std::string clock;
  std::string rung;
};

struct Life {
  bool is_born = false;
  Millis last_event = 0;
  std::vector<Fact> facts;  // in the order in which they come to be
  std::vector<Run> runs;    // in the order in which they started
  // Why somebody is to look at the lead, in the end; absent: nobody is.
  std::optional<std::string> under_review;
  // The same, of rules beside which clocks go on.
  std::set<std::string> reviews_holding = {};

  int cycle = 1;
  bool away = false;
  bool merged = false;
  std::set<std::string> outcomes = {};          // of this cycle
  std::set<std::string> missed_clocks = {};     // of this cycle
  std::set<std::string> escalated_clocks = {};  // of this cycle
  std::vector<OpenReview> open_reviews = {};
  std::vector<std::pair<Millis, std::string>> owners = {};
  std::vector<Escalation> escalations = {};
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
