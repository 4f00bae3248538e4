#include "processor/lead/occasion.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/names.h"
#include "processor/policy/activity_words.h"

namespace leadclock {
namespace {

// A test that is not given holds.
template <typename T>
bool Agrees(const std::optional<T>& wanted, const std::optional<T>& actual) {
  return !wanted || wanted == actual;
}

// Of a touch by itself, whatever run it may answer.
constexpr std::array<TouchPart, 9> kParts = {
    TouchPart::kDirection,  TouchPart::kActorKind,    TouchPart::kBy,
    TouchPart::kMeaningful, TouchPart::kPersonalized, TouchPart::kReplyPath,
    TouchPart::kChannel,    TouchPart::kChangesTerms, TouchPart::kApology};

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
    case TouchPart::kChangesTerms:
      return Agrees(test.changes_terms, touch.changes_terms);
    case TouchPart::kApology:
      return Agrees(test.apology, touch.apology);
    case TouchPart::kAnotherChannel:
      break;  // see IsOnAnotherChannel
  }
  return true;
}

// Holds if nothing of the kind is asked for.
bool IsOnAnotherChannel(const TouchTest& test, const Touched& touch,
                        const ClockRun& run) {
  if (!test.another_channel || run.channel.empty()) return true;
  return !touch.channel.empty() && touch.channel != run.channel;
}

bool Passes(const ActivityTest& test, const Activity& activity) {
  return test.kind == activity.kind &&
         std::all_of(test.fields.begin(), test.fields.end(),
                     [&](const ActivityTest::FieldTest& field) {
                       return IsOneOf(FieldOf(activity, field.field),
                                      field.any_of);
                     });
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

bool Matches(const TouchTest& test, const Touched& touch,
             const People& people) {
  return std::all_of(kParts.begin(), kParts.end(), [&](TouchPart part) {
    return Passes(part, test, touch, people);
  });
}

bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people) {
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      return occasion.is_birth;
    case Trigger::Kind::kAssigned:
      return (occasion.assigned & RoleBit(trigger.role)) != 0;
    case Trigger::Kind::kTouch:
      return occasion.touch != nullptr &&
             Matches(trigger.touch, *occasion.touch, people);
    case Trigger::Kind::kReentered:
      return occasion.is_reentry;
    case Trigger::Kind::kActivity:
      return occasion.activity != nullptr &&
             Passes(trigger.activity, *occasion.activity);
    case Trigger::Kind::kFlagAdded:
      return std::any_of(trigger.flags.begin(), trigger.flags.end(),
                         [&](const std::string& flag) {
                           return IsOneOf(flag, occasion.flags_added);
                         });
    case Trigger::Kind::kClockAnswered:
    case Trigger::Kind::kClockMissed:
    case Trigger::Kind::kClockStopped:
    case Trigger::Kind::kRungFired:
    case Trigger::Kind::kDate:
      break;
  }
  return false;
}

bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people, const std::string& clock,
             const ClockRun& run) {
  if (!Matches(trigger, occasion, people)) return false;
  if (trigger.kind == Trigger::Kind::kTouch) {
    return IsOnAnotherChannel(trigger.touch, *occasion.touch, run);
  }
  const bool is_task = trigger.kind == Trigger::Kind::kActivity &&
                       trigger.activity.kind == ActivityKind::kTaskDone;
  return !is_task ||
         FieldOf(*occasion.activity, "task") == TaskId(clock, run.started_by);
}

const std::string& FieldOf(const Activity& activity, absl::string_view field) {
  static const auto* const kNothing = new std::string;
  for (const auto& [name, value] : activity.fields) {
    if (name == field) return value;
  }
  return *kNothing;
}

std::string ReasonOf(const Trigger& trigger, const Occasion& occasion) {
  switch (trigger.kind) {
    case Trigger::Kind::kActivity: {
      const Activity& activity = *occasion.activity;
      const std::string& reason = FieldOf(activity, "reason");
      if (!reason.empty()) return reason;
      const ActivityWords& words = WordsOf(activity.kind);
      const std::string& main = FieldOf(activity, words.main_field);
      return main.empty() ? std::string(words.name) : main;
    }
    case Trigger::Kind::kFlagAdded:
      return *std::find_if(trigger.flags.begin(), trigger.flags.end(),
                           [&](const std::string& flag) {
                             return IsOneOf(flag, occasion.flags_added);
                           });
    case Trigger::Kind::kTouch:
      return "touch";
    default:
      return "assigned";
  }
}

std::string TaskId(const std::string& clock, const EventRef& started_by) {
  return absl::StrCat(clock, "/", started_by.source, "/", started_by.id);
}

std::string TaskId(const OpenReview& review) {
  return TaskId(absl::StrCat("review.", review.reason), review.asked_by);
}

}  // namespace leadclock
