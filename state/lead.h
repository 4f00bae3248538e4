#ifndef LEADCLOCK_STATE_LEAD_H_
#define LEADCLOCK_STATE_LEAD_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "state/event.h"
#include "state/people.h"

namespace leadclock {

// What is known of a lead at an instant. Both lists are sorted and without
// doubles, so that equal knowledge is equal memory.
struct Attributes {
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<std::string> flags;

  // Sets an attribute, or forgets it if the value is empty.
  void Set(const std::string& name, const std::string& value);
  void AddFlag(const std::string& flag);
  void RemoveFlag(const std::string& flag);
  // "" if it is not known.
  const std::string& Get(std::string_view name) const;

  friend bool operator==(const Attributes&, const Attributes&) = default;
};

// How a promise ended, fixed at due at the latest.
enum class Verdict : uint8_t { kNone, kMet, kMissed, kStopped };

// A date that is known of a lead, and the event that said it.
struct KnownDate {
  std::string name;  // "next_step", "custom.<name>", ...
  absl::Time at;
  absl::Time learnt_at;
  EventRef said_by;

  friend bool operator==(const KnownDate&, const KnownDate&) = default;
};

// What a task was last said to be.
struct OpenTask {
  PersonId holder;
  std::optional<absl::Time> due;
  uint32_t mark = 0;  // TaskMark()

  friend bool operator==(const OpenTask&, const OpenTask&) = default;
};

// A review that was asked for, as long as its task is open.
struct OpenReview {
  std::string reason;
  EventRef asked_by;
  int64_t policy_version = 0;
  // By `eligible`, which ends with the rule; else by `reviews`.
  bool by_eligibility = false;
  OpenTask task = {};

  friend bool operator==(const OpenReview&, const OpenReview&) = default;
};

// Who became the owner, and when.
struct OwnerChange {
  absl::Time at;
  PersonId owner;

  friend bool operator==(const OwnerChange&, const OwnerChange&) = default;
};

// A rung that escalates, reassigns or asks for another owner, and fired.
struct PastEscalation {
  absl::Time at;
  std::string clock;
  std::string rung;

  friend bool operator==(const PastEscalation&,
                         const PastEscalation&) = default;
};

// One run of one clock.
struct ClockRun {
  // The version of the policy that judges it.
  int64_t policy_version = 0;
  uint16_t clock = 0;  // index in that policy's clocks
  uint32_t cycle = 1;  // which run of that clock on this lead, from 1
  EventRef started_by;
  absl::Time started_at;
  // Of the touch that started it, by itself or by answering another clock. "":
  // there was none, or its channel is not known.
  std::string channel;

  // What it had counted up to the instant `counted_to`.
  absl::Duration counted;
  absl::Time counted_to;
  bool paused = false;
  uint16_t calendar = 0;  // index in that policy's calendars
  absl::Duration target;
  // Of a target in business days that falls on an opening: that opening. The
  // target is used up at the closing before it, but due is not then.
  std::optional<absl::Time> not_due_before;

  Verdict verdict = Verdict::kNone;
  // Once due was reached: that instant, and what had been counted by then.
  std::optional<absl::Time> due;
  absl::Duration counted_at_due;
  // A bit for each rung that fired or never will.
  uint64_t rungs_passed = 0;
  // A bit for each rung that fired.
  uint64_t rungs_fired = 0;

  // An open run has no end.
  std::optional<absl::Time> ended_at;
  std::optional<absl::Time> answered_at;
  std::string reason;  // why it ended without an answer

  // The lead's cycle in which it started.
  uint32_t lead_cycle = 1;
  // By the birth, or by a lead that was absorbed: it begins with the lead.
  bool from_birth = false;
  // One of its `resumes` happened since the status began to pause it.
  bool resumed = false;
  // Of a cadence: those that counted, their channels, sorted, and the last.
  uint32_t attempts = 0;
  std::vector<std::string> attempt_channels = {};
  std::optional<absl::Time> last_attempt_at = {};
  // Its task, while that is open.
  std::optional<OpenTask> task = {};
  // When its rung that warns fired.
  std::optional<absl::Time> at_risk_since = {};

  friend bool operator==(const ClockRun&, const ClockRun&) = default;
};

enum class Eligibility : uint8_t {
  kEligible,
  kExcluded,
  kStopped,
  kUnderReview,
};

// Where the fold of a history stands after its last event: all that is needed
// to go on from there.
struct Progress {
  absl::Time birth;
  EventRef born_by;
  // The instant of the last event applied; not before birth.
  absl::Time position;
  std::shared_ptr<const Attributes> attributes;  // never null
  People people;
  // Whom the lead's events name; none is empty.
  RoleHolders holders = {};
  Eligibility eligibility = Eligibility::kEligible;
  std::string eligibility_reason;
  bool erased = false;  // nothing starts any more
  // Nor after it was merged into another one.
  bool merged = false;

