// What starts clocks, ends them without an answer, and lets them go on: stories
// of activities.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::Absorbing;
using story::AssignedTo;
using story::At;
using story::CallBy;
using story::Created;
using story::FactsAt;
using story::Flagged;
using story::Happened;
using story::Lines;
using story::Listener;
using story::MergedIn;
using story::PolicyOf;
using story::StageIs;
using story::StatusIs;
using story::TouchOn;

TEST_CASE(
    "A stage starts a clock, and an activity answers it with its reason") {
  const Policy policy = PolicyOf(R"(
  - {name: handover, starts: {stage_changed: sql}, target: 1h, at_risk: never,
     stops: {stage_changed: {stage: sal, handoff: [accepted, rejected]}}}
)");
  CHECK(
      FactsAt(policy, "2026-03-02 10:00",
              {Created("2026-03-02 09:00"), StageIs("2026-03-02 09:05", "mql"),
               StageIs("2026-03-02 09:10", "sql"),
               StageIs("2026-03-02 09:20", "sal"),
               Happened("2026-03-02 09:30", ActivityKind::kStageChanged,
                        {{"handoff", "rejected"},
                         {"reason", "no_budget"},
                         {"stage", "sal"}})}) ==
      Lines{"2026-03-02 09:30 handover met (no_budget)"});
}

TEST_CASE("An explained breach is told with its reason and resolution") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never}
  - {name: explain, starts: first.missed, target: 1h, at_risk: never,
     stops: {breach_explained: first}}
)");
  Listener listener(policy);
  listener.Read(
      {Created("2026-03-02 09:00"),
       Happened(
           "2026-03-02 10:30", ActivityKind::kBreachExplained,
           {{"clock", "first"}, {"reason", "sick"}, {"resolution", "called"}})},
      "2026-03-02 10:30");
  const Fact& met = listener.said().back().fact;
  CHECK(met.kind == FactKind::kMet);
  CHECK(met.reason == "sick");
  CHECK(met.note == "called");
}

TEST_CASE("What cancels a clock ends it with the reason that is said") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     cancels: [disposition, {flag_added: [spam, complaint]}, reply]}
)");
  const auto ends = [&](const Event& event) {
    return FactsAt(policy, "2026-03-02 09:30",
                   {Created("2026-03-02 09:00"), event});
  };
  CHECK(ends(Happened("2026-03-02 09:10", ActivityKind::kDisposition,
                      {{"outcome", "declined"}})) ==
        Lines{"2026-03-02 09:10 first stopped (declined)"});
  CHECK(ends(Happened("2026-03-02 09:10", ActivityKind::kDisposition,
                      {{"outcome", "declined"}, {"reason", "price"}})) ==
        Lines{"2026-03-02 09:10 first stopped (price)"});
  CHECK(ends(Flagged("2026-03-02 09:10", "complaint")) ==
        Lines{"2026-03-02 09:10 first stopped (complaint)"});
  Touched reply;
  reply.direction = Direction::kInbound;
  CHECK(ends({{"crm", "reply"}, At("2026-03-02 09:10"), 0, 30, reply}) ==
        Lines{"2026-03-02 09:10 first stopped (touch)"});
  CHECK(ends(Flagged("2026-03-02 09:10", "vip")).empty());
}

TEST_CASE("A clock may start because another one was cancelled") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     cancels: {disposition: no_response}}
  - {name: nurture, starts: first.stopped, target: 2h, stops: call,
     at_risk: never}
)");
  CHECK(FactsAt(policy, "2026-03-02 11:30",
                {Created("2026-03-02 09:00"),
                 Happened("2026-03-02 09:10", ActivityKind::kDisposition,
                          {{"outcome", "no_response"}})}) ==
        Lines{"2026-03-02 09:10 first stopped (no_response)",
              "2026-03-02 11:10 nurture missed"});
}

