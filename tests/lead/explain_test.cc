// Why a lead's clocks say what they say, as a function.
#include "processor/lead/explain.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

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
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(policies));
  REQUIRE(book.ok());
  return *std::move(book);
}

// Two responses that differ, and a clock for each way to begin and to end.
PolicyBook Chain() {
  return Book({R"(
version: 1
responses:
  call: {channel: phone, by: [owner, backup], meaningful: true}
  mail: {channel: email, actor: human}
clocks:
  - {name: owned, starts: lead_created, stops: assigned, target: 1h}
  - {name: first, starts: owned.answered, stops: [call, mail], target: 1h, at_risk: never, ladder: [{at: due + 10m, do: escalate, to: [manager, backup]}]}
  - {name: recovery, starts: first.missed, stops: first.answered, target: 1h}
)"});
}

const RunStory& RunOf(const LeadStory& story, size_t place) {
  REQUIRE(story.runs.size() > place);
  return story.runs[place];
}

PeopleChanges OwnedBy(const std::string& owner) {
  PeopleChanges people;
  people.owner = PersonId(owner);
  return people;
}

TEST_CASE("A clock knows by which event it started and ended, or which clock") {
  const Event born = Created("2026-03-02 09:00");
  const Event owned = AssignedTo("2026-03-02 09:10", "ann");
  const Event call = CallBy("2026-03-02 11:00", "ann");
  const LeadStory story =
      Explain(Chain(), {born, owned, call}, At("2026-03-02 12:00"));

  const RunStory& owner = RunOf(story, 0);
  CHECK(owner.start.kind == Cause::Kind::kEvent);
  CHECK(owner.start.event == born.ref);
  CHECK(owner.end->kind == Cause::Kind::kEvent);
  CHECK(owner.end->event == owned.ref);
  const RunStory& first = RunOf(story, 1);
  CHECK(first.start.kind == Cause::Kind::kAnswered);
  CHECK(first.start.clock == "owned");
  CHECK(first.start.event == owned.ref);
  CHECK(first.end->event == call.ref);
  const RunStory& recovery = RunOf(story, 2);
  CHECK(recovery.start.kind == Cause::Kind::kMissed);
  CHECK(recovery.start.clock == "first");
  CHECK(recovery.end->kind == Cause::Kind::kAnswered);
  CHECK(recovery.end->clock == "first");
  CHECK(recovery.end->event == call.ref);
}

TEST_CASE("A call before the lead was created answers at its birth") {
  const Event early = CallBy("2026-03-02 08:50", "ann");
  const LeadStory story =
      Explain(Chain(), {early, Created("2026-03-02 09:00", {}, OwnedBy("ann"))},
              At("2026-03-02 12:00"));
  const RunStory& first = RunOf(story, 1);
  CHECK(first.run.answered_at == At("2026-03-02 09:00"));
  CHECK(first.end->event == early.ref);
}

TEST_CASE("A touch that did not count says which tests it failed") {
  const Event by_ben = CallBy("2026-03-02 09:20", "ben");
  const LeadStory story = Explain(
      Chain(),
      {Created("2026-03-02 09:00"),
       // Of what it was asked for nothing was open yet.
       CallBy("2026-03-02 09:05", "ben"), AssignedTo("2026-03-02 09:10", "ann"),
       by_ben, CallBy("2026-03-02 09:30", "ann")},
      At("2026-03-02 12:00"));
  const RunStory& first = RunOf(story, 1);
  REQUIRE(first.uncounted.size() == 1);
  CHECK(first.uncounted[0].event == by_ben.ref);
  CHECK(first.uncounted[0].people.owner == PersonId("ann"));
  REQUIRE(first.uncounted[0].tests.size() == 2);
  CHECK(first.uncounted[0].tests[0].failed == std::vector{TouchPart::kBy});
  CHECK(first.uncounted[0].tests[1].failed == std::vector{TouchPart::kChannel});
}

TEST_CASE("A rung that fired knows who was meant, and who took whose place") {
  const LeadStory story =
      Explain(Chain(), {Created("2026-03-02 09:00", {}, OwnedBy("ann"))},
              At("2026-03-02 12:00"));
  const RunStory& first = RunOf(story, 1);
  REQUIRE(first.rungs.size() == 1);
  CHECK(first.rungs[0].outcome == RungStory::Outcome::kFired);
  CHECK(first.rungs[0].recipients ==
        std::vector<Recipient>{{"manager", "", PersonId()},
                               {"backup", "", PersonId()}});
}

TEST_CASE("A clock that ends as it begins has its target all the same") {
  const LeadStory story =
      Explain(Chain(), {Created("2026-03-02 09:00", {}, OwnedBy("ann"))},
              At("2026-03-02 12:00"));
  const RunStory& owned = RunOf(story, 0);
  REQUIRE(owned.targets.size() == 1);
  CHECK(owned.targets[0].length == absl::Hours(1));
  CHECK(owned.versions.size() == 1);
}

TEST_CASE("A clock that begins at the end of the story has its target") {
  const LeadStory story =
      Explain(Chain(), {Created("2026-03-02 09:00")}, At("2026-03-02 09:00"));
  REQUIRE(RunOf(story, 0).targets.size() == 1);
  CHECK(RunOf(story, 0).versions.size() == 1);
}

// The second version escalates sooner, reminds as well and has a shorter
// target.
PolicyBook TwoVersions() {
  return Book({R"(
version: 1
responses: {touch: {actor: human}}
clocks:
  - name: a
    starts: lead_created
    stops: touch
    pauses: on_hold
    target: 1h
    at_risk: never
    ladder:
      - {name: early, at: 10m, do: remind, to: owner}
      - {at: due + 60m, do: escalate, to: manager}
)",
               R"(
version: 2
effective: 2026-03-02T09:30:00Z
open_clocks: carry
responses: {touch: {actor: human}}
clocks:
  - name: a
    starts: lead_created
    stops: touch
    pauses: on_hold
    target: 45m
    at_risk: never
    ladder:
      - {at: due - 5m, do: remind, to: owner}
      - {at: due + 10m, do: escalate, to: manager}
)"});
}

TEST_CASE("What lies ahead goes by the version that will judge it") {
  const LeadStory story = Explain(TwoVersions(), {Created("2026-03-02 09:00")},
                                  At("2026-03-02 09:15"));
  const RunStory& run = RunOf(story, 0);
  CHECK(run.run.policy_version == 1);
  REQUIRE(run.versions_ahead.size() == 1);
  CHECK(run.versions_ahead[0].policy_version == 2);
  CHECK(run.versions_ahead[0].since == At("2026-03-02 09:30"));
  CHECK(run.versions_ahead[0].due_before == At("2026-03-02 10:00"));
  CHECK(run.versions_ahead[0].due == At("2026-03-02 09:45"));
  CHECK(run.due == At("2026-03-02 09:45"));
  REQUIRE(run.rungs.size() == 3);
  CHECK(run.rungs[0].outcome == RungStory::Outcome::kFired);
  CHECK(run.rungs[1].policy_version == 2);
  CHECK(run.rungs[1].rung == 0);
  CHECK(run.rungs[1].at == At("2026-03-02 09:40"));
  CHECK(run.rungs[2].policy_version == 2);
  CHECK(run.rungs[2].at == At("2026-03-02 09:55"));
}

TEST_CASE("A changed due is told with the one before") {
  const LeadStory story =
      Explain(TwoVersions(),
              {Created("2026-03-02 09:00"),
               Changed("2026-03-02 09:05", "status", "on_hold"),
               Changed("2026-03-02 09:10", "status", "working")},
              At("2026-03-02 09:35"));
  const RunStory& run = RunOf(story, 0);
  REQUIRE(run.versions.size() == 2);
  CHECK(run.versions[0].due == At("2026-03-02 10:00"));
  CHECK(run.versions[1].due_before == At("2026-03-02 10:05"));
  CHECK(run.versions[1].due == At("2026-03-02 09:50"));
}

TEST_CASE("While a clock is paused its rungs wait, and it has no due") {
  const LeadStory story =
      Explain(Book({TwoVersions().versions()[0].text}),
              {Created("2026-03-02 09:00"),
               Changed("2026-03-02 09:05", "status", "on_hold")},
              At("2026-03-02 09:35"));
  const RunStory& run = RunOf(story, 0);
  CHECK_FALSE(run.due);
  REQUIRE(run.rungs.size() == 2);
  CHECK(run.rungs[0].outcome == RungStory::Outcome::kWaits);
  CHECK(run.rungs[1].outcome == RungStory::Outcome::kWaits);
}

TEST_CASE("A version that ends a clock or drops its rungs is foretold") {
  const Policy first = TwoVersions().versions()[0];
  const PolicyBook ended = Book({first.text, R"(
version: 2
effective: 2026-03-02T09:30:00Z
open_clocks: carry
responses: {touch: {actor: human}}
clocks:
  - {name: b, starts: lead_created, stops: touch, target: 1h}
)"});
  const LeadStory story =
      Explain(ended, {Created("2026-03-02 09:00")}, At("2026-03-02 09:15"));
  const RunStory& run = RunOf(story, 0);
  REQUIRE(run.versions_ahead.size() == 1);
  CHECK(run.versions_ahead[0].ends);
  CHECK_FALSE(run.due);
  CHECK(run.rungs[1].outcome == RungStory::Outcome::kDropped);

  const LeadStory later =
      Explain(ended, {Created("2026-03-02 09:00")}, At("2026-03-02 09:45"));
  CHECK(RunOf(later, 0).end->kind == Cause::Kind::kVersion);
  CHECK(RunOf(later, 0).end->policy_version == 2);
}

TEST_CASE("Whether something is true hangs on what is known of the lead") {
  const Event call = CallBy("2026-03-02 09:30", "ann");
  std::vector<Event> history = {Created("2026-03-02 09:00", {}, OwnedBy("ann")),
                                CallBy("2026-03-02 09:20", "ben")};
  const absl::Time until = At("2026-03-02 12:00");
  const Claim missed = {"first", "missed", At("2026-03-02 10:00")};
  const Claim met = {"first", "met", At("2026-03-02 09:30")};
  CHECK(IsTrue(missed, Chain(), FactsOf(Chain(), history, until)));
  CHECK_FALSE(IsTrue(missed, Chain(), FactsOf(Chain(), {}, until)));
  // It was not true yet.
  CHECK_FALSE(IsTrue(missed, Chain(),
                     FactsOf(Chain(), history, At("2026-03-02 09:59"))));

  history.push_back(call);
  CHECK_FALSE(IsTrue(missed, Chain(), FactsOf(Chain(), history, until)));
  CHECK(IsTrue(met, Chain(), FactsOf(Chain(), history, until)));

  history.push_back(WithdrawalOf(call, "2026-03-02 09:50"));
  CHECK(IsTrue(missed, Chain(), FactsOf(Chain(), history, until)));
  CHECK_FALSE(IsTrue(met, Chain(), FactsOf(Chain(), history, until)));
}

TEST_CASE("A clock that a date started says which") {
  const PolicyBook book(PolicyOf(R"(
  - {name: step, starts: {date: next_step}, target: 1h, stops: call,
     at_risk: never}
)"));
  const Event said =
      Happened("2026-03-02 09:10", ActivityKind::kNextStepScheduled, {},
               {{"next_step", Millis("2026-03-03 10:00")}});
  const LeadStory story = Explain(book, {Created("2026-03-02 09:00"), said},
                                  At("2026-03-03 10:30"));
  const RunStory& step = RunOf(story, 0);
  CHECK(step.start.kind == Cause::Kind::kDate);
  CHECK(step.start.date == "next_step");
  CHECK(step.start.event == said.ref);
}

TEST_CASE("When a clock is due after a pause that a date ends is foretold") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 4h, stops: call,
     at_risk: never, pauses: [{when: {date_ahead: next_step}}]}
)"));
  const std::vector<Event> history = {
      Created("2026-03-02 09:00"),
      Happened("2026-03-02 10:00", ActivityKind::kNextStepScheduled, {},
               {{"next_step", Millis("2026-03-03 10:00")}})};
  const LeadStory paused = Explain(book, history, At("2026-03-02 12:00"));
  CHECK(RunOf(paused, 0).due == At("2026-03-03 13:00"));
  const LeadStory missed = Explain(book, history, At("2026-03-04 12:00"));
  CHECK(RunOf(missed, 0).due == At("2026-03-03 13:00"));
}

