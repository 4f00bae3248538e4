// A mistake in a scenario is told with its place, and never passes in silence.

#include <catch2/catch.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "app/scenario/compare.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

// Line 1 to 17 of each file here. `pick_up` begins anew with each lead reply.
constexpr char kTop[] = R"(policy:
  version: 1
  responses:
    answer: {direction: outbound, actor: human, by: owner}
    text: {direction: outbound, channel: sms}
    reply: {direction: inbound}
  recipients: {desk: help-desk}
  reviews: [{when: {flag: complaint}, reason: complaint, to: desk}]
  outcomes: [{name: booked, on: meeting_booked}]
  clocks:
    - {name: first_response, starts: lead_created, stops: [answer, task_done], target: 15m, at_risk: never, task: {kind: call}, ladder: [{at: due, do: breach, to: owner}]}
    - {name: booked, starts: lead_created, stops: text, target: 1h, at_risk: never, ladder: [{at: due, do: breach, to: desk}]}
    - {name: pick_up, starts: reply, stops: answer, repeats: each, target: 1h, at_risk: never, task: {kind: call}, ladder: [{at: due, do: breach, to: owner}]}
zone: Europe/London
start: 2026-03-02
lead: {owner: ann, backup: bob}
scenarios:
)";

// The first of these events stands in line 20.
std::string With(const std::string& events, const std::string& rest) {
  return absl::StrCat(kTop, "  - scenario: one\n    events:\n", events, rest);
}
std::string WithEvents(const std::string& line) {
  return With(
      absl::StrCat("      - mon 09:00 lead created\n      - ", line, "\n"),
      "    expect: [nothing more until mon 09:00]\n");
}
// The expectation stands in line 22.
std::string WithExpectation(const std::string& line) {
  return With("      - mon 09:00 lead created\n",
              absl::StrCat("    expect:\n      - ", line, "\n"));
}
std::string WithStanding(const std::string& line) {
  return With("      - mon 09:00 lead created\n",
              absl::StrCat("    at:\n      - ", line, "\n"));
}

std::string ErrorsOf(const std::string& text) {
  const auto scenarios = ReadScenarios(text, "f.test.yaml");
  return scenarios.ok() ? "" : std::string(scenarios.status().message());
}

bool Says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return absl::StrContains(text, part);
}

Scenario One(const std::string& text) {
  auto scenarios = ReadScenarios(text, "f.test.yaml");
  INFO(scenarios.status().message());
  REQUIRE(scenarios.ok());
  return scenarios->front();
}

Comparison Compared(const std::string& text) {
  const Scenario scenario = One(text);
  return Compare(scenario, Play(scenario));
}

// ---- Events ----

TEST_CASE("An event that cannot be meant so is told") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {"mon 09:05 touch: {id: e1}",
       "21:31: 'e1' is the id of the event in line 20, too"},
      {"mon 09:05 withdrawn e9",
       "21:29: 'e9' is the id of no event here; did you mean 'e1'?"},
      {"mon 09:05 breach explained slow: {clock: frist_response}",
       "21:50: 'frist_response' is no clock of the policy; did you mean "
       "'first_response'?"},
      {"mon 09:05 touch: {duplicate: mon 09:04}",
       "21:38: the second one arrives before it happens"},
      {"mon 09:05 touch: {duplicate: false}",
       "21:38: 'duplicate' is true, or the time at which the second one "
       "comes; leave it out if none does"},
      {"mon 09:05 touch: {withdrawn: true}", "21:38: 'withdrawn' is a time"},
      {"mon 09:05 touch: {withdrawn: mon 09:04}",
       "21:38: it is withdrawn before it happens"},
      {"mon 09:05 assigned", "21:27: who? Write: assigned to bob"},
      {"mon 09:05 assigned: {in_reply_to: x}", "21:27: who?"},
      {"mon 09:05 touch by ann by bob", "21:32: 'by' is written twice"},
      {"mon 09:05 touch on sms on email", "21:32: 'on' is written twice"},
      {"mon 09:05 touch by ann: {by: bob}",
       "21:38: 'by' is said in the line already"},
      {"mon 09:05 touch on sms: {channel: email}",
       "21:43: 'channel' is said in the line already"},
      {"mon 09:05 assigned to bob: {owner: ann}",
       "21:44: 'owner' is said in the line already"},
      {"mon 09:05 changed intent high: {intent: low}",
       "21:49: 'intent' is said in the line already"},
      {"mon 09:05 touch by sms",
       "21:28: 'sms' is a channel; did you mean 'touch on sms'?"},
      {"mon 09:05 touch: bob",
       "21:26: write it without a colon, such as: touch by ann; or write a "
       "map behind it: {by: ann}"},
      {"mon 09:05 lead created: true",
       "21:33: leave it out, or write a map in its place, such as {owner: "
       "ann}"},
      {"mon 09:05 changed: high",
       "21:28: write it without a colon, such as: changed intent high"},
      {"mon 09:05 call",
       "21:19: 'call' is nothing that happens; did you mean 'touch on "
       "phone'?"},
      {"mon 09:05 sms", "did you mean 'touch on sms'?"},
      {"monday 09:05 touch", "21:9: 'monday' is no day; did you mean 'mon'?"},
      {"1999-12-31 09:05 touch",
       "21:9: 1999-12-31 is not between 2000-01-01 and 2099-12-31"},
      {"mon 09:05 touch: {arrives: 2100-01-01}",
       "21:36: 2100-01-01 is not between 2000-01-01 and 2099-12-31"},
  }));
  INFO(line);
  CHECK(Says(ErrorsOf(WithEvents(line)), error));
}

