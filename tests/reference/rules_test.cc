#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/reference.h"
#include "tests/reference/stories.h"

// The rest of the rule book: what only some policies use.

namespace leadclock::reference::stories {
namespace {

using Repeats = Clock::Repeats;

Clock Starting(std::vector<Trigger> starts, Millis target) {
  Clock clock = Response(target);
  clock.starts = std::move(starts);
  return clock;
}

OutcomeRule Outcome(const std::string& name, const Trigger& on) {
  return {.name = name, .on = {on}};
}

Condition Asks(const std::string& attribute, const std::string& value) {
  return {{.attribute = attribute, .any_of = {value}}};
}

Event Date(const std::string& id, Millis at, const std::string& name,
           const std::string& text) {
  return Set(id, at, name, text);
}

std::string Text(Millis at) { return std::to_string(at); }

TEST_CASE("A clock that is cancelled stops with the reason that was given") {
  Clock clock = Response(Minutes(60));
  clock.cancels = {OnActivity("stage_changed", "stage", "lost")};
  const auto story = [&](const std::map<std::string, std::string>& fields) {
    const Life life = Live(
        With({clock}),
        {Created(On("09:00")), Act("stage_changed", "a", On("09:10"), fields)},
        On("23:00"));
    return life.facts.empty() ? "" : life.facts[0].reason;
  };
  CHECK(story({{"stage", "lost"}, {"reason", "price"}}) == "price");
  CHECK(story({{"stage", "lost"}}) == "lost");
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00")),
                 Act("stage_changed", "a", On("09:10"), {{"stage", "won"}})}) ==
        Facts{"0 missed 10:00"});
}

TEST_CASE("A clock that repeats after its end starts again, but not beside") {
  Clock clock = Starting({OnActivity("milestone")}, Minutes(30));
  const std::vector<Event> events = {
      Created(On("09:00")), Act("milestone", "a", On("09:00")),
      Act("milestone", "b", On("09:10")), Call("c", On("09:20")),
      Act("milestone", "d", On("09:30"))};
  CHECK(FactsOf(With({clock}), events) == Facts{"0 met 09:20"});
  clock.repeats = Repeats::kAfterEnd;
  CHECK(FactsOf(With({clock}), events) ==
        Facts{"0 met 09:20", "0 missed 10:00"});
  clock.repeats = Repeats::kEach;
  CHECK(FactsOf(With({clock}), events) ==
        Facts{"0 met 09:20", "0 met 09:20", "0 missed 10:00"});
}

TEST_CASE("Enough attempts on enough channels answer a cadence") {
  Clock clock = Response(Minutes(300));
  clock.stops = {};
  clock.attempts = Attempts{
      .of = {TouchTest{}}, .at_least = 2, .channels = 2, .apart = Minutes(10)};
  Event mail = Call("c", On("09:40"));
  mail.touch.channel = "email";
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00")), Call("a", On("09:10")),
                 Call("b", On("09:15")), Call("d", On("09:20")), mail}) ==
        Facts{"0 attempt 09:10", "0 attempt 09:15 too_soon", "0 attempt 09:20",
              "0 attempt 09:40", "0 met 09:40"});
}

TEST_CASE("What resumes a clock ends its pause until the status comes again") {
  Clock clock = Response(Minutes(30));
  clock.resumes = {OnActivity("milestone")};
  CHECK(FactsOf(With({clock}), {Created(On("09:00")),
                                Set("a", On("09:10"), "status", "on_hold"),
                                Act("milestone", "b", On("09:40"))}) ==
        Facts{"0 missed 10:00"});
  CHECK(FactsOf(With({clock}), {Created(On("09:00")),
                                Set("a", On("09:10"), "status", "on_hold"),
                                Act("milestone", "b", On("09:40")),
                                Set("c", On("09:50"), "status", "on_hold")})
            .empty());
}

TEST_CASE("A clock stands still while its condition holds") {
  Clock clock = Response(Minutes(30));
  clock.pauses_while = {Asks("reachable", "no")};
  Event broken =
      Act("contact_broken", "a", On("09:10"), {{"channel", "phone"}});
  Event mended =
      Act("contact_mended", "b", On("09:40"), {{"channel", "phone"}});
  CHECK(FactsOf(With({clock}), {Created(On("09:00")), broken, mended}) ==
        Facts{"0 missed 10:00"});
  // There is another channel.
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00")),
                 Set("e", On("09:05"), "available_channel", "phone\nemail"),
                 broken}) == Facts{"0 missed 09:30"});
}

