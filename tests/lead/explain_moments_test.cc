// Why a clock stood as it did at each moment: which event paused it, chose its
// target, passed over its rungs.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "processor/lead/explain.h"
#include "processor/policy/parse_policy.h"
#include "tests/lead/story.h"

namespace leadclock::story {
namespace {

PolicyBook Book(const std::vector<std::string>& versions) {
  std::vector<Policy> policies;
  for (const std::string& text : versions) {
    absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
    INFO(policy.status().message());
    REQUIRE(policy.ok());
    policies.push_back(*std::move(policy));
  }
  return *PolicyBook::Create(std::move(policies));
}

const RunStory& RunOf(const LeadStory& story, size_t place) {
  REQUIRE(story.runs.size() > place);
  return story.runs[place];
}

const Stretch& PauseOf(const RunStory& run) {
  for (const Stretch& stretch : run.stretches) {
    if (stretch.kind == Stretch::Kind::kPaused) return stretch;
  }
  FAIL("it was never paused");
  return run.stretches.front();
}

const RungStory& RungAt(const RunStory& run, size_t place) {
  REQUIRE(run.rungs.size() > place);
  return run.rungs[place];
}

Event StatusIsNot(const std::string& at) { return StatusIs(at, "working"); }

TEST_CASE("A pause names the event since which the status has been so") {
  // The second clock starts with a call while the lead is on hold already.
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never}
  - {name: second, starts: first.answered, target: 1h, stops: reply,
     at_risk: never, pauses: on_hold}
)"));
  const Event hold = StatusIs("2026-03-02 09:05", "on_hold");
  const Event goes_on = StatusIsNot("2026-03-02 09:50");
  const LeadStory story = Explain(
      book,
      {Created("2026-03-02 09:00"), hold, CallBy("2026-03-02 09:20", "ann"),
       Changed("2026-03-02 09:30", "intent", "high"), goes_on},
      At("2026-03-02 12:00"));
  const Stretch& pause = PauseOf(RunOf(story, 1));
  CHECK(pause.why == "on_hold");
  CHECK(pause.from == At("2026-03-02 09:20"));
  CHECK(pause.to == At("2026-03-02 09:50"));
  CHECK(pause.since == hold.ref);
  CHECK(pause.since_at == At("2026-03-02 09:05"));
  CHECK(pause.resumed_by == goes_on.ref);
}

TEST_CASE("A pause that a version brings names the event of the status") {
  const std::string clock =
      "responses: {call: {actor: human}}\n"
      "clocks: [{name: a, starts: lead_created, stops: call, target: 2h, "
      "at_risk: never";
  const PolicyBook book = Book(
      {"version: 1\n" + clock + "}]",
       "version: 2\neffective: 2026-03-02T10:00:00Z\nopen_clocks: carry\n" +
           clock + ", pauses: on_hold}]"});
  const Event hold = StatusIs("2026-03-02 09:10", "on_hold");
  const LeadStory story =
      Explain(book,
              {Created("2026-03-02 09:00"), hold,
               Changed("2026-03-02 09:30", "intent", "high")},
              At("2026-03-02 10:30"));
  const Stretch& pause = PauseOf(RunOf(story, 0));
  CHECK(pause.from == At("2026-03-02 10:00"));
  CHECK(pause.since == hold.ref);
}

TEST_CASE("What ends a pause although the status stays is named") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     pauses: on_hold, resumes: reply}
)"));
  Event reply = TouchOn("2026-03-02 09:40", "email");
  std::get<Touched>(reply.body).direction = Direction::kInbound;
  const Event again = StatusIs("2026-03-02 09:50", "on_hold");
  const LeadStory story =
      Explain(book,
              {Created("2026-03-02 09:00"),
               StatusIs("2026-03-02 09:20", "on_hold"), reply, again},
              At("2026-03-02 10:00"));
  const RunStory& run = RunOf(story, 0);
  CHECK(PauseOf(run).resumed_by == reply.ref);
  // Said again, it pauses again.
  CHECK(run.stretches.back().kind == Stretch::Kind::kPaused);
  CHECK(run.stretches.back().since == again.ref);
}

