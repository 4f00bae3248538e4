#include "processor/lead/lead_fold.h"

#include <catch2/catch.hpp>
#include <set>

#include "state/codec.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using namespace story;  // NOLINT: the story language is made for this

const AttributeChanges kHighIntent = {{"intent", "high"}};

TEST_CASE("A lead of Friday 21:40 is judged on Monday morning") {
  Listener listener(ExamplePolicy());
  CHECK(listener.Read({Created("2026-03-06 21:40", kHighIntent)},
                      "2026-03-06 21:41") == Lines{});
  CHECK(listener.Read({AssignedTo("2026-03-06 21:41", "owner-1")},
                      "2026-03-06 21:41") ==
        Lines{"2026-03-06 21:41 assignment met"});

  CHECK(listener.next_instant() == At("2026-03-09 09:10"));
  CHECK(listener.Wait("2026-03-09 09:09") == Lines{});
  CHECK(listener.Wait("2026-03-09 09:10") ==
        Lines{"2026-03-09 09:10 first_response remind_1 -> owner-1"});
  CHECK(listener.Wait("2026-03-09 09:15") ==
        Lines{"2026-03-09 09:15 first_response missed",
              "2026-03-09 09:15 first_response breach_1 -> owner-1 backup-1"});
  CHECK(listener.Wait("2026-03-09 09:20") ==
        Lines{"2026-03-09 09:20 first_response escalate_1 -> manager-1"});
  CHECK(listener.Wait("2026-03-09 09:30") ==
        Lines{"2026-03-09 09:30 first_response reassign_1 -> backup-1"});
  CHECK(listener.next_instant() == absl::InfiniteFuture());
  CHECK(listener.Read({CallBy("2026-03-09 09:41", "owner-1")},
                      "2026-03-09 09:42") ==
        Lines{"2026-03-09 09:41 first_response answered_late"});
}

TEST_CASE("An automatic reply does not stop the first-response clock") {
  const std::vector<Event> history = {Created("2026-03-02 09:00", kHighIntent),
                                      AssignedTo("2026-03-02 09:00", "owner-1"),
                                      AutoReply("2026-03-02 09:03")};

  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 09:09", history) ==
        Lines{"2026-03-02 09:00 assignment met"});
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 09:15", history).size() == 4);
}

TEST_CASE("An answer exactly at due is met, and forestalls the rungs there") {
  const Lines facts = FactsAt(ExamplePolicy(), "2026-03-02 10:00",
                              {Created("2026-03-02 09:00", kHighIntent),
                               AssignedTo("2026-03-02 09:00", "owner-1"),
                               CallBy("2026-03-02 09:15", "owner-1")});
  CHECK(facts == Lines{"2026-03-02 09:00 assignment met",
                       "2026-03-02 09:10 first_response remind_1 -> owner-1, "
                       "not to be notified",
                       "2026-03-02 09:15 first_response met",
                       "2026-03-02 09:45 second_touch missed"});
}

TEST_CASE("A call logged late disproves the breach") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 10:00", kHighIntent),
                 AssignedTo("2026-03-02 10:00", "owner-1")},
                "2026-03-02 10:00");
  CHECK(listener.Wait("2026-03-02 10:16").size() == 3);

  CHECK(listener.Read({CallBy("2026-03-02 10:04", "owner-1")},
                      "2026-03-02 10:20") ==
        Lines{"2026-03-02 10:10 first_response remind_1 retracted -> owner-1",
              "2026-03-02 10:15 first_response missed retracted",
              "2026-03-02 10:15 first_response breach_1 retracted -> owner-1 "
              "backup-1",
              "2026-03-02 10:04 first_response met"});

  SECTION("and when that call is withdrawn, the breach comes back") {
    const Event call = CallBy("2026-03-02 10:04", "owner-1");
    // What was due before now waits until now has passed the reading.
    CHECK(listener.Read({WithdrawalOf(call, "2026-03-02 10:21")},
                        "2026-03-02 10:21", "2026-03-02 10:22") ==
          Lines{"2026-03-02 10:04 first_response met retracted"});
    CHECK(listener.next_instant() == At("2026-03-02 10:22"));
    CHECK(listener.Wait("2026-03-02 10:22") ==
          Lines{"2026-03-02 10:10 first_response remind_1 -> owner-1",
                "2026-03-02 10:15 first_response missed",
                "2026-03-02 10:15 first_response breach_1 -> owner-1 backup-1",
                "2026-03-02 10:20 first_response escalate_1 -> manager-1"});

    const PolicyBook policies(ExamplePolicy());
    std::set<std::string> ids;
    for (const Utterance& utterance : listener.said()) {
      CHECK(ids.insert(UtteranceId(policies, "lead-1", utterance)).second);
    }
  }
}

