#include "processor/lead/occasion.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace leadclock {
namespace {

// A test that is not given holds.
template <typename T>
bool Agrees(const std::optional<T>& wanted, const std::optional<T>& actual) {
  return !wanted || wanted == actual;
}

// Of a touch by itself, whatever run it may answer.
constexpr std::array<TouchPart, 7> kParts = {
    TouchPart::kDirection,  TouchPart::kActorKind,    TouchPart::kBy,
    TouchPart::kMeaningful, TouchPart::kPersonalized, TouchPart::kReplyPath,
    TouchPart::kChannel};

bool Passes(TouchPart part, const TouchTest& test, const Touched& touch,
            const People& people) {
  switch (part) {
    case TouchPart::kDirection:
      return Agrees(test.direction, std::optional(touch.direction));
    case TouchPart::kActorKind:
      return Agrees(test.actor_kind, std::optional(touch.actor_kind));
    case TouchPart::kBy:
      return test.by.empty() ||
             (!touch.actor.empty() &&
              std::any_of(test.by.begin(), test.by.end(), [&](Role role) {
                return people[role] == touch.actor;
              }));
    case TouchPart::kMeaningful:
      return Agrees(test.meaningful, touch.meaningful);
    case TouchPart::kPersonalized:
      return Agrees(test.personalized, touch.personalized);
    case TouchPart::kReplyPath:
      return Agrees(test.reply_path, touch.reply_path);
    case TouchPart::kChannel:
      return test.channels.empty() ||
             std::find(test.channels.begin(), test.channels.end(),
                       touch.channel) != test.channels.end();
    case TouchPart::kAnotherChannel:
      break;  // see IsOnAnotherChannel
  }
  return true;
}

bool Matches(const TouchTest& test, const Touched& touch,
             const People& people) {
  return std::all_of(kParts.begin(), kParts.end(), [&](TouchPart part) {
    return Passes(part, test, touch, people);
  });
}

// Holds if nothing of the kind is asked for.
bool IsOnAnotherChannel(const TouchTest& test, const Touched& touch,
                        const ClockRun& run) {
  if (!test.another_channel || run.channel.empty()) return true;
  return !touch.channel.empty() && touch.channel != run.channel;
}

}  // namespace

std::vector<TouchPart> FailedParts(const TouchTest& test, const Touched& touch,
                                   const People& people, const ClockRun& run) {
  std::vector<TouchPart> failed;
  for (const TouchPart part : kParts) {
    if (!Passes(part, test, touch, people)) failed.push_back(part);
  }
  if (!IsOnAnotherChannel(test, touch, run)) {
    failed.push_back(TouchPart::kAnotherChannel);
  }
  return failed;
}

bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people) {
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      return occasion.kind == Occasion::Kind::kBirth;
    case Trigger::Kind::kAssigned:
      return occasion.kind == Occasion::Kind::kAssigned;
    case Trigger::Kind::kTouch:
      return occasion.kind == Occasion::Kind::kTouch &&
             Matches(trigger.touch, *occasion.touch, people);
    case Trigger::Kind::kClockAnswered:
    case Trigger::Kind::kClockMissed:
    case Trigger::Kind::kClockStopped:
    case Trigger::Kind::kRungFired:
    case Trigger::Kind::kReentered:
    case Trigger::Kind::kActivity:
    case Trigger::Kind::kFlagAdded:
    case Trigger::Kind::kDate:
      break;
  }
  return false;
}

bool IsOnRightChannel(const Trigger& trigger, const Occasion& occasion,
                      const ClockRun& run) {
  return occasion.touch == nullptr ||
         IsOnAnotherChannel(trigger.touch, *occasion.touch, run);
}

}  // namespace leadclock
