#include "tests/reference/reference.h"

#include <catch2/catch.hpp>

#include "tests/reference/stories.h"

// The reference itself, against scenarios that were worked out by hand from
// docs/semantics.md.

namespace leadclock::reference {
namespace {

using namespace stories;  // NOLINT: the words are made for this

TEST_CASE("A call in time meets the clock, also exactly at due",
          "[reference]") {
  const Policy policy = With({Response(Minutes(15), {AtDue()})});

  CHECK(FactsOf(policy, {Created(On("09:00")), Call("c", On("09:04"))}) ==
        Facts{"0 met 09:04"});
  CHECK(FactsOf(policy, {Created(On("09:00")), Call("c", On("09:15"))}) ==
        Facts{"0 met 09:15"});
  CHECK(FactsOf(policy, {Created(On("09:00")), Call("c", On("09:16"))}) ==
        Facts{"0 missed 09:15", "0 breach 09:15", "0 answered late 09:16"});
}

TEST_CASE("A ladder climbs before and after due", "[reference]") {
  const Policy policy = With({Response(
      Minutes(20), {FromStart(Minutes(3)), Share(50), BeforeDue(Minutes(5)),
                    AtDue(), AfterDue(Minutes(5))})});

  CHECK(FactsOf(policy, {Created(On("09:00"))}) ==
        Facts{"0 reminder 09:03", "0 reminder 09:10", "0 reminder 09:15",
              "0 missed 09:20", "0 breach 09:20", "0 escalation 09:25"});
}

TEST_CASE("A lead of Friday night in London waits for Monday morning",
          "[reference]") {
  // 2026-03-27 is the Friday before summer time: 09:00 is 08:00 UTC on Monday.
  const Policy policy = With({Response(Minutes(15), {AtDue()})},
                             Weekdays("Europe/London", 9 * kHour, 17 * kHour));

  const Life life =
      Live(policy, {Created(At("2026-03-27 21:40"))}, At("2026-03-30 12:00"));

  REQUIRE(life.facts.size() == 2);
  CHECK(life.facts[0].kind == "missed");
  CHECK(life.facts[0].at == At("2026-03-30 08:15"));
}

TEST_CASE("A target used up at closing time is due at closing time",
          "[reference]") {
  const Policy policy =
      With({Response(Minutes(60), {})}, Weekdays("UTC", 9 * kHour, 17 * kHour));

  CHECK(FactsOf(policy, {Created(On("16:00"))}) == Facts{"0 missed 17:00"});
  CHECK(FactsOf(policy, {Created(On("16:01"))}, On("23:59") + kDay) ==
        Facts{"0 missed +1d 09:01"});
}

TEST_CASE("A target of zero is due at once if open, else at the opening",
          "[reference]") {
  const Policy policy =
      With({Response(0)}, Weekdays("UTC", 9 * kHour, 17 * kHour));

  CHECK(FactsOf(policy, {Created(On("10:00"))}) == Facts{"0 missed 10:00"});
  CHECK(FactsOf(policy, {Created(On("08:00"))}) == Facts{"0 missed 09:00"});
  CHECK(FactsOf(policy, {Created(On("17:00"))}, On("23:59") + kDay) ==
        Facts{"0 missed +1d 09:00"});
  // On hold over the opening: the resumption.
  CHECK(FactsOf(policy, {Created(On("08:00")),
                         Set("a", On("09:00"), "status", "on_hold"),
                         Set("b", On("09:30"), "status", "working")}) ==
        Facts{"0 missed 09:30"});
}

TEST_CASE("On hold does not count, before and after due", "[reference]") {
  const Policy policy = With({Response(Minutes(10), {AfterDue(Minutes(5))})});

  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:04"), "status", "on_hold"),
                         Set("b", On("10:00"), "status", "working"),
                         Set("c", On("10:07"), "status", "on_hold"),
                         Set("d", On("11:00"), "status", "working")}) ==
        Facts{"0 missed 10:06", "0 escalation 11:04"});
}

