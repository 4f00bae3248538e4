#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// What starts and stops a clock, and its targets.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;
using policy_parts::WithPart;
using policy_parts::WithTarget;

TEST_CASE("Mistakes in what starts and stops a clock") {
  const auto [stops, error] = GENERATE(Each({
      {"replay", "5:1: unknown trigger 'replay'; did you mean 'reply'?"},
      {"meeting",
       "5:1: unknown trigger 'meeting'; known: lead_created, reentered, "
       "assigned, flag_added, date, stage_changed, status_changed, "
       "consent_changed, disposition, meeting_booked, meeting_held, "
       "next_step_scheduled, milestone, contact_broken, contact_mended, "
       "breach_explained, task_done, reply"},
      {"other",
       "5:1: 'other' is a clock; write other.answered or "
       "other.missed"},
      {"othr.missed", "5:1: unknown clock 'othr'; did you mean 'other'?"},
      {"other.mised",
       "5:1: unknown trigger 'other.mised'; did you mean 'other.missed'?"},
      {"other.started",
       "5:1: unknown trigger 'other.started'; did you mean 'other.stopped'?"},
      {"first.missed", "5:1: the clock 'first' cannot wait for itself"},
      {"[reply, other.missed]",
       "5:9: a clock stops on what people do, and a missed clock is not that; "
       "write CLOCK.answered, a response, an activity or assigned"},
      {"[reply, other.stopped]",
       "5:9: a clock stops on what people do, and a clock that ends without "
       "an answer is not that; write CLOCK.answered, a response, an activity "
       "or assigned"},
      {"[reply, {date: next_step}]",
       "5:9: a clock stops on what people do, and a date is not that; write "
       "CLOCK.answered, a response, an activity or assigned"},
      {"[]", "5:1: 'stops' is an empty list; write at least one entry"},
      {"[reply, [assigned]]", "5:9: an entry of 'stops' is a text, not a list"},
      {"{assigned: {channel: phone}}", "5:12: 'assigned' is a text, not a map"},
      {"{replly: {channel: phone}}",
       "5:2: only responses and activities can have further tests, and none is "
       "named 'replly'; did you mean 'reply'?"},
      {"{reply: {channel: [another, phone]}}",
       "5:20: 'another' stands alone; name the channels, or leave it out"},
      {"{reply: {channel: another}}",
       "5:1: 'another' channel is another than that of the touch that started "
       "the clock, and no touch can start this one; name the channels, or let "
       "it start on a response or on CLOCK.answered"},
      {"{reply: {channel: fax}}",
       "5:9: no touch can pass these tests and those of 'reply' as well"},
      {"{reply: {direction: inbound}}",
       "5:9: no touch can pass these tests and those of 'reply' as well"},
      {"{reply: {}}",
       "5:9: a trigger without a test would count every touch, automatic ones "
       "as well; write what it asks for"},
      {"{reply: {actor: human}, assigned: {}}",
       "5:1: a trigger with further tests is a map with one entry, such as "
       "{owned_touch: {channel: phone}} or {stage_changed: {stage: sal, "
       "handoff: accepted}}"},
  }));
  CHECK(Errors(WithClock("name: first, starts: lead_created, target: 1h, "
                         "stops:\n" +
                         stops)) == "policy.yaml:" + error);
}

TEST_CASE("A clock that a touch starts may be stopped on another channel") {
  const std::string stops = ", stops: {reply: {channel: another}}, target: 1h";
  const std::string starts = GENERATE("reply", "other.answered",
                                      "[assigned, {reply: {actor: human}}]");
  const Policy policy =
      Parsed(WithClock("name: first, starts: " + starts + stops));
  const TouchTest& touch = policy.clocks.at(0).stops.at(0).touch;
  CHECK(touch.another_channel);
  CHECK(touch.channels == std::vector<std::string>{"phone", "email"});
  CHECK_FALSE(policy.clocks.at(1).stops.at(0).touch.another_channel);
}

TEST_CASE("Another channel than that of no touch is an error") {
  const std::string another = "channel: another}";
  const std::string not_there =
      "'another' channel is another than that of the touch that started a "
      "clock, and stands only where a clock stops, such as stops: "
      "{owned_touch: {channel: another}}; name the channels";
  const std::string no_touch =
      "'another' channel is another than that of the touch that started the "
      "clock, and no touch can start this one; name the channels, or let it "
      "start on a response or on CLOCK.answered";
  CHECK(Errors(WithPart("responses: {reply: {" + another + "}")) ==
        "policy.yaml:2:30: " + not_there);
  CHECK(Errors(WithClock("name: first, starts: {reply: {" + another +
                         "}, stops: assigned, target: 1h")) ==
        "policy.yaml:4:43: " + not_there);
  CHECK(Errors(WithClock("name: first, starts: other.missed, stops: {reply: {" +
                         another + "}, target: 1h")) ==
        "policy.yaml:4:46: " + no_touch);
  // A touch may set a flag.
  CHECK(Errors(WithClock("name: first, starts: {flag_added: vip}, stops: "
                         "{reply: {" +
                         another + "}, target: 1h"))
            .empty());
}

