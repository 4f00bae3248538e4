// examples/policies/example.yaml is what people learn the language from, so
// each of its values is checked.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"

namespace leadclock {
namespace {

const Policy& Example() {
  static const absl::StatusOr<Policy> policy =
      LoadPolicy(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *policy;
}

absl::Time Utc(const absl::CivilSecond& time) {
  return absl::FromCivil(time, absl::UTCTimeZone());
}

OpenRange Range(double opens, double closes) {
  return {absl::Hours(opens), absl::Hours(closes)};
}

void CheckSameHours(const BusinessCalendar& calendar,
                    const CalendarSpec& expected) {
  const absl::Time from = Utc(absl::CivilSecond(2025, 12, 1));
  const absl::Time to = Utc(absl::CivilSecond(2028, 2, 1));
  CHECK(calendar.OpenIntervals(from, to) ==
        BusinessCalendar::Create(expected).value().OpenIntervals(from, to));
}

AttributeTest Attribute(const std::string& name,
                        std::vector<std::string> any_of) {
  return {name, std::move(any_of)};
}

Trigger Started(Trigger::Kind kind, uint16_t clock = 0) {
  Trigger trigger;
  trigger.kind = kind;
  trigger.clock = clock;
  return trigger;
}

Trigger OwnedTouch() {
  Trigger trigger;
  trigger.kind = Trigger::Kind::kTouch;
  trigger.touch.direction = Direction::kOutbound;
  trigger.touch.actor_kind = ActorKind::kHuman;
  trigger.touch.by = {Role::kOwner, Role::kBackup, Role::kManager};
  trigger.touch.meaningful = true;
  return trigger;
}

void CheckTarget(const ClockRule::TargetRule& rule, const Condition& when,
                 absl::Duration target) {
  CHECK(rule.when == when);
  CHECK(rule.target == Target{.length = target});
}

TEST_CASE("The example is version 1 and holds from 2026") {
  CHECK(Example().version == 1);
  CHECK(Example().effective == Utc(absl::CivilSecond(2026, 1, 1)));
  CHECK(Example().hash.size() == 64);
}

TEST_CASE("The example's calendars are open when it says") {
  const std::vector<NamedCalendar>& calendars = Example().calendars;
  REQUIRE(calendars.size() == 4);

  CHECK(calendars[0].name == "always");
  CHECK(calendars[0].calendar.IsOpen(Utc(absl::CivilSecond(2026, 12, 25))));

  CHECK(calendars[1].name == "london");
  CalendarSpec london;
  london.zone = "Europe/London";
  for (size_t day = 0; day < 5; ++day) london.week[day] = {Range(9, 17.5)};
  london.week[5] = {Range(9, 12), Range(13, 15)};
  london.holidays = {
      absl::CivilDay(2026, 1, 1),   absl::CivilDay(2026, 4, 3),
      absl::CivilDay(2026, 4, 6),   absl::CivilDay(2026, 5, 4),
      absl::CivilDay(2026, 5, 25),  absl::CivilDay(2026, 8, 31),
      absl::CivilDay(2026, 12, 25), absl::CivilDay(2026, 12, 28),
      absl::CivilDay(2027, 1, 1),   absl::CivilDay(2027, 3, 26),
      absl::CivilDay(2027, 3, 29),  absl::CivilDay(2027, 5, 3),
      absl::CivilDay(2027, 5, 31),  absl::CivilDay(2027, 8, 30),
      absl::CivilDay(2027, 12, 27), absl::CivilDay(2027, 12, 28)};
  london.special_hours = {{absl::CivilDay(2026, 12, 24), {Range(9, 12)}},
                          {absl::CivilDay(2026, 12, 26), {}}};
  CheckSameHours(calendars[1].calendar, london);

  CHECK(calendars[2].name == "new_york");
  CalendarSpec new_york;
  new_york.zone = "America/New_York";
  for (size_t day = 0; day < 5; ++day) new_york.week[day] = {Range(9, 18)};
  new_york.holidays = {
      absl::CivilDay(2026, 1, 1),   absl::CivilDay(2026, 1, 19),
      absl::CivilDay(2026, 2, 16),  absl::CivilDay(2026, 5, 25),
      absl::CivilDay(2026, 6, 19),  absl::CivilDay(2026, 7, 3),
      absl::CivilDay(2026, 9, 7),   absl::CivilDay(2026, 11, 26),
      absl::CivilDay(2026, 12, 25), absl::CivilDay(2027, 1, 1),
      absl::CivilDay(2027, 1, 18),  absl::CivilDay(2027, 2, 15),
      absl::CivilDay(2027, 5, 31),  absl::CivilDay(2027, 6, 18),
      absl::CivilDay(2027, 7, 5),   absl::CivilDay(2027, 9, 6),
      absl::CivilDay(2027, 11, 25), absl::CivilDay(2027, 12, 24)};
  new_york.special_hours = {{absl::CivilDay(2026, 11, 27), {Range(9, 13)}},
                            {absl::CivilDay(2027, 11, 26), {Range(9, 13)}}};
  CheckSameHours(calendars[2].calendar, new_york);

  CHECK(calendars[3].name == "berlin");
  CalendarSpec berlin;
  berlin.zone = "Europe/Berlin";
  for (size_t day = 0; day < 4; ++day) berlin.week[day] = {Range(8.5, 17)};
  berlin.week[4] = {Range(8.5, 15)};
  berlin.holidays = {absl::CivilDay(2026, 1, 1),   absl::CivilDay(2026, 4, 3),
                     absl::CivilDay(2026, 4, 6),   absl::CivilDay(2026, 5, 1),
                     absl::CivilDay(2026, 5, 14),  absl::CivilDay(2026, 5, 25),
                     absl::CivilDay(2026, 12, 25), absl::CivilDay(2027, 1, 1),
                     absl::CivilDay(2027, 3, 8),   absl::CivilDay(2027, 3, 26),
                     absl::CivilDay(2027, 3, 29),  absl::CivilDay(2027, 5, 6),
                     absl::CivilDay(2027, 5, 17)};
  CheckSameHours(calendars[3].calendar, berlin);
}

TEST_CASE("The example gives each market its calendar, and the rest always") {
  const std::vector<CalendarRule>& rules = Example().calendar_for;
  REQUIRE(rules.size() == 4);
  CHECK(rules[0].when == Condition{Attribute("market", {"uk"})});
  CHECK(rules[0].calendar == 1);
  CHECK(rules[1].when == Condition{Attribute("market", {"us"})});
  CHECK(rules[1].calendar == 2);
  CHECK(rules[2].when == Condition{Attribute("market", {"de"})});
  CHECK(rules[2].calendar == 3);
  CHECK(rules[3].when.empty());
  CHECK(rules[3].calendar == 0);
}

TEST_CASE("The example excludes, asks for review, and stops") {
  const std::vector<EligibilityRule>& rules = Example().eligible;
  REQUIRE(rules.size() == 4);
  CHECK(rules[0].when == Condition{Attribute("customer", {"existing"})});
  CHECK(rules[0].then == EligibilityRule::Then::kExclude);
  CHECK(rules[0].reason == "existing_customer");
  CHECK(rules[1].when == Condition{Attribute("flag", {"complaint"})});
  CHECK(rules[1].then == EligibilityRule::Then::kExclude);
  CHECK(rules[1].reason == "complaint");
  CHECK(rules[2].when == Condition{Attribute("flag", {"customer_conflict"})});
  CHECK(rules[2].then == EligibilityRule::Then::kReview);
  CHECK(rules[2].reason == "customer_conflict");
  CHECK(rules[2].to == std::vector<std::string>{"manager"});
  CHECK(rules[3].when ==
        Condition{Attribute("consent", {"withdrawn", "unclear"})});
  CHECK(rules[3].then == EligibilityRule::Then::kStop);
  CHECK(rules[3].reason == "consent");
}

TEST_CASE("The example assigns every lead in two minutes, day and night") {
  const ClockRule& clock = Example().clocks.at(0);
  CHECK(clock.name == "assignment");
  CHECK(clock.starts ==
        std::vector<Trigger>{Started(Trigger::Kind::kLeadCreated)});
  CHECK(clock.stops == std::vector<Trigger>{Started(Trigger::Kind::kAssigned)});
  CHECK(clock.pauses.empty());
  REQUIRE(clock.targets.size() == 1);
  CheckTarget(clock.targets[0], {}, absl::Minutes(2));
  REQUIRE(clock.calendars.size() == 1);
  CHECK(clock.calendars[0].calendar == 0);
  CHECK(clock.ladder.empty());
}

TEST_CASE("The example promises a first response, the soonest to high intent") {
  const ClockRule& clock = Example().clocks.at(1);
  CHECK(clock.name == "first_response");
  CHECK(clock.starts ==
        std::vector<Trigger>{Started(Trigger::Kind::kLeadCreated)});
  CHECK(clock.stops == std::vector<Trigger>{OwnedTouch()});
  CHECK(clock.pauses ==
        std::vector<std::string>{"on_hold", "waiting_on_customer"});
  REQUIRE(clock.targets.size() == 3);
  CheckTarget(clock.targets[0], {Attribute("intent", {"high"})},
              absl::Minutes(15));
  CheckTarget(
      clock.targets[1],
      {Attribute("market", {"uk"}), Attribute("source", {"paid_search"})},
      absl::Hours(1));
  CheckTarget(clock.targets[2], {}, absl::Hours(4));
  CHECK(clock.calendars.empty());
}

// The warning that a clock gives if its policy does not say another.
Rung AtRisk() {
  return {"at_risk",
          {Mark::From::kShare, absl::ZeroDuration(), 80},
          RungAction::kWarn,
          {"owner"},
          {},
          "",
          "",
          /*for_the_rest=*/true};
}

TEST_CASE("The example has a ladder, warns, and acknowledges at night") {
  CHECK(Example().clocks.at(1).ladder ==
        std::vector<Rung>{
            {"remind_1",
             {Mark::From::kStart, absl::Minutes(10), 0},
             RungAction::kRemind,
             {"owner"},
             {}},
            {"breach_1",
             {Mark::From::kAfterDue, absl::ZeroDuration(), 0},
             RungAction::kBreach,
             {"owner", "backup"},
             {}},
            {"escalate_1",
             {Mark::From::kAfterDue, absl::Minutes(5), 0},
             RungAction::kEscalate,
             {"manager"},
             {}},
            {"reassign_1",
             {Mark::From::kAfterDue, absl::Minutes(15), 0},
             RungAction::kReassign,
             {"backup"},
             {}},
            AtRisk(),
            {"acknowledge",
             {Mark::From::kStarted, absl::ZeroDuration(), 0},
             RungAction::kAcknowledge,
             {"owner"},
             {},
             "",
             "Confirm receipt, and say when the office opens."},
        });
}

TEST_CASE("The example asks for a second touch on another channel") {
  REQUIRE(Example().clocks.size() == 3);
  const ClockRule& clock = Example().clocks[2];
  CHECK(clock.name == "second_touch");
  CHECK(clock.starts ==
        std::vector<Trigger>{Started(Trigger::Kind::kClockAnswered, 1)});
  Trigger on_another_channel = OwnedTouch();
  on_another_channel.touch.another_channel = true;
  CHECK(clock.stops == std::vector<Trigger>{on_another_channel});
  REQUIRE(clock.targets.size() == 1);
  CheckTarget(clock.targets[0], {}, absl::Minutes(30));
  CHECK(clock.calendars.empty());
  CHECK(clock.ladder == std::vector<Rung>{AtRisk()});
}

TEST_CASE("The policy that is built in can be shown without its file") {
  CHECK(DefaultPolicy().ok());
  CHECK(absl::StartsWith(
      absl::string_view(DefaultPolicyText().data(), DefaultPolicyText().size()),
      "# The default policy"));
}

}  // namespace
}  // namespace leadclock