  // Which time round the lead is here, from 1.
  uint32_t cycle = 1;
  // It was recycled and has not come back: nothing starts.
  bool away = false;
  // When its clocks are said to have begun: its birth, or that of a lead that
  // it absorbed.
  absl::Time begun_at = {};
  std::vector<KnownDate> dates = {};  // sorted by name
  // What dates decide was looked at up to this instant: after an event, up to
  // the last one before it.
  absl::Time dates_done = absl::InfinitePast();
  std::vector<std::string> broken_channels = {};     // sorted
  std::vector<std::string> opted_out_channels = {};  // sorted
  // Clocks that the status does not pause, whenever they start, until it is
  // said again; sorted.
  std::vector<std::string> resumed_clocks = {};
  // Whether the owner has done something since that person became the owner.
  bool owner_acted = false;
  // The next four are of this cycle. Lists are sorted, each name once.
  bool autoresponder = false;
  // Those of which a run was missed that `runs` does not contain any more.
  std::vector<std::string> missed_clocks = {};
  std::vector<std::string> escalated_clocks = {};
  std::vector<std::string> outcomes = {};
  // What was told at `position`, and with which event it began: at one instant
  // no such thing is told twice.
  std::vector<std::pair<std::string, EventRef>> just_told = {};
  // Reviews whose tasks are open, and the rules of `reviews` that hold.
  std::vector<OpenReview> open_reviews = {};
  std::vector<std::string> reviews_holding = {};
  // The newest 32 of the whole story.
  std::vector<OwnerChange> owners = {};
  std::vector<PastEscalation> escalations = {};
  std::vector<ClockRun> runs;  // in the order in which they started
};

bool operator==(const Progress& a, const Progress& b);

// What a fact says of a clock.
enum class FactKind : uint8_t {
  // Rungs: decided by time.
  kReminder,
  kBreach,
  kEscalation,
  kReassignment,
  // Verdicts and ends. kMissed is decided by time, the others by an event.
  kMet,
  kMissed,
  kStopped,
  kAnsweredLate,
  kClosed,
  // More rungs; ids of events contain these numbers, so that new ones stand
  // last.
  kWarning,
  kReview,
  kPriority,
  kAlternateOwner,
  // Of no clock: somebody must look at the lead. Decided by an event.
  kLeadReview,
  kAcknowledgement,  // a rung
  // The clock went over to another version of the policy, which changed its
  // due. Decided by time.
  kDueChanged,
  // Of a cadence. `reason` says why one did not count; "": it did.
  kAttempt,
  // What became of the lead (`outcome`). Of no clock.
  kOutcome,
  // Of a run with a task, or of a review.
  kTaskOpened,
  kTaskChanged,
  kTaskDone,
  kTaskCancelled,
};

// In place of a clock, in facts of no clock.
inline constexpr uint16_t kNoClock = 65535;

// Not a rung of a ladder.
inline constexpr uint8_t kNoRung = 255;

// Something that is true of a lead at an instant, under a policy.
struct Fact {
  // Identity, with the lead; of a kLeadReview, and of a review's task, also the
  // reason, of a kOutcome the outcome, of tasks `by`, of a kAttempt both.
  uint16_t clock = 0;
  // The event that started the clock; of a kLeadReview the one that brought the
  // lead under the rule.
  EventRef started_by;
  FactKind kind = FactKind::kReminder;
  uint8_t rung = kNoRung;  // index in the clock's ladder
  absl::Time at;
  int64_t policy_version = 0;
  // Of a kAttempt the touch; of tasks, and of the end of a run, the event at
  // which it came about, or none, if time decided it. (Of an end it is told,
  // and is no identity.)
  EventRef by = {};

