#ifndef LEADCLOCK_STATE_EVENT_H_
#define LEADCLOCK_STATE_EVENT_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "state/ids.h"
#include "state/people.h"

namespace leadclock {

// What names an event: no two events of a history share one.
struct EventRef {
  std::string source;
  std::string id;

  friend bool operator==(const EventRef&, const EventRef&) = default;
  friend auto operator<=>(const EventRef&, const EventRef&) = default;
};

// What is said of attributes: name and new value; an empty value forgets it.
// Names are those that policies use ("market", "source", "status", ...).
using AttributeChanges = std::vector<std::pair<std::string, std::string>>;

// The people responsible. Absent: as before. Empty id: nobody.
struct PeopleChanges {
  std::optional<PersonId> owner;
  std::optional<PersonId> backup;
  std::optional<PersonId> manager;

  friend bool operator==(const PeopleChanges&, const PeopleChanges&) = default;
};

struct LeadCreated {
  AttributeChanges attributes;
  PeopleChanges people;
  std::vector<std::string> flags;

  friend bool operator==(const LeadCreated&, const LeadCreated&) = default;
};

// Attributes, stage, status, consent, disposition: each is an attribute.
struct AttributesChanged {
  AttributeChanges attributes;

  friend bool operator==(const AttributesChanged&,
                         const AttributesChanged&) = default;
};

struct FlagsChanged {
  std::vector<std::string> added;
  std::vector<std::string> removed;

  friend bool operator==(const FlagsChanged&, const FlagsChanged&) = default;
};

struct Assigned {
  PeopleChanges people;
  // Other roles, by name. Empty id: the lead's events say nobody any more.
  RoleHolders holders = {};

  friend bool operator==(const Assigned&, const Assigned&) = default;
};

enum class Direction : uint8_t { kUnknown, kOutbound, kInbound, kInternal };
enum class ActorKind : uint8_t {
  kUnknown,
  kHuman,
  kAutomation,
  kAutoresponder,
  kImport
};

struct Touched {
  std::string channel;
  Direction direction = Direction::kUnknown;
  ActorKind actor_kind = ActorKind::kUnknown;
  PersonId actor;
  // Absent: not judged by the feed.
  std::optional<bool> meaningful;
  std::optional<bool> personalized;
  std::optional<bool> reply_path;
  // It changes price or scope; it apologises.
  std::optional<bool> changes_terms = {};
  std::optional<bool> apology = {};

  friend bool operator==(const Touched&, const Touched&) = default;
};

// Takes another event out of the history.
struct Withdrawn {
  EventRef event;

  friend bool operator==(const Withdrawn&, const Withdrawn&) = default;
};

// The lead is to be forgotten. Cannot be withdrawn.
struct Erased {
  friend bool operator==(const Erased&, const Erased&) = default;
};

// What else happens to a lead, and triggers may name.
enum class ActivityKind : uint8_t {
  kConsentChanged,
  kStageChanged,
  kStatusChanged,
  kContactBroken,
  kContactMended,
  kMeetingBooked,
  kMeetingHeld,
  kNextStepScheduled,
  kMilestone,
  kTaskDone,
  kBreachExplained,
  kDisposition,
};

struct Activity {
  ActivityKind kind = ActivityKind::kMilestone;
  // What it says of itself, by the names of docs/policy.md ("stage",
  // "handoff", "reason"): sorted, each once, none empty.
  AttributeChanges fields = {};
  // What it changes of the lead: its attribute ("stage"), its date
  // ("next_step").
  AttributeChanges learnt = {};

  friend bool operator==(const Activity&, const Activity&) = default;
};

// This lead was merged into another one, which goes on in its place.
struct MergedInto {
  std::string lead;

  friend bool operator==(const MergedInto&, const MergedInto&) = default;
};

// Another lead was merged into this one.
struct Absorbed {
  std::string lead;
  absl::Time started_at;
  std::optional<absl::Time> first_answered_at = {};

  friend bool operator==(const Absorbed&, const Absorbed&) = default;
};

using EventBody =
    std::variant<LeadCreated, AttributesChanged, FlagsChanged, Assigned,
                 Touched, Withdrawn, Activity, Erased, MergedInto, Absorbed>;

// One thing that happened to a lead.
struct Event {
  EventRef ref;
  // When it happened; whole milliseconds.
  absl::Time occurred_at;
  // The source's own order; 0: none.
  int64_t sequence = 0;
  // The contract's order of kinds: the field number in LeadEvent's oneof.
  uint32_t kind = 0;
  EventBody body;

  friend bool operator==(const Event&, const Event&) = default;
};

// The order of a history: by when things happened. Never arrival, never offset.
inline bool StandsBefore(const Event& a, const Event& b) {
  if (a.occurred_at != b.occurred_at) return a.occurred_at < b.occurred_at;
  return std::tie(a.sequence, a.kind, a.ref) <
         std::tie(b.sequence, b.kind, b.ref);
}

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_EVENT_H_
