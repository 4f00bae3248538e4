#include <catch2/catch.hpp>
#include <string>

#include "absl/time/time.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// What a clock says beside what starts and stops it: for whom it is, how often
// it starts, its attempts, pauses, task and measure.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;
using policy_parts::WithRungs;

// `fields` stand in line 5.
std::string With(const std::string& fields) {
  return WithClock("name: first, starts: lead_created, target: 1h,\n" + fields);
}

ClockRule Clock(const std::string& fields) {
  return Parsed(With(fields)).clocks.at(0);
}

TEST_CASE("A clock says for whom it starts, how often, and what ends it") {
  const ClockRule plain = Clock("stops: reply");
  CHECK(plain.when.empty());
  CHECK(plain.repeats == ClockRule::Repeats::kNever);
  CHECK(plain.cancels.empty());
  CHECK_FALSE(plain.attempts.has_value());
  CHECK_FALSE(plain.task.has_value());

  const ClockRule clock = Clock(
      "stops: reply, when: {intent: high}, repeats: after_end, cancels: "
      "[{disposition: declined}, assigned], responsible: manager, kpi: "
      "speed_to_lead");
  CHECK(clock.when == Condition{{"intent", {"high"}}});
  CHECK(clock.repeats == ClockRule::Repeats::kAfterEnd);
  CHECK(clock.cancels.size() == 2);
  CHECK(clock.responsible == "manager");
  CHECK(clock.kpi == "speed_to_lead");
  CHECK(Clock("stops: reply, repeats: each").repeats ==
        ClockRule::Repeats::kEach);
}

TEST_CASE("A cadence needs no other stop than enough attempts") {
  const ClockRule clock = Clock(
      "attempts: {of: [reply, {reply: {channel: phone}}], at_least: 6, "
      "channels: 2, apart: 4h}");
  CHECK(clock.stops.empty());
  REQUIRE(clock.attempts.has_value());
  REQUIRE(clock.attempts->of.size() == 2);
  CHECK(clock.attempts->of[0].channels.size() == 2);
  CHECK(clock.attempts->of[1].channels.size() == 1);
  CHECK(clock.attempts->at_least == 6);
  CHECK(clock.attempts->channels == 2);
  CHECK(clock.attempts->apart == absl::Hours(4));

  const ClockRule few = Clock("attempts: {of: reply, at_least: 1}");
  CHECK(few.attempts->channels == 1);
  CHECK(few.attempts->apart == absl::ZeroDuration());
}

TEST_CASE("A cadence asks for no more channels than its attempts may be on") {
  const auto errors = [](const std::string& of, int channels) {
    return Errors(With("attempts: {of: " + of + ", at_least: 4, channels:\n" +
                       std::to_string(channels) + "}"));
  };
  const auto never = [](const std::string& on, const std::string& asked,
                        const std::string& most) {
    return "policy.yaml:6:1: these attempts can never be enough: what stands "
           "in 'of' is on " +
           on + " and on no other channel, and " + asked +
           " different ones are asked for; write " + most +
           " at most, or responses on further channels into 'of'";
  };
  CHECK(errors("reply", 2).empty());
  CHECK(errors("reply", 3) == never("email, phone", "3", "2"));
  CHECK(errors("{reply: {channel: phone}}", 1).empty());
  CHECK(errors("{reply: {channel: phone}}", 2) == never("phone", "2", "1"));
  CHECK(errors("[{reply: {channel: phone}}, {reply: {channel: email}}]", 2)
            .empty());
  // One that may be on any channel may be on as many as are asked for.
  CHECK(Errors("version: 1\n"
               "responses: {call: {channel: phone}, any: {direction: "
               "outbound}}\n"
               "clocks: [{name: a, starts: lead_created, target: 1h, attempts: "
               "{of: [call, any], at_least: 3, channels: 3}}]\n")
            .empty());
}

TEST_CASE("A clock pauses by status and by condition") {
  const ClockRule clock = Clock(
      "stops: reply, pauses: [on_hold, {when: {reachable: no}}, waiting, "
      "{when: {flag: outage}}], resumes: {status_changed: working}");
  CHECK(clock.pauses == std::vector<std::string>{"on_hold", "waiting"});
  CHECK(clock.pauses_while == std::vector<Condition>{{{"reachable", {"no"}}},
                                                     {{"flag", {"outage"}}}});
  CHECK(clock.resumes.size() == 1);
}

