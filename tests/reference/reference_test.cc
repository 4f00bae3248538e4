#include "tests/reference/reference.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <stdexcept>

// The reference itself, against scenarios that were worked out by hand from
// docs/semantics.md.

namespace leadclock::reference {
namespace {

using Facts = std::vector<std::string>;

// "2026-03-02 09:00", in UTC.
Millis At(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &year, &month, &day, &hour,
                  &minute) != 5) {
    throw std::invalid_argument("not an instant: " + text);
  }
  return DayOf(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
             kDay +
         hour * kHour + minute * kMinute;
}

// On the Monday of all scenarios: "09:00".
Millis On(const std::string& time_of_day) {
  return At("2026-03-02 " + time_of_day);
}

constexpr Millis Minutes(int n) { return n * kMinute; }

Calendar Always() {
  Calendar calendar;
  calendar.always = true;
  return calendar;
}

Calendar Weekdays(const std::string& zone, Millis opens, Millis closes) {
  Calendar calendar;
  calendar.zone = zone;
  for (size_t day = 0; day < 5; ++day) {
    calendar.week[day] = {{opens, closes}};
  }
  return calendar;
}

Event Make(Event::What what, int kind, const std::string& id, Millis at) {
  Event event;
  event.name = {"crm", id};
  event.at = at;
  event.what = what;
  event.kind = kind;
  return event;
}

Event Created(Millis at, const std::string& owner = "") {
  Event event = Make(Event::What::kLeadCreated, 20, "birth", at);
  if (!owner.empty()) event.owner = owner;
  return event;
}

Event Assigned(const std::string& id, Millis at, const std::string& owner) {
  Event event = Make(Event::What::kAssigned, 27, id, at);
  event.owner = owner;
  return event;
}

Event Call(const std::string& id, Millis at, const std::string& actor = "") {
  Event event = Make(Event::What::kTouch, 30, id, at);
  event.touch.channel = "phone";
  event.touch.direction = "outbound";
  event.touch.actor_kind = "human";
  event.touch.actor = actor;
  return event;
}

Event Set(const std::string& id, Millis at, const std::string& attribute,
          const std::string& value) {
  const bool is_status = attribute == "status";
  Event event = Make(Event::What::kAttributesChanged, is_status ? 26 : 22,
                     id + attribute + value, at);
  event.attributes = {{attribute, value}};
  return event;
}

Event Withdraw(const std::string& id, Millis at, const std::string& of) {
  Event event = Make(Event::What::kWithdrawn, 38, id, at);
  event.withdraws = {"crm", of};
  return event;
}

Trigger OnTouch() {
  Trigger trigger;
  trigger.on = Trigger::On::kTouch;
  return trigger;
}

Trigger OnAssigned() {
  Trigger trigger;
  trigger.on = Trigger::On::kAssigned;
  return trigger;
}

Trigger After(Trigger::On what, size_t clock) {
  Trigger trigger;
  trigger.on = what;
  trigger.clock = clock;
  return trigger;
}

Rung FromStart(Millis length) {
  return {{Mark::From::kStart, length, 0}, "reminder", {}};
}
Rung BeforeDue(Millis length) {
  return {{Mark::From::kBeforeDue, length, 0}, "reminder", {}};
}
Rung Share(int percent) {
  return {{Mark::From::kShare, 0, percent}, "reminder", {}};
}
Rung AtDue() { return {{Mark::From::kAfterDue, 0, 0}, "breach", {}}; }
Rung AfterDue(Millis length) {
  return {{Mark::From::kAfterDue, length, 0}, "escalation", {}};
}

// From birth to any touch.
Clock Response(Millis target, std::vector<Rung> ladder = {}) {
  Clock clock;
  clock.starts = {{}};
  clock.stops = {OnTouch()};
  clock.pauses = {"on_hold"};
  clock.targets = {{{}, target}};
  clock.ladder = std::move(ladder);
  return clock;
}

Policy With(std::vector<Clock> clocks, Calendar calendar = Always()) {
  Policy policy;
  policy.calendars = {std::move(calendar)};
  policy.calendar_for = {{{}, 0}};
  policy.clocks = std::move(clocks);
  return policy;
}

// "0 missed 09:15", and the day if it is another than the Monday's.
Facts FactsOf(const Policy& policy, const std::vector<Event>& events,
              Millis horizon = On("23:59")) {
  Facts facts;
  for (const Fact& fact : Live(policy, events, horizon).facts) {
    const Millis since_monday = fact.at - On("00:00");
    char time[32];
    std::snprintf(time, sizeof(time), "%02d:%02d",
                  static_cast<int>(since_monday / kHour % 24),
                  static_cast<int>(since_monday / kMinute % 60));
    std::string text = std::to_string(fact.clock) + " " + fact.kind + " ";
    if (since_monday >= kDay) {
      text += "+" + std::to_string(since_monday / kDay) + "d ";
    }
    facts.push_back(text + time);
  }
  return facts;
}

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
