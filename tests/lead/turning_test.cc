// Conditions that time turns: what runs count by follows at that instant.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "processor/lead/explain.h"
#include "processor/lead/timeline.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::AssignedTo;
using story::At;
using story::CallBy;
using story::Changed;
using story::Created;
using story::Flagged;
using story::Lines;
using story::Listener;
using story::Millis;
using story::PolicyOf;

Policy WaitsForMeeting() {
  return PolicyOf(R"(
  - {name: reply, starts: lead_created, stops: call, target: 1h,
     pauses: {when: {date_ahead: meeting}}, at_risk: never,
     ladder: [{at: due, do: breach, to: owner}]}
)");
}

Event MeetingAt(const std::string& said_at, const std::string& meeting) {
  return Changed(said_at, "meeting", meeting.empty() ? "" : Millis(meeting));
}

TEST_CASE("A lead that waits for a date is looked at when it has come") {
  Listener listener(WaitsForMeeting());
  listener.Read({Created("2026-03-02 09:00")}, "2026-03-02 09:00");
  CHECK(listener.next_instant() == At("2026-03-02 10:00"));
  listener.Read({MeetingAt("2026-03-02 09:10", "2026-03-02 10:00")},
                "2026-03-02 09:10");
  CHECK(listener.next_instant() == At("2026-03-02 10:00"));

  CHECK(listener.Wait("2026-03-02 10:00").empty());
  CHECK(listener.next_instant() == At("2026-03-02 10:50"));
  CHECK(listener.Wait("2026-03-02 11:00") ==
        Lines{"2026-03-02 10:50 reply missed",
              "2026-03-02 10:50 reply breach_1 -> nobody"});
  CHECK(listener.next_instant() == absl::InfiniteFuture());
}

TEST_CASE(
    "A lead is put away without regard to dates for which nothing waits") {
  Listener listener(WaitsForMeeting(), absl::Hours(1));
  listener.Read({Created("2026-03-02 09:00"),
                 MeetingAt("2026-03-02 09:10", "2026-03-09 10:00"),
                 CallBy("2026-03-02 09:20", "ann")},
                "2026-03-02 09:30");
  listener.Wait("2026-03-02 10:31");
  CHECK(listener.departure().has_value());
}

TEST_CASE("One that waits for a date is kept, however far that is") {
  Listener listener(WaitsForMeeting(), absl::Hours(1));
  listener.Read({Created("2026-03-02 09:00"),
                 MeetingAt("2026-03-02 09:10", "2026-03-09 10:00")},
                "2026-03-02 09:30");
  CHECK(listener.Wait("2026-03-06 10:00").empty());
  CHECK(!listener.departure().has_value());
  CHECK(listener.next_instant() == At("2026-03-09 10:00"));
}

TEST_CASE("A miss that is taken back gives back the time that it took") {
  Listener listener(PolicyOf(R"(
  - {name: owned, starts: lead_created, stops: assigned, target: 5m,
     at_risk: never}
  - {name: reply, starts: lead_created, stops: call, at_risk: never,
     target: [{when: {missed_clock: owned}, is: 20m}, {otherwise: 1h}]}
)"));
  CHECK(
      listener.Read({Created("2026-03-02 09:00")}, "2026-03-02 09:30") ==
      Lines{"2026-03-02 09:05 owned missed", "2026-03-02 09:20 reply missed"});
  CHECK(listener.Read({AssignedTo("2026-03-02 09:03", "ann")},
                      "2026-03-02 09:31") ==
        Lines{"2026-03-02 09:05 owned missed retracted",
              "2026-03-02 09:20 reply missed retracted",
              "2026-03-02 09:03 owned met"});
  CHECK(listener.next_instant() == At("2026-03-02 10:00"));
}

TEST_CASE("Clocks that ask for each other come to an end at an instant") {
  // Each miss shortens the next one, all at one instant.
  const Policy policy = PolicyOf(R"(
  - {name: a, starts: lead_created, stops: call, target: 10m, at_risk: never}
  - {name: b, starts: lead_created, stops: call, at_risk: never,
     target: [{when: {missed_clock: c}, is: 1m}, {otherwise: 2h}]}
  - {name: c, starts: lead_created, stops: call, at_risk: never,
     target: [{when: {missed_clock: a}, is: 1m}, {otherwise: 2h}]}
  - {name: d, starts: b.missed, stops: call, at_risk: never,
     target: [{when: {missed_clock: d}, is: 3h}, {otherwise: 0s}]}
)");
  CHECK(story::FactsAt(policy, "2026-03-02 12:00",
                       {Created("2026-03-02 09:00")}) ==
        Lines{"2026-03-02 09:10 a missed", "2026-03-02 09:10 c missed",
              "2026-03-02 09:10 b missed", "2026-03-02 09:10 d missed"});
}

TEST_CASE("What an event tells lets a clock pause at that event") {
  const Policy policy = PolicyOf(R"(
  - {name: reply, starts: lead_created, stops: call, target: 1h, at_risk: never,
     pauses: {when: {outcome: complained}}}
)",
                                 R"(
outcomes:
  - {name: complained, on: {flag_added: complaint}}
)");
  CHECK(story::FactsAt(policy, "2026-03-02 12:00",
                       {Created("2026-03-02 09:00"),
                        Flagged("2026-03-02 09:10", "complaint")}) ==
        Lines{"2026-03-02 09:10 complained"});
}

TEST_CASE("A run's story tells what it counted by, and since when") {
  const PolicyBook policies(PolicyOf(R"(
  - {name: owned, starts: lead_created, stops: assigned, target: 5m,
     at_risk: never}
  - {name: reply, starts: lead_created, stops: call, at_risk: never,
     pauses: {when: {date_ahead: meeting}},
     target: [{when: {missed_clock: owned}, is: 20m}, {otherwise: 1h}]}
)"));
  const Event meeting = MeetingAt("2026-03-02 09:10", "2026-03-02 10:00");
  const LeadStory story = Explain(
      policies, {Created("2026-03-02 09:00"), meeting}, At("2026-03-02 10:05"));
  REQUIRE(story.runs.size() == 2);
  const RunStory& run = story.runs[1];
  CHECK(run.due == At("2026-03-02 10:10"));
  REQUIRE(run.stretches.size() == 3);
  CHECK(run.stretches[0].to == At("2026-03-02 09:10"));
  CHECK(run.stretches[1].kind == Stretch::Kind::kPaused);
  CHECK(run.stretches[1].since == meeting.ref);
  CHECK(run.stretches[1].to == At("2026-03-02 10:00"));
  CHECK(run.stretches[2].kind == Stretch::Kind::kCounted);
  REQUIRE(run.targets.size() == 2);
  CHECK(run.targets[1].since == At("2026-03-02 09:05"));
  CHECK(run.targets[1].length == absl::Minutes(20));
}

}  // namespace
}  // namespace leadclock