  // Outside identity: told, and corrected when found wrong.
  People people;
  std::vector<Recipient> recipients = {};  // of rungs and kLeadReview
  // Whose clock it is, if its rule says that; else the owner's.
  std::optional<Recipient> responsible = {};
  uint32_t cycle = 1;
  absl::Time started_at;
  absl::Duration target;
  absl::Duration counted;         // at `at`
  absl::Duration counted_at_due;  // once past due; told as Overdue()
  std::optional<absl::Time> due;  // as it stood at `at`; foretold before due
  std::optional<absl::Time> answered_at;
  std::string reason;
  // Not told. It ended because a version of the policy took effect, not by an
  // event.
  bool ended_by_version = false;
  // Nor is this. Time made it true that otherwise events do: a start by a date,
  // the outcome of a miss, a task of a carried run.
  bool by_time = false;
  std::string outcome = {};  // kOutcome
  // What the answering activity notes beside its reason.
  std::string note = {};
  // kOutcome: a rung had escalated before, in this cycle.
  bool after_escalation = false;
  // Whether an autoresponder wrote in this cycle.
  bool autoresponder = false;
  uint32_t attempts = 0;                    // how many have counted
  PersonId task_holder = {};                // of tasks
  std::optional<absl::Time> task_due = {};  // of tasks
  // The lead's attributes at `at`. Null in facts of a ledger, where a hash
  // stands for those that are told.
  std::shared_ptr<const Attributes> attributes;
  uint32_t lead_mark = 0;
};

// The attributes that events tell, and those that tasks do.
inline constexpr std::array kToldAttributes = {"market", "source", "intent",
                                               "stage", "crm_url"};
inline constexpr std::array kAttributesOfTasks = {
    "name", "source", "service_interest", "intent", "crm_url"};

// What a fact tells beside what makes it that fact, each under the name that
// people are told it by; but for Overdue() and LeadMark().
inline constexpr auto kTold = std::make_tuple(
    std::pair("people", &Fact::people),
    std::pair("recipients", &Fact::recipients),
    std::pair("responsible", &Fact::responsible),
    std::pair("task's owner", &Fact::task_holder),
    std::pair("task's due", &Fact::task_due),
    std::pair("after an escalation", &Fact::after_escalation),
    std::pair("cycle", &Fact::cycle), std::pair("started", &Fact::started_at),
    std::pair("target", &Fact::target), std::pair("counted", &Fact::counted),
    std::pair("due", &Fact::due), std::pair("answered", &Fact::answered_at),
    std::pair("reason", &Fact::reason), std::pair("note", &Fact::note),
    std::pair("autoresponder", &Fact::autoresponder),
    std::pair("attempts", &Fact::attempts), std::pair("by", &Fact::by));

bool SameIdentity(const Fact& a, const Fact& b);
// Whether two of one identity tell the same.
bool TellsTheSame(const Fact& a, const Fact& b);
// Makes it tell what another one of the same identity does, as a fact of a
// ledger.
void Correct(const Fact& by, Fact& fact);
// The hash of the attributes that it tells; of those that a task tells.
uint32_t LeadMark(const Fact& fact);
uint32_t TaskMark(const Attributes& attributes);
// By how much due was passed at `at`, on the clock's own count.
absl::Duration Overdue(const Fact& fact);
// Whether time alone makes it true, not an event.
bool DecidedByTime(const Fact& fact);
// Whether it is a step of a ladder.
bool IsRung(FactKind kind);
// Whether it says what became of a task.
bool IsOfTask(FactKind kind);

// A fact that was said, and what became of it.
struct Said {
  Fact fact;  // as last said
  // How often it was said again after a retraction.
  uint32_t count = 0;
  // How often it was corrected since it was (last) said.
  uint32_t corrections = 0;
  bool notify = false;
  bool retracted = false;
  // Whether the history up to `Lead::progress` contains it, so that only a
  // replay can change it.
  bool settled = false;
};

// What stands in place of the older part of a history that became too large.
// Nothing changes it any more.
struct Collapsed {
  // Where the fold stood after all events dated up to this instant.
  absl::Time up_to;
  Progress base;
};

// The part of a lead's past that only late events need, as it is stored.
struct Unread {
  std::string texts;
  std::string log;
  uint64_t settled = 0;  // facts in it that were said
};

// Everything that is remembered of one lead.
//
// The usual event is newer than all before, and says nothing of them: then the
// past need not be looked at, and stays `unread` (see state/codec.h).
struct Lead {
  std::optional<Unread> unread;

  // These three are whole only if nothing is unread.
  std::optional<Collapsed> collapsed;
  // Sorted by StandsBefore, one entry for each EventRef. Contains withdrawals,
  // and what they withdraw. What follows on `collapsed`, if there is such a
  // part.
  std::vector<Event> history;
  // In the order in which they were said; unread are only settled ones.
  std::vector<Said> ledger;

  // Of the whole past, read or not: see Summarize().
  struct Summary {
    // No event of the past is newer. Absent: there is none.
    std::optional<absl::Time> newest;
    // RefMark() of each event.
    std::vector<uint16_t> refs;
    bool has_withdrawals = false;
    std::optional<absl::Time> collapsed_up_to;
    std::optional<absl::Time> erased_at;

    friend bool operator==(const Summary&, const Summary&) = default;
  };
  Summary summary;
  // No settled fact that stands was said of a later instant.
  std::optional<absl::Time> settled_up_to;

  // Where the fold of the history stands. Absent: the lead is not born.
  std::optional<Progress> progress;
  // Something that the history settled could not be said yet (it lies behind
  // an instant that now has not reached). It is not stored: the history must
  // be derived anew before the next step.
  bool replay = false;
  // How many events were said of this lead over all topics.
  int64_t lead_seq = 0;
  // What time decided is not said before now has passed this instant, because
  // a late record brought it into being.
  std::optional<absl::Time> hold_until;
  // When the newest of its events was read; absent: not known.
  std::optional<absl::Time> last_read;
  // The newest version of the policy that was known when it was judged last.
  int64_t policy_version = 0;
  std::string policy_hash;  // the first 16 of its digits
  // The instants that its calendars meant then, as a hash: what is known of
  // time zones may change.
  std::string calendars_hash;
  // Judged anew, it needs this version and all above it; 0: none yet.
  int64_t first_policy_version = 0;
  // How many there were from that one to `policy_version`.
  uint32_t policy_versions = 0;
};

// A short hash that is the same everywhere and for ever; equal refs have equal
// ones, and unlike refs hardly ever.
uint16_t RefMark(const EventRef& ref);

// Sums up a past that is whole, or adds one event to the sum.
void Summarize(Lead& lead);
void AddToSummary(const Event& event, Lead::Summary& summary);

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_LEAD_H_