TEST_CASE("A task stands as long as its clock is open") {
  Clock clock = Response(Minutes(30));
  clock.task = Task{.kind = "call", .to = "owner"};
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00"), "ann"), Assigned("a", On("09:10"), "bob"),
                 Set("b", On("09:15"), "status", "on_hold"),
                 Set("c", On("09:20"), "status", "working"),
                 Call("d", On("09:40"))}) ==
        Facts{"0 task opened 09:00 ann due 09:30",
              "0 task changed 09:10 bob due 09:30", "0 task changed 09:15 bob",
              "0 task changed 09:20 bob due 09:35", "0 missed 09:35",
              "0 answered late 09:40", "0 task done 09:40 bob due 09:35"});
}

TEST_CASE("A task that is done stops its clock only if the clock says so") {
  Clock clock = Response(Minutes(30));
  clock.task = Task{.kind = "call", .to = "owner"};
  const std::vector<Event> events = {
      Created(On("09:00")),
      Act("task_done", "a", On("09:10"),
          {{"task", "0/crm/birth"}, {"cancelled", "false"}})};
  CHECK(FactsOf(With({clock}), events) ==
        Facts{"0 task opened 09:00  due 09:30", "0 task done 09:10  due 09:30",
              "0 missed 09:30"});
  clock.stops.push_back(OnActivity("task_done", "cancelled", "false"));
  CHECK(FactsOf(With({clock}), events) ==
        Facts{"0 task opened 09:00  due 09:30", "0 met 09:10",
              "0 task done 09:10  due 09:30"});
  Event other = events[1];
  other.fields["task"] = "0/crm/other";
  CHECK(FactsOf(With({clock}), {events[0], other}) ==
        Facts{"0 task opened 09:00  due 09:30", "0 missed 09:30"});
}

TEST_CASE("Marks on the wall pass while a clock stands still") {
  Rung late = FromStart(Minutes(40));
  late.mark.wall = true;
  Rung later = AfterDue(Minutes(5));
  later.mark.wall = true;
  const Clock clock = Response(Minutes(30), {late, later});
  CHECK(FactsOf(With({clock}), {Created(On("09:00")),
                                Set("a", On("09:10"), "status", "on_hold"),
                                Set("b", On("09:50"), "status", "working"),
                                Set("c", On("10:12"), "status", "on_hold")}) ==
        Facts{"0 reminder 09:40", "0 missed 10:10", "0 escalation 10:15"});
}

TEST_CASE("A date starts a clock when it comes, or comes near") {
  Clock clock = Starting({OnDate("next_step", Minutes(60))}, Minutes(30));
  const auto story = [&](Millis learnt, Millis date) {
    return FactsOf(With({clock}), {Created(On("09:00")),
                                   Date("d", learnt, "next_step", Text(date))});
  };
  CHECK(story(On("09:00"), On("12:00")) == Facts{"0 missed 11:30"});
  // It is near already; it is over.
  CHECK(story(On("11:20"), On("12:00")) == Facts{"0 missed 11:50"});
  CHECK(story(On("12:20"), On("12:00")).empty());
  clock.starts = {OnDate("next_step", -Minutes(60))};
  CHECK(story(On("09:00"), On("12:00")) == Facts{"0 missed 13:30"});
  CHECK(story(On("13:20"), On("12:00")).empty());
}

TEST_CASE("A date that is changed or emptied does not come") {
  const Clock clock = Starting({OnDate("next_step")}, Minutes(30));
  const Event said = Date("d", On("09:00"), "next_step", Text(On("12:00")));
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00")), said,
                 Date("e", On("10:00"), "next_step", Text(On("14:00")))}) ==
        Facts{"0 missed 14:30"});
  CHECK(FactsOf(With({clock}), {Created(On("09:00")), said,
                                Date("e", On("12:00"), "next_step", "")})
            .empty());
}

