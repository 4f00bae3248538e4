// Tasks: what somebody has to do as long as a clock is open or a review waits.

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "processor/policy/policy_book.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::AssignedTo;
using story::At;
using story::CallBy;
using story::Created;
using story::Erasure;
using story::FactsAt;
using story::Flagged;
using story::Happened;
using story::Lines;
using story::Listener;
using story::PolicyOf;
using story::StatusIs;

constexpr char kFirst[] = R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never,
     pauses: on_hold, task: {kind: call_back, to: owner}}
)";

Event Done(const std::string& at, const std::string& task,
           bool cancelled = false) {
  return Happened(
      at, ActivityKind::kTaskDone,
      {{"cancelled", cancelled ? "true" : "false"}, {"task", task}});
}

TEST_CASE(
    "A clock's task is its owner's, moves with its due, and ends with it") {
  CHECK(
      FactsAt(
          PolicyOf(kFirst), "2026-03-02 11:30",
          {Created("2026-03-02 09:00"), AssignedTo("2026-03-02 09:05", "ann"),
           StatusIs("2026-03-02 09:10", "on_hold"),
           StatusIs("2026-03-02 09:30", "working"),
           CallBy("2026-03-02 11:00", "ann")}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00, not "
            "to be notified",
            "2026-03-02 09:05 first task_changed -> ann by 03-02 10:00, not to "
            "be notified",
            "2026-03-02 09:10 first task_changed -> ann, not to be notified",
            "2026-03-02 09:30 first task_changed -> ann by 03-02 10:20, not to "
            "be notified",
            "2026-03-02 10:20 first missed, not to be notified",
            "2026-03-02 11:00 first answered_late",
            "2026-03-02 11:00 first task_done -> ann by 03-02 10:20"});
}

TEST_CASE("A task that is done closes, and its clock goes on") {
  const std::string id = "first/crm/created 2026-03-02 09:00";
  CHECK(FactsAt(PolicyOf(kFirst), "2026-03-02 11:30",
                {Created("2026-03-02 09:00"), Done("2026-03-02 09:10", "other"),
                 Done("2026-03-02 09:20", id),
                 StatusIs("2026-03-02 09:30", "on_hold"),
                 StatusIs("2026-03-02 09:40", "working")}) ==
        Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
              "2026-03-02 09:20 first task_done -> nobody by 03-02 10:00",
              "2026-03-02 10:10 first missed"});
  CHECK(
      FactsAt(PolicyOf(kFirst), "2026-03-02 09:30",
              {Created("2026-03-02 09:00"),
               Done("2026-03-02 09:20", id, /*cancelled=*/true)}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
            "2026-03-02 09:20 first task_cancelled -> nobody by 03-02 10:00"});
}

TEST_CASE("A task that is done stops its own clock, if that waits for it") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: task_done,
     cancels: {task_done: {cancelled: true}}, at_risk: never, task: call_back}
)");
  const std::string id = "first/crm/created 2026-03-02 09:00";
  CHECK(
      FactsAt(policy, "2026-03-02 09:30",
              {Created("2026-03-02 09:00"), Done("2026-03-02 09:10", "x"),
               Done("2026-03-02 09:20", id)}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00, not "
            "to be notified",
            "2026-03-02 09:20 first met",
            "2026-03-02 09:20 first task_done -> nobody by 03-02 10:00"});
  CHECK(
      FactsAt(policy, "2026-03-02 09:30",
              {Created("2026-03-02 09:00"),
               Done("2026-03-02 09:20", id, /*cancelled=*/true)}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00, not "
            "to be notified",
            "2026-03-02 09:20 first stopped (task_done)",
            "2026-03-02 09:20 first task_cancelled -> nobody by 03-02 10:00 "
            "(task_done)"});
}

TEST_CASE("Two changes of one task at one instant are two facts") {
  const std::vector<Event> history = {Created("2026-03-02 09:00"),
                                      AssignedTo("2026-03-02 09:05", "ann"),
                                      StatusIs("2026-03-02 09:05", "on_hold")};
  Listener one_by_one(PolicyOf(kFirst));
  Lines lines;
  for (const Event& event : history) {
    for (std::string& line : one_by_one.Read({event}, "2026-03-02 09:06")) {
      lines.push_back(std::move(line));
    }
  }
  // The status stands before the assignment, though it is read later.
  CHECK(lines ==
        Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
              "2026-03-02 09:05 first task_changed -> ann by 03-02 10:00",
              "2026-03-02 09:05 first task_changed -> nobody",
              "2026-03-02 09:05 first task_changed corrected -> ann"});
  CHECK(FactsAt(PolicyOf(kFirst), "2026-03-02 09:06", history) ==
        Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
              "2026-03-02 09:05 first task_changed -> nobody",
              "2026-03-02 09:05 first task_changed -> ann"});
}

