// Leads that go away and come back, dates, reviews and outcomes.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::AssignedTo;
using story::At;
using story::CallBy;
using story::Created;
using story::FactsAt;
using story::Flagged;
using story::Happened;
using story::Lines;
using story::Listener;
using story::Millis;
using story::PolicyOf;
using story::StageIs;
using story::StatusIs;

Event Recycled(const std::string& at, const std::string& back = "") {
  AttributeChanges learnt = {{"disposition", "recycled"}};
  if (!back.empty()) learnt.emplace_back("return", Millis(back));
  return Happened(at, ActivityKind::kDisposition, {{"outcome", "recycled"}},
                  learnt);
}

constexpr char kReentry[] =
    "reentry:\n"
    "  ends: {disposition: recycled}\n"
    "  returns: [{stage_changed: mql}, {date: return}]\n";

TEST_CASE("A recycled lead has no clocks until it comes back, in a new cycle") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: [lead_created, reentered], target: 1h, stops: call,
     at_risk: never}
  - {name: handover, starts: assigned, target: 1h, stops: call, at_risk: never}
)",
                                 kReentry);
  Listener listener(policy);
  CHECK(
      listener.Read({Created("2026-03-02 09:00"), Recycled("2026-03-02 09:10"),
                     AssignedTo("2026-03-02 09:20", "ann")},
                    "2026-03-02 12:00") ==
      Lines{"2026-03-02 09:10 first stopped (recycled)"});
  CHECK(listener.lead().progress->away);
  CHECK(
      listener.Read({StageIs("2026-03-02 13:00", "mql")}, "2026-03-02 15:00") ==
      Lines{"2026-03-02 14:00 first missed"});
  CHECK(listener.said().back().fact.cycle == 2);
  CHECK(listener.lead().progress->cycle == 2);
}

TEST_CASE("A recycled lead comes back on its date") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: [lead_created, reentered], target: 1h, stops: call,
     at_risk: never}
)",
                                 std::string(kReentry) + R"(
outcomes:
  - {name: back, on: reentered}
)");
  Listener listener(policy);
  const Event away = Recycled("2026-03-02 09:10", "2026-03-04 10:00");
  listener.Read({Created("2026-03-02 09:00"), away}, "2026-03-02 12:00");
  CHECK(listener.next_instant() == At("2026-03-04 10:00"));
  CHECK(listener.Wait("2026-03-04 12:00") ==
        Lines{"2026-03-04 10:00 back", "2026-03-04 11:00 first missed"});
  CHECK(listener.said().back().fact.started_by == away.ref);
}

TEST_CASE("A clock starts so many days before a date, by the local time") {
  const Policy policy = PolicyOf(R"(
  - {name: renewal, starts: {date: term_ends, before: 3 days}, target: 1h,
     stops: call, at_risk: never}
)");
  const auto ends = [](const std::string& said_at, const std::string& at) {
    return Event{{"crm", "term " + said_at + at},
                 At(said_at),
                 0,
                 22,
                 AttributesChanged{{{"term_ends", Millis(at)}}}};
  };
  // Summer time begins on Sunday, the 29th.
  const std::vector<Event> history = {
      Created("2026-03-02 09:00"),
      ends("2026-03-02 09:01", "2026-03-30 10:00")};
  CHECK(FactsAt(policy, "2026-03-28 09:00", history) ==
        Lines{"2026-03-27 11:00 renewal missed"});
  // What is said anew before does not come at the old one.
  std::vector<Event> moved = history;
  moved.push_back(ends("2026-03-26 09:00", "2026-04-02 10:00"));
  CHECK(FactsAt(policy, "2026-03-28 09:00", moved).empty());
  CHECK(FactsAt(policy, "2026-03-31 09:00", moved) ==
        Lines{"2026-03-30 11:00 renewal missed"});
  // Said late, it comes then; past its end, never.
  CHECK(FactsAt(policy, "2026-03-03 12:00",
                {Created("2026-03-02 09:00"),
                 ends("2026-03-02 09:30", "2026-03-03 09:00")}) ==
        Lines{"2026-03-02 10:30 renewal missed"});
  CHECK(FactsAt(policy, "2026-03-03 12:00",
                {Created("2026-03-02 09:00"),
                 ends("2026-03-02 09:30", "2026-03-01 09:00")})
            .empty());
}