TEST_CASE("A pause stops the count, before due and after it") {
  const std::vector<Event> history = {
      Created("2026-03-02 09:00", kHighIntent),
      AssignedTo("2026-03-02 09:00", "owner-1"),
      Changed("2026-03-02 09:12", "status", "on_hold"),
      Changed("2026-03-02 11:12", "status", "working"),
      Changed("2026-03-02 11:16", "status", "waiting_on_customer"),
      Changed("2026-03-02 12:16", "status", "working")};
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 12:21", history) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 11:15 first_response missed",
              "2026-03-02 11:15 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 12:20 first_response escalate_1 -> manager-1"});
}

TEST_CASE("A target that falls below what was counted is due at once") {
  const std::vector<Event> history = {
      Created("2026-03-02 09:00"), AssignedTo("2026-03-02 09:00", "owner-1"),
      Changed("2026-03-02 10:00", "intent", "high")};
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 10:06", history) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 10:00 first_response missed",
              "2026-03-02 10:00 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 10:05 first_response escalate_1 -> manager-1"});
}

// Only a first response, within so many days.
Policy FirstResponseWithin(Target target) {
  Policy policy = ExamplePolicy();
  policy.clocks = {policy.clocks[1]};
  policy.clocks[0].targets = {{{}, target}};
  policy.clocks[0].ladder = {policy.clocks[0].ladder[1]};
  return policy;
}

// In which minute it falls due.
std::string DueOf(const Policy& policy, const std::vector<Event>& history) {
  const Lines facts = FactsAt(policy, "2026-04-30 09:00", history);
  REQUIRE(facts.size() == 2);
  CHECK(facts[1] ==
        facts[0].substr(0, 16) + " first_response breach_1 -> nobody nobody");
  return facts[0];
}

TEST_CASE("Two business days are due at the same time of day") {
  const Policy policy =
      FirstResponseWithin({.kind = Target::Kind::kBusinessDays, .days = 2});
  CHECK(DueOf(policy, {Created("2026-03-05 10:30")}) ==
        "2026-03-09 10:30 first_response missed");
}

TEST_CASE(
    "Two business days that begin on a Friday night are due at an opening") {
  const Policy policy =
      FirstResponseWithin({.kind = Target::Kind::kBusinessDays, .days = 2});
  CHECK(DueOf(policy, {Created("2026-03-06 21:40")}) ==
        "2026-03-11 09:00 first_response missed");
}

TEST_CASE("The end of two business days is that day's closing") {
  const Policy policy =
      FirstResponseWithin({.kind = Target::Kind::kEndOfBusinessDay, .days = 2});
  CHECK(DueOf(policy, {Created("2026-03-05 10:30")}) ==
        "2026-03-09 17:30 first_response missed");
}

TEST_CASE("Open time that was paused is added to a target in days") {
  const Policy policy =
      FirstResponseWithin({.kind = Target::Kind::kBusinessDays, .days = 2});
  CHECK(DueOf(policy, {Created("2026-03-05 10:30"),
                       Changed("2026-03-05 17:00", "status", "on_hold"),
                       Changed("2026-03-06 09:30", "status", "working")}) ==
        "2026-03-09 11:30 first_response missed");
  // It is used up on Tuesday at 17:30, and due on Wednesday at 09:00.
  CHECK(DueOf(policy, {Created("2026-03-06 21:40"),
                       Changed("2026-03-10 20:00", "status", "on_hold"),
                       Changed("2026-03-11 12:00", "status", "working")}) ==
        "2026-03-11 12:00 first_response missed");
  CHECK(DueOf(policy, {Created("2026-03-06 21:40"),
                       Changed("2026-03-10 20:00", "status", "on_hold"),
                       Changed("2026-03-11 08:00", "status", "working")}) ==
        "2026-03-11 09:00 first_response missed");
}