TEST_CASE("A withdrawal names the system whose event it takes back") {
  const std::string call = "mon 09:05 touch: {id: call, system: dialer}\n";
  CHECK(Says(ErrorsOf(WithEvents(call + "      - mon 09:06 withdrawn call")),
             "22:29: 'call' is an event of the system dialer; write: withdrawn "
             "call: {event_source: dialer}"));
  CHECK(ErrorsOf(WithEvents(
            call +
            "      - mon 09:06 withdrawn call: {event_source: dialer}")) == "");
  // Not every event of another system need be told.
  CHECK(ErrorsOf(WithEvents(
            "mon 09:06 withdrawn call: {event_source: dialer}")) == "");
}

TEST_CASE("Two systems may give the same id") {
  CHECK(ErrorsOf(WithEvents("mon 09:05 touch: {id: e1, system: dialer}")) ==
        "");
}

TEST_CASE("Of a lead that never comes no fact can be expected") {
  const std::string touch = "      - mon 09:05 touch by ann\n";
  CHECK(Says(ErrorsOf(With(touch, "    expect: [nothing more]\n")),
             "20:7: the lead is never created, so nothing is said of it"));
  CHECK(ErrorsOf(With(touch, "    at: [\"mon 09:06\": {lead: waiting}]\n")) ==
        "");
  // Its event may be told wrong; then that alone is.
  CHECK(ErrorsOf(With("      - mon 09:05 lead creatd\n"
                      "      - mon 09:06 touch\n",
                      "    expect: [nothing more]\n")) ==
        "f.test.yaml:20:19: 'lead creatd' is nothing that happens; did you "
        "mean 'lead created'?");
}

TEST_CASE("A wrong start is told once") {
  CHECK(ErrorsOf(absl::StrReplaceAll(
            WithEvents("tue 09:00 touch by ann"),
            {{"start: 2026-03-02", "start: 02.03.2026"}})) ==
        "f.test.yaml:15:8: '02.03.2026' is no date; write one such as "
        "2026-03-02");
}

TEST_CASE("A zone that is not known is guessed as in policies") {
  const auto of = [](const std::string& zone) {
    return ErrorsOf(absl::StrReplaceAll(
        WithEvents("mon 09:05 touch"),
        {{"zone: Europe/London", absl::StrCat("zone: ", zone)}}));
  };
  CHECK(Says(of("London"),
             "14:7: unknown time zone 'London'; did you mean "
             "'Europe/London'?"));
  CHECK(Says(of("Europe/Londn"), "did you mean 'Europe/London'?"));
}

TEST_CASE("A file that is not UTF-8 is told with the place") {
  CHECK(ErrorsOf(absl::StrReplaceAll(WithEvents("mon 09:05 touch by ann"),
                                     {{"by ann", "by Ren\xe9"}})) ==
        "f.test.yaml:21:31: the byte 0xe9 is no text; save the file as UTF-8");
}

// ---- Expectations ----