TEST_CASE("Days before a date are local days") {
  Policy policy =
      With({Starting({OnDate("custom.renewal", 0, 2)}, Minutes(30))},
           Weekdays("Europe/London", 0, 24 * kHour));
  // Clocks go forward on the 29th, a Sunday. Two days before it is Saturday,
  // and Monday begins at 23:00 UTC.
  CHECK(FactsOf(policy,
                {Created(At("2026-03-25 09:00")),
                 Date("d", At("2026-03-25 09:00"), "custom.renewal",
                      "2026-03-30T10:00:00+01:00")},
                At("2026-03-30 23:00")) == Facts{"0 missed +27d 23:30"});
  policy.clocks[0].calendars = {{{}, 0}};
  policy.calendars[0].week.fill({{0, 24 * kHour}});
  CHECK(FactsOf(policy,
                {Created(At("2026-03-25 09:00")),
                 Date("d", At("2026-03-25 09:00"), "custom.renewal",
                      "2026-03-30T10:00:00+01:00")},
                At("2026-03-30 23:00")) == Facts{"0 missed +26d 10:30"});
}

TEST_CASE("A lead that goes away and comes back runs anew") {
  Policy policy = With({Starting({{}, OnReentered()}, Minutes(30))});
  policy.reentry.ends = {OnActivity("disposition", "outcome", "lost")};
  policy.reentry.returns = {OnTouch()};
  policy.clocks[0].stops = {OnAssigned()};
  policy.outcomes = {Outcome("back", OnReentered())};
  CHECK(FactsOf(policy,
                {Created(On("09:00")),
                 Act("disposition", "a", On("09:10"), {{"outcome", "lost"}}),
                 Call("b", On("10:00")), Call("c", On("10:10"))}) ==
        Facts{"0 stopped 09:10", "outcome 10:00 back", "0 missed 10:30"});
}

TEST_CASE("An outcome is said once in a cycle, unless it repeats") {
  Policy policy = With({});
  policy.outcomes = {Outcome("won", OnTouch())};
  const std::vector<Event> events = {
      Created(On("09:00")), Call("a", On("09:10")), Call("b", On("09:20"))};
  CHECK(FactsOf(policy, events) == Facts{"outcome 09:10 won"});
  policy.outcomes[0].repeats = true;
  CHECK(FactsOf(policy, events) ==
        Facts{"outcome 09:10 won", "outcome 09:20 won"});
  policy.outcomes[0].when = Asks("missed_clock", "0");
  CHECK(FactsOf(policy, events).empty());
}

TEST_CASE("An outcome knows whether a rung escalated before it") {
  Policy policy = With({Response(Minutes(30), {AfterDue(Minutes(5))})});
  Trigger fires = After(Trigger::On::kRung, 0);
  fires.rung = "0";
  policy.outcomes = {Outcome("late", After(Trigger::On::kMissed, 0)),
                     Outcome("escalated", fires)};
  const Life life = Live(policy, {Created(On("09:00"))}, On("23:00"));
  REQUIRE(life.facts.size() == 4);
  CHECK(life.facts[1].outcome == "late");
  CHECK_FALSE(life.facts[1].after_escalation);
  CHECK(life.facts[3].outcome == "escalated");
  CHECK(life.facts[3].after_escalation);
}

TEST_CASE("A review is asked for each time its condition comes to hold") {
  Policy policy = With({});
  policy.reviews = {{Asks("stage", "odd"), "look", {"manager"}}};
  CHECK(FactsOf(policy,
                {Created(On("09:00")), Set("a", On("09:10"), "stage", "odd"),
                 Set("b", On("09:20"), "market", "uk"),
                 Act("task_done", "c", On("09:25"),
                     {{"task", "review.look/crm/astageodd"},
                      {"cancelled", "false"}}),
                 Set("d", On("09:30"), "stage", "plain"),
                 Set("e", On("09:40"), "stage", "odd")}) ==
        Facts{"lead review 09:10", "task opened 09:10 ", "task done 09:25 ",
              "lead review 09:40", "task opened 09:40 "});
}

TEST_CASE("One event asks once for a review of one reason", "[reference]") {
  Policy policy = With({});
  policy.eligible = {{Asks("stage", "odd"), "look", true, {"manager"}}};
  policy.reviews = {{Asks("intent", "high"), "look", {"manager"}}};
  Event both = Set("a", On("09:10"), "stage", "odd");
  both.attributes.emplace_back("intent", "high");
  CHECK(FactsOf(policy, {Created(On("09:00")), both}) ==
        Facts{"lead review 09:10", "task opened 09:10 "});
}