TEST_CASE("A condition that time has made untrue pauses in its own words") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 30m, stops: call,
     at_risk: never}
  - {name: third, starts: lead_created, target: 2h, stops: reply,
     at_risk: never,
     pauses: [{when: {missed_clock: {not: first}, intent: high}}]}
)"));
  const Event born = Created("2026-03-02 09:00", {{"intent", "high"}});
  const LeadStory story =
      Explain(book, {born, Changed("2026-03-02 10:10", "intent", "x")},
              At("2026-03-02 15:00"));
  const Stretch& pause = PauseOf(RunOf(story, 1));
  CHECK(pause.by_condition);
  CHECK(pause.why == "missed_clock is not first and intent is high");
  CHECK(pause.since == born.ref);
}

TEST_CASE("A target by what time made true goes from when the clock had it") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 30m, stops: call,
     at_risk: never}
  - {name: second, starts: lead_created, stops: reply, at_risk: never,
     target: [{when: {missed_clock: first}, is: 2h}, {otherwise: 3h}]}
)"));
  const LeadStory story =
      Explain(book,
              {Created("2026-03-02 09:00"),
               Happened("2026-03-02 09:10", ActivityKind::kMilestone),
               Changed("2026-03-02 10:10", "intent", "x")},
              At("2026-03-02 10:30"));
  const RunStory& second = RunOf(story, 1);
  REQUIRE(second.targets.size() == 2);
  CHECK(second.targets[0].rule == 1);
  CHECK(second.targets[1].rule == 0);
  // Not from the milestone: the first clock was missed later.
  CHECK(second.targets[1].since >= At("2026-03-02 09:30"));
  CHECK(second.targets[1].due == At("2026-03-02 11:00"));
}

TEST_CASE("Each change of target and calendar names its event, and the due") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, stops: call, at_risk: never,
     calendar: [{when: {market: us}, use: always}, {otherwise: london}],
     target: [{when: {intent: high}, is: 2h}, {otherwise: 4h}]}
)"));
  const Event high = Changed("2026-03-02 10:00", "intent", "high");
  const Event moves = Changed("2026-03-02 10:30", "market", "us");
  const LeadStory story = Explain(
      book, {Created("2026-03-02 09:00"), high, moves}, At("2026-03-02 10:45"));
  const RunStory& run = RunOf(story, 0);
  REQUIRE(run.targets.size() == 3);
  CHECK_FALSE(run.targets[0].by);
  CHECK(run.targets[0].due == At("2026-03-02 13:00"));
  CHECK(run.targets[1].by == high.ref);
  CHECK(run.targets[1].due == At("2026-03-02 11:00"));
  CHECK(run.targets[2].by == moves.ref);
  REQUIRE(run.targets[2].calendar_when.size() == 1);
  CHECK(run.targets[2].calendar_when[0].attribute == "market");
}

constexpr char kLadder[] = R"(
  - name: first
    starts: lead_created
    stops: call
    at_risk: never
    target: [{when: {intent: high}, is: 15m}, {otherwise: 4h}]
    ladder:
      - {name: sooner, at: due - 10m, do: remind, to: owner, when: {market: uk}}
      - {name: guarded, at: 30m, do: remind, to: owner, when: {market: fr}}
      - {name: breach, at: due, do: breach, to: owner}
)";

TEST_CASE("A rung that the falling target passed over was not kept by guard") {
  const LeadStory story =
      Explain(PolicyBook(PolicyOf(kLadder)),
              {Created("2026-03-02 09:00", {{"market", "uk"}}),
               Changed("2026-03-02 10:00", "intent", "high")},
              At("2026-03-02 12:00"));
  const RunStory& run = RunOf(story, 0);
  // By their instants.
  CHECK(RungAt(run, 0).rung == 1);
  CHECK(RungAt(run, 0).outcome == RungStory::Outcome::kNotTrue);
  CHECK(RungAt(run, 0).at == At("2026-03-02 09:30"));
  CHECK(RungAt(run, 1).rung == 0);
  CHECK(RungAt(run, 1).outcome == RungStory::Outcome::kSkipped);
  CHECK(RungAt(run, 1).at == At("2026-03-02 10:00"));
  CHECK(RungAt(run, 2).outcome == RungStory::Outcome::kFired);
}

