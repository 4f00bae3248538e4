#ifndef LEADCLOCK_PROCESSOR_LEAD_LEAD_FOLD_H_
#define LEADCLOCK_PROCESSOR_LEAD_LEAD_FOLD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

namespace leadclock {

// Says what follows from what happened to a lead: takes events into its
// history, derives what is true, and compares that with what was said.
// Pure: now enters as an argument.

enum class Form : uint8_t {
  kSaid,
  kRetracted,  // what was said turned out not to be true
  kCorrected,  // it is true, but the people were wrong
};

// One event to write.
struct Utterance {
  Form form = Form::kSaid;
  Fact fact;
  uint32_t count = 0;        // as in Said
  uint32_t corrections = 0;  // as in Said
  bool notify = false;
  int64_t lead_seq = 0;
};

// When the fold is asked.
struct Asking {
  // What time decided up to this instant may be said. Monotone for a lead.
  absl::Time now;
  // When the newest of the events was read.
  absl::Time read_at = absl::InfinitePast();
  // Facts from before this instant are recorded, not notified.
  absl::Time notify_from = absl::InfinitePast();
  // A lead without an open clock is put away when now has passed the reading
  // of its last event by this much.
  absl::Duration retire_after = absl::InfiniteDuration();
};

enum class Intake : uint8_t {
  kTaken,       // new in the history
  kReplacing,   // took the place of a lesser content of the same event
  kDuplicate,   // the same content was there
  kSuperseded,  // a greater content of the same event was there
  kCollapsed,   // dated in the part of the history that is no longer kept
};

// The lead is no longer kept.
struct Departure {
  enum class Reason : uint8_t { kRetired, kErased };
  Reason reason = Reason::kRetired;
  absl::Time at;
  int64_t lead_seq = 0;
};

struct Answer {
  std::vector<Utterance> utterances;  // in the order in which they are said
  // The earliest instant at which time may decide something more.
  absl::Time next_instant = absl::InfiniteFuture();
  std::vector<Intake> intakes;  // one for each event, in their order
  // Said last; what the lead holds after it is to be forgotten.
  std::optional<Departure> departure;
};

// Whether these events can only be taken in by a lead of whose past nothing is
// unread.
bool NeedsPast(const PolicyBook& policies, const Lead& lead,
               const std::vector<Event>& events);

// Whether one of its clocks is open, or an event may bring it back: then it is
// kept, whatever else lies ahead.
bool IsOpen(const PolicyBook& policies, const Progress& progress);

// What a lead remembers of the policy's hash.
std::string_view PolicyMark(const Policy& policy);

// Whether all versions of the policy are known that judged the lead, or would
// if it were judged anew. Fails with FailedPrecondition, naming them.
absl::Status KnowsPolicies(const PolicyBook& policies, const Lead& lead);

// Takes `events`, in the order in which they were read, into the lead's
// history and says what must be said. Without events: only time has passed, or
// versions of the policy are known that were not.
// REQUIRES: !NeedsPast(policies, lead, events), KnowsPolicies(policies, lead).
Answer FoldLead(const PolicyBook& policies, std::vector<Event> events,
                const Asking& asking, Lead& lead);

// Makes the lead smaller: about the older half of its history becomes what it
// led to. False if nothing can be spared: a part may only be frozen when all
// that it says was said, and lies before now. REQUIRES: nothing is unread.
bool Collapse(const PolicyBook& policies, absl::Time now, Lead& lead);

// The id of the event that says it: deterministic, 32 hexadecimal digits.
std::string UtteranceId(const PolicyBook& policies, std::string_view lead_id,
                        const Utterance& utterance);
// The id of the event that an utterance retracts or corrects.
std::string CorrectedId(const PolicyBook& policies, std::string_view lead_id,
                        const Utterance& utterance);

// The id of the event that says that the lead is no longer kept.
std::string DepartureId(std::string_view lead_id, const Departure& departure);

// The name of a fact's clock; "": it is of none.
const std::string& ClockName(const PolicyBook& policies, const Fact& fact);

// The name of a fact's rung: the ladder's, the verdict's ("met", ...), or
// "review".
const std::string& RungName(const PolicyBook& policies, const Fact& fact);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_LEAD_FOLD_H_