TEST_CASE("A lead that was merged has ended, and nothing comes any more") {
  Policy policy = With({Response(Minutes(30))});
  policy.clocks[0].task = Task{.kind = "call", .to = "owner"};
  policy.outcomes = {Outcome("gone", After(Trigger::On::kStopped, 0)),
                     Outcome("called", OnTouch())};
  CHECK(FactsOf(policy, {Created(On("09:00")),
                         Make(Event::What::kMerged, 21, "m", On("09:10")),
                         Call("b", On("09:20"))}) ==
        Facts{"0 task opened 09:00  due 09:30", "0 stopped 09:10",
              "outcome 09:10 gone", "0 task cancelled 09:10  due 09:30"});
}

TEST_CASE("A lead that absorbs an older one is as old as that") {
  const Policy policy = With({Response(Minutes(30))});
  Event absorbed = Make(Event::What::kAbsorbed, 21, "m", On("09:10"));
  absorbed.absorbed_started_at = On("08:45");
  CHECK(FactsOf(policy, {Created(On("09:00")), absorbed}) ==
        Facts{"0 missed 09:15"});
  absorbed.absorbed_started_at = On("08:15");
  CHECK(FactsOf(policy, {Created(On("09:00")), absorbed}) ==
        Facts{"0 missed 09:10"});
  absorbed.absorbed_was_answered = true;
  CHECK(FactsOf(policy, {Created(On("09:00")), absorbed}) ==
        Facts{"0 met 09:10"});
}

TEST_CASE("What a touch brings is a flag that is added") {
  Policy policy = With({Starting({OnFlag("apology")}, Minutes(30))});
  policy.clocks[0].stops = {OnAssigned()};
  Event sorry = Call("a", On("09:10"));
  sorry.touch.apology = true;
  Event again = Call("b", On("09:20"));
  again.touch.apology = true;
  CHECK(FactsOf(policy, {Created(On("09:00")), sorry, again}) ==
        Facts{"0 missed 09:40"});
}

TEST_CASE("One of several conditions may hold") {
  Policy policy = With({Response(Minutes(30))});
  policy.clocks[0].when = {
      {.attribute = "",
       .any = {Asks("intent", "high"), Asks("owner", "somebody")}}};
  CHECK(FactsOf(policy, {Created(On("09:00"))}).empty());
  CHECK(FactsOf(policy, {Created(On("09:00"), "ann")}) ==
        Facts{"0 missed 09:30"});
}

TEST_CASE("An assignment of another role is one of that role") {
  Clock clock = Response(Minutes(30));
  clock.stops = {OnAssigned()};
  clock.stops[0].role = "backup";
  Event backup = Make(Event::What::kAssigned, 27, "b", On("09:20"));
  backup.backup = "bob";
  CHECK(FactsOf(With({clock}), {Created(On("09:00")),
                                Assigned("a", On("09:10"), "ann"), backup}) ==
        Facts{"0 met 09:20"});
}

TEST_CASE("What resumes a clock lets go on also what starts later",
          "[reference]") {
  Clock clock = Starting({OnTouch()}, Minutes(30));
  clock.stops = {OnAssigned()};
  clock.resumes = {OnActivity("milestone")};
  const Event birth = Created(On("09:00"));
  const Event hold = Set("a", On("09:10"), "status", "on_hold");
  const Event resumes = Act("milestone", "b", On("09:20"));
  const Event call = Call("d", On("09:30"));
  CHECK(FactsOf(With({clock}), {birth, hold, call}).empty());
  CHECK(FactsOf(With({clock}), {birth, hold, resumes, call}) ==
        Facts{"0 missed 10:00"});
  // Said again, also the same one; and where it did not pause the clock.
  const Event again = Set("c", On("09:25"), "status", "on_hold");
  CHECK(FactsOf(With({clock}), {birth, hold, resumes, again, call}).empty());
  const Event early = Act("milestone", "b", On("09:05"));
  CHECK(FactsOf(With({clock}), {birth, early, hold, call}).empty());
  // What resumes it is what starts it, or it is of another clock.
  clock.starts = clock.resumes;
  CHECK(FactsOf(With({clock}), {birth, hold, resumes, call}) ==
        Facts{"0 missed 09:50"});
  Clock other = Starting({OnTouch()}, Minutes(30));
  other.stops = {OnAssigned()};
  CHECK(FactsOf(With({clock, other}), {birth, hold, resumes, call}) ==
        Facts{"0 missed 09:50"});
}