TEST_CASE("Clocks that start each other in a circle would never start") {
  CHECK(Errors("version: 1\n"
               "clocks:\n"
               "- {name: a, starts: c.missed, stops: assigned, target: 1h}\n"
               "- {name: b, starts: a.answered, stops: assigned, target: 1h}\n"
               "- {name: c, starts: [assigned, b.missed], stops: assigned, "
               "target: 1h}\n") ==
        "policy.yaml:3:21: clocks start each other in a circle: a on c on b on "
        "a; take one of these starts out");
}

TEST_CASE("A clock that can never stop, or never start, is an error") {
  const auto [clocks, error] = GENERATE(Each({
      // Each waits for the other.
      {"- {name: h, starts: lead_created, stops: i.answered, target: 1h}\n"
       "- {name: i, starts: lead_created, stops: h.answered, target: 1h}\n",
       "3:42: this clock can never stop: it waits for 'i' to be answered, "
       "which can never be, as each waits for the other or for what never "
       "happens; let one of them stop on a response or on assigned\n"
       "policy.yaml:4:42: this clock can never stop: it waits for 'h' to be "
       "answered, which can never be, as each waits for the other or for what "
       "never happens; let one of them stop on a response or on assigned"},
      // What would stop the first starts only when it is stopped.
      {"- {name: d, starts: lead_created, stops: e.answered, target: 1h}\n"
       "- {name: e, starts: d.answered, stops: assigned, target: 1h}\n",
       "3:42: this clock can never stop: it waits for 'e' to be answered, "
       "which can never be, as each waits for the other or for what never "
       "happens; let one of them stop on a response or on assigned\n"
       "policy.yaml:4:21: this clock can never start: it waits for 'd' to be "
       "answered, which can never be; let it start on what happens, or mend "
       "that clock"},
      // The lead comes in once.
      {"- {name: l, starts: lead_created, stops: lead_created, target: 1h}\n",
       "3:42: a lead comes in once, before any of its clocks runs; write what "
       "people do then, such as a response or assigned"},
      {"- {name: l, starts: assigned, stops: lead_created, target: 1h}\n",
       "3:38: a lead comes in once, before any of its clocks runs; write what "
       "people do then, such as a response or assigned"},
      // Nothing cancels the first.
      {"- {name: l, starts: lead_created, stops: assigned, target: 1h}\n"
       "- {name: m, starts: l.stopped, stops: assigned, target: 1h}\n",
       "4:21: this clock can never start: it waits for 'l' to be cancelled, "
       "which can never be; let it start on what happens, or mend that clock"},
      {"- {name: l, starts: reentered, stops: assigned, target: 1h}\n",
       "3:21: no lead ever comes back: the policy has no 'reentry', which says "
       "when one does; write it, or leave this out"},
  }));
  CHECK(Errors("version: 1\nclocks:\n" + clocks) == "policy.yaml:" + error);
}

TEST_CASE("What repeats may be answered again, and what is tried enough is") {
  const std::string first = "- {name: a, starts: lead_created, stops: assigned";
  const std::string second =
      ", target: 1h}\n"
      "- {name: b, starts: a.answered, stops: a.answered, target: 1h";
  CHECK_THAT(Errors("version: 1\nclocks:\n" + first + second + "}\n"),
             Catch::Contains("what would stop it is over before it starts"));
  CHECK(Errors("version: 1\nclocks:\n" + first + ", repeats: each" + second +
               "}\n") == "");
  CHECK(Errors("version: 1\nresponses: {call: {channel: phone}}\nclocks:\n" +
               first + second + ", attempts: {of: call, at_least: 2}}\n") ==
        "");
}

TEST_CASE("A clock that waits for what can be is none that never stops") {
  CHECK(Errors("version: 1\n"
               "clocks:\n"
               "- {name: h, starts: lead_created, stops: [i.answered, "
               "assigned], target: 1h}\n"
               "- {name: i, starts: lead_created, stops: h.answered, target: "
               "1h}\n") == "");
}