TEST_CASE("A rung that its guard kept stays so under a version without one") {
  const std::string clock =
      "responses: {call: {actor: human}}\n"
      "clocks: [{name: a, starts: lead_created, stops: call, at_risk: never, ";
  const PolicyBook book = Book(
      {"version: 1\n" + clock +
           "target: 2h, ladder: [{name: nudge, at: 10m, do: remind, "
           "to: owner, when: {market: uk}}]}]",
       "version: 2\neffective: 2026-03-02T10:00:00Z\nopen_clocks: carry\n" +
           clock +
           "target: 3h, ladder: [{name: nudge, at: 10m, do: remind, to: "
           "owner}]}]"});
  const LeadStory story =
      Explain(book, {Created("2026-03-02 09:00")}, At("2026-03-02 10:30"));
  const RungStory& nudge = RungAt(RunOf(story, 0), 0);
  CHECK(nudge.outcome == RungStory::Outcome::kNotTrue);
  CHECK(nudge.at == At("2026-03-02 09:10"));
  CHECK(nudge.policy_version == 1);
}

TEST_CASE("A warning that due came before is passed over by it") {
  const LeadStory story =
      Explain(PolicyBook(PolicyOf(R"(
  - {name: first, starts: lead_created, stops: call,
     target: [{when: {intent: high}, is: 15m}, {otherwise: 4h}]}
)")),
              {Created("2026-03-02 09:00"),
               Changed("2026-03-02 10:00", "intent", "high")},
              At("2026-03-02 12:00"));
  const RungStory& warning = RungAt(RunOf(story, 0), 0);
  CHECK(warning.outcome == RungStory::Outcome::kSkipped);
  CHECK(warning.at == At("2026-03-02 10:00"));
}

TEST_CASE("An answer in time at the very mark of a guard says its guard") {
  // The target falls to what is counted just then: marks before it come first.
  const LeadStory story =
      Explain(PolicyBook(PolicyOf(kLadder)),
              {Created("2026-03-02 09:00", {{"market", "fr"}}),
               Changed("2026-03-02 09:15", "intent", "high")},
              At("2026-03-02 12:00"));
  const RunStory& run = RunOf(story, 0);
  CHECK(RungAt(run, 0).rung == 0);
  CHECK(RungAt(run, 0).outcome == RungStory::Outcome::kNotTrue);
}

TEST_CASE("A clock that was due at once says what it had counted, and why") {
  const Event high = Changed("2026-03-02 10:00", "intent", "high");
  const LeadStory fell =
      Explain(PolicyBook(PolicyOf(kLadder)),
              {Created("2026-03-02 09:00"), high}, At("2026-03-02 12:00"));
  const auto& by_target = RunOf(fell, 0).due_at_once;
  REQUIRE(by_target);
  CHECK(by_target->counted == absl::Hours(1));
  CHECK(by_target->why == DueAtOnce::Why::kTarget);
  CHECK(by_target->by == high.ref);

  const Event absorbing = Absorbing("2026-03-02 11:30", "2026-02-27 09:00");
  const LeadStory moved =
      Explain(PolicyBook(PolicyOf(kLadder)),
              {Created("2026-03-02 11:00"), absorbing}, At("2026-03-02 12:00"));
  const auto& by_start = RunOf(moved, 0).due_at_once;
  REQUIRE(by_start);
  CHECK(by_start->why == DueAtOnce::Why::kStart);
  CHECK(by_start->by == absorbing.ref);

  const LeadStory slow =
      Explain(PolicyBook(PolicyOf(kLadder)), {Created("2026-03-02 09:00")},
              At("2026-03-02 14:00"));
  CHECK_FALSE(RunOf(slow, 0).due_at_once);
}

TEST_CASE("A start that is that of an absorbed lead names what absorbed it") {
  const Event born = Created("2026-03-02 11:00");
  const Event absorbing =
      Absorbing("2026-03-02 11:30", "2026-03-02 09:00", "2026-03-02 09:30");
  const LeadStory story = Explain(PolicyBook(PolicyOf(kLadder)),
                                  {born, absorbing}, At("2026-03-02 12:00"));
  const RunStory& run = RunOf(story, 0);
  CHECK(run.start.event == born.ref);
  CHECK(run.start.absorbed_by == absorbing.ref);
  CHECK(run.start.began_at == At("2026-03-02 11:00"));
  CHECK(run.end->kind == Cause::Kind::kAbsorbed);
  CHECK(run.end->answered_at == At("2026-03-02 09:30"));
}

TEST_CASE("What a lead had counted that is taken over after due is not added") {
  const LeadStory story =
      Explain(PolicyBook(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 15m, stops: call,
     at_risk: never}
)")),
              {Created("2026-03-02 11:00"),
               Absorbing("2026-03-02 11:30", "2026-03-02 09:00")},
              At("2026-03-02 12:00"));
  const std::vector<Stretch>& stretches = RunOf(story, 0).stretches;
  REQUIRE(stretches.size() == 2);
  CHECK(stretches[0].kind == Stretch::Kind::kTakenOver);
  CHECK(stretches[0].to == At("2026-03-02 11:00"));
  CHECK(stretches[1].kind == Stretch::Kind::kCounted);
}

