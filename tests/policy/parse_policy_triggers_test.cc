#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/policy/describe.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// Activities, flags, dates and people as triggers, and where each may stand.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;

std::string WithStarts(const std::string& starts) {
  return WithClock("name: first, stops: reply, target: 1h, starts:\n" + starts);
}

std::vector<Trigger> Starts(const std::string& starts) {
  return Parsed(WithStarts(starts)).clocks.at(0).starts;
}

// What the clock starts by, as people read it.
std::string Told(const std::string& starts) {
  const Policy policy = Parsed(WithStarts(starts));
  return Words(policy, policy.clocks.at(0).starts);
}

TEST_CASE("An activity is asked for alone, by its main field, or by fields") {
  const std::vector<Trigger> starts = Starts(
      "[stage_changed, {stage_changed: mql}, {milestone: [a, b]}, "
      "{stage_changed: {handoff: accepted, stage: [sal, sql]}}]");
  REQUIRE(starts.size() == 4);
  for (const Trigger& start : starts) {
    CHECK(start.kind == Trigger::Kind::kActivity);
  }
  CHECK(starts[0].activity ==
        ActivityTest{.kind = ActivityKind::kStageChanged});
  CHECK(starts[1].activity == ActivityTest{.kind = ActivityKind::kStageChanged,
                                           .fields = {{"stage", {"mql"}}}});
  CHECK(starts[2].activity == ActivityTest{.kind = ActivityKind::kMilestone,
                                           .fields = {{"name", {"a", "b"}}}});
  // In one order, whatever the text's.
  CHECK(starts[3].activity ==
        ActivityTest{
            .kind = ActivityKind::kStageChanged,
            .fields = {{"stage", {"sal", "sql"}}, {"handoff", {"accepted"}}}});
}

TEST_CASE("A task is done unless it was given up") {
  const std::vector<Trigger> starts = Starts(
      "[task_done, {task_done: {actor: u1}}, "
      "{task_done: {cancelled: true}}]");
  CHECK(starts.at(0).activity.fields ==
        std::vector<ActivityTest::FieldTest>{{"cancelled", {"false"}}});
  CHECK(starts.at(1).activity.fields ==
        std::vector<ActivityTest::FieldTest>{{"actor", {"u1"}},
                                             {"cancelled", {"false"}}});
  CHECK(starts.at(2).activity.fields ==
        std::vector<ActivityTest::FieldTest>{{"cancelled", {"true"}}});
}

TEST_CASE("Whoever is assigned may start a clock, each role by itself") {
  const std::vector<Trigger> starts =
      Starts("[assigned, {assigned: [backup, manager]}]");
  REQUIRE(starts.size() == 3);
  CHECK(starts[0].role == Role::kOwner);
  CHECK(starts[1].role == Role::kBackup);
  CHECK(starts[2].role == Role::kManager);
}

TEST_CASE("A date may be waited for, or what lies before it or after") {
  const auto date = [](const std::string& fields) {
    const Trigger trigger = Starts("{date: " + fields + "}").at(0);
    CHECK(trigger.kind == Trigger::Kind::kDate);
    return trigger.date;
  };
  CHECK(date("next_step") == DateTest{.date = "next_step"});
  CHECK(date("term_ends, before: 90 days") ==
        DateTest{.date = "term_ends", .days = 90});
  CHECK(date("return, after: 1 day") == DateTest{.date = "return", .days = -1});
  CHECK(date("meeting, after: 24h") ==
        DateTest{.date = "meeting", .length = -absl::Hours(24)});
  CHECK(date("custom.kickoff, before: 30m") ==
        DateTest{.date = "custom.kickoff", .length = absl::Minutes(30)});
}