TEST_CASE("An expectation that cannot be meant so is told") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {"no lead outcome bookd",
       "22:25: 'bookd' is no outcome of the policy; did you mean 'booked'?"},
      {"mon 09:15 lead outcome bookd", "22:32: 'bookd' is no outcome"},
      {"mon 09:15 outcome booked",
       "22:19: 'outcome' is no fact; did you mean 'lead outcome'?"},
      {"nothing more until mon 08:59",
       "22:32: nothing has happened by then; the first event is at mon "
       "09:00"},
      {"no breach until mon 08:00", "22:29: nothing has happened by then"},
      {"nothing more of first_response, booked",
       "22:25: write one line for each clock"},
      {"Nothing more", "22:9: write: nothing more"},
      {"mon 09:15 breach first_response to bob to ann",
       "22:48: 'to' is written twice"},
      {"mon 09:15 breach first_response due mon 09:15 due none",
       "22:55: 'due' is written twice"},
      {"mon 09:15 breach first_response rung breach_1 rung breach_1",
       "22:55: 'rung' is written twice"},
      {"mon 09:15 breach first_response reason a reason b",
       "22:50: 'reason' is written twice"},
      {"mon 09:15 breach first_response not notified notified",
       "22:54: whether somebody is notified is written twice"},
      {"mon 09:15 breach first_response to ann: {to: bob}",
       "22:50: 'to' is said in the line already"},
      {"mon 09:15 breach first_response due mon 09:15: {due: mon 09:15}",
       "22:57: 'due' is said in the line already"},
      {"mon 09:15 breach first_response to ann and bob",
       "22:52: separate people by commas: to ann, bob"},
      {"mon 09:15 breach first_response to boss ann",
       "22:49: 'boss' is no role; known: backup, desk, manager, owner, "
       "team_lead"},
      {"mon 09:15 breach first_response: {to: [boss ann]}",
       "22:48: 'boss' is no role"},
      {"mon 09:15 breach first_response to ann,", "a person is missing"},
      {"mon 09:00 task opened first_response to owner ann",
       "a task tells its holder, and no role; write: to ann"},
      {"mon 09:15 breach first_response: {cycle: eins}",
       "22:50: 'eins' is no number"},
      {"mon 09:15 breach first_response: {counted: 10}",
       "22:52: '10' is no length of time; write one such as 15m or 1h30m"},
      {"mon 09:15 breach first_response: {target: mon 09:15}",
       "'mon 09:15' is no length of time"},
      {"mon 09:15 breach first_response: {due: 15m}",
       "22:48: '15m' is a length of time; write when that is, such as mon "
       "09:15"},
      {"mon 09:15 breach first_response for ann",
       "reason, notified, not notified"},
  }));
  INFO(line);
  CHECK(Says(ErrorsOf(WithExpectation(line)), error));
}

TEST_CASE("A standing that says nothing is told") {
  CHECK(Says(ErrorsOf(WithStanding("mon 09:05: {}")),
             "22:20: it says nothing; write how the lead or a clock stands"));
  CHECK(Says(ErrorsOf(WithStanding("mon 09:05: {first_response: {}}")),
             "22:37: it says nothing"));
}

TEST_CASE("Nothing more of a clock leaves the outcome of that name alone") {
  const std::string booked =
      "      - mon 09:05 meeting booked\n"
      "      - mon 09:06 touch by zed on sms\n";
  CHECK(Compared(With("      - mon 09:00 lead created\n" + booked,
                      "    expect:\n      - mon 09:06 met booked\n"
                      "      - nothing more of booked\n"))
            .passed());
}

TEST_CASE("That nobody is told is so of a fact which tells nobody") {
  const std::string events =
      "      - mon 09:00 lead created\n      - mon 09:10 touch\n";
  CHECK(Compared(With(events,
                      "    expect:\n      - mon 09:10 met "
                      "first_response to nobody\n"))
            .passed());
}

// ---- Who is meant ----

TEST_CASE("Who was assigned by mistake never owned the lead") {
  const std::string mistake = GENERATE(
      "      - mon 09:02 assigned to zoe: {withdrawn: mon 09:03}\n",
      "      - mon 09:02 assigned to zoe\n      - mon 09:03 withdrawn e2\n");
  CHECK(Compared(With("      - mon 09:00 lead created\n" + mistake +
                          "      - mon 09:10 touch by owner\n",
                      "    expect: [mon 09:10 met first_response]\n"))
            .passed());
}

// ---- Tasks ----

std::string DoneTask(const Scenario& scenario) {
  for (const ScenarioRecord& record : scenario.records) {
    if (record.event.has_task_done()) return record.event.task_done().task_id();
  }
  return "";
}