TEST_CASE("A clock that time starts opens its task then") {
  const Policy policy = PolicyOf(R"(
  - {name: first, starts: lead_created, target: 1h, stops: call, at_risk: never}
  - {name: rescue, starts: first.missed, target: 1h, stops: call,
     at_risk: never, task: rescue}
)");
  Listener listener(policy);
  CHECK(
      listener.Read({Created("2026-03-02 09:00")}, "2026-03-02 09:59").empty());
  CHECK(listener.Wait("2026-03-02 10:00") ==
        Lines{"2026-03-02 10:00 first missed",
              "2026-03-02 10:00 rescue task_opened -> nobody by 03-02 11:00"});
}

TEST_CASE("A review's task is done, or no longer wanted") {
  const Policy policy = PolicyOf(kFirst, R"(
eligible:
  - {when: {consent: unclear}, then: review, reason: consent, to: manager}
reviews:
  - {when: {flag: complaint}, reason: complaint, to: owner}
)");
  const Event unclear =
      story::Changed("2026-03-02 09:10", "consent", "unclear");
  CHECK(
      FactsAt(policy, "2026-03-02 09:30",
              {Created("2026-03-02 09:00"), unclear,
               AssignedTo("2026-03-02 09:15", "ann"),
               story::Changed("2026-03-02 09:20", "consent", "granted")}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00, not "
            "to be notified",
            "2026-03-02 09:10 first stopped (consent)",
            "2026-03-02 09:10 review -> nobody (consent), not to be notified",
            "2026-03-02 09:10 first task_cancelled -> nobody by 03-02 10:00 "
            "(consent)",
            "2026-03-02 09:10 task_opened -> nobody (consent)",
            "2026-03-02 09:15 task_changed -> manager-1 (consent)",
            "2026-03-02 09:20 task_cancelled -> manager-1 (consent)"});
  CHECK(FactsAt(policy, "2026-03-02 09:30",
                {Created("2026-03-02 09:00"),
                 Flagged("2026-03-02 09:10", "complaint"),
                 Done("2026-03-02 09:20",
                      "review.complaint/crm/flagged 2026-03-02 09:10")}) ==
        Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
              "2026-03-02 09:10 review -> nobody (complaint)",
              "2026-03-02 09:10 task_opened -> nobody (complaint)",
              "2026-03-02 09:20 task_done -> nobody (complaint)"});
}

TEST_CASE("An erased lead leaves no task open") {
  CHECK(
      FactsAt(PolicyOf(kFirst), "2026-03-02 09:30",
              {Created("2026-03-02 09:00"), Erasure("2026-03-02 09:20")}) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00, not "
            "to be notified",
            "2026-03-02 09:20 first stopped (erased)",
            "2026-03-02 09:20 first task_cancelled -> nobody by 03-02 10:00 "
            "(erased)"});
}

TEST_CASE("A version that takes a clock over moves its task, or drops it") {
  Policy second = PolicyOf(kFirst);
  second.version = 2;
  second.hash = "the hash of version 2";
  second.effective = At("2026-03-02 09:30");
  second.open_clocks = Policy::OpenClocks::kCarry;
  second.clocks[0].targets[0].target.length = absl::Hours(2);
  const auto facts = [](const Policy& policy) {
    absl::StatusOr<PolicyBook> book =
        PolicyBook::Create({PolicyOf(kFirst), policy});
    REQUIRE(book.ok());
    return FactsAt(*book, "2026-03-02 09:40", {Created("2026-03-02 09:00")});
  };
  CHECK(facts(second) ==
        Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
              "2026-03-02 09:30 first due_changed",
              "2026-03-02 09:30 first task_changed -> nobody by 03-02 11:00"});
  second.clocks[0].task.reset();
  CHECK(
      facts(second) ==
      Lines{"2026-03-02 09:00 first task_opened -> nobody by 03-02 10:00",
            "2026-03-02 09:30 first due_changed",
            "2026-03-02 09:30 first task_cancelled -> nobody by 03-02 10:00"});
}

}  // namespace
}  // namespace leadclock