TEST_CASE("A task is for the owner unless it says for whom it is") {
  CHECK(Clock("stops: reply, task: call").task ==
        ClockRule::Task{.kind = "call", .to = "owner"});
  CHECK(Clock("stops: reply, task: {kind: call, to: backup, "
              "recommended_action: Ring twice}")
            .task == ClockRule::Task{.kind = "call",
                                     .to = "backup",
                                     .recommended_action = "Ring twice"});
}

TEST_CASE("A mark on the wall is told from one that is counted") {
  const auto mark = [](const std::string& text) {
    return Parsed(WithRungs("{at: " + text + ", do: remind, to: owner}"))
        .clocks.at(0)
        .ladder.at(0)
        .mark;
  };
  CHECK(mark("24h wall") == Mark{.from = Mark::From::kStart,
                                 .length = absl::Hours(24),
                                 .wall = true});
  CHECK(mark("due + 1h wall") == Mark{.from = Mark::From::kAfterDue,
                                      .length = absl::Hours(1),
                                      .wall = true});
  CHECK_FALSE(mark("24h").wall);
  // Before a clock is due by what it counts, a day on the wall may pass.
  CHECK(Errors(WithRungs("{at: 24h wall, do: warn, to: owner}")) == "");
}

TEST_CASE("Mistakes in what a clock says beside its starts and stops") {
  const auto [fields, error] = GENERATE(Each({
      {"repeats: each", "4:3: missing field 'stops' in a clock"},
      {"stops: reply, repeats: always",
       "5:24: 'always' is not a way to repeat; known: never, after_end, each"},
      {"stops: reply, when: {}",
       "5:21: the condition is empty, and would always hold; write what it "
       "asks for"},
      {"attempts: {at_least: 2}", "5:11: missing field 'of' in 'attempts'"},
      {"attempts: {of: reply}", "5:11: missing field 'at_least' in 'attempts'"},
      {"attempts: {of: replly, at_least: 2}",
       "5:16: unknown response 'replly'; did you mean 'reply'?"},
      {"attempts: {of: assigned, at_least: 2}",
       "5:16: unknown response 'assigned'; known: reply"},
      {"attempts: {of: [{reply: {channel: another}}], at_least: 2}",
       "5:35: 'another' channel is another than that of the touch that started "
       "a clock, and stands only where a clock stops, such as stops: "
       "{owned_touch: {channel: another}}; name the channels"},
      {"attempts: {of: reply, at_least: 2, channels: 3}",
       "5:46: 2 attempts cannot be on 3 channels; write 2 at most, or a "
       "greater 'at_least'"},
      {"attempts: {of: reply, at_least: 0}",
       "5:33: 'at_least' is a whole number, from 1 to 100, not '0'"},
      {"attempts: {of: reply, at_least: 2, apart: 1 day}",
       "5:43: '1 day' is not a duration: a day of business time is ambiguous; "
       "write hours"},
      {"stops: reply, task: {to: owner}",
       "5:21: missing field 'kind' in 'task'"},
      {"stops: reply, task: {kind: call, to: onwer}",
       "5:38: nobody defines the recipient 'onwer'; did you mean 'owner'?"},
      {"stops: reply, task: {kind: call, recommended_action: \"\"}",
       "5:54: there are no words; write them, such as 'Call now', or leave the "
       "field out"},
      {"stops: reply, task: First Call",
       "5:21: 'First Call' is not a name; a name begins with a lower-case "
       "letter, and goes on with lower-case letters, digits and '_'"},
      {"stops: reply, responsible: [owner, backup]",
       "5:28: 'responsible' is a text, not a list"},
      {"stops: reply, responsible: ownr",
       "5:28: nobody defines the recipient 'ownr'; did you mean 'owner'?"},
      {"stops: reply, kpi: Speed",
       "5:20: 'Speed' is not a name; a name begins with a lower-case letter, "
       "and goes on with lower-case letters, digits and '_'"},
      {"stops: reply, pauses: {status: on_hold}",
       "5:23: missing field 'when' in a pause\n"
       "policy.yaml:5:24: unknown field 'status' in a pause; known: when"},
  }));
  CHECK(Errors(With(fields)) == "policy.yaml:" + error);
}

TEST_CASE("A clock for leads that are not eligible could never start") {
  CHECK(Errors("version: 1\n"
               "eligible: [{when: {customer: existing}, then: exclude, reason: "
               "known}]\n"
               "clocks:\n"
               "- {name: a, starts: lead_created, when: {customer: existing, "
               "market: uk}, stops: assigned, target: 1h}\n") ==
        "policy.yaml:4:41: this clock can never start: 'eligible' takes the "
        "leads that it is for out, for the reason 'known'");
}

}  // namespace
}  // namespace leadclock