TEST_CASE("The name of a clock means its task that is open then") {
  CHECK(DoneTask(One(WithEvents("mon 09:05 task done first_response"))) ==
        "first_response/crm/e1");
  CHECK(DoneTask(One(WithEvents("mon 09:05 lead replies: {id: hello}\n"
                                "      - mon 09:06 task done pick_up"))) ==
        "pick_up/crm/hello");
  CHECK(Compared(With("      - mon 09:00 lead created\n"
                      "      - mon 09:05 task done first_response\n",
                      "    expect:\n      - mon 09:05 met first_response\n"
                      "      - mon 09:05 task done first_response to ann due "
                      "mon 09:15\n"))
            .passed());
}

TEST_CASE(
    "A review's task is named by its reason, or as the one that is open") {
  const std::string name = GENERATE("review.complaint", "review");
  CHECK(DoneTask(One(WithEvents(absl::StrCat(
            "mon 09:05 flag complaint\n      - mon 09:06 task done ",
            name)))) == "review.complaint/crm/e2");
}

TEST_CASE("It is open by what had happened, whenever that arrives") {
  const std::string flag = "mon 09:05 lead replies: {arrives: mon 12:00}\n";
  CHECK(
      DoneTask(One(WithEvents(flag + "      - mon 09:06 task done pick_up"))) ==
      "pick_up/crm/e2");
}

TEST_CASE("Whole ids, and those of other systems, stay as they are") {
  const std::string id =
      GENERATE("first_response/crm/e99", "research-9", "T-1");
  CHECK(DoneTask(One(WithEvents("mon 09:05 task done " + id))) == id);
}

TEST_CASE("A task that is not open cannot be done by its clock's name") {
  const auto [lines, error] = GENERATE(table<std::string, std::string>({
      {"mon 09:05 touch\n      - mon 09:06 task done first_response",
       "22:29: no task of first_response is open at mon 09:06; open then: "
       "none"},
      {"mon 09:05 task done first_response\n"
       "      - mon 09:06 task done first_response",
       "22:29: no task of first_response is open at mon 09:06"},
      {"mon 09:05 task done booked",
       "21:29: no task of booked is open at mon 09:05; open then: "
       "first_response"},
      {"mon 09:05 task done review.complaint",
       "21:29: no task of review.complaint is open at mon 09:05"},
      {"mon 09:05 task done frist_response",
       "21:29: 'frist_response' is no clock of the policy; did you mean "
       "'first_response'?"},
      {"mon 09:01 lead replies\n      - mon 09:02 lead replies\n"
       "      - mon 09:05 task done pick_up",
       "23:29: several tasks of pick_up are open then; write one's id: "
       "pick_up/crm/e2, pick_up/crm/e3"},
  }));
  INFO(lines);
  CHECK(Says(ErrorsOf(WithEvents(lines)), error));
}

// ---- What is shown can be expected ----

TEST_CASE(
    "A fact is written with the words of its task, and that it has no due") {
  const std::string line = GENERATE(
      "mon 09:05 task opened review to help-desk due none reason "
      "complaint",
      "mon 09:00 task opened first_response to ann due mon 09:15");
  const std::string text =
      With("      - mon 09:00 lead created\n      - mon 09:05 flag complaint\n",
           absl::StrCat("    expect:\n      - ", line, "\n"));
  const Scenario scenario = One(text);
  CHECK(FactLine(scenario.expected.front(), scenario.frame) == line);
  CHECK(Compared(text).passed());
}

TEST_CASE("Every fact that is told can be expected as it is told") {
  const std::string events =
      "      - mon 09:00 lead created\n"
      "      - mon 09:05 flag complaint\n"
      "      - mon 09:20 meeting booked\n"
      "      - mon 09:30 lead replies\n"
      "      - mon 09:40 assigned to nobody\n"
      "      - tue 09:00 touch by zed on sms\n";
  const Scenario scenario = One(With(events, "    expect: [no breach]\n"));
  std::string expect = "    expect:\n";
  for (const v1::SlaEvent& event : Play(scenario).net) {
    absl::StrAppend(&expect, "      - ",
                    FactLine(event, nullptr, scenario.frame), "\n");
  }
  INFO(expect);
  CHECK(Compared(With(events, expect + "      - nothing more\n")).passed());
}

}  // namespace
}  // namespace leadclock