TEST_CASE("Mistakes in a clock") {
  const auto [fields, error] = GENERATE(Each({
      {"starts: lead_created, stops: reply, target: 1h",
       "4:3: missing field 'name' in a clock"},
      {"name: first, stops: reply, target: 1h",
       "4:3: missing field 'starts' in a clock"},
      {"name: first, starts: lead_created, target: 1h",
       "4:3: missing field 'stops' in a clock"},
      {"name: first, starts: lead_created, stops: reply",
       "4:3: missing field 'target' in a clock"},
      {"name: other, starts: lead_created, stops: reply, target: 1h",
       "5:10: two clocks are named 'other'; choose another name for one of "
       "them"},
      {"name: First, starts: lead_created, stops: reply, target: 1h",
       "4:10: 'First' is not a name; a name begins with a lower-case letter, "
       "and goes on with lower-case letters, digits and '_'"},
      {"name: 1st, starts: lead_created, stops: reply, target: 1h",
       "4:10: '1st' is not a name; a name begins with a lower-case letter, "
       "and goes on with lower-case letters, digits and '_'"},
      {"name: first, starts: lead_created, stops: reply, targt: 1h",
       "4:3: missing field 'target' in a clock\n"
       "policy.yaml:4:53: unknown field 'targt' in a clock; did you mean "
       "'target'?"},
      {"name: first, starts: lead_created, stops: reply, target: 1h, "
       "target: 2h",
       "4:65: 'target' is written twice in one map; the first is in line 4"},
      {"name: first, starts: lead_created, stops: reply, target: 1h, "
       "calendar: london",
       "4:75: unknown calendar 'london'; known: always"},
      {"name: first, starts: lead_created, stops: reply, target: 1h, "
       "pauses: []",
       "4:73: 'pauses' is an empty list; write at least one entry"},
      {"name: first, starts: lead_created, stops: reply, target: 1h, "
       "open_clocks: carry",
       "4:65: 'open_clocks' is said once, of all clocks: write it at the top "
       "of "
       "the policy"},
  }));
  CHECK(Errors(WithClock(fields)) == "policy.yaml:" + error);
}

TEST_CASE("A target may be in business days") {
  const auto [text, target] = GENERATE(table<std::string, Target>({
      {"90m", {.length = absl::Minutes(90)}},
      {"1 business day", {.kind = Target::Kind::kBusinessDays, .days = 1}},
      {"2 business days", {.kind = Target::Kind::kBusinessDays, .days = 2}},
      {"end of business day", {.kind = Target::Kind::kEndOfBusinessDay}},
      {"end of 1 business day",
       {.kind = Target::Kind::kEndOfBusinessDay, .days = 1}},
  }));
  CHECK(Parsed(WithTarget(text)).clocks[0].targets[0].target == target);
}

TEST_CASE("A target in days that is written otherwise says how to write it") {
  const auto [target, meant] = GENERATE(table<std::string, std::string>({
      {"3 busines days", "3 business days"},
      {"3 working days", "3 business days"},
      {"1 Business Day", "1 business day"},
      {"3  business days", "3 business days"},
      {"end of day", "end of business day"},
      {"end of the business day", "end of business day"},
      {"end of bussiness day", "end of business day"},
      {"close of business", "end of business day"},
      {"eod", "end of business day"},
      {"end of 2 days", "end of 2 business days"},
      {"end of 2 working days", "end of 2 business days"},
  }));
  CHECK(Errors(WithTarget(target)) == "policy.yaml:5:1: '" + target +
                                          "' is not a target; did you mean '" +
                                          meant + "'?");
}

TEST_CASE("Mistakes in a target") {
  const std::string forms =
      "write open time, such as 4h or 1h30m, '2 business days', 'end of "
      "business day' or 'end of 2 business days'";
  const auto [target, error] = GENERATE_COPY(Each({
      {"15", "5:1: '15' has no unit; write 15s, 15m or 15h"},
      {"-15m", "5:1: '-15m' is negative; " + forms},
      {"2d",
       "5:1: '2d' could mean several things; write '2 business days', or 48h "
       "of open time"},
      {"1 day",
       "5:1: '1 day' could mean several things; write '1 business day', or 24h "
       "of open time"},
      {"0 business days", "5:1: '0 business days' is not a target; " + forms +
                              " (1 to 1000 days)"},
      {"next business day", "5:1: 'next business day' is not a target; " +
                                forms + " (1 to 1000 days)"},
      {"15 parsecs", "5:1: '15 parsecs' is not a target; " + forms},
      {"2 weeks",
       "5:1: '2 weeks' is not a target: a day of business time is ambiguous; "
       "write hours"},
      {"{high: 1h}",
       "5:1: 'target' is a text or a list of rules, not a map; begin each rule "
       "with '-', as in '- {when: {intent: high}, is: ...}' and then '- "
       "{otherwise: ...}'"},
      {"1h, calendar: {when: {market: uk}, use: always}",
       "5:15: 'calendar' is a text or a list of rules, not a map; begin each "
       "rule with '-', as in '- {when: {intent: high}, use: ...}' and then '- "
       "{otherwise: ...}'"},
      {"[]", "5:1: 'target' is an empty list; write at least one entry"},
      {"[1h]", "5:2: an entry of 'target' is a map of fields, not a text"},
      {"[{when: {intent: high}, is: 1h}]",
       "5:2: the last rule of 'target' must be {otherwise: ...}, which says "
       "what holds when no other rule does"},
      {"[{otherwise: 1h}, {otherwise: 2h}]",
       "5:14: 'otherwise' stands last; the rules after it would never be "
       "reached"},
      {"[{otherwise: }]", "5:3: 'otherwise' has no value; write a text"},
      {"[{when: {intent: high}, is: soon}, {otherwise: 1h}]",
       "5:29: 'soon' is not a target; " + forms},
  }));
  CHECK(Errors(WithTarget(target)) == "policy.yaml:" + error);
}

}  // namespace
}  // namespace leadclock