TEST_CASE("On hold at the very instant of due does not undo it",
          "[reference]") {
  const Policy policy = With({Response(Minutes(10), {AtDue()})});

  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:10"), "status", "on_hold")}) ==
        Facts{"0 missed 09:10", "0 breach 09:10"});
}

TEST_CASE("Targets follow what is known of the lead", "[reference]") {
  Clock clock = Response(Minutes(60), {Share(50), AtDue()});
  clock.targets = {{{{"intent", {"high"}}}, Minutes(20)}, {{}, Minutes(60)}};
  const Policy policy = With({clock});

  // Raised before due: the time counted is kept.
  CHECK(FactsOf(policy,
                {Created(On("09:00")), Set("a", On("09:00"), "intent", "high"),
                 Set("b", On("09:15"), "intent", "low")}) ==
        Facts{"0 reminder 09:10", "0 missed 10:00", "0 breach 10:00"});
  // Raised exactly at due: it is not due.
  CHECK(FactsOf(policy,
                {Created(On("09:00")), Set("a", On("09:00"), "intent", "high"),
                 Set("b", On("09:20"), "intent", "low")}) ==
        Facts{"0 reminder 09:10", "0 missed 10:00", "0 breach 10:00"});
  // Lowered, with a rest: a mark that lies behind is reached at the change.
  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:15"), "intent", "high")}) ==
        Facts{"0 reminder 09:15", "0 missed 09:20", "0 breach 09:20"});
  // Lowered to what is counted: due at the change, and the mark is reached.
  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:20"), "intent", "high")}) ==
        Facts{"0 reminder 09:20", "0 missed 09:20", "0 breach 09:20"});
  // Lowered below what is counted: due at the change, and marks before due
  // are skipped.
  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:25"), "intent", "high")}) ==
        Facts{"0 missed 09:25", "0 breach 09:25"});
}

TEST_CASE("After due is counted from what had been counted at due",
          "[reference]") {
  Clock clock = Response(Minutes(60), {AfterDue(Minutes(5))});
  clock.targets = {{{{"intent", {"high"}}}, Minutes(20)}, {{}, Minutes(60)}};

  CHECK(FactsOf(With({clock}), {Created(On("09:00")),
                                Set("a", On("09:25"), "intent", "high")}) ==
        Facts{"0 missed 09:25", "0 escalation 09:30"});
}

TEST_CASE("A rung whose guard is false at its instant never fires",
          "[reference]") {
  Rung guarded = FromStart(Minutes(5));
  guarded.when = {{"intent", {"high"}}};
  const Policy policy = With({Response(Minutes(10), {guarded})});

  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:05"), "intent", "high")}) ==
        Facts{"0 reminder 09:05", "0 missed 09:10"});
  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Set("a", On("09:06"), "intent", "high")}) ==
        Facts{"0 missed 09:10"});
}

TEST_CASE("Clocks start when others are answered, and when they are missed",
          "[reference]") {
  Clock assignment = Response(Minutes(2));
  assignment.stops = {OnAssigned()};
  Clock response = Response(Minutes(10));
  response.starts = {After(Trigger::On::kAnswered, 0)};
  Clock rescue = Response(Minutes(5));
  rescue.starts = {After(Trigger::On::kMissed, 1)};
  const Policy policy = With({assignment, response, rescue});

  // Its birth names an owner: assigned at once. The rescue, which starts at
  // due, is no earlier than the call of that minute.
  CHECK(
      FactsOf(policy, {Created(On("09:00"), "ann"), Call("c", On("09:12"))}) ==
      Facts{"0 met 09:00", "1 missed 09:10", "1 answered late 09:12",
            "2 met 09:12"});
  CHECK(
      FactsOf(policy, {Created(On("09:00")), Assigned("a", On("09:05"), "ann"),
                       Call("c", On("09:15"))}) ==
      Facts{"0 missed 09:02", "0 answered late 09:05", "1 met 09:15"});
}

TEST_CASE("An event does not stop the clock that it starts", "[reference]") {
  Clock second = Response(Minutes(30));
  second.starts = {After(Trigger::On::kAnswered, 0)};

  CHECK(FactsOf(With({Response(Minutes(10)), second}),
                {Created(On("09:00")), Call("c", On("09:05"))}) ==
        Facts{"0 met 09:05", "1 missed 09:35"});
}