TEST_CASE("Any task that is done resumes what starts later", "[reference]") {
  Clock asks = Response(Minutes(120));
  asks.stops = {};
  asks.task = Task{.kind = "call", .to = "owner"};
  Clock clock = Starting({OnTouch()}, Minutes(30));
  clock.stops = {OnAssigned()};
  clock.task = Task{.kind = "call", .to = "owner"};
  clock.resumes = {OnActivity("task_done", "cancelled", "false")};
  CHECK(
      FactsOf(With({asks, clock}),
              {Created(On("09:00")), Set("a", On("09:00"), "status", "on_hold"),
               Act("task_done", "b", On("09:20"),
                   {{"task", "0/crm/birth"}, {"cancelled", "false"}}),
               Call("c", On("09:30"))}) ==
      Facts{"0 task opened 09:00  due 11:00", "0 task changed 09:00 ",
            "0 task done 09:20 ", "1 task opened 09:30  due 10:00",
            "1 missed 10:00"});
}

Event Consent(const std::string& id, Millis at, const std::string& consent,
              const std::string& channel = "") {
  Event event = Act("consent_changed", id, at, {{"consent", consent}});
  if (!channel.empty()) event.fields["channel"] = channel;
  event.attributes = {{"consent", consent}};
  return event;
}

TEST_CASE("A lead opts out of one channel, and not of all", "[reference]") {
  Policy policy = With({Response(Minutes(30))});
  policy.clocks[0].pauses_while = {Asks("opted_out_channel", "phone")};
  policy.eligible = {{Asks("consent", "withdrawn"), "consent"}};
  const auto story = [&](std::vector<Event> then) {
    then.push_back(Created(On("09:00")));
    return FactsOf(policy, then);
  };
  const Event out = Consent("a", On("09:10"), "withdrawn", "phone");
  CHECK(story({out}).empty());
  CHECK(story({Consent("a", On("09:10"), "withdrawn", "email")}) ==
        Facts{"0 missed 09:30"});
  CHECK(story({Consent("a", On("09:10"), "withdrawn")}) ==
        Facts{"0 stopped 09:10"});
  // Granted for this one, for all, and for another one.
  CHECK(story({out, Consent("b", On("09:20"), "granted", "phone")}) ==
        Facts{"0 missed 09:40"});
  CHECK(story({out, Consent("b", On("09:20"), "granted")}) ==
        Facts{"0 missed 09:40"});
  CHECK(story({out, Consent("b", On("09:20"), "granted", "email")}).empty());
  // What was withdrawn for all is not granted by one of them.
  policy.eligible[0].when = Asks("consent", "granted");
  CHECK(story({Consent("b", On("09:20"), "granted", "email")}) ==
        Facts{"0 missed 09:30"});
}

TEST_CASE("A lead is not reached where it opted out", "[reference]") {
  Clock clock = Response(Minutes(30));
  clock.pauses_while = {Asks("reachable", "no")};
  const auto story = [&](const std::string& available,
                         std::vector<Event> then) {
    then.push_back(Created(On("09:00")));
    then.push_back(Set("s", On("09:00"), "available_channel", available));
    return FactsOf(With({clock}), then);
  };
  const Event out = Consent("a", On("09:10"), "withdrawn", "phone");
  const Event broken =
      Act("contact_broken", "b", On("09:20"), {{"channel", "email"}});
  const Event mended =
      Act("contact_mended", "c", On("09:50"), {{"channel", "email"}});
  CHECK(story("phone\nemail", {out}) == Facts{"0 missed 09:30"});
  CHECK(story("phone\nemail", {out, broken, mended}) ==
        Facts{"0 missed 10:00"});
  CHECK(story("phone\nemail\nchat", {out, broken}) == Facts{"0 missed 09:30"});
  CHECK(story("", {out}).empty());
  CHECK(story("none", {out}).empty());
  CHECK(story("none", {}) == Facts{"0 missed 09:30"});
}