TEST_CASE("A clock that starts as a date brings the lead back says so") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: [lead_created, reentered], target: 1h, stops: call,
     at_risk: never}
)",
                                 "reentry: {ends: {disposition: [recycled]}, "
                                 "returns: [{date: return}]}\n"));
  const Event gone = Happened(
      "2026-03-02 11:00", ActivityKind::kDisposition, {{"outcome", "recycled"}},
      {{"disposition", "recycled"}, {"return", Millis("2026-03-05 10:00")}});
  const LeadStory story = Explain(book, {Created("2026-03-02 09:00"), gone},
                                  At("2026-03-05 12:00"));
  const RunStory& again = RunOf(story, 1);
  CHECK(again.start.kind == Cause::Kind::kDate);
  CHECK(again.start.date == "return");
  CHECK(again.start.by_return);
  CHECK(again.start.event == gone.ref);
}

TEST_CASE("Each attempt says whether it counted, and why not") {
  const PolicyBook book(PolicyOf(R"(
  - {name: cadence, starts: lead_created, target: 3h, stops: reply,
     at_risk: never, attempts: {of: call, at_least: 2, apart: 1h}}
)"));
  const Event one = CallBy("2026-03-02 09:10", "ann");
  const Event soon = CallBy("2026-03-02 09:30", "ann");
  Event none = TouchOn("2026-03-02 09:40", "email");
  std::get<Touched>(none.body).direction = Direction::kInternal;
  const Event two = CallBy("2026-03-02 13:30", "ann");
  const LeadStory story =
      Explain(book, {Created("2026-03-02 09:00"), one, soon, none, two},
              At("2026-03-02 15:00"));
  const RunStory& run = RunOf(story, 0);
  REQUIRE(run.attempts.size() == 3);
  CHECK(run.attempts[0].event == one.ref);
  CHECK(run.attempts[0].count == 1);
  CHECK_FALSE(run.attempts[0].too_soon_after);
  CHECK(run.attempts[1].too_soon_after == one.ref);
  CHECK(run.attempts[1].after == absl::Minutes(20));
  CHECK(run.attempts[2].event == two.ref);
  CHECK(run.attempts[2].count == 2);
  REQUIRE(run.uncounted.size() == 1);
  CHECK(run.uncounted[0].event == none.ref);
  CHECK(run.uncounted[0].attempt_tests ==
        std::vector<std::vector<TouchPart>>{{TouchPart::kDirection}});
}

TEST_CASE("A lead that the policy lets out says by which rule, since when") {
  const PolicyBook book(
      PolicyOf(R"(
  - {name: first, starts: lead_created, target: 3h, stops: call, at_risk: never}
)",
               "eligible: [{when: {flag: [complaint, conflict]}, then: review, "
               "reason: flag}]\n"));
  const Event complaint = Flagged("2026-03-02 09:30", "complaint");
  const LeadStory story =
      Explain(book,
              {Created("2026-03-02 09:00"), complaint,
               Changed("2026-03-02 09:40", "intent", "high")},
              At("2026-03-02 10:00"));
  CHECK(story.eligibility.since == At("2026-03-02 09:30"));
  CHECK(story.eligibility.by == complaint.ref);
  REQUIRE(story.eligibility.when.size() == 1);
  CHECK(story.eligibility.when[0].attribute == "flag");
  const RunStory& run = RunOf(story, 0);
  CHECK(run.end->kind == Cause::Kind::kIneligible);
  CHECK(run.end->eligibility == Eligibility::kUnderReview);
  CHECK(run.end->event == complaint.ref);
}

