#ifndef LEADCLOCK_STATE_LEAD_H_
#define LEADCLOCK_STATE_LEAD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
  const std::string& Get(const std::string& name) const;

  friend bool operator==(const Attributes&, const Attributes&) = default;
};

// How a promise ended, fixed at due at the latest.
enum class Verdict : uint8_t { kNone, kMet, kMissed, kStopped };

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
  bool erased = false;         // nothing starts any more
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
};

// In place of a clock, in facts of no clock.
inline constexpr uint16_t kNoClock = 65535;

// Not a rung of a ladder.
inline constexpr uint8_t kNoRung = 255;

// Something that is true of a lead at an instant, under a policy.
struct Fact {
  // Identity, with the lead; of a kLeadReview also the reason.
  uint16_t clock = 0;
  // The event that started the clock; of a kLeadReview the one that brought the
  // lead under the rule.
  EventRef started_by;
  FactKind kind = FactKind::kReminder;
  uint8_t rung = kNoRung;  // index in the clock's ladder
  absl::Time at;
  int64_t policy_version = 0;

  // Outside identity; compared, and corrected when found wrong. So is `due` of
  // a kDueChanged.
  People people;
  std::vector<Recipient> recipients = {};  // of rungs and kLeadReview

  // Told, but not compared.
  uint32_t cycle = 1;
  absl::Time started_at;
  absl::Duration target;
  absl::Duration counted;         // at `at`
  absl::Duration counted_at_due;  // once past due
  std::optional<absl::Time> due;  // as it stood at `at`; foretold before due
  std::optional<absl::Time> answered_at;
  std::string reason;
  // It ended because a version of the policy took effect, not by an event.
  bool ended_by_version = false;
  // The lead's attributes at `at`. Null in facts read back from a ledger.
  std::shared_ptr<const Attributes> attributes;
};

bool SameIdentity(const Fact& a, const Fact& b);
// Whether it tells the same of what is corrected when found wrong.
bool TellsTheSame(const Fact& a, const Fact& b);
// Makes it tell what another one of the same identity tells of that.
void Correct(const Fact& by, Fact& fact);
// Whether time alone makes it true, not an event.
bool DecidedByTime(const Fact& fact);
// Whether it is a step of a ladder.
bool IsRung(FactKind kind);

// A fact that was said, and what became of it.
struct Said {
  Fact fact;  // with the people as last said
  // How often it was said again after a retraction.
  uint32_t count = 0;
  // How often its people were corrected since it was (last) said.
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