TEST_CASE("A clock that started as another was cancelled says so") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     cancels: disposition}
  - {name: nurture, starts: first.stopped, target: 1h, stops: call,
     at_risk: never}
)"));
  const Event lost = Happened("2026-03-02 09:10", ActivityKind::kDisposition,
                              {{"outcome", "declined"}});
  const LeadStory story = Explain(book, {Created("2026-03-02 09:00"), lost},
                                  At("2026-03-02 09:30"));
  CHECK(RunOf(story, 0).end->event == lost.ref);
  CHECK(RunOf(story, 1).start.kind == Cause::Kind::kStopped);
  CHECK(RunOf(story, 1).start.clock == "first");
}

TEST_CASE("What an absorbed lead had counted is part of the story") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 2h, stops: call, at_risk: never}
)"));
  const Event born = Created("2026-03-02 09:00");
  const LeadStory story =
      Explain(book, {born, Absorbing("2026-03-02 09:30", "2026-02-27 17:00")},
              At("2026-03-02 10:00"));
  const RunStory& first = RunOf(story, 0);
  CHECK(first.start.kind == Cause::Kind::kEvent);
  CHECK(first.start.event == born.ref);
  CHECK(first.run.started_at == At("2026-02-27 17:00"));
  absl::Duration counted;
  for (const Stretch& stretch : first.stretches) {
    if (stretch.kind == Stretch::Kind::kCounted) {
      counted += stretch.to - stretch.from;
    }
  }
  CHECK(counted == absl::Minutes(90));
}

