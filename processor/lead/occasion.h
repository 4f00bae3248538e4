#ifndef LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_
#define LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_

#include <cstdint>
#include <vector>

#include "processor/policy/policy.h"
#include "state/event.h"
#include "state/lead.h"
#include "state/people.h"

namespace leadclock {

// What may start or stop a clock, other than another clock.
struct Occasion {
  enum class Kind : uint8_t { kBirth, kAssigned, kTouch, kNone };
  Kind kind = Kind::kNone;
  const Touched* touch = nullptr;  // kTouch
};

// What a touch is tested for.
enum class TouchPart : uint8_t {
  kDirection,
  kActorKind,
  kBy,
  kMeaningful,
  kPersonalized,
  kReplyPath,
  kChannel,
  kAnotherChannel,  // than the one that started the run
};

// The tests that a touch does not pass as an answer to a run, while these
// people are responsible. None: it answers it.
std::vector<TouchPart> FailedParts(const TouchTest& test, const Touched& touch,
                                   const People& people, const ClockRun& run);

// False for triggers that are other clocks.
bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people);

// Whether a run that asks for another channel than the one that started it may
// be stopped by this trigger, which the occasion matches.
bool IsOnRightChannel(const Trigger& trigger, const Occasion& occasion,
                      const ClockRun& run);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_OCCASION_H_