TEST_CASE("Triggers are told in words") {
  const auto [starts, words] = GENERATE(Each({
      {"{stage_changed: {stage: sal, handoff: accepted}}",
       "its stage becomes sal, with handoff accepted"},
      {"{disposition: [recycled, declined]}",
       "its disposition is recycled or declined"},
      {"{meeting_held: {no_show: true}}",
       "a meeting is held and the lead did not come"},
      {"{meeting_held: {purpose: intro, no_show: false}}",
       "a meeting for intro is held and the lead came"},
      {"task_done", "its task is done"},
      {"{task_done: {cancelled: true}}", "its task is cancelled"},
      {"{contact_broken: phone}", "the channel phone is broken"},
      {"{stage_changed: {reason: \"\"}}",
       "its stage changes, with reason not said"},
      {"{flag_added: [complaint, vip]}", "it gets the flag complaint or vip"},
      {"{assigned: backup}", "somebody becomes its backup"},
      {"{date: term_ends, before: 90 days}", "90 days before its term ends"},
      {"{date: next_step, after: 1h30m}", "1h30m after its next step"},
      {"{date: return}", "the time of its return comes"},
      {"{date: meeting}", "the time of its meeting comes"},
      {"{date: term_ends}", "its term ends"},
      {"{breach_explained: other}", "a breach of other is explained"},
  }));
  CHECK(Told(starts) == words);
}

TEST_CASE("Mistakes in activities, flags and dates") {
  const auto [starts, error] = GENERATE(Each({
      {"stage_change",
       "5:1: unknown trigger 'stage_change'; did you mean 'stage_changed'?"},
      {"stage", "5:1: unknown trigger 'stage'; write {stage_changed: ...}"},
      {"phone",
       "5:1: unknown trigger 'phone'; for a touch on phone, write {reply: "
       "{channel: phone}}"},
      {"call",
       "5:1: unknown trigger 'call'; for a touch on phone, write {reply: "
       "{channel: phone}}"},
      // The response is on phone and email only.
      {"sms",
       "5:1: unknown trigger 'sms'; for a touch on sms, write a response with "
       "'channel: sms' into 'responses', and its name here"},
      {"{flag: vip}",
       "5:2: 'flag' is asked for by conditions, and is no trigger; its change "
       "is one: write {flag_added: vip}"},
      {"{stage: [sal, sql]}",
       "5:2: 'stage' is asked for by conditions, and is no trigger; its change "
       "is one: write {stage_changed: ...}"},
      {"{stage_changd: mql}",
       "5:2: only responses and activities can have further tests, and none is "
       "named 'stage_changd'; did you mean 'stage_changed'?"},
      {"{stage_changed: {stag: mql}}",
       "5:18: unknown field 'stag' in a trigger on stage_changed; did you mean "
       "'stage'?"},
      {"{stage_changed: {purpose: kickoff}}",
       "5:18: unknown field 'purpose' in a trigger on stage_changed; known: "
       "stage, handoff, reason"},
      {"{stage_changed: {handoff: acepted}}",
       "5:27: 'acepted' is not an answer to a handoff; did you mean "
       "'accepted'?"},
      {"{stage_changed: {}}",
       "5:17: nothing is asked for; write stage_changed alone, or what its "
       "fields must say"},
      {"{stage_changed: [mql, mql]}", "5:23: 'mql' is written twice"},
      {"{next_step_scheduled: soon}",
       "5:23: 'next_step_scheduled' is not asked for one of its values; write "
       "it alone"},
      {"{task_done: call}",
       "5:13: 'task_done' is not asked for one of its values; write the field "
       "that is meant, such as {task_done: {cancelled: true}}"},
      {"{meeting_held: {no_show: 1}}",
       "5:26: 'no_show' is true or false, not '1'"},
      {"{breach_explained: othr}",
       "5:20: unknown clock 'othr'; did you mean 'other'?"},
      {"flag_added",
       "5:1: which flag is not said; write {flag_added: complaint}"},
      {"{flag_added: \"\"}", "5:14: a flag has no name; write one"},
      {"date",
       "5:1: which date is not said; write {date: next_step} or {date: "
       "term_ends, before: 90 days}"},
      {"{date: nextstep}",
       "5:8: unknown date 'nextstep'; did you mean 'next_step'?"},
      {"{date: birthday}",
       "5:8: unknown date 'birthday'; known: term_ends, next_step, meeting, "
       "return, and the company's own as custom.NAME"},
      {"{date: return, befor: 1 day}",
       "5:16: unknown field 'befor' in a trigger on a date; did you mean "
       "'before'?"},
      {"{date: return, before: 1 day, after: 1 day}",
       "5:38: a trigger is before the date or after it; leave one out"},
      {"{date: return, before: 3d}",
       "5:24: '3d' is not a length of time; did you mean '3 days'?"},
      {"{date: return, before: 2 weeks}",
       "5:24: '2 weeks' is not a length of time; did you mean '14 days'?"},
      {"{date: return, before: 0 days}",
       "5:24: '0 days' is not from 1 to 3660 days"},
      {"{date: return, before: 0m}",
       "5:24: that is the date itself; leave this out"},
      {"{date: return, before: soon}",
       "5:24: 'soon' is not a duration; write a duration such as 90s, 15m, 4h "
       "or 1h30m, or 2 days"},
      {"{lead_created: web}",
       "5:2: nothing further can be asked of 'lead_created'; write it alone"},
      {"{other.missed: {}}",
       "5:2: nothing further can be asked of 'other.missed'; write it alone"},
      {"{assigned: ownr}", "5:12: unknown role 'ownr'; did you mean 'owner'?"},
      {"other.breach_1",
       "5:1: unknown trigger 'other.breach_1'; known: other.answered, "
       "other.missed, other.stopped"},
  }));
  CHECK(Errors(WithStarts(starts)) == "policy.yaml:" + error);
}

