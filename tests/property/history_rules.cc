#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/property/activities.h"
#include "tests/property/history_maker.h"
#include "tests/property/into_reference.h"
#include "tests/property/vocabulary.h"

// What happens to leads beside touches, people and attributes.

namespace leadclock::property {
namespace {

// The contract's order of kinds.
constexpr uint32_t kMerged = 21;
constexpr uint32_t kAttributesChanged = 22;
constexpr uint32_t kFlagsChanged = 24;
constexpr uint32_t kAssigned = 27;
constexpr uint32_t kTouch = 30;
constexpr uint32_t kErased = 39;

bool AsksForFlagOfTouches(const Condition& condition) {
  return std::any_of(
      condition.begin(), condition.end(), [](const AttributeTest& test) {
        return std::any_of(FlagsOfTouches().begin(), FlagsOfTouches().end(),
                           [&](const std::string& flag) {
                             return test.attribute == "flag" &&
                                    IsAmong(flag, test);
                           });
      });
}

}  // namespace

void HistoryMaker::AddFromRules(absl::Time at) {
  if (dice_.Chance(40)) return AddForClock(at);
  const Reentry& reentry = scenario_.versions.front().policy.reentry;
  if (!reentry.returns.empty() && dice_.Chance(20)) {
    AddOccurrence(at, dice_.OneOf(reentry.ends));
    return AddOccurrence(SoonAfter(at), dice_.OneOf(reentry.returns));
  }
  const int64_t choice = dice_.Below(100);
  if (choice < 50 && !policies_.awaited().empty()) return AddAwaited(at);
  if (choice < 64) {
    return AddActivity(
        at, SomeActivity(dice_.OneOf(KnownActivities()).kind, dice_));
  }
  if (choice < 72) {
    return AddDate(at, DateTest{.date = dice_.OneOf(Dates())});
  }
  if (choice < 78) return AddReviewed(at);
  if (choice < 84) {
    return AddTaskDone(at, SomeActivity(ActivityKind::kTaskDone, dice_));
  }
  if (choice < 92) return AddAbsorbed(at);
  if (choice < 93) return AddEvent(at, kMerged, MergedInto{"another lead"});
  if (choice < 94) return AddEvent(at, kErased, Erased{});
  if (dice_.Chance(40)) {
    return AddActivity(at, SomeActivity(ActivityKind::kConsentChanged, dice_));
  }
  AddActivity(at, SomeActivity(dice_.Chance(70) ? ActivityKind::kContactBroken
                                                : ActivityKind::kContactMended,
                               dice_));
}

void HistoryMaker::AddAwaited(absl::Time at) {
  AddOccurrence(at, dice_.OneOf(policies_.awaited()));
}

void HistoryMaker::AddOccurrence(absl::Time at, const Trigger& trigger) {
  switch (trigger.kind) {
    case Trigger::Kind::kDate:
      return AddDate(at, trigger.date);
    case Trigger::Kind::kFlagAdded: {
      FlagsChanged changed;
      (dice_.Chance(75) ? changed.added : changed.removed)
          .push_back(dice_.OneOf(trigger.flags));
      return AddEvent(at, kFlagsChanged, std::move(changed));
    }
    case Trigger::Kind::kActivity: {
      Activity activity = SomeActivity(trigger.activity, dice_);
      if (activity.kind == ActivityKind::kTaskDone) {
        return AddTaskDone(at, std::move(activity));
      }
      return AddActivity(at, std::move(activity));
    }
    case Trigger::Kind::kAssigned:
      return AddEvent(at, kAssigned, Assigned{SomePeople(80)});
    case Trigger::Kind::kTouch:
      return AddEvent(at, kTouch, SomeTouchThatPasses(trigger.touch));
    default:
      return AddActivity(at, SomeActivity(ActivityKind::kMilestone, dice_));
  }
}

absl::Time HistoryMaker::SoonAfter(absl::Time at) {
  return std::min(at + dice_.Below(30) * scenario_.step,
                  scenario_.horizon - scenario_.step);
}

void HistoryMaker::AddForClock(absl::Time at) {
  const ClockRule& clock =
      dice_.OneOf(dice_.OneOf(scenario_.versions).policy.clocks);
  if (clock.attempts && dice_.Chance(60)) {
    const TouchTest& test = dice_.OneOf(clock.attempts->of);
    AddEvent(at, kTouch, SomeTouchThatPasses(test));
    return AddEvent(SoonAfter(at), kTouch, SomeTouchThatPasses(test));
  }
  if (!clock.resumes.empty() && !clock.pauses.empty() && dice_.Chance(60)) {
    Activity pause = SomeActivity(ActivityKind::kStatusChanged, dice_);
    SetField("status", dice_.OneOf(clock.pauses), pause);
    AddActivity(at, std::move(pause));
    const absl::Time resumed = SoonAfter(at);
    AddOccurrence(resumed, dice_.OneOf(clock.resumes));
    // What starts then goes on, too.
    if (dice_.Chance(60)) AddOneOf(clock.starts, SoonAfter(resumed));
    return;
  }
  AddOneOf(dice_.Chance(80) ? clock.starts : clock.cancels, at);
}

// But for a birth.
void HistoryMaker::AddOneOf(std::vector<Trigger> triggers, absl::Time at) {
  std::erase_if(triggers, [](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kLeadCreated;
  });
  if (triggers.empty()) return AddEvent(at, kTouch, SomeTouch());
  AddOccurrence(at, dice_.OneOf(triggers));
}

// But for whom it is by.
Touched HistoryMaker::SomeTouchThatPasses(const TouchTest& test) {
  Touched touch = SomeTouch();
  if (test.direction) touch.direction = *test.direction;
  if (test.actor_kind) touch.actor_kind = *test.actor_kind;
  if (test.meaningful) touch.meaningful = test.meaningful;
  if (test.personalized) touch.personalized = test.personalized;
  if (test.reply_path) touch.reply_path = test.reply_path;
  if (test.changes_terms) touch.changes_terms = test.changes_terms;
  if (test.apology) touch.apology = test.apology;
  if (!test.channels.empty()) touch.channel = test.channels.front();
  return touch;
}

// One such that what the test waits for comes while somebody looks.
void HistoryMaker::AddDate(absl::Time at, const DateTest& test) {
  if (dice_.Chance(10)) return SayDate(at, test.date, "");
  const absl::Time comes =
      dice_.Chance(60) ? at + dice_.Below(90) * scenario_.step : SomeInstant();
  const absl::Time date = comes + test.length + test.days * absl::Hours(24);
  SayDate(at, test.date, TextOfDate(test.date, date));
  if (test.date == "return" && dice_.Chance(40)) {
    SayDate(SoonAfter(at), test.date, "");
  }
}

std::string HistoryMaker::TextOfDate(const std::string& date, absl::Time at) {
  if (!date.starts_with("custom.")) {
    return absl::StrCat(absl::ToUnixMillis(at));
  }
  const int64_t choice = dice_.Below(100);
  if (choice < 5) return "next spring";
  const absl::TimeZone zone =
      choice < 40 ? absl::FixedTimeZone(3600) : absl::UTCTimeZone();
  const std::string instant = absl::FormatTime("%Y-%m-%dT%H:%M:%E3S", at, zone);
  if (choice < 15) return instant.substr(0, 10);
  return absl::StrCat(instant, choice < 40 ? "+01:00" : "Z");
}

void HistoryMaker::SayDate(absl::Time at, const std::string& date,
                           const std::string& text) {
  for (const KnownActivity& known : KnownActivities()) {
    // A disposition says the date, or that there is none any more; of a next
    // step or a meeting there is no such event.
    const bool may_have_none = known.kind == ActivityKind::kDisposition;
    if (known.date != date || (text.empty() && !may_have_none)) continue;
    Activity activity = SomeActivity(known.kind, dice_);
    activity.learnt.emplace_back(date, text);
    return AddActivity(at, std::move(activity));
  }
  AddEvent(at, kAttributesChanged, AttributesChanged{{{date, text}}});
}

void HistoryMaker::AddActivity(absl::Time at, Activity activity) {
  if (activity.kind == ActivityKind::kNextStepScheduled &&
      activity.learnt.empty()) {
    activity.learnt.emplace_back("next_step",
                                 TextOfDate("next_step", SomeInstant()));
  }
  const auto is_return = [](const auto& learnt) {
    return learnt.first == "return";
  };
  // Without a return, there is none any more.
  if (activity.kind == ActivityKind::kDisposition &&
      std::none_of(activity.learnt.begin(), activity.learnt.end(), is_return)) {
    activity.learnt.emplace_back("return", "");
  }
  const uint32_t number = Known(activity.kind).number;
  AddEvent(at, number, std::move(activity));
}

void HistoryMaker::AddTaskDone(absl::Time at, Activity activity) {
  std::vector<std::string> opened;
  for (const reference::Fact& fact : facts_) {
    if (fact.kind != "task opened") continue;
    opened.push_back(absl::StrCat(
        fact.clock == reference::kNoClock ? absl::StrCat("review.", fact.reason)
                                          : fact.clock_name,
        "/", fact.started_by.source, "/", fact.started_by.id));
  }
  SetField(
      "task",
      opened.empty() || dice_.Chance(8) ? "clock0/crm/e0" : dice_.OneOf(opened),
      activity);
  AddActivity(at, std::move(activity));
}

// A touch brings a flag, somebody looks, and is done; and it comes again.
void HistoryMaker::AddReviewed(absl::Time at) {
  const PolicyVersion& version = dice_.OneOf(scenario_.versions);
  std::vector<std::string> reasons;
  for (const EligibilityRule& rule : version.policy.eligible) {
    if (AsksForFlagOfTouches(rule.when)) reasons.push_back(rule.reason);
  }
  for (const ReviewRule& rule : version.policy.reviews) {
    if (AsksForFlagOfTouches(rule.when)) reasons.push_back(rule.reason);
  }
  Activity done = SomeActivity(ActivityKind::kTaskDone, dice_);
  if (reasons.empty()) return AddTaskDone(at, std::move(done));

  Touched touch = SomeTouch();
  touch.changes_terms = true;
  touch.apology = true;
  AddEvent(at, kTouch, touch);
  const EventRef& asks = scenario_.events.back().ref;
  SetField("task",
           absl::StrCat("review.", dice_.OneOf(reasons), "/", asks.source, "/",
                        asks.id),
           done);
  const absl::Time done_at = SoonAfter(at);
  AddActivity(done_at, std::move(done));
  if (dice_.Chance(60)) AddEvent(SoonAfter(done_at), kTouch, touch);
}

void HistoryMaker::AddAbsorbed(absl::Time at) {
  Absorbed absorbed;
  absorbed.lead = "another lead";
  absorbed.started_at =
      birth_ - dice_.Between(-20, dice_.Chance(50) ? 40 : 600) * scenario_.step;
  if (dice_.Chance(60)) {
    absorbed.first_answered_at = at - dice_.Below(40) * scenario_.step;
  }
  AddEvent(at, kMerged, std::move(absorbed));
}

}  // namespace leadclock::property