TEST_CASE("Existing customers start no clock; a lost consent stops them") {
  CHECK(FactsAt(ExamplePolicy(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", {{"customer", "existing"}})})
            .empty());
  CHECK(FactsAt(ExamplePolicy(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 Changed("2026-03-02 09:05", "consent", "withdrawn")}) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response stopped (consent)"});
}

TEST_CASE("Activities that come before their lead wait for it") {
  Listener listener(ExamplePolicy());
  CHECK(listener
            .Read({AssignedTo("2026-03-02 09:01", "owner-1"),
                   CallBy("2026-03-02 08:58", "owner-1")},
                  "2026-03-02 09:02")
            .empty());
  // A call from before the lead was keyed in is an answer at the start, once
  // somebody owns it: here nobody did yet.
  CHECK(listener.Read({Created("2026-03-02 09:00", kHighIntent)},
                      "2026-03-02 09:03") ==
        Lines{"2026-03-02 09:01 assignment met"});
}

TEST_CASE("What an event decides waits for what time decides before it") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1")},
                "2026-03-02 09:00");
  // A call dated after now: the reminder of 09:10 stands before it.
  CHECK(
      listener.Read({CallBy("2026-03-02 09:11", "owner-1")}, "2026-03-02 09:09")
          .empty());
  CHECK(listener.next_instant() == At("2026-03-02 09:10"));
  CHECK(listener.Wait("2026-03-02 09:10") ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:11 first_response met"});
}

TEST_CASE("An owner found out late is corrected, not said twice") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent)}, "2026-03-02 09:00");
  CHECK(listener.Wait("2026-03-02 09:10") ==
        Lines{"2026-03-02 09:02 assignment missed",
              "2026-03-02 09:10 first_response remind_1 -> nobody"});
  CHECK(listener.Read({AssignedTo("2026-03-02 09:05", "owner-1")},
                      "2026-03-02 09:11") ==
        Lines{"2026-03-02 09:05 assignment answered_late",
              "2026-03-02 09:10 first_response remind_1 corrected -> "
              "owner-1"});
}

// Acknowledges first responses that start at night.
Policy PolicyThatAcknowledges() {
  Policy policy = ExamplePolicy();
  policy.clocks = {policy.clocks[1]};
  policy.clocks[0].ladder = {
      {.name = "acknowledge",
       .mark = {Mark::From::kStarted, absl::ZeroDuration(), 0},
       .action = RungAction::kAcknowledge,
       .to = {"owner"},
       .when = {}}};
  return policy;
}

TEST_CASE("A clock that starts while it is closed is acknowledged, at once") {
  Listener listener(PolicyThatAcknowledges());
  CHECK(listener.Read({Created("2026-03-06 21:40", kHighIntent),
                       AssignedTo("2026-03-06 21:40", "owner-1")},
                      "2026-03-06 21:40") ==
        Lines{"2026-03-06 21:40 first_response acknowledge -> owner-1"});
  CHECK(listener.next_instant() == At("2026-03-09 09:15"));

  SECTION("and that is taken back if it was not closed for that lead") {
    CHECK(listener.Read(
              {WithdrawalOf(Created("2026-03-06 21:40"), "2026-03-06 21:50"),
               Created("2026-03-06 17:29", kHighIntent)},
              "2026-03-06 21:50") ==
          Lines{"2026-03-06 21:40 first_response acknowledge retracted -> "
                "owner-1"});
  }
}