TEST_CASE("A clock that stops when another is answered is answered in turn",
          "[reference]") {
  Clock second = Response(Minutes(30));
  second.stops = {After(Trigger::On::kAnswered, 2)};
  Clock third = Response(Minutes(30));
  third.stops = {After(Trigger::On::kAnswered, 0)};

  CHECK(FactsOf(With({Response(Minutes(10)), second, third}),
                {Created(On("09:00")), Call("c", On("09:05"))}) ==
        Facts{"0 met 09:05", "2 met 09:05", "1 met 09:05"});
}

TEST_CASE("A lead that is not eligible ends its clocks and starts none",
          "[reference]") {
  Clock second = Response(Minutes(30));
  second.starts = {OnAssigned()};
  Policy policy = With({Response(Minutes(10)), second});
  policy.eligible = {{{{"consent", {"withdrawn"}}}, "consent"}};

  const std::vector<Event> events = {
      Created(On("09:00")), Set("a", On("09:10"), "consent", "withdrawn"),
      Assigned("b", On("09:11"), "ann"),
      Set("c", On("09:12"), "consent", "granted")};
  CHECK(FactsOf(policy, events) == Facts{"0 stopped 09:10"});
  CHECK(Live(policy, events, On("10:00")).facts[0].reason == "consent");
}

TEST_CASE("A lead that comes under review is looked at, each time",
          "[reference]") {
  Policy policy = With({Response(Minutes(10))});
  policy.eligible = {{{{"stage", {"unclear"}}}, "unclear", true, {"manager"}}};

  const Life life = Live(
      policy,
      {Created(On("09:00"), "ann"), Set("a", On("09:05"), "stage", "unclear"),
       Set("b", On("09:06"), "market", "uk"),
       Set("c", On("09:07"), "stage", ""),
       Set("d", On("09:08"), "stage", "unclear")},
      On("10:00"));

  REQUIRE(life.facts.size() == 6);
  CHECK(life.facts[0].kind == "stopped");
  CHECK(life.facts[1].kind == "lead review");
  CHECK(life.facts[1].at == On("09:05"));
  CHECK(life.facts[1].started_by.id == "astageunclear");
  CHECK(life.facts[2].kind == "task opened");
  CHECK(life.facts[3].kind == "task cancelled");
  CHECK(life.facts[3].at == On("09:07"));
  CHECK(life.facts[4].at == On("09:08"));
  CHECK(life.under_review == "unclear");
}

TEST_CASE("A role that nobody holds falls to the next in the chain",
          "[reference]") {
  Rung rung = FromStart(Minutes(5));
  rung.to = {"owner", "team_lead", "backup"};
  Policy policy = With({Response(Minutes(10), {rung})});
  policy.roles["team_lead"] = {{{{"team", {"smb"}}}, "u17"}, {{}, ""}};
  policy.fallback = {"manager", "owner"};

  const auto recipients = [&](const std::vector<Event>& events) {
    return Live(policy, events, On("09:05")).facts.at(0).recipients;
  };
  CHECK(recipients({Created(On("09:00"), "ann"),
                    Set("a", On("09:01"), "team", "smb")}) ==
        std::vector<Recipient>{{"owner", "", "ann"},
                               {"team_lead", "", "u17"},
                               {"backup", "owner", "ann"}});
  CHECK(recipients({Created(On("09:00"))}) ==
        std::vector<Recipient>{
            {"owner", "", ""}, {"team_lead", "", ""}, {"backup", "", ""}});
}

TEST_CASE("A clock that is due does not warn any more", "[reference]") {
  Rung early = FromStart(Minutes(8));
  Rung late = FromStart(Minutes(10));
  early.fact = late.fact = "warning";

  CHECK(FactsOf(With({Response(Minutes(10), {early, late})}),
                {Created(On("09:00"))}) ==
        Facts{"0 warning 09:08", "0 missed 09:10"});
}

