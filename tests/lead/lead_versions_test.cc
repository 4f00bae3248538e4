// Stories of leads that live through a change of policy. The policy of the
// examples is version 1; version 2 takes effect on Monday, 2 March, at 09:12.

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
using story::Changed;
using story::Created;
using story::ExamplePolicy;
using story::Lines;
using story::Listener;
using story::WithdrawalOf;

const AttributeChanges kHighIntent = {{"intent", "high"}};

Policy Version2(Policy::OpenClocks open_clocks,
                const std::string& effective = "2026-03-02 09:12") {
  Policy policy = ExamplePolicy();
  policy.version = 2;
  policy.effective = At(effective);
  policy.open_clocks = open_clocks;
  policy.hash = "the hash of version 2";
  return policy;
}

// High intent is to be answered within this time in place of 15 minutes.
Policy HighIntentWithin(absl::Duration target, Policy policy) {
  policy.clocks[1].targets[0].target.length = target;
  return policy;
}

PolicyBook BookOf(std::vector<Policy> versions) {
  versions.insert(versions.begin(), ExamplePolicy());
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  INFO(book.status().message());
  REQUIRE(book.ok());
  return *std::move(book);
}

// A lead of Monday at nine, which is owner-1's at once.
std::vector<Event> MondayLead() {
  return {Created("2026-03-02 09:00", kHighIntent),
          AssignedTo("2026-03-02 09:00", "owner-1")};
}

Lines WithoutAssignment(Lines lines) {
  std::erase_if(lines, [](const std::string& line) {
    return line.find("assignment") != std::string::npos;
  });
  return lines;
}

Lines FactsOf(const PolicyBook& policies, const std::string& now,
              const std::vector<Event>& history) {
  return WithoutAssignment(story::FactsAt(policies, now, history));
}

TEST_CASE("An open clock stays under the version that it started under") {
  const PolicyBook book = BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kKeep))});
  CHECK(FactsOf(book, "2026-03-02 09:40", MondayLead()) ==
        FactsOf(PolicyBook(ExamplePolicy()), "2026-03-02 09:40", MondayLead()));
  // One that starts at that instant is the first of the new version.
  CHECK(FactsOf(book, "2026-03-02 09:45",
                {Created("2026-03-02 09:12", kHighIntent),
                 AssignedTo("2026-03-02 09:12", "owner-1")}) ==
        Lines{"2026-03-02 09:22 first_response remind_1 -> owner-1",
              "2026-03-02 09:42 first_response missed",
              "2026-03-02 09:42 first_response breach_1 -> owner-1 backup-1"});
}

TEST_CASE("A carried clock keeps what it counted, and says its new due once") {
  const PolicyBook book = BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))});
  Listener listener(book);
  CHECK(WithoutAssignment(listener.Read(MondayLead(), "2026-03-02 09:11")) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1"});
  CHECK(listener.next_instant() == At("2026-03-02 09:12"));
  CHECK(listener.Wait("2026-03-02 09:13") ==
        Lines{"2026-03-02 09:12 first_response due_changed"});
  const Fact& changed = listener.said().back().fact;
  CHECK(changed.due == At("2026-03-02 09:30"));
  CHECK(changed.policy_version == 2);
  CHECK(listener.Wait("2026-03-02 09:14").empty());
  // The reminder is not given again.
  CHECK(listener.Wait("2026-03-02 09:31") ==
        Lines{"2026-03-02 09:30 first_response missed",
              "2026-03-02 09:30 first_response breach_1 -> owner-1 backup-1"});
}

TEST_CASE("A target below what was counted is missed as it takes effect") {
  CHECK(FactsOf(BookOf({HighIntentWithin(
                    absl::Minutes(5), Version2(Policy::OpenClocks::kCarry))}),
                "2026-03-02 09:13", MondayLead()) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 09:12 first_response due_changed",
              "2026-03-02 09:12 first_response missed",
              "2026-03-02 09:12 first_response breach_1 -> owner-1 backup-1"});
}

TEST_CASE("What ended before a version takes effect never changes") {
  const PolicyBook book = BookOf({HighIntentWithin(
      absl::Minutes(5), Version2(Policy::OpenClocks::kCarry))});
  std::vector<Event> history = MondayLead();
  history.push_back(CallBy("2026-03-02 09:11", "owner-1"));
  CHECK(FactsOf(book, "2026-03-02 09:20", history) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:11 first_response met"});
}

TEST_CASE("A call at that instant answers a clock of the new version") {
  std::vector<Event> history = MondayLead();
  history.push_back(CallBy("2026-03-02 09:12", "owner-1"));
  Listener listener(BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))}));
  CHECK(WithoutAssignment(listener.Read(history, "2026-03-02 09:20")) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:12 first_response due_changed, not to be notified",
              "2026-03-02 09:12 first_response met"});
  CHECK(listener.said().back().fact.policy_version == 2);
}