TEST_CASE("Some clocks go on when the lead is not eligible", "[reference]") {
  Clock keeps = Response(Minutes(30));
  keeps.keeps_when_ineligible = true;
  Clock later = Starting({OnActivity("milestone")}, Minutes(30));
  later.keeps_when_ineligible = true;
  Policy policy = With({keeps, Response(Minutes(30)), later});
  policy.eligible = {{Asks("stage", "odd"), "stage"}};
  const Event odd = Set("a", On("09:10"), "stage", "odd");
  CHECK(FactsOf(policy, {Created(On("09:00")), odd,
                         Act("milestone", "b", On("09:20"))}) ==
        Facts{"1 stopped 09:10", "0 missed 09:30"});
  for (const Event::What gone : {Event::What::kMerged, Event::What::kErased}) {
    CHECK(FactsOf(policy, {Created(On("09:00")), odd,
                           Make(gone, 21, "m", On("09:20"))}) ==
          Facts{"1 stopped 09:10", "0 stopped 09:20"});
  }
}

TEST_CASE("Contact that ends without a return forgets the one that was known",
          "[reference]") {
  Clock clock = Starting({OnDate("return")}, Minutes(30));
  Event leaves = Act("disposition", "a", On("09:10"), {{"outcome", "not_now"}});
  leaves.attributes = {{"disposition", "not_now"},
                       {"return", Text(On("12:00"))}};
  Event again = Act("disposition", "b", On("10:00"), {{"outcome", "not_now"}});
  again.attributes = {{"disposition", "not_now"}};
  CHECK(FactsOf(With({clock}), {Created(On("09:00")), leaves}) ==
        Facts{"0 missed 12:30"});
  CHECK(FactsOf(With({clock}), {Created(On("09:00")), leaves, again}).empty());
  // What is no disposition forgets nothing.
  CHECK(FactsOf(With({clock}), {Created(On("09:00")), leaves,
                                Set("b", On("10:00"), "disposition",
                                    "not_now")}) == Facts{"0 missed 12:30"});
}

TEST_CASE("A review that is done takes off the flags that it was asked for",
          "[reference]") {
  Policy policy = With({});
  policy.reviews = {{{{.attribute = "",
                       .any = {Asks("flag", "apology"), Asks("stage", "odd")}}},
                     "look",
                     {"manager"}}};
  policy.outcomes = {Outcome("sorry", OnFlag("apology")),
                     Outcome("terms", OnFlag("price_or_scope"))};
  for (OutcomeRule& rule : policy.outcomes) rule.repeats = true;
  Event first = Call("a", On("09:10"));
  first.touch.apology = first.touch.changes_terms = true;
  Event second = first;
  second.name.id = "c";
  second.at = On("09:30");
  const auto story = [&](const std::string& task, const std::string& cancelled,
                         const Event& asks) {
    return FactsOf(policy, {Created(On("09:00")), asks,
                            Act("task_done", "b", On("09:20"),
                                {{"task", task}, {"cancelled", cancelled}}),
                            second});
  };
  const Facts asked = {"lead review 09:10", "outcome 09:10 sorry",
                       "outcome 09:10 terms", "task opened 09:10 "};
  const auto and_then = [&](const Facts& then) {
    Facts facts = asked;
    facts.insert(facts.end(), then.begin(), then.end());
    return facts;
  };
  CHECK(story("review.look/crm/a", "false", first) ==
        and_then({"task done 09:20 ", "lead review 09:30",
                  "outcome 09:30 sorry", "task opened 09:30 "}));
  CHECK(story("review.look/crm/a", "true", first) ==
        and_then({"task cancelled 09:20 "}));
  CHECK(story("review.look/crm/x", "false", first) == asked);

  // The same of a rule of eligibility, which then holds no more.
  policy.eligible = {{Asks("flag", "apology"), "sorry", true, {"manager"}}};
  policy.reviews.clear();
  CHECK(story("review.sorry/crm/a", "false", first) ==
        and_then({"task done 09:20 ", "lead review 09:30",
                  "outcome 09:30 sorry", "task opened 09:30 "}));
  // It does not ask for the flag, but for there being none.
  policy.eligible[0].when[0].negated = true;
  policy.eligible[0].when[0].any_of = {"vip"};
  CHECK(story("review.sorry/crm/birth", "false", first) ==
        Facts{"lead review 09:00", "task opened 09:00 ", "outcome 09:10 sorry",
              "outcome 09:10 terms", "task done 09:20 "});
}