TEST_CASE("A clock that starts while it is closed acknowledges that",
          "[reference]") {
  Rung rung;
  rung.mark.from = Mark::From::kStarted;
  rung.fact = "acknowledgement";
  const Policy policy = With({Response(Minutes(10), {rung})},
                             Weekdays("UTC", 9 * kHour, 17 * kHour));

  CHECK(FactsOf(policy, {Created(On("17:00"))}) ==
        Facts{"0 acknowledgement 17:00"});
  CHECK(FactsOf(policy, {Created(On("09:00"))}) == Facts{"0 missed 09:10"});
  CHECK(FactsOf(policy, {Created(On("17:00")), Call("c", On("17:00"))}) ==
        Facts{"0 met 17:00"});
}

TEST_CASE("A stop may ask for another channel than the touch that started it",
          "[reference]") {
  Clock second = Response(Minutes(30));
  second.starts = {After(Trigger::On::kAnswered, 0)};
  second.stops[0].touch.another_channel = true;
  Event email = Call("d", On("09:07"));
  email.touch.channel = "email";
  Event unknown = Call("e", On("09:06"));
  unknown.touch.channel = "";

  CHECK(FactsOf(With({Response(Minutes(10)), second}),
                {Created(On("09:00")), Call("b", On("09:04")),
                 Call("c", On("09:05")), unknown, email}) ==
        Facts{"0 met 09:04", "1 met 09:07"});
}

TEST_CASE("What happened before the birth applies at the birth, after it",
          "[reference]") {
  const Policy policy = With({Response(Minutes(10))});

  CHECK(FactsOf(policy, {Call("c", On("08:40")), Created(On("09:00"))}) ==
        Facts{"0 met 09:00"});
  // At one instant the order of kinds, or the sequence, stands.
  Event early_call = Call("c", On("09:00"));
  CHECK(FactsOf(policy, {early_call, Created(On("09:00"))}) ==
        Facts{"0 met 09:00"});
}

TEST_CASE("A further lead_created changes what is known, and starts nothing",
          "[reference]") {
  Clock response = Response(Minutes(20));
  response.targets = {{{{"intent", {"high"}}}, Minutes(10)}, {{}, Minutes(20)}};
  Event again = Created(On("09:05"));
  again.name.id = "again";
  again.attributes = {{"intent", "high"}};

  CHECK(FactsOf(With({response}), {Created(On("09:00")), again}) ==
        Facts{"0 missed 09:10"});
}

TEST_CASE("What is withdrawn did not happen, also the birth", "[reference]") {
  const Policy policy = With({Response(Minutes(10))});
  Event second_birth = Created(On("09:30"));
  second_birth.name.id = "second";

  CHECK(FactsOf(policy, {Created(On("09:00")), Call("c", On("09:05")),
                         Withdraw("w", On("12:00"), "c")}) ==
        Facts{"0 missed 09:10"});
  CHECK(FactsOf(policy, {Created(On("09:00")), second_birth,
                         Withdraw("w", On("12:00"), "birth")}) ==
        Facts{"0 missed 09:40"});
  CHECK(FactsOf(policy,
                {Created(On("09:00")), Withdraw("w", On("12:00"), "birth")})
            .empty());
  // A withdrawal cannot be withdrawn.
  CHECK(FactsOf(policy, {Created(On("09:00")), Call("c", On("09:05")),
                         Withdraw("w", On("12:00"), "c"),
                         Withdraw("x", On("12:01"), "w")}) ==
        Facts{"0 missed 09:10"});
}

TEST_CASE(
    "Of two contents of one event the greater sequence stands, then the "
    "greater form",
    "[reference]") {
  const Policy policy = With({Response(Minutes(10))});
  Event early = Call("c", On("09:05"));
  Event late = Call("c", On("09:20"));
  late.sequence = 1;

  CHECK(FactsOf(policy, {Created(On("09:00")), late, early}) ==
        Facts{"0 missed 09:10", "0 answered late 09:20"});

  late.sequence = 0;
  late.stored_form = "a";
  early.stored_form = "b";
  CHECK(FactsOf(policy, {Created(On("09:00")), late, early}) ==
        Facts{"0 met 09:05"});
}