TEST_CASE("A paused clock goes on when what it waits for happens") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     pauses: waiting, resumes: reply}
)");
  Touched reply;
  reply.direction = Direction::kInbound;
  const Event answer = {{"crm", "reply"}, At("2026-03-02 09:30"), 0, 30, reply};
  const std::vector<Event> resumed = {Created("2026-03-02 09:00"),
                                      StatusIs("2026-03-02 09:10", "waiting"),
                                      answer};
  CHECK(FactsAt(policy, "2026-03-02 12:00", resumed) ==
        Lines{"2026-03-02 10:20 first missed"});
  // Until the status is said again, also the same one.
  std::vector<Event> again = resumed;
  again.push_back(StatusIs("2026-03-02 09:40", "waiting"));
  CHECK(FactsAt(policy, "2026-03-02 12:00", again).empty());
  // A reply before the pause resumes nothing.
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"), answer,
                 StatusIs("2026-03-02 09:40", "waiting")})
            .empty());
}

TEST_CASE("A clock stands while a condition of its pauses holds") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     pauses: [{when: {reachable: no}}]}
)");
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"),
                 Happened("2026-03-02 09:10", ActivityKind::kContactBroken,
                          {{"channel", "phone"}}),
                 Happened("2026-03-02 09:40", ActivityKind::kContactMended,
                          {{"channel", "phone"}})}) ==
        Lines{"2026-03-02 10:30 first missed"});
  // There is another way to reach it.
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00",
                         {{"available_channel", "email\nphone"}}),
                 Happened("2026-03-02 09:10", ActivityKind::kContactBroken,
                          {{"channel", "phone"}})}) ==
        Lines{"2026-03-02 10:00 first missed"});
}

TEST_CASE("A clock starts for some leads only, and again if it says so") {
  const Policy policy = PolicyOf(R"(
  - {name: stall, starts: next_step_scheduled, when: {stage: open},
     repeats: after_end, target: 1h, stops: call, at_risk: never}
)");
  const auto step = [](const std::string& at) {
    return Happened(at, ActivityKind::kNextStepScheduled);
  };
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"), step("2026-03-02 09:01"),
                 StageIs("2026-03-02 09:02", "open"), step("2026-03-02 09:03"),
                 step("2026-03-02 09:04"), CallBy("2026-03-02 09:05", "ann"),
                 step("2026-03-02 09:06")}) ==
        Lines{"2026-03-02 09:05 stall met", "2026-03-02 10:06 stall missed"});
}

TEST_CASE("A clock that starts each time has as many runs as triggers") {
  const Policy policy = PolicyOf(R"(
  - {name: reply_due, starts: reply, repeats: each, target: 1h, stops: call,
     at_risk: never}
)");
  std::vector<Event> history = {Created("2026-03-02 09:00")};
  Touched reply;
  reply.direction = Direction::kInbound;
  for (int i = 0; i < 20; ++i) {
    history.push_back({{"crm", "reply-" + std::to_string(i)},
                       At("2026-03-02 09:10") + absl::Minutes(i),
                       0,
                       30,
                       reply});
  }
  history.push_back(CallBy("2026-03-02 10:15", "ann"));
  Listener listener(policy);
  const Lines lines = listener.Read(history, "2026-03-02 10:15");
  CHECK(lines.front() ==
        "2026-03-02 10:10 reply_due missed, not to be notified");
  CHECK(lines.size() == 25);
  CHECK(listener.said().back().fact.cycle == 20);
  // Of what has ended the newest are kept.
  CHECK(listener.lead().progress->runs.size() == 16);
  CHECK(listener.lead().progress->missed_clocks ==
        std::vector<std::string>{"reply_due"});
}