TEST_CASE("An overdue clock is carried with its ladder, not with its due") {
  Policy policy = HighIntentWithin(
      absl::Hours(4), Version2(Policy::OpenClocks::kCarry, "2026-03-02 09:17"));
  policy.clocks[1].ladder[2].mark.length = absl::Minutes(10);
  CHECK(FactsOf(BookOf({policy}), "2026-03-02 10:00", MondayLead()) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 09:15 first_response missed",
              "2026-03-02 09:15 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 09:25 first_response escalate_1 -> manager-1",
              "2026-03-02 09:30 first_response reassign_1 -> backup-1"});
}

TEST_CASE("A clock that the new version does not have ends, and says why") {
  Policy policy = Version2(Policy::OpenClocks::kCarry);
  policy.clocks.erase(policy.clocks.begin() + 1);
  policy.clocks[1].starts = {
      Trigger{.kind = Trigger::Kind::kAssigned, .touch = {}, .clock = 0}};
  Listener listener(BookOf({policy}));
  CHECK(WithoutAssignment(listener.Read(MondayLead(), "2026-03-02 09:20")) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:12 first_response stopped (policy)"});
  const Fact& stopped = listener.said().back().fact;
  CHECK(stopped.policy_version == 1);
  CHECK(listener.said().back().notify);
}

TEST_CASE(
    "A lead that the new version has no clocks for has its clocks ended") {
  Policy policy = Version2(Policy::OpenClocks::kCarry);
  policy.eligible = {{.when = {{.attribute = "intent", .any_of = {"high"}}},
                      .then = EligibilityRule::Then::kExclude,
                      .reason = "too_good"}};
  Listener listener(BookOf({policy}));
  CHECK(WithoutAssignment(listener.Read(MondayLead(), "2026-03-02 09:20")) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:12 first_response stopped (too_good)"});
  CHECK(listener.said().back().fact.policy_version == 2);
}

TEST_CASE("A clock is known to others by its name, by whatever version") {
  // The second touch is another clock's place in version 2, and its run there
  // is started by the answer of a run of version 1.
  Policy policy = Version2(Policy::OpenClocks::kKeep);
  std::swap(policy.clocks[1], policy.clocks[2]);
  policy.clocks[1].starts[0].clock = 2;
  std::vector<Event> history = MondayLead();
  history.push_back(CallBy("2026-03-02 09:14", "owner-1"));
  CHECK(FactsOf(BookOf({policy}), "2026-03-02 10:00", history) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:14 first_response met",
              "2026-03-02 09:44 second_touch missed"});
}

TEST_CASE("A paused clock has no due to change") {
  std::vector<Event> history = MondayLead();
  history.push_back(Changed("2026-03-02 09:05", "status", "on_hold"));
  history.push_back(Changed("2026-03-02 09:20", "status", "open"));
  CHECK(FactsOf(BookOf({HighIntentWithin(
                    absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))}),
                "2026-03-02 09:59", history) ==
        Lines{"2026-03-02 09:25 first_response remind_1 -> owner-1",
              "2026-03-02 09:45 first_response missed",
              "2026-03-02 09:45 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 09:50 first_response escalate_1 -> manager-1"});
}

TEST_CASE("A version that says the same changes nothing") {
  Policy same = Version2(Policy::OpenClocks::kCarry);
  Listener listener(BookOf({same}));
  CHECK(WithoutAssignment(listener.Read(MondayLead(), "2026-03-02 09:14")) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1"});
  CHECK(WithoutAssignment(listener.Wait("2026-03-02 09:16")) ==
        Lines{"2026-03-02 09:15 first_response missed",
              "2026-03-02 09:15 first_response breach_1 -> owner-1 backup-1"});
  CHECK(listener.said().back().fact.policy_version == 1);
}

TEST_CASE("A version that becomes known in time changes nothing before it") {
  Listener listener(ExamplePolicy());
  listener.Read(MondayLead(), "2026-03-02 09:11");
  listener.Learn(BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))}));
  CHECK(listener.Wait("2026-03-02 09:11").empty());
  CHECK(listener.next_instant() == At("2026-03-02 09:12"));
}