TEST_CASE("What ends a clock and lets it go on is what people do") {
  const auto [field, error] = GENERATE(Each({
      {"cancels: lead_created",
       "4:70: a clock is cancelled by what people do; write a response, an "
       "activity, {flag_added: FLAG} or assigned"},
      {"cancels: other.missed",
       "4:70: a clock is cancelled by what people do; write a response, an "
       "activity, {flag_added: FLAG} or assigned"},
      {"cancels: [{date: return}]",
       "4:71: a clock is cancelled by what people do; write a response, an "
       "activity, {flag_added: FLAG} or assigned"},
      {"cancels: [assigned, reply]",
       "4:70: what stands in 'stops' as well never cancels the clock, as it "
       "has answered it before; leave it out of one of them"},
      {"cancels: {reply: {actor: human, channel: another}}",
       "4:102: 'another' channel is another than that of the touch that "
       "started "
       "a clock, and stands only where a clock stops, such as stops: "
       "{owned_touch: {channel: another}}; name the channels"},
      {"pauses: hold, resumes: other.answered",
       "4:84: a clock goes on by what people do; write a response, an "
       "activity, {flag_added: FLAG} or assigned"},
      {"resumes: reply",
       "4:70: no status pauses this clock, so that nothing can resume it; "
       "write 'pauses', or leave this out"},
      {"pauses: {when: {reachable: no}}, resumes: reply",
       "4:103: no status pauses this clock, so that nothing can resume it; a "
       "pause that has a 'when' ends when that does not hold any more"},
      {"cancels: task_done",
       "4:70: 'task_done' is of this clock's own task, and it has none; write "
       "'task', or leave this out"},
  }));
  CHECK(Errors(WithClock("name: first, starts: assigned, stops: reply, target: "
                         "1h, " +
                         field)) == "policy.yaml:" + error);
}

TEST_CASE("A task that is done stops a clock that has one") {
  const std::string fields =
      "name: first, starts: assigned, target: 1h, stops: task_done";
  CHECK(Errors(WithClock(fields)) ==
        "policy.yaml:4:54: 'task_done' is of this clock's own task, and it has "
        "none; write 'task', or leave this out");
  CHECK(Errors(WithClock(fields + ", task: call")) == "");
}

TEST_CASE("A response is not called as an event is") {
  const std::string name =
      GENERATE("lead_created", "assigned", "reentered", "flag_added", "date",
               "milestone", "meeting_held", "task_done");
  CHECK(Errors(policy_parts::WithPart("responses: {" + name +
                                      ": {channel: phone}}")) ==
        "policy.yaml:2:13: '" + name +
            "' is an event already; choose another name for the response");
}

}  // namespace
}  // namespace leadclock