TEST_CASE("To say once more who it is assigns nobody", "[reference]") {
  Clock clock = Starting({OnAssigned()}, Minutes(10));
  clock.stops = {};
  clock.repeats = Repeats::kEach;
  Event once_more = Created(On("09:40"), "bob");
  once_more.name.id = "d";
  Event backup = Make(Event::What::kAssigned, 27, "e", On("09:50"));
  backup.backup = "cid";
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00"), "ann"), Assigned("a", On("09:20"), "ann"),
                 Assigned("b", On("09:30"), "bob"), once_more, backup,
                 Assigned("f", On("10:00"), ""),
                 Assigned("g", On("10:10"), "bob")}) ==
        Facts{"0 missed 09:10", "0 missed 09:40", "0 missed 10:20"});
  clock.starts[0].role = "backup";
  CHECK(FactsOf(With({clock}), {Created(On("09:00"), "ann"), backup,
                                Assigned("f", On("10:00"), "bob")}) ==
        Facts{"0 missed 10:00"});
}

TEST_CASE("A task tells of the lead, and is changed when that changes",
          "[reference]") {
  Policy policy = With({Response(Minutes(60))});
  policy.clocks[0].task = Task{.kind = "call", .to = "owner"};
  policy.reviews = {{Asks("stage", "odd"), "look", {"manager"}}};
  for (const char* const told :
       {"name", "source", "service_interest", "intent", "crm_url"}) {
    CHECK(FactsOf(policy,
                  {Created(On("09:00")), Set("a", On("09:10"), told, "one"),
                   Set("b", On("09:20"), told, "one"),
                   Set("c", On("09:30"), "stage", "odd"),
                   Set("d", On("09:40"), told, "two")},
                  On("09:50")) ==
          Facts{"0 task opened 09:00  due 10:00",
                "0 task changed 09:10  due 10:00", "lead review 09:30",
                "task opened 09:30 ", "0 task changed 09:40  due 10:00",
                "task changed 09:40 "});
  }
}

TEST_CASE("A condition knows which dates are to come", "[reference]") {
  Clock clock = Response(Minutes(30));
  clock.pauses_while = {Asks("date_ahead", "next_step")};
  const auto story = [&](Millis date) {
    return FactsOf(
        With({clock}),
        {Created(On("09:00")), Date("d", On("09:10"), "next_step", Text(date)),
         Set("e", On("09:40"), "stage", "plain")});
  };
  // It has come, though nothing says so.
  CHECK(story(On("12:00")) == Facts{"0 missed 12:20"});
  CHECK(story(On("09:41")) == Facts{"0 missed 10:01"});
  CHECK(story(On("09:40")) == Facts{"0 missed 10:00"});
  CHECK(story(On("09:10")) == Facts{"0 missed 09:30"});
  clock.pauses_while = {Asks("date_ahead", "custom.renewal")};
  CHECK(story(On("12:00")) == Facts{"0 missed 09:30"});
  CHECK(FactsOf(With({clock}),
                {Created(On("09:00")),
                 Date("d", On("09:10"), "custom.renewal", "2026-03-03")})
            .empty());
}

TEST_CASE("What a mark changes is changed from its instant on", "[reference]") {
  Clock first = Response(Minutes(20));
  Clock second = Response(Minutes(40));
  second.targets = {{Asks("missed_clock", "0"), Minutes(30)},
                    {{}, Minutes(40)}};
  const std::vector<Event> born = {Created(On("09:00"))};
  CHECK(FactsOf(With({first, second}), born) ==
        Facts{"0 missed 09:20", "1 missed 09:30"});
  // Below what is counted: at once.
  second.targets.front().target = Minutes(10);
  CHECK(FactsOf(With({first, second}), born) ==
        Facts{"0 missed 09:20", "1 missed 09:20"});
  // What is due at that instant is so by what held before.
  second.targets.front().target = Minutes(60);
  second.targets.back().target = Minutes(20);
  CHECK(FactsOf(With({first, second}), born) ==
        Facts{"0 missed 09:20", "1 missed 09:20"});
}

}  // namespace
}  // namespace leadclock::reference::stories
