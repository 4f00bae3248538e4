#include "tests/property/policy_maker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/property/known_calendars.h"
#include "tests/property/vocabulary.h"

namespace leadclock::property {
namespace {

AttributeTest Asks(const std::string& attribute,
                   const std::vector<std::string>& any_of) {
  AttributeTest test;
  test.attribute = attribute;
  test.any_of = any_of;
  return test;
}

}  // namespace

PolicyVersion PolicyMaker::MakeFirst() {
  made_ = {};
  rich_ = dice_.Chance(70);
  policy().version = 1;
  policy().hash = "hash1";
  MakeRules();
  return made_;
}

void PolicyMaker::MakeRules() {
  AddCalendar(0);
  for (int64_t n = dice_.Below(3); n > 0; --n) {
    AddCalendar(static_cast<size_t>(
        dice_.Between(1, static_cast<int64_t>(KnownCalendars().size()) - 1)));
  }
  while (dice_.Chance(30) && policy().calendar_for.size() < 2) {
    policy().calendar_for.push_back({SomeCondition(), SomeCalendar()});
  }
  policy().calendar_for.push_back({{}, SomeCalendar()});

  AddRoles();
  while (dice_.Chance(rich_ ? 35 : 60) && policy().eligible.size() < 3) {
    AddRuleOfEligibility();
  }

  clocks_ = static_cast<uint16_t>(dice_.Between(1, 4));
  for (uint16_t clock = 0; clock < clocks_; ++clock) {
    policy().clocks.push_back(SomeClock(clock));
  }
  if (dice_.Chance(15)) policy().notify_within = SomeTarget();
  if (rich_) AddRules();
}

void PolicyMaker::AddRuleOfEligibility() {
  static const std::vector<std::string> reasons = {"consent", "complaint",
                                                   "stage"};
  EligibilityRule rule;
  rule.when = SomeIneligible();
  // Most often review, so that leads go from one to another.
  rule.then = dice_.Chance(50)
                  ? EligibilityRule::Then::kReview
                  : static_cast<EligibilityRule::Then>(dice_.Below(2));
  rule.reason =
      reasons[dice_.Chance(25) ? 0 : policy().eligible.size() % reasons.size()];
  if (rule.then == EligibilityRule::Then::kReview) rule.to = SomeRoles();
  policy().eligible.push_back(std::move(rule));
}

void PolicyMaker::AddRoles() {
  for (const char* const name : {"team_lead", "operations"}) {
    NamedRole role;
    role.name = name;
    while (dice_.Chance(40) && role.rules.size() < 2) {
      role.rules.push_back({SomeCondition(), PersonId(dice_.OneOf(Persons()))});
    }
    role.rules.push_back({{}, PersonId(dice_.OneOf(Persons()))});
    policy().roles.push_back(std::move(role));
  }
  if (dice_.Chance(50)) policy().fallback = SomeRoles();
}

std::vector<std::string> PolicyMaker::SomeRoles() {
  static const std::vector<std::string> all = {
      "owner", "owner", "backup", "manager", "team_lead", "operations"};
  std::vector<std::string> roles;
  do {
    roles.push_back(dice_.OneOf(all));
  } while (dice_.Chance(30));
  return roles;
}

void PolicyMaker::AddCalendar(size_t known) {
  const KnownCalendar& calendar = KnownCalendars()[known];
  policy().calendars.push_back(
      {.name = calendar.name, .calendar = calendar.calendar});
  made_.calendars.push_back(calendar.spec);
}

uint16_t PolicyMaker::SomeCalendar() {
  return static_cast<uint16_t>(
      dice_.Below(static_cast<int64_t>(policy().calendars.size())));
}

Condition PolicyMaker::SomeCondition() {
  if (rich_ && dice_.Chance(30)) return {SomeStoryTest()};
  if (rich_ && dice_.Chance(8)) return {SomeAny()};
  Condition condition;
  do {
    AttributeTest test;
    if (dice_.Chance(15)) {
      test.attribute = "flag";
      test.any_of = {dice_.OneOf(Flags())};
    } else if (dice_.Chance(10)) {
      test = SomeComparison();
    } else {
      const auto& [name, values] = dice_.OneOf(Attributes());
      test.attribute = name;
      do {
        const std::string& value = dice_.OneOf(values);
        test.any_of.push_back(value == kBothChannels ? "email" : value);
      } while (dice_.Chance(20));
    }
    test.negated = dice_.Chance(15);
    condition.push_back(test);
  } while (dice_.Chance(15));
  asked_.insert(asked_.end(), condition.begin(), condition.end());
  return condition;
}

AttributeTest PolicyMaker::SomeComparison() {
  AttributeTest test;
  test.attribute = "lead_score";
  do {
    NumberSpan& span = test.spans.emplace_back();
    const auto from = static_cast<double>(dice_.Between(8, 12));
    if (dice_.Chance(60)) span.from = from;
    if (dice_.Chance(60)) span.to = from + 2;
    span.with_from = dice_.Chance(50);
    span.with_to = dice_.Chance(50);
  } while (dice_.Chance(20));
  if (dice_.Chance(10)) test.any_of = {"9"};
  return test;
}

Condition PolicyMaker::SomeIneligible() {
  static const std::vector<Condition> conditions = {
      {Asks("consent", {"withdrawn"})},
      {Asks("flag", {"complaint"})},
      {Asks("stage", {"sql"}), Asks("intent", {"low", "high"})}};
  if (rich_ && dice_.Chance(20)) return {SomeStoryTest()};
  if (rich_ && dice_.Chance(20)) return FlagOfTouches();
  const Condition& condition = dice_.OneOf(conditions);
  asked_.insert(asked_.end(), condition.begin(), condition.end());
  return condition;
}

ClockRule PolicyMaker::SomeClock(uint16_t index) {
  ClockRule clock;
  clock.name = absl::StrCat("clock", index);
  do {
    clock.starts.push_back(SomeStart(index));
  } while (dice_.Chance(20));
  do {
    clock.stops.push_back(SomeStop(index));
  } while (dice_.Chance(25));
  if (dice_.Chance(40)) clock.pauses.push_back("on_hold");
  if (dice_.Chance(25)) clock.pauses.push_back("waiting");
  while (dice_.Chance(40) && clock.targets.size() < 3) {
    clock.targets.push_back({SomeCondition(), OpenTime(SomeTarget())});
  }
  clock.targets.push_back({{}, OpenTime(SomeTarget())});
  if (!fine_ && dice_.Chance(20)) {
    const int64_t count = static_cast<int64_t>(clock.targets.size());
    clock.targets[static_cast<size_t>(dice_.Below(count))].target =
        SomeTargetInDays();
  }
  if (dice_.Chance(25)) {
    clock.calendars.push_back({SomeCondition(), SomeCalendar()});
  }
  if (dice_.Chance(50)) clock.calendars.push_back({{}, SomeCalendar()});
  if (rich_) Enrich(clock, index);
  while (dice_.Chance(70) && clock.ladder.size() < 6) {
    clock.ladder.push_back(SomeRung(clock));
  }
  return clock;
}

Trigger PolicyMaker::SomeStart(uint16_t clock) {
  Trigger trigger;
  const int64_t kind = dice_.Below(100);
  if (clock == 0 && kind < 85) return trigger;  // lead_created
  if (rich_ && dice_.Chance(50)) return SomeRichStart(clock);
  if (clocks_ == 1 || kind < 40) {
    trigger.kind = dice_.Chance(60) ? Trigger::Kind::kLeadCreated
                                    : Trigger::Kind::kAssigned;
    return trigger;
  }
  if (kind < 45) {
    trigger.kind = Trigger::Kind::kTouch;
    trigger.touch = SomeTouchTest();
    return trigger;
  }
  trigger.kind =
      kind < 72 ? Trigger::Kind::kClockAnswered : Trigger::Kind::kClockMissed;
  trigger.clock = AnotherClock(clock);
  return trigger;
}

uint16_t PolicyMaker::AnotherClock(uint16_t clock) {
  const auto other = static_cast<uint16_t>(dice_.Below(clocks_ - 1));
  return other < clock ? other : static_cast<uint16_t>(other + 1);
}

Trigger PolicyMaker::SomeStop(uint16_t clock) {
  Trigger trigger;
  if (rich_ && dice_.Chance(20)) {
    return dice_.Chance(25) ? SomeAssigned() : SomeActivityTrigger();
  }
  if (dice_.Chance(20)) {
    trigger.kind = Trigger::Kind::kAssigned;
    return trigger;
  }
  if (clocks_ > 1 && dice_.Chance(10)) {
    trigger.kind = Trigger::Kind::kClockAnswered;
    trigger.clock = AnotherClock(clock);
    return trigger;
  }
  trigger.kind = Trigger::Kind::kTouch;
  trigger.touch = SomeTouchTest();
  trigger.touch.another_channel = dice_.Chance(25);
  return trigger;
}

TouchTest PolicyMaker::SomeTouchTest() {
  TouchTest test;
  if (dice_.Chance(60)) {
    test.direction =
        dice_.Chance(80) ? Direction::kOutbound : Direction::kInbound;
  }
  if (dice_.Chance(40)) test.actor_kind = ActorKind::kHuman;
  if (dice_.Chance(35)) {
    test.by = {Role::kOwner};
    if (dice_.Chance(40)) test.by.push_back(Role::kBackup);
    if (dice_.Chance(40)) test.by.push_back(Role::kManager);
  }
  if (dice_.Chance(20)) test.meaningful = dice_.Chance(80);
  if (dice_.Chance(8)) test.personalized = dice_.Chance(50);
  if (dice_.Chance(8)) test.reply_path = dice_.Chance(50);
  if (dice_.Chance(15)) test.channels = {dice_.OneOf(Channels())};
  if (rich_ && dice_.Chance(8)) test.changes_terms = dice_.Chance(50);
  if (rich_ && dice_.Chance(8)) test.apology = dice_.Chance(50);
  return test;
}

// In minutes, such that every share of one is whole minutes.
absl::Duration PolicyMaker::SomeTarget() {
  if (fine_) {
    return (dice_.Chance(8) ? 0 : dice_.Between(1, 40)) * step_;
  }
  return absl::Minutes(
      20 * dice_.OneOf<int64_t>({0, 1, 1, 1, 2, 2, 3, 3, 6, 6, 12, 24}));
}

Target PolicyMaker::OpenTime(absl::Duration length) {
  return {.kind = Target::Kind::kOpenTime, .length = length, .days = 0};
}

Target PolicyMaker::SomeTargetInDays() {
  if (dice_.Chance(50)) {
    return {.kind = Target::Kind::kBusinessDays,
            .length = {},
            .days = static_cast<int>(dice_.Between(1, 3))};
  }
  return {.kind = Target::Kind::kEndOfBusinessDay,
          .length = {},
          .days = static_cast<int>(dice_.Below(3))};
}

absl::Duration PolicyMaker::SomeLength() {
  if (fine_) return dice_.Below(25) * step_;
  return absl::Minutes(5 * dice_.OneOf<int64_t>({0, 1, 1, 2, 2, 3, 4, 8}));
}

bool PolicyMaker::HasTargetInDays(const ClockRule& clock) {
  return std::any_of(clock.targets.begin(), clock.targets.end(),
                     [](const ClockRule::TargetRule& rule) {
                       return rule.target.kind != Target::Kind::kOpenTime;
                     });
}

Rung PolicyMaker::SomeRung(const ClockRule& clock) {
  static const std::vector<RungAction> actions = {
      RungAction::kRemind,
      RungAction::kBreach,
      RungAction::kEscalate,
      RungAction::kReassign,
      RungAction::kWarn,
      RungAction::kReview,
      RungAction::kWarn,
      RungAction::kSetPriority,
      RungAction::kRequestAlternateOwner};
  Rung rung;
  rung.name = absl::StrCat("rung", clock.ladder.size());
  rung.action = dice_.OneOf(actions);
  rung.to = SomeRoles();
  if (dice_.Chance(8)) {
    rung.action = RungAction::kAcknowledge;
    rung.mark.from = Mark::From::kStarted;
    return rung;
  }
  rung.mark.from = static_cast<Mark::From>(dice_.Below(4));
  if (HasTargetInDays(clock) && rung.mark.from == Mark::From::kShare) {
    rung.mark.from = Mark::From::kStart;
  }
  if (rung.mark.from == Mark::From::kShare) {
    rung.mark.percent = static_cast<int>(fine_ ? dice_.Between(1, 100)
                                               : 5 * dice_.Between(1, 20));
  } else {
    rung.mark.length = SomeLength();
  }
  const bool may_be_wall = rung.mark.from == Mark::From::kStart ||
                           rung.mark.from == Mark::From::kAfterDue;
  rung.mark.wall = rich_ && may_be_wall && dice_.Chance(30);
  if (rung.mark.from == Mark::From::kStart && !rung.mark.wall &&
      !HasTargetInDays(clock) && dice_.Chance(20)) {
    rung.mark.percent = static_cast<int>(5 * dice_.Between(1, 20));
  }
  rung.for_the_rest = rung.action == RungAction::kWarn && dice_.Chance(40);
  const absl::Duration shortest = step_;
  if (rung.mark.from == Mark::From::kBeforeDue && rung.mark.length < shortest) {
    rung.mark.length = shortest;
  }
  if (dice_.Chance(20)) rung.when = SomeCondition();
  return rung;
}

}  // namespace leadclock::property