TEST_CASE("A clock that starts while it is open is not acknowledged") {
  // The office closes at half past five, and is closed then.
  CHECK(FactsAt(PolicyThatAcknowledges(), "2026-03-06 20:00",
                {Created("2026-03-06 17:29", kHighIntent)})
            .empty());
  CHECK(FactsAt(PolicyThatAcknowledges(), "2026-03-06 20:00",
                {Created("2026-03-06 17:30", kHighIntent)}) ==
        Lines{"2026-03-06 17:30 first_response acknowledge -> nobody"});
}

TEST_CASE("A lead that is answered as it comes in is not acknowledged") {
  CHECK(FactsAt(PolicyThatAcknowledges(), "2026-03-06 22:00",
                {Created("2026-03-06 21:40", kHighIntent),
                 AssignedTo("2026-03-06 21:40", "owner-1"),
                 CallBy("2026-03-06 21:40", "owner-1")}) ==
        Lines{"2026-03-06 21:40 first_response met"});
}

// A call, or what the channel makes of it.
Event TouchOn(const std::string& channel, const std::string& at) {
  Event event = CallBy(at, "owner-1");
  std::get<Touched>(event.body).channel = channel;
  return event;
}

// The second touch is on another channel than the first.
Policy PolicyOfTwoChannels() {
  Policy policy = ExamplePolicy();
  policy.clocks[1].ladder.clear();
  policy.clocks[2].stops[0].touch.another_channel = true;
  return policy;
}

TEST_CASE("A second touch may be asked for on another channel than the first") {
  const std::vector<Event> history = {Created("2026-03-02 09:00", kHighIntent),
                                      AssignedTo("2026-03-02 09:00", "owner-1"),
                                      TouchOn("email", "2026-03-02 09:05"),
                                      TouchOn("email", "2026-03-02 09:10"),
                                      TouchOn("", "2026-03-02 09:12"),
                                      TouchOn("phone", "2026-03-02 09:15")};
  CHECK(FactsAt(PolicyOfTwoChannels(), "2026-03-02 10:00", history) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response met",
              "2026-03-02 09:15 second_touch met"});
}

TEST_CASE("Where no channel is known at the start, any channel counts") {
  CHECK(FactsAt(PolicyOfTwoChannels(), "2026-03-02 10:00",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 TouchOn("", "2026-03-02 09:05"),
                 TouchOn("email", "2026-03-02 09:10")}) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response met",
              "2026-03-02 09:10 second_touch met"});
  // It starts with the lead, and not by the touch that stops it.
  Policy policy = PolicyOfTwoChannels();
  policy.clocks[2].starts = {Trigger{}};
  CHECK(FactsAt(policy, "2026-03-02 09:10",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 TouchOn("email", "2026-03-02 09:05")}) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response met",
              "2026-03-02 09:05 second_touch met"});
}

// The manager looks at a lead that is unclear, and the owner at one in dispute.
Policy PolicyThatReviews() {
  Policy policy = ExamplePolicy();
  const auto stage = [](const std::string& value) {
    AttributeTest test;
    test.attribute = "stage";
    test.any_of = {value};
    return Condition{test};
  };
  policy.eligible = {{.when = stage("unclear"),
                      .then = EligibilityRule::Then::kReview,
                      .reason = "unclear",
                      .to = {"manager"}},
                     {.when = stage("disputed"),
                      .then = EligibilityRule::Then::kReview,
                      .reason = "disputed",
                      .to = {"owner"}}};
  return policy;
}

TEST_CASE("A lead that comes under review stops, and somebody looks at it") {
  CHECK(FactsAt(PolicyThatReviews(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 Changed("2026-03-02 09:05", "stage", "unclear"),
                 Changed("2026-03-02 09:06", "market", "uk"),
                 Changed("2026-03-02 09:07", "stage", "")}) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response stopped (unclear)",
              "2026-03-02 09:05 review -> manager-1 (unclear), not to be "
              "notified",
              "2026-03-02 09:05 task_opened -> manager-1 (unclear)",
              "2026-03-02 09:07 task_cancelled -> manager-1 (unclear)"});
}

