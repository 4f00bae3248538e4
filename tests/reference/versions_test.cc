#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/reference.h"
#include "tests/reference/stories.h"

// What happens to a lead when the policy changes, worked out by hand from
// docs/semantics.md. As a rule the second version takes effect at 10:00, half
// an hour after the lead was born.

namespace leadclock::reference {
namespace {

using namespace stories;  // NOLINT: the words are made for this

Clock Named(std::string name, Clock clock) {
  clock.name = std::move(name);
  return clock;
}

Rung Named(std::string name, Rung rung) {
  rung.name = std::move(name);
  return rung;
}

// The clock of most stories, from birth to any touch.
Clock First(Millis target, std::vector<Rung> ladder = {}) {
  return Named("first", Response(target, std::move(ladder)));
}

Version Keeping(int64_t number, const std::string& since, Policy policy) {
  return {number, On(since), false, std::move(policy)};
}

Version Carrying(int64_t number, const std::string& since, Policy policy) {
  return {number, On(since), true, std::move(policy)};
}

// "v2 first due changed 10:00 to 11:00": the version, the clock, what, when.
Facts FactsOf(const std::vector<Version>& versions,
              const std::vector<Event>& events,
              Millis horizon = On("23:59") + kDay) {
  Facts facts;
  for (const Fact& fact : Live(versions, events, horizon).facts) {
    std::string text = "v" + std::to_string(fact.version) + " ";
    if (!fact.clock_name.empty()) text += fact.clock_name + " ";
    text += fact.kind + " " + TimeOf(fact.at);
    if (fact.kind == "due changed") text += " to " + TimeOf(fact.due);
    if (!fact.reason.empty()) text += " because of " + fact.reason;
    facts.push_back(text);
  }
  return facts;
}

TEST_CASE("A clock is judged by the version in force when it starts",
          "[reference]") {
  const std::vector<Version> versions = {
      Keeping(1, "00:00", With({First(Minutes(60))})),
      Keeping(2, "10:00", With({First(Minutes(20))}))};

  CHECK(FactsOf(versions, {Created(On("09:59"))}) ==
        Facts{"v1 first missed 10:59"});
  CHECK(FactsOf(versions, {Created(On("10:00"))}) ==
        Facts{"v2 first missed 10:20"});
}

TEST_CASE("The first version also governs what was before it", "[reference]") {
  CHECK(FactsOf({Keeping(3, "12:00", With({First(Minutes(60))})),
                 Keeping(4, "13:00", With({First(Minutes(20))}))},
                {Created(On("09:00"))}) == Facts{"v3 first missed 10:00"});
}

TEST_CASE("A version that says the same as the one before changes nothing",
          "[reference]") {
  const Policy policy = With({First(Minutes(60), {FromStart(Minutes(50))})});
  const std::vector<Version> versions = {
      Keeping(1, "00:00", policy), Carrying(2, "10:00", policy),
      Keeping(3, "11:00", With({First(Minutes(20))}))};

  CHECK(FactsOf(versions, {Created(On("09:30"))}) ==
        Facts{"v1 first reminder 10:20", "v1 first missed 10:30"});
  CHECK(FactsOf(versions, {Created(On("10:30"))}) ==
        Facts{"v1 first reminder 11:20", "v1 first missed 11:30"});
  CHECK(FactsOf(versions, {Created(On("11:00"))}) ==
        Facts{"v3 first missed 11:20"});
}

TEST_CASE("A carried clock says its due if it changes", "[reference]") {
  const auto carried = [](Millis target) {
    return FactsOf({Keeping(1, "00:00", With({First(Minutes(60))})),
                    Carrying(2, "10:00", With({First(target, {Share(50)})}))},
                   {Created(On("09:30"))});
  };
  // Later, and half of it is to come.
  CHECK(carried(Minutes(90)) == Facts{"v2 first due changed 10:00 to 11:00",
                                      "v2 first reminder 10:15",
                                      "v2 first missed 11:00"});
  // Earlier, and half of it is counted.
  CHECK(carried(Minutes(40)) == Facts{"v2 first due changed 10:00 to 10:10",
                                      "v2 first reminder 10:00",
                                      "v2 first missed 10:10"});
  // The same.
  CHECK(carried(Minutes(60)) ==
        Facts{"v2 first reminder 10:00", "v2 first missed 10:30"});
}

TEST_CASE("A carried clock whose target falls below what it counted is due",
          "[reference]") {
  const auto carried = [](Millis target) {
    return FactsOf({Keeping(1, "00:00", With({First(Minutes(60))})),
                    Carrying(2, "10:00",
                             With({First(target, {Share(50), AtDue(),
                                                  AfterDue(Minutes(5))})}))},
                   {Created(On("09:30"))});
  };
  CHECK(carried(Minutes(20)) ==
        Facts{"v2 first due changed 10:00 to 10:00", "v2 first missed 10:00",
              "v2 first breach 10:00", "v2 first escalation 10:05"});
  // Exactly to it: the rungs on the way there are reached, too.
  CHECK(carried(Minutes(30)) ==
        Facts{"v2 first due changed 10:00 to 10:00", "v2 first reminder 10:00",
              "v2 first missed 10:00", "v2 first breach 10:00",
              "v2 first escalation 10:05"});
}

TEST_CASE("A clock that is paused when it is carried says no due",
          "[reference]") {
  const std::vector<Version> versions = {
      Keeping(1, "00:00", With({First(Minutes(60))})),
      Carrying(2, "10:00", With({First(Minutes(90))}))};

  CHECK(FactsOf(versions, {Created(On("09:30")),
                           Set("a", On("09:40"), "status", "on_hold"),
                           Set("b", On("10:30"), "status", "working")}) ==
        Facts{"v2 first missed 11:50"});
  // The version that pauses it does not say one either.
  Clock patient = First(Minutes(90));
  patient.pauses = {"waiting"};
  CHECK(
      FactsOf({versions[0], Carrying(2, "10:00", With({patient}))},
              {Created(On("09:30")), Set("a", On("09:40"), "status", "waiting"),
               Set("b", On("10:30"), "status", "working")}) ==
      Facts{"v2 first missed 11:30"});
}

TEST_CASE("A clock that is due stays so, and climbs the new ladder",
          "[reference]") {
  const std::vector<Version> versions = {
      Keeping(1, "00:00",
              With({First(Minutes(20), {Named("at due", AtDue())})})),
      Carrying(2, "10:00",
               With({First(Minutes(90),
                           {Named("before", FromStart(Minutes(10))),
                            Named("at the same", FromStart(Minutes(20))),
                            Named("at due", AtDue()),
                            Named("soon", AfterDue(Minutes(5))),
                            Named("later", AfterDue(Minutes(15)))})}))};

  // What is after due and was not climbed is made up for at once.
  CHECK(FactsOf(versions, {Created(On("09:30")), Call("c", On("10:30"))}) ==
        Facts{"v1 first missed 09:50", "v1 first breach 09:50",
              "v2 first reminder 10:00", "v2 first escalation 10:00",
              "v2 first escalation 10:05", "v2 first answered late 10:30"});
}

TEST_CASE("A clock that a carrying version does not have ends", "[reference]") {
  const Policy without = With({Named("other", Response(Minutes(20)))});
  const auto facts = [&](Millis target) {
    return FactsOf({Keeping(1, "00:00", With({First(target)})),
                    Carrying(2, "10:00", without)},
                   {Created(On("09:30"))});
  };
  CHECK(facts(Minutes(60)) ==
        Facts{"v1 first stopped 10:00 because of policy"});
  CHECK(facts(Minutes(20)) == Facts{"v1 first missed 09:50",
                                    "v1 first closed 10:00 because of policy"});
  // It was not due by then.
  CHECK(facts(Minutes(30)) ==
        Facts{"v1 first stopped 10:00 because of policy"});
}

TEST_CASE("A rung is not climbed twice, whatever place and mark it gets",
          "[reference]") {
  Rung guarded = Named("guarded", FromStart(Minutes(5)));
  guarded.when = {{"intent", {"high"}}};
  Rung unguarded = Named("guarded", FromStart(Minutes(40)));

  CHECK(FactsOf({Keeping(1, "00:00",
                         With({First(Minutes(60),
                                     {Named("climbed", FromStart(Minutes(10))),
                                      guarded})})),
                 Carrying(2, "10:00",
                          With({First(Minutes(60),
                                      {Named("new", FromStart(Minutes(5))),
                                       Named("climbed", FromStart(Minutes(45))),
                                       unguarded})}))},
                {Created(On("09:30"))}) == Facts{"v1 first reminder 09:40",
                                                 "v2 first reminder 10:00",
                                                 "v2 first missed 10:30"});
}

TEST_CASE("A carried clock has nothing left to acknowledge", "[reference]") {
  Rung acknowledges;
  acknowledges.mark.from = Mark::From::kStarted;
  acknowledges.fact = "acknowledgement";
  const Calendar office = Weekdays("UTC", 11 * kHour, 17 * kHour);

  CHECK(FactsOf({Keeping(1, "00:00", With({First(Minutes(60))}, office)),
                 Carrying(2, "10:00",
                          With({First(Minutes(60), {acknowledges})}, office))},
                {Created(On("09:30"))}) == Facts{"v2 first missed 12:00"});
}

TEST_CASE("A carrying version that does not let the lead run ends its clocks",
          "[reference]") {
  Policy strict = With({First(Minutes(90))});
  strict.eligible = {{{{"market", {"uk"}}}, "market", true, {"manager"}}};
  const Version first = Keeping(1, "00:00", With({First(Minutes(60))}));
  const std::vector<Event> events = {Created(On("09:30")),
                                     Set("a", On("09:31"), "market", "uk"),
                                     Set("b", On("10:10"), "intent", "high")};

  // The lead comes under review with the first event under that version.
  CHECK(FactsOf({first, Carrying(2, "10:00", strict)}, events) ==
        Facts{"v2 first stopped 10:00 because of market",
              "v2 lead review 10:10 because of market",
              "v2 task opened 10:10 because of market"});
  // A clock that is kept is not the concern of rules that came after it.
  CHECK(FactsOf({first, Keeping(2, "10:00", strict)}, events) ==
        Facts{"v2 lead review 10:10 because of market",
              "v2 task opened 10:10 because of market",
              "v1 first missed 10:30"});
}

TEST_CASE("A clock that is kept ends by its own version's rules",
          "[reference]") {
  Policy strict = With({First(Minutes(60))});
  strict.eligible = {{{{"market", {"uk"}}}, "market"}};
  Clock second = Named("second", Response(Minutes(5)));
  second.starts = {OnAssigned()};

  CHECK(FactsOf(
            {Keeping(1, "00:00", strict), Keeping(2, "10:00", With({second}))},
            {Created(On("09:30")), Set("a", On("10:10"), "market", "uk"),
             Assigned("b", On("10:20"), "ann")}) ==
        Facts{"v1 first stopped 10:10 because of market",
              "v2 second missed 10:25"});
}

TEST_CASE("What was carried is carried again", "[reference]") {
  const std::vector<Version> versions = {
      Keeping(1, "00:00", With({First(Minutes(60))})),
      Carrying(2, "10:00", With({First(Minutes(120))})),
      Keeping(3, "10:10", With({First(Minutes(5))})),
      Carrying(4, "10:20", With({First(Minutes(60))}))};

  CHECK(FactsOf(versions, {Created(On("09:30"))}) ==
        Facts{"v2 first due changed 10:00 to 11:30",
              "v4 first due changed 10:20 to 10:30", "v4 first missed 10:30"});
  // What starts under a version is not carried to it.
  CHECK(FactsOf(versions, {Created(On("10:20"))}) ==
        Facts{"v4 first missed 11:20"});
}

TEST_CASE("To publish the same again may carry what was kept", "[reference]") {
  const Policy longer = With({First(Minutes(90))});

  CHECK(FactsOf({Keeping(1, "00:00", With({First(Minutes(60))})),
                 Keeping(2, "10:00", longer), Carrying(3, "10:15", longer)},
                {Created(On("09:30"))}) ==
        Facts{"v2 first due changed 10:15 to 11:00", "v2 first missed 11:00"});
}

TEST_CASE("A version takes effect before everything else of its instant",
          "[reference]") {
  const Version first =
      Keeping(1, "00:00", With({First(Minutes(60), {FromStart(Minutes(30))})}));
  const Policy longer =
      With({First(Minutes(90), {Named("other", FromStart(Minutes(30)))})});

  // What would have been due and what would have been reached then is not.
  CHECK(FactsOf({first, Carrying(2, "10:00", With({First(Minutes(90))}))},
                {Created(On("09:00"))}) ==
        Facts{"v1 first reminder 09:30", "v2 first due changed 10:00 to 10:30",
              "v2 first missed 10:30"});
  CHECK(
      FactsOf({first, Carrying(2, "10:00", longer)}, {Created(On("09:30"))}) ==
      Facts{"v2 first due changed 10:00 to 11:00", "v2 first reminder 10:00",
            "v2 first missed 11:00"});
  // An event of that instant comes after it.
  const Life life =
      Live({first, Carrying(2, "10:00", longer)},
           {Created(On("09:30"), "ann"), Assigned("a", On("10:00"), "bob"),
            Call("c", On("10:00"), "bob")},
           On("12:00"));
  REQUIRE(life.facts.size() == 2);
  CHECK(life.facts[0].kind == "due changed");
  CHECK(life.facts[0].people.owner == "ann");
  CHECK(life.facts[1].kind == "met");
  CHECK(life.facts[1].version == 2);
  // What is kept is not touched.
  CHECK(FactsOf({first, Keeping(2, "10:00", longer)}, {Created(On("09:00"))}) ==
        Facts{"v1 first reminder 09:30", "v1 first missed 10:00"});
}

TEST_CASE("Clocks of unlike versions know each other by name", "[reference]") {
  Clock follow = Named("follow", Response(Minutes(20)));
  follow.starts = {After(Trigger::On::kAnswered, 1)};
  Clock rescue = Named("rescue", Response(Minutes(5)));
  rescue.starts = {After(Trigger::On::kMissed, 1)};
  // "first" stands at another place than in version 1.
  const std::vector<Version> versions = {
      Keeping(1, "00:00", With({First(Minutes(60))})),
      Keeping(2, "10:00", With({follow, First(Minutes(10)), rescue}))};

  CHECK(FactsOf(versions, {Created(On("09:30")), Call("c", On("10:10"))}) ==
        Facts{"v1 first met 10:10", "v2 follow missed 10:30"});
  CHECK(FactsOf(versions, {Created(On("09:30")), Call("c", On("10:33"))}) ==
        Facts{"v1 first missed 10:30", "v1 first answered late 10:33",
              "v2 rescue met 10:33", "v2 follow missed 10:53"});

  // A clock of version 1 that another one of any version answers.
  Clock second = Named("second", Response(Minutes(60)));
  second.stops = {After(Trigger::On::kAnswered, 1)};
  Clock third = Named("third", Response(Minutes(60)));
  third.starts = {OnAssigned()};
  CHECK(FactsOf({Keeping(1, "00:00", With({second, third})),
                 Keeping(2, "10:00", With({third, First(Minutes(10))}))},
                {Created(On("09:30")), Assigned("a", On("10:05"), "ann"),
                 Call("c", On("10:10"))}) ==
        Facts{"v2 third met 10:10", "v1 second met 10:10"});
}

TEST_CASE("A clock runs once on a lead, by whatever versions", "[reference]") {
  Clock first = First(Minutes(20));
  first.starts = {OnAssigned()};
  Clock renamed = Named("renamed", first);
  const std::vector<Event> events = {
      Created(On("09:30")), Assigned("a", On("09:40"), "ann"),
      Call("c", On("09:50")), Assigned("b", On("10:10"), "bob")};

  CHECK(FactsOf({Keeping(1, "00:00", With({first})),
                 Keeping(2, "10:00",
                         With({Named("other", Response(Minutes(5))), first}))},
                events) == Facts{"v1 first met 09:50"});
  CHECK(FactsOf({Keeping(1, "00:00", With({first})),
                 Keeping(2, "10:00", With({renamed}))},
                events) ==
        Facts{"v1 first met 09:50", "v2 renamed missed 10:30"});
}

TEST_CASE("What was counted is carried from one calendar to another",
          "[reference]") {
  CHECK(FactsOf({Keeping(1, "00:00", With({First(Minutes(60))})),
                 Carrying(2, "17:00",
                          With({First(Minutes(60))},
                               Weekdays("UTC", 9 * kHour, 17 * kHour)))},
                {Created(On("16:30"))}) ==
        Facts{"v2 first due changed 17:00 to +1d 09:30",
              "v2 first missed +1d 09:30"});
}

TEST_CASE("A target in days is worked out from the start, also when carried",
          "[reference]") {
  Clock by_evening = First(0);
  by_evening.targets = {{{}, 0, 0, /*end_of_business_day=*/true}};

  CHECK(FactsOf({Keeping(1, "00:00", With({First(Minutes(60))})),
                 Carrying(2, "10:00",
                          With({by_evening},
                               Weekdays("UTC", 9 * kHour, 17 * kHour)))},
                {Created(On("09:30"))}) ==
        Facts{"v2 first due changed 10:00 to 17:00", "v2 first missed 17:00"});
}

TEST_CASE("What is too soon completes no cadence, also where few are asked for",
          "[reference]") {
  const auto cadence = [](int at_least, Millis apart) {
    Clock clock = First(Minutes(90));
    clock.stops = {};
    clock.attempts =
        Attempts{.of = {TouchTest{}}, .at_least = at_least, .apart = apart};
    return With({clock});
  };
  // It is carried with one attempt, which is enough now.
  CHECK(FactsOf({Keeping(1, "00:00", cadence(2, 0)),
                 Carrying(2, "10:00", cadence(1, Minutes(30)))},
                {Created(On("09:30")), Call("a", On("09:50")),
                 Call("b", On("10:10")), Call("c", On("10:20"))}) ==
        Facts{"v1 first attempt 09:50",
              "v2 first attempt 10:10 because of too_soon",
              "v2 first attempt 10:20", "v2 first met 10:20"});
}

TEST_CASE("A pause does not put off a due that a target that fell decided",
          "[reference]") {
  // By the office's days, the first one of them is the Tuesday's opening.
  Policy office = With({First(0)}, Weekdays("UTC", 9 * kHour, 17 * kHour));
  office.clocks[0].targets = {{{}, 0, /*business_days=*/1}};
  office.clocks[0].pauses_while = {{{"owner", {"nobody"}}}};
  CHECK(FactsOf({Keeping(1, "00:00", With({First(Minutes(900))})),
                 Carrying(2, "18:00", office)},
                {Created(On("08:00"))}) ==
        Facts{"v2 first due changed 18:00 to +1d 09:00",
              "v2 first missed +1d 09:00"});
}

TEST_CASE("A clock that keeps its runs keeps what a version takes over",
          "[reference]") {
  Clock keeps = First(Minutes(60));
  keeps.keeps_when_ineligible = true;
  const auto story = [](const Clock& before, const Clock& after) {
    Policy policy = With({after});
    policy.eligible = {{{{"intent", {"low"}}}, "intent"}};
    return FactsOf(
        {Keeping(1, "00:00", With({before})), Carrying(2, "10:00", policy)},
        {Created(On("09:30")), Set("a", On("09:40"), "intent", "low")});
  };
  const Clock ends = First(Minutes(60));
  CHECK(story(ends, keeps) == Facts{"v2 first missed 10:30"});
  CHECK(story(keeps, ends) ==
        Facts{"v2 first stopped 10:00 because of intent"});
}

TEST_CASE("What was resumed goes on by its name under a later version",
          "[reference]") {
  Clock before = First(Minutes(60));
  before.starts = {OnTouch()};
  before.stops = {OnAssigned()};
  before.resumes = {OnActivity("milestone")};
  Clock after = before;
  after.resumes.clear();
  const auto story = [&](const std::string& resumed_at) {
    return FactsOf(
        {Keeping(1, "00:00", With({before})),
         Keeping(2, "10:00", With({after}))},
        {Created(On("09:30")), Set("a", On("09:40"), "status", "on_hold"),
         Act("milestone", "b", On(resumed_at)), Call("c", On("10:10"))});
  };
  CHECK(story("09:50") == Facts{"v2 first missed 11:10"});
  CHECK(story("10:00").empty());
}

}  // namespace
}  // namespace leadclock::reference