TEST_CASE("A clock that is not for this lead says that it did not start") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 30m, stops: call,
     at_risk: never}
  - {name: second, starts: lead_created, target: 3h, stops: call,
     at_risk: never, when: {market: uk}}
  - {name: third, starts: first.missed, target: 3h, stops: call,
     at_risk: never, when: {market: us}}
  - {name: fourth, starts: assigned, target: 3h, stops: call, at_risk: never,
     when: {market: us}}
)"));
  const Event born = Created("2026-03-02 09:00", {{"market", "fr"}});
  const LeadStory story =
      Explain(book, {born, Changed("2026-03-02 09:10", "market", "uk")},
              At("2026-03-02 12:00"));
  REQUIRE(story.not_started.size() == 2);
  CHECK(story.not_started[0].clock == "second");
  CHECK(story.not_started[0].by == born.ref);
  CHECK(story.not_started[1].clock == "third");
  CHECK(story.not_started[1].at == At("2026-03-02 09:30"));
  CHECK_FALSE(story.not_started[1].by);
}

// Nights from 22:00 to 06:00, but for Christmas.
constexpr char kNights[] = R"(
version: 1
calendars:
  night:
    zone: Europe/London
    hours: {mon-sun: "22:00-06:00"}
    holidays: [2026-12-25: Christmas Day]
    dates: {2026-12-27: "20:00-02:00"}
calendar_for: [{otherwise: night}]
responses: {call: {actor: human}}
clocks: [{name: first, starts: lead_created, target: 100h, stops: call, at_risk: never}]
)";

TEST_CASE("A night belongs to the day on which it opens, or would have") {
  const LeadStory story = Explain(
      Book({kNights}), {Created("2026-12-24 23:00")}, At("2026-12-28 12:00"));
  const std::vector<Stretch>& stretches = RunOf(story, 0).stretches;
  const auto says = [&](size_t place, Stretch::Kind kind,
                        const std::string& until, const std::string& why,
                        const std::string& hours) {
    REQUIRE(stretches.size() > place);
    const Stretch& stretch = stretches[place];
    INFO(place);
    CHECK(stretch.kind == kind);
    CHECK(stretch.to == At(until));
    CHECK(stretch.why == why);
    CHECK(stretch.other_hours == hours);
  };
  using Kind = Stretch::Kind;
  const std::string hours = "20:00-02:00 on 2026-12-27";
  says(0, Kind::kCounted, "2026-12-25 06:00", "", "");
  says(1, Kind::kHoliday, "2026-12-26 06:00", "Christmas Day", "");
  says(2, Kind::kClosed, "2026-12-26 22:00", "", "");
  says(3, Kind::kCounted, "2026-12-27 06:00", "", "");
  says(4, Kind::kClosed, "2026-12-27 20:00", "", hours);
  says(5, Kind::kCounted, "2026-12-28 02:00", "", hours);
  says(6, Kind::kClosed, "2026-12-28 06:00", "", hours);
  says(7, Kind::kClosed, "2026-12-28 12:00", "", "");
}

TEST_CASE("What became of the lead is part of its story, and its reviews") {
  const PolicyBook book(
      PolicyOf(R"(
  - {name: first, starts: lead_created, target: 30m, stops: call,
     at_risk: never}
)",
               "outcomes: [{name: late, on: first.missed}]\n"
               "reviews: [{when: {flag: complaint}, reason: sensitive, to: "
               "manager}]\n"));
  const Event complaint = Flagged("2026-03-02 09:10", "complaint");
  const LeadStory story = Explain(
      book, {Created("2026-03-02 09:00"), complaint}, At("2026-03-02 12:00"));
  REQUIRE(story.outcomes.size() == 2);
  CHECK(story.outcomes[0].kind == FactKind::kLeadReview);
  CHECK(story.outcomes[0].reason == "sensitive");
  CHECK(story.outcomes[0].started_by == complaint.ref);
  CHECK(story.outcomes[1].outcome == "late");
  CHECK(story.outcomes[1].at == At("2026-03-02 09:30"));
}

}  // namespace
}  // namespace leadclock::story