TEST_CASE("A lead that is born under review starts no clock") {
  CHECK(FactsAt(PolicyThatReviews(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", {{"stage", "disputed"}})}) ==
        Lines{"2026-03-02 09:00 review -> nobody (disputed)",
              "2026-03-02 09:00 task_opened -> nobody (disputed)"});
}

TEST_CASE("A lead that comes under review again is looked at again") {
  CHECK(FactsAt(PolicyThatReviews(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", {{"stage", "unclear"}}),
                 AssignedTo("2026-03-02 09:01", "owner-1"),
                 Changed("2026-03-02 09:05", "stage", "disputed"),
                 Changed("2026-03-02 09:06", "stage", ""),
                 Changed("2026-03-02 09:07", "stage", "disputed")}) ==
        Lines{"2026-03-02 09:00 review -> nobody (unclear), not to be notified",
              "2026-03-02 09:00 task_opened -> nobody (unclear)",
              "2026-03-02 09:01 task_changed -> manager-1 (unclear)",
              "2026-03-02 09:05 review -> owner-1 (disputed)",
              "2026-03-02 09:05 task_cancelled -> manager-1 (unclear)",
              "2026-03-02 09:05 task_opened -> owner-1 (disputed)",
              "2026-03-02 09:06 task_cancelled -> owner-1 (disputed)",
              "2026-03-02 09:07 review -> owner-1 (disputed)",
              "2026-03-02 09:07 task_opened -> owner-1 (disputed)"});
}

TEST_CASE("A review for a reason that proves wrong is taken back") {
  Listener listener(PolicyThatReviews());
  const Event unclear = Changed("2026-03-02 09:05", "stage", "unclear");
  listener.Read({Created("2026-03-02 09:00"), unclear}, "2026-03-02 09:05");
  // The same event, with what it should have said.
  Event disputed = unclear;
  disputed.sequence = 1;
  disputed.body = AttributesChanged{{{"stage", "disputed"}}};
  CHECK(listener.Read({disputed}, "2026-03-02 09:10") ==
        Lines{"2026-03-02 09:05 review retracted -> nobody (unclear)",
              "2026-03-02 09:05 task_opened retracted -> nobody (unclear)",
              "2026-03-02 09:05 assignment closed corrected (disputed)",
              "2026-03-02 09:05 first_response stopped corrected (disputed)",
              "2026-03-02 09:05 review -> nobody (disputed)",
              "2026-03-02 09:05 task_opened -> nobody (disputed)"});
}

// The first response alone, which warns its owner at this mark.
Policy PolicyThatWarns(Mark mark) {
  Policy policy = ExamplePolicy();
  policy.clocks = {policy.clocks[1]};
  policy.clocks[0].ladder = {{.name = "at_risk",
                              .mark = mark,
                              .action = RungAction::kWarn,
                              .to = {"owner"},
                              .when = {}}};
  return policy;
}

TEST_CASE("A clock that becomes at risk warns, once") {
  const Policy policy =
      PolicyThatWarns({Mark::From::kShare, absl::ZeroDuration(), 80});
  CHECK(FactsAt(policy, "2026-03-02 09:15",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1")}) ==
        Lines{"2026-03-02 09:12 first_response at_risk -> owner-1",
              "2026-03-02 09:15 first_response missed"});
}

TEST_CASE("A clock that is due is not at risk any more") {
  CHECK(FactsAt(PolicyThatWarns({Mark::From::kStart, absl::Minutes(15), 0}),
                "2026-03-02 10:00",
                {Created("2026-03-02 09:00", kHighIntent)}) ==
        Lines{"2026-03-02 09:15 first_response missed"});
  CHECK(FactsAt(PolicyThatWarns({Mark::From::kStart, absl::Minutes(20), 0}),
                "2026-03-02 10:00",
                {Created("2026-03-02 09:00", kHighIntent)}) ==
        Lines{"2026-03-02 09:15 first_response missed"});
}

// Reminds the team's lead after ten minutes, and falls through to backups.
Policy PolicyWithTeams() {
  Policy policy = ExamplePolicy();
  policy.clocks = {policy.clocks[1]};
  policy.clocks[0].ladder = {policy.clocks[0].ladder[0]};
  policy.clocks[0].ladder[0].to = {"team_lead", "owner"};
  AttributeTest smb;
  smb.attribute = "team";
  smb.any_of = {"smb"};
  policy.roles = {{"team_lead", {{{smb}, PersonId("u17")}, {{}, PersonId()}}}};
  policy.fallback = {"owner", "backup"};
  return policy;
}

PeopleChanges OnlyBackup() {
  PeopleChanges people;
  people.backup = PersonId("backup-1");
  return people;
}

TEST_CASE("A role that the policy names is held by whom its rules say") {
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {Created("2026-03-02 09:00", {{"team", "smb"}}),
                 AssignedTo("2026-03-02 09:01", "owner-1")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> u17 owner-1"});
}

// Somebody holds a role for this lead; "": nobody by what happens to it.
Event RoleGoesTo(const std::string& at, const std::string& role,
                 const std::string& holder) {
  Event event = AssignedTo(at, "owner-1");
  std::get<Assigned>(event.body).holders = {{role, PersonId(holder)}};
  return event;
}

TEST_CASE("Whom a lead's events name goes before the policy's rules") {
  const Event born = Created("2026-03-02 09:00", {{"team", "smb"}});
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {born, RoleGoesTo("2026-03-02 09:01", "team_lead", "u40")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> u40 owner-1"});
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {born, RoleGoesTo("2026-03-02 09:01", "team_lead", "u40"),
                 RoleGoesTo("2026-03-02 09:02", "team_lead", "")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> u17 owner-1"});
  // Also where the policy does not say who that is.
  Policy policy = PolicyWithTeams();
  policy.roles.clear();
  CHECK(FactsAt(policy, "2026-03-02 09:10",
                {born, RoleGoesTo("2026-03-02 09:01", "team_lead", "u40")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> u40 owner-1"});
}

TEST_CASE("A recipient whom nobody holds falls through, in order") {
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {Created("2026-03-02 09:00", {}, OnlyBackup())}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> backup-1 (backup, "
              "for team_lead) backup-1 (backup, for owner)"});
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {Created("2026-03-02 09:00", {}, OnlyBackup()),
                 AssignedTo("2026-03-02 09:01", "owner-1")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1 (owner, "
              "for team_lead) owner-1"});
  CHECK(FactsAt(PolicyWithTeams(), "2026-03-02 09:10",
                {Created("2026-03-02 09:00")}) ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> nobody nobody"});
}

TEST_CASE("A recipient found wrong later is corrected, though no owner was") {
  Listener listener(PolicyWithTeams());
  listener.Read({Created("2026-03-02 09:00", {}, OnlyBackup())},
                "2026-03-02 09:00");
  listener.Wait("2026-03-02 09:10");
  CHECK(listener.Read({Changed("2026-03-02 09:05", "team", "smb")},
                      "2026-03-02 09:11") ==
        Lines{"2026-03-02 09:10 first_response remind_1 corrected -> u17 "
              "backup-1 (backup, for owner)"});
}

TEST_CASE("A lead's stored form is read back as it was") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 RoleGoesTo("2026-03-02 09:00", "team_lead", "u40"),
                 Changed("2026-03-02 09:12", "status", "on_hold"),
                 AutoReply("2026-03-02 09:13")},
                "2026-03-02 09:11");
  const std::string bytes = EncodeLead(listener.lead());
  const absl::StatusOr<Lead> lead = DecodeLead(bytes);
  REQUIRE(lead.ok());
  CHECK(EncodeLead(*lead) == bytes);
  CHECK(lead->history == listener.lead().history);
  CHECK(*lead->progress == *listener.lead().progress);

  SECTION("and damaged bytes are refused") {
    for (size_t size = 0; size < bytes.size(); ++size) {
      CHECK(!DecodeLead(bytes.substr(0, size)).ok());
    }
    CHECK(!DecodeLead(bytes + "x").ok());
  }
}

}  // namespace
}  // namespace leadclock