TEST_CASE("Only the owner's touch counts where the policy asks for it",
          "[reference]") {
  Clock clock = Response(Minutes(10));
  clock.stops[0].touch.by = {"owner"};
  clock.stops[0].touch.direction = "outbound";
  const Policy policy = With({clock});

  CHECK(FactsOf(policy, {Created(On("09:00")), Call("x", On("09:01")),
                         Call("y", On("09:02"), "ann"),
                         Assigned("a", On("09:03"), "ann"),
                         Call("z", On("09:04"), "ann")}) ==
        Facts{"0 met 09:04"});
}

TEST_CASE("Facts carry the people as they are after the events of the instant",
          "[reference]") {
  const Policy policy = With({Response(Minutes(10))});

  const Life life = Live(
      policy, {Created(On("09:00"), "ann"), Assigned("a", On("09:10"), "bob")},
      On("10:00"));

  REQUIRE(life.facts.size() == 1);
  CHECK(life.facts[0].people.owner == "bob");
}

TEST_CASE("A calendar knows lunch, holidays, half days and nights",
          "[reference]") {
  Calendar calendar = Weekdays("UTC", 9 * kHour, 12 * kHour);
  calendar.week[0].push_back({13 * kHour, 17 * kHour});
  calendar.week[4] = {{22 * kHour, 30 * kHour}};
  calendar.holidays = {DayOf(2026, 3, 3), DayOf(2026, 3, 4)};
  calendar.special_hours[DayOf(2026, 3, 4)] = {{10 * kHour, 11 * kHour}};

  CHECK(IsOpen(calendar, On("09:00")));
  CHECK(IsOpen(calendar, On("11:59")));
  CHECK_FALSE(IsOpen(calendar, On("12:00")));
  CHECK(IsOpen(calendar, On("13:00")));
  CHECK_FALSE(IsOpen(calendar, At("2026-03-03 10:00")));
  CHECK_FALSE(IsOpen(calendar, At("2026-03-04 09:59")));
  CHECK(IsOpen(calendar, At("2026-03-04 10:00")));
  CHECK_FALSE(IsOpen(calendar, At("2026-03-06 21:59")));
  CHECK(IsOpen(calendar, At("2026-03-07 05:59")));  // Friday's night
  CHECK_FALSE(IsOpen(calendar, At("2026-03-07 06:00")));
}

TEST_CASE("Zones change to summer time and back by their rules",
          "[reference]") {
  CHECK(OffsetAt("Europe/London", At("2026-03-29 00:59")) == 0);
  CHECK(OffsetAt("Europe/London", At("2026-03-29 01:00")) == kHour);
  CHECK(OffsetAt("Europe/London", At("2026-10-25 00:59")) == kHour);
  CHECK(OffsetAt("Europe/London", At("2026-10-25 01:00")) == 0);
  CHECK(OffsetAt("America/New_York", At("2026-03-08 06:59")) == -5 * kHour);
  CHECK(OffsetAt("America/New_York", At("2026-03-08 07:00")) == -4 * kHour);
  CHECK(OffsetAt("America/New_York", At("2026-11-01 05:59")) == -4 * kHour);
  CHECK(OffsetAt("America/New_York", At("2026-11-01 06:00")) == -5 * kHour);

  // 01:30 does not exist on the day of the jump: open from the jump on.
  Calendar night;
  night.zone = "Europe/London";
  night.week[6] = {{kHour + 30 * kMinute, 3 * kHour}};
  CHECK_FALSE(IsOpen(night, At("2026-03-29 00:59")));
  CHECK(IsOpen(night, At("2026-03-29 01:00")));
  CHECK_FALSE(IsOpen(night, At("2026-03-29 02:00")));
  // 01:30 comes twice on the day back: open from the first, until the second.
  CHECK(IsOpen(night, At("2026-10-25 00:30")));
  night.week[6] = {{0, kHour + 30 * kMinute}};
  CHECK(IsOpen(night, At("2026-10-25 01:29")));
  CHECK_FALSE(IsOpen(night, At("2026-10-25 01:30")));
}

}  // namespace
}  // namespace leadclock::reference