TEST_CASE("A pause says which condition held") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 2h, stops: call, at_risk: never,
     pauses: [{when: {reachable: no}}]}
)"));
  const LeadStory story =
      Explain(book,
              {Created("2026-03-02 09:00"),
               Happened("2026-03-02 09:10", ActivityKind::kContactBroken,
                        {{"channel", "phone"}})},
              At("2026-03-02 10:00"));
  const Stretch& pause = RunOf(story, 0).stretches.back();
  CHECK(pause.kind == Stretch::Kind::kPaused);
  CHECK(pause.by_condition);
  CHECK(pause.why == "reachable is no");
}

TEST_CASE("A lead of which a rung of its own warns needs no other warning") {
  const PolicyBook book(PolicyOf(R"(
  - {name: first, starts: lead_created, target: 2h, stops: call, at_risk: 50%,
     ladder: [{name: late, at: 90m, do: warn, to: owner, when: {intent: high}}]}
)"));
  const LeadStory high =
      Explain(book, {Created("2026-03-02 09:00", {{"intent", "high"}})},
              At("2026-03-02 10:15"));
  const auto& rungs = RunOf(high, 0).rungs;
  REQUIRE(rungs.size() == 2);
  CHECK(rungs[0].outcome == RungStory::Outcome::kWarnedOtherwise);
  CHECK(rungs[1].outcome == RungStory::Outcome::kAhead);

  const LeadStory low =
      Explain(book, {Created("2026-03-02 09:00")}, At("2026-03-02 10:15"));
  CHECK(RunOf(low, 0).rungs[0].outcome == RungStory::Outcome::kFired);
  CHECK(RunOf(low, 0).rungs[1].outcome == RungStory::Outcome::kNotTrueNow);
}

}  // namespace
}  // namespace leadclock::story
