#ifndef LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_
#define LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "state/lead.h"
#include "state/people.h"

namespace leadclock {

// What an event is to the policy's triggers, other than what it does to clocks.
struct Occasion {
  bool is_birth = false;
  bool is_reentry = false;
  // Who was named, and holds the role now: a bit for each Role.
  uint8_t assigned = 0;
  const Touched* touch = nullptr;      // null: it is none
  const Activity* activity = nullptr;  // null: it is none
  std::vector<std::string> flags_added = {};
};

constexpr uint8_t RoleBit(Role role) {
  return static_cast<uint8_t>(1U << static_cast<unsigned>(role));
}

// What a touch is tested for.
enum class TouchPart : uint8_t {
  kDirection,
  kActorKind,
  kBy,
  kMeaningful,
  kPersonalized,
  kReplyPath,
  kChannel,
  kChangesTerms,
  kApology,
  kAnotherChannel,  // than the one that started the run
};

// The tests that a touch does not pass as an answer to a run, while these
// people are responsible. None: it answers it.
std::vector<TouchPart> FailedParts(const TouchTest& test, const Touched& touch,
                                   const People& people, const ClockRun& run);

bool Matches(const TouchTest& test, const Touched& touch, const People& people);

// False for triggers that are other clocks, or dates.
bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people);

// The same, for what ends or resumes a run of that clock: on another channel
// than the one that started it, if that is asked for; its own task.
bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people, const std::string& clock,
             const ClockRun& run);

// What an activity says of itself; "": nothing.
const std::string& FieldOf(const Activity& activity, absl::string_view field);

// The flags that a touch puts on by itself.
inline constexpr char kTermsChanged[] = "price_or_scope";
inline constexpr char kApology[] = "apology";

// Why a run was ended by an occasion that the trigger matches.
std::string ReasonOf(const Trigger& trigger, const Occasion& occasion);

// The id of the task of a run, or of a review ("review.<reason>"): what is
// said of a task names it so.
std::string TaskId(const std::string& clock, const EventRef& started_by);
std::string TaskId(const OpenReview& review);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_