TEST_CASE("A cadence is answered by enough attempts, apart and on channels") {
  const Policy policy = PolicyOf(R"(
  - {name: follow_up, starts: lead_created, target: 8h, at_risk: never,
     attempts: {of: call, at_least: 3, channels: 2, apart: 1h}}
)");
  CHECK(
      FactsAt(policy, "2026-03-02 16:00",
              {Created("2026-03-02 09:00"), TouchOn("2026-03-02 09:10", "sms"),
               TouchOn("2026-03-02 09:20", "sms"),
               TouchOn("2026-03-02 11:00", "sms"),
               TouchOn("2026-03-02 12:00", "sms"),
               TouchOn("2026-03-02 13:00", "phone")}) ==
      Lines{"2026-03-02 09:10 follow_up attempt",
            "2026-03-02 09:20 follow_up attempt (too_soon)",
            "2026-03-02 11:00 follow_up attempt",
            "2026-03-02 12:00 follow_up attempt",
            "2026-03-02 13:00 follow_up attempt",
            "2026-03-02 13:00 follow_up met"});
}

TEST_CASE("A late attempt takes back the one that it makes too soon") {
  const Policy policy = PolicyOf(R"(
  - {name: follow_up, starts: lead_created, target: 8h, at_risk: never,
     attempts: {of: call, at_least: 2, apart: 1h}}
)");
  Listener listener(policy);
  listener.Read(
      {Created("2026-03-02 09:00"), TouchOn("2026-03-02 09:30", "sms")},
      "2026-03-02 09:40");
  CHECK(listener.Read({TouchOn("2026-03-02 09:10", "phone")},
                      "2026-03-02 09:50") ==
        Lines{"2026-03-02 09:30 follow_up attempt retracted",
              "2026-03-02 09:10 follow_up attempt",
              "2026-03-02 09:30 follow_up attempt (too_soon)"});
}

TEST_CASE("A mark on the wall comes when it does, open or not") {
  const Policy policy = PolicyOf(R"(
  - name: first
    starts: lead_created
    stops: call
    pauses: on_hold
    target: 2h
    at_risk: never
    ladder:
      - {at: 3h wall, do: remind, to: owner}
      - {at: due + 14h wall, do: escalate, to: owner}
)");
  CHECK(FactsAt(
            policy, "2026-03-03 12:00",
            {AssignedTo("2026-03-02 16:00", "ann"), Created("2026-03-02 16:00"),
             StatusIs("2026-03-02 16:30", "on_hold"),
             StatusIs("2026-03-02 17:00", "working")}) ==
        Lines{"2026-03-02 19:00 first remind_1 -> ann",
              "2026-03-03 10:00 first missed"});
  CHECK(FactsAt(policy, "2026-03-03 12:00",
                {AssignedTo("2026-03-02 15:30", "ann"),
                 Created("2026-03-02 15:30")}) ==
        Lines{"2026-03-02 17:30 first missed",
              "2026-03-02 18:30 first remind_1 -> ann",
              "2026-03-03 07:30 first escalate_1 -> ann"});
}

TEST_CASE("A lead that was merged into another one has no clocks any more") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: [lead_created, reply], target: 1h, stops: call,
     repeats: after_end, at_risk: never}
)");
  Listener listener(policy, absl::Hours(24));
  CHECK(listener.Read({Created("2026-03-02 09:00"),
                       MergedIn("2026-03-02 09:10", "winner"),
                       AssignedTo("2026-03-02 09:20", "ann")},
                      "2026-03-02 12:00") ==
        Lines{"2026-03-02 09:10 first stopped (merged)"});
  CHECK_FALSE(listener.departure().has_value());
}

TEST_CASE("A lead that absorbs another one begins with it") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 2h, stops: call, at_risk: never}
)");
  // The other came on Friday at five: half an hour was open.
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"),
                 Absorbing("2026-03-02 09:30", "2026-02-27 17:00")}) ==
        Lines{"2026-03-02 10:30 first missed"});
  // More than the target: due is then.
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"),
                 Absorbing("2026-03-02 09:30", "2026-02-27 13:00")}) ==
        Lines{"2026-03-02 09:30 first missed"});
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"),
                 Absorbing("2026-03-02 09:30", "2026-02-27 13:00",
                           "2026-02-27 13:10")}) ==
        Lines{"2026-03-02 09:30 first met"});
}

}  // namespace
}  // namespace leadclock