TEST_CASE("A correction takes back what was said since, and says it anew") {
  Listener listener(ExamplePolicy());
  listener.Read(MondayLead(), "2026-03-02 09:16");
  listener.Learn(BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))}));
  CHECK(WithoutAssignment(listener.Wait("2026-03-02 09:16")) ==
        Lines{"2026-03-02 09:15 first_response missed retracted",
              "2026-03-02 09:15 first_response breach_1 retracted -> owner-1 "
              "backup-1",
              "2026-03-02 09:12 first_response due_changed"});
  CHECK(listener.Wait("2026-03-02 09:30") ==
        Lines{"2026-03-02 09:30 first_response missed",
              "2026-03-02 09:30 first_response breach_1 -> owner-1 backup-1"});

  SECTION("also where a later event had settled it") {
    Listener settled(ExamplePolicy());
    settled.Read(MondayLead(), "2026-03-02 09:16");
    settled.Read({CallBy("2026-03-02 09:20", "owner-1")}, "2026-03-02 09:20");
    settled.Learn(BookOf({HighIntentWithin(
        absl::Minutes(30), Version2(Policy::OpenClocks::kCarry))}));
    CHECK(WithoutAssignment(settled.Wait("2026-03-02 09:21")) ==
          Lines{"2026-03-02 09:15 first_response missed retracted",
                "2026-03-02 09:15 first_response breach_1 retracted -> "
                "owner-1 backup-1",
                "2026-03-02 09:20 first_response answered_late retracted",
                "2026-03-02 09:12 first_response due_changed, not to be "
                "notified",
                "2026-03-02 09:20 first_response met"});
  }
}

TEST_CASE("A due that was said, and turns out wrong, is corrected") {
  // The attribute that decides the target was other than known at nine.
  Policy policy =
      HighIntentWithin(absl::Minutes(30), Version2(Policy::OpenClocks::kCarry));
  policy.clocks[1].targets.insert(
      policy.clocks[1].targets.begin(),
      {{{.attribute = "market", .any_of = {"uk"}}},
       {.kind = Target::Kind::kOpenTime, .length = absl::Hours(1)}});
  Listener listener(BookOf({policy}));
  listener.Read(MondayLead(), "2026-03-02 09:13");
  CHECK(listener.Read({Changed("2026-03-02 09:01", "market", "uk")},
                      "2026-03-02 09:13") ==
        Lines{"2026-03-02 09:10 first_response remind_1 corrected -> owner-1",
              "2026-03-02 09:12 first_response due_changed corrected"});
  CHECK(listener.said().back().fact.due == At("2026-03-02 10:00"));
}

TEST_CASE(
    "A version that judged a lead, and is not named any more, is missed") {
  Listener listener(BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kKeep))}));
  listener.Read(MondayLead(), "2026-03-02 09:13");
  Policy third = Version2(Policy::OpenClocks::kKeep, "2026-03-03 09:00");
  third.version = 3;
  const Policy second =
      HighIntentWithin(absl::Minutes(30), Version2(Policy::OpenClocks::kKeep));

  CHECK(KnowsPolicies(BookOf({second, third}), listener.lead()).ok());
  for (const PolicyBook& book :
       {BookOf({third}), PolicyBook(second), BookOf({})}) {
    CHECK(KnowsPolicies(book, listener.lead()).code() ==
          absl::StatusCode::kFailedPrecondition);
  }
  Policy other = second;
  other.hash = "another";
  CHECK_THAT(
      std::string(KnowsPolicies(BookOf({other}), listener.lead()).message()),
      Catch::Contains("What changed must have a version of its own"));
}

TEST_CASE("A lead whose birth is withdrawn, and comes again, is judged on") {
  const PolicyBook book = BookOf({HighIntentWithin(
      absl::Minutes(30), Version2(Policy::OpenClocks::kKeep))});
  Listener listener(ExamplePolicy());
  const Event birth = Created("2026-03-02 09:00", kHighIntent);
  listener.Read({birth}, "2026-03-02 09:05");
  listener.Learn(book);
  listener.Read({WithdrawalOf(birth, "2026-03-02 09:06")}, "2026-03-02 09:06");
  REQUIRE(!listener.lead().progress);
  CHECK(KnowsPolicies(book, listener.lead()).ok());
  listener.Read({Created("2026-03-02 09:20", kHighIntent)}, "2026-03-02 09:21");
  CHECK(KnowsPolicies(book, listener.lead()).ok());
}

}  // namespace
}  // namespace leadclock