TEST_CASE("A date of the company's own is a text") {
  const Policy policy = PolicyOf(R"(
  - {name: check_in, starts: {date: custom.go_live, after: 1 day}, target: 1h,
     stops: call, at_risk: never}
)");
  CHECK(FactsAt(policy, "2026-03-05 12:00",
                {Created("2026-03-02 09:00",
                         {{"custom.go_live", "2026-03-03T10:00:00+01:00"}})}) ==
        Lines{"2026-03-04 10:00 check_in missed"});
  CHECK(FactsAt(policy, "2026-03-05 12:00",
                {Created("2026-03-02 09:00", {{"custom.go_live", "soon"}})})
            .empty());
}

TEST_CASE("What an event of a date's instant says is known before the date") {
  const Policy policy = PolicyOf(R"(
  - {name: step, starts: {date: next_step}, when: {stage: open}, target: 1h,
     stops: call, at_risk: never}
)");
  const Event said =
      Happened("2026-03-02 09:10", ActivityKind::kNextStepScheduled, {},
               {{"next_step", Millis("2026-03-02 10:00")}});
  Listener listener(policy);
  CHECK(listener.Read({Created("2026-03-02 09:00"), said,
                       StageIs("2026-03-02 10:00", "open")},
                      "2026-03-02 12:00") ==
        Lines{"2026-03-02 11:00 step missed"});
  CHECK(FactsAt(policy, "2026-03-02 12:00", {Created("2026-03-02 09:00"), said})
            .empty());
}

TEST_CASE("A review is asked for whenever its condition comes to hold") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never}
)",
                                 R"(
reviews:
  - {when: {flag: complaint}, reason: complaint, to: manager}
)");
  CHECK(FactsAt(
            policy, "2026-03-02 10:30",
            {Created("2026-03-02 09:00"), AssignedTo("2026-03-02 09:00", "ann"),
             Flagged("2026-03-02 09:10", "complaint"),
             StatusIs("2026-03-02 09:20", "working")}) ==
        Lines{"2026-03-02 09:10 review -> manager-1 (complaint)",
              "2026-03-02 09:10 task_opened -> manager-1 (complaint)",
              "2026-03-02 10:00 first missed"});
}

TEST_CASE("Outcomes are told once in a cycle, in the order of their rules") {
  const Policy policy = PolicyOf(R"(
  - name: first
    starts: lead_created
    stops: call
    target: 1h
    at_risk: never
    ladder:
      - {at: due + 5m, do: escalate, to: owner, name: help}
)",
                                 R"(
outcomes:
  - {name: late, on: first.missed}
  - {name: helped, on: first.help}
  - {name: contacted, on: [first.answered, meeting_booked]}
  - {name: contacted_late, on: first.answered, when: {outcome: late}}
  - {name: meeting, on: meeting_booked, repeats: true}
)");
  CHECK(FactsAt(policy, "2026-03-02 12:00",
                {Created("2026-03-02 09:00"), CallBy("2026-03-02 10:30", "ann"),
                 Happened("2026-03-02 10:40", ActivityKind::kMeetingBooked),
                 Happened("2026-03-02 10:50", ActivityKind::kMeetingBooked)}) ==
        Lines{"2026-03-02 10:00 first missed, not to be notified",
              "2026-03-02 10:00 late",
              "2026-03-02 10:05 first help -> nobody, not to be notified",
              "2026-03-02 10:05 helped after an escalation",
              "2026-03-02 10:30 first answered_late",
              "2026-03-02 10:30 contacted after an escalation",
              "2026-03-02 10:30 contacted_late after an escalation",
              "2026-03-02 10:40 meeting after an escalation",
              "2026-03-02 10:50 meeting after an escalation"});
}

TEST_CASE("A rung that is said long after its instant is not notified") {
  const Policy policy = PolicyOf(R"(
  - name: first
    starts: lead_created
    stops: call
    target: 1h
    at_risk: never
    ladder:
      - {at: due, do: breach, to: owner, name: broken}
)",
                                 "notify_within: 2h\n");
  CHECK(FactsAt(policy, "2026-03-02 12:00", {Created("2026-03-02 09:00")}) ==
        Lines{"2026-03-02 10:00 first missed",
              "2026-03-02 10:00 first broken -> nobody"});
  CHECK(FactsAt(policy, "2026-03-02 12:01", {Created("2026-03-02 09:00")}) ==
        Lines{"2026-03-02 10:00 first missed",
              "2026-03-02 10:00 first broken -> nobody, not to be notified"});
}

}  // namespace
}  // namespace leadclock
