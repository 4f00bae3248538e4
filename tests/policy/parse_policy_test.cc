#include "processor/policy/parse_policy.h"

#include <catch2/catch.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;
using policy_parts::WithPart;
using policy_parts::WithRungs;
using policy_parts::WithTarget;

// What a right policy means.

TEST_CASE("The smallest policy counts around the clock, since ever") {
  const Policy policy = Parsed(WithPart(""));
  CHECK(policy.version == 1);
  CHECK(policy.effective == absl::InfinitePast());
  REQUIRE(policy.calendars.size() == 1);
  CHECK(policy.calendars[0].name == "always");
  REQUIRE(policy.calendar_for.size() == 1);
  CHECK(policy.calendar_for[0].when.empty());
  CHECK(policy.calendar_for[0].calendar == 0);
  CHECK(policy.eligible.empty());
  CHECK(policy.clocks.size() == 1);
}

TEST_CASE("A policy is known by the SHA-256 of its bytes") {
  const std::string text = WithPart("");
  CHECK(Parsed(text).hash ==
        "19c512ad5f8df6d7868511fd0d229243fb9a8c45dea29612308d4651ad7c7ece");
  CHECK(Parsed(text + " ").hash != Parsed(text).hash);
}

TEST_CASE("A policy takes effect at an instant with a zone") {
  CHECK(Parsed(WithPart("effective: 2026-03-01T09:30:00+01:00")).effective ==
        absl::FromCivil(absl::CivilMinute(2026, 3, 1, 8, 30),
                        absl::UTCTimeZone()));
}

TEST_CASE("A response is made of tests, and a trigger may narrow it") {
  const Policy policy = Parsed(
      "version: 1\n"
      "responses:\n"
      "  reply: {direction: inbound, actor: autoresponder, by: [manager], "
      "meaningful: false, personalized: true, reply_path: true,\n"
      "    channel: [phone, email, sms]}\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: [lead_created, assigned, second.missed]\n"
      "  stops: [reply, {reply: {channel: [email, fax], by: manager}}]\n"
      "  target: 1h\n"
      "- {name: second, starts: reply, stops: first.answered, target: 1h}\n");

  TouchTest reply;
  reply.direction = Direction::kInbound;
  reply.actor_kind = ActorKind::kAutoresponder;
  reply.by = {Role::kManager};
  reply.meaningful = false;
  reply.personalized = true;
  reply.reply_path = true;
  reply.channels = {"phone", "email", "sms"};
  TouchTest by_email = reply;
  by_email.channels = {"email"};

  const ClockRule& first = policy.clocks.at(0);
  CHECK(first.starts ==
        std::vector<Trigger>{{Trigger::Kind::kLeadCreated, {}, 0},
                             {Trigger::Kind::kAssigned, {}, 0},
                             {Trigger::Kind::kClockMissed, {}, 1}});
  CHECK(first.stops ==
        std::vector<Trigger>{{Trigger::Kind::kTouch, reply, 0},
                             {Trigger::Kind::kTouch, by_email, 0}});
  const ClockRule& second = policy.clocks.at(1);
  CHECK(second.starts ==
        std::vector<Trigger>{{Trigger::Kind::kTouch, reply, 0}});
  CHECK(second.stops ==
        std::vector<Trigger>{{Trigger::Kind::kClockAnswered, {}, 0}});
}

TEST_CASE("A mark counts from the start or from due, or is a share") {
  const auto [text, from, length, percent] =
      GENERATE(table<std::string, Mark::From, absl::Duration, int>({
          {"10m", Mark::From::kStart, absl::Minutes(10), 0},
          {"0m", Mark::From::kStart, absl::ZeroDuration(), 0},
          {"due", Mark::From::kAfterDue, absl::ZeroDuration(), 0},
          {"due + 5m", Mark::From::kAfterDue, absl::Minutes(5), 0},
          {"due+1h30m", Mark::From::kAfterDue, absl::Minutes(90), 0},
          {"due - 5m", Mark::From::kBeforeDue, absl::Minutes(5), 0},
          {"due - 0m", Mark::From::kAfterDue, absl::ZeroDuration(), 0},
          {"50%", Mark::From::kShare, absl::ZeroDuration(), 50},
          {"100%", Mark::From::kShare, absl::ZeroDuration(), 100},
      }));
  CAPTURE(text);
  const Policy policy =
      Parsed(WithRungs("{at: " + text + ", do: remind, to: owner}"));
  CHECK(policy.clocks.at(0).ladder.at(0).mark == Mark{from, length, percent});
}

TEST_CASE("Rungs are named by action and ordinal, unless they have a name") {
  const Policy policy = Parsed(WithRungs(
      "{at: 10m, do: remind, to: owner},"
      "{at: 20m, do: remind, to: owner, name: nudge, when: {intent: high}},"
      "{at: due, do: breach, to: manager},"
      "{at: 30m, do: remind, to: owner}"));
  std::vector<std::string> names;
  for (const Rung& rung : policy.clocks.at(0).ladder) {
    names.push_back(rung.name);
  }
  CHECK(names ==
        std::vector<std::string>{"remind_1", "nudge", "breach_1", "remind_3"});
  CHECK(policy.clocks[0].ladder[1].when == Condition{{"intent", {"high"}}});
}

TEST_CASE("An anchor saves writing a ladder twice") {
  const Policy policy = Parsed(
      "version: 1\n"
      "clocks:\n"
      "- {name: a, starts: lead_created, stops: assigned, target: 1h, ladder: "
      "&usual [{at: due, do: breach, to: owner}]}\n"
      "- {name: b, starts: a.missed, stops: assigned, target: 1h, ladder: "
      "*usual}\n");
  CHECK(policy.clocks.at(1).ladder == policy.clocks.at(0).ladder);
}

// What a wrong policy is told.

TEST_CASE("All errors of a policy are told at once, in order") {
  CHECK(Errors("version: 1\n"
               "efective: 2026-03-01T00:00:00Z\n"
               "calendar_for:\n"
               "  - {when: {market: uk}, use: london}\n"
               "clocks:\n"
               "  - name: first_response\n"
               "    starts: lead_created\n"
               "    stops: owned_touch\n"
               "    targt: 15m\n") ==
        "policy.yaml:2:1: unknown field 'efective' in the policy; did you mean "
        "'effective'?\n"
        "policy.yaml:4:5: the last rule of 'calendar_for' must be {otherwise: "
        "...}, which says what holds when no other rule does\n"
        "policy.yaml:4:31: unknown calendar 'london'; known: always\n"
        "policy.yaml:6:5: missing field 'target' in a clock\n"
        "policy.yaml:8:12: unknown trigger 'owned_touch'; known: lead_created, "
        "assigned\n"
        "policy.yaml:9:5: unknown field 'targt' in a clock; did you mean "
        "'target'?");
}

TEST_CASE("Mistakes in the policy as a whole") {
  const auto [text, error] = GENERATE(Each({
      {"", "1:1: the file is empty"},
      {"- a\n", "1:1: 'the file' is a map of fields, not a list"},
      {"version: 1\n", "1:1: missing field 'clocks' in the policy"},
      {WithPart("version: 2"),
       "2:1: 'version' is written twice in one map; "
       "the first is in line 1"},
      {"version: 0\nclocks: []\n",
       "1:10: 'version' is a whole number, 1 or greater, not '0'\n"
       "policy.yaml:2:9: 'clocks' is an empty list; write at least one entry"},
      {WithPart("effective: 2026-03-01"),
       "2:12: '2026-03-01' is not an instant; write date, time and zone, such "
       "as 2026-03-01T00:00:00Z"},
      {WithPart("effective: infinite-past"),
       "2:12: 'infinite-past' is not an instant; write date, time and zone, "
       "such as 2026-03-01T00:00:00Z"},
      {WithPart("calendar_four: []"),
       "2:1: unknown field 'calendar_four' in the policy; did you mean "
       "'calendar_for'?"},
      {WithPart("holidays: []"),
       "2:1: unknown field 'holidays' in the policy; known: version, "
       "effective, calendars, calendar_for, eligible, responses, clocks"},
      {WithPart("extends: base.yaml"), "2:1: 'extends' is not supported yet"},
      {WithPart("open_clocks: carry"),
       "2:1: 'open_clocks' is not supported yet"},
      {WithPart("recipients:\n  sales: [owner, manager]"),
       "2:1: 'recipients' is not supported yet"},
      {WithPart("fallback: [manager]"), "2:1: 'fallback' is not supported yet"},
      {WithPart("\teffective: 2026-03-01"),
       "2:1: this is not YAML: illegal tab when looking for indentation; "
       "indent with spaces, not "
       "with tabs"},
  }));
  CHECK(Errors(text) == "policy.yaml:" + error);
}

TEST_CASE("Mistakes in a response") {
  const auto [response, error] = GENERATE(Each({
      {"touch: {}",
       "2:20: a response without a test would count every touch, automatic "
       "ones as well; write what it asks for"},
      {"touch: {direction: outbond}",
       "2:32: 'outbond' is not a direction; did you mean 'outbound'?"},
      {"touch: {actor: robot}",
       "2:28: 'robot' is not an actor; known: human, automation, "
       "autoresponder, import"},
      {"touch: {by: onwer}",
       "2:25: unknown role 'onwer'; did you mean "
       "'owner'?"},
      {"touch: {by: team_lead}",
       "2:25: the role 'team_lead' is not supported "
       "yet; write owner, backup or manager"},
      {"touch: {meaningful: yes}",
       "2:33: 'meaningful' is true or false, not 'yes'"},
      {"touch: {channel: another}",
       "2:30: the channel 'another' is not supported yet; name the channels"},
      {"touch: {channel: \"\"}",
       "2:30: a channel has no name; write one such as phone or email"},
      {"touch: {chanel: phone}",
       "2:21: unknown field 'chanel' in a response; did you mean 'channel'?"},
      {"assigned: {actor: human}",
       "2:13: 'assigned' is an event already; choose another name for the "
       "response"},
      {"Touch: {actor: human}",
       "2:13: 'Touch' is not a name; a name begins with a lower-case letter, "
       "and goes on with lower-case letters, digits and '_'"},
  }));
  CHECK(Errors(WithPart("responses: {" + response + "}")) ==
        "policy.yaml:" + error);
}

TEST_CASE("Mistakes in what starts and stops a clock") {
  const auto [stops, error] = GENERATE(Each({
      {"replay", "5:1: unknown trigger 'replay'; did you mean 'reply'?"},
      {"meeting",
       "5:1: unknown trigger 'meeting'; known: lead_created, assigned, reply"},
      {"other",
       "5:1: 'other' is a clock; write other.answered or "
       "other.missed"},
      {"othr.missed", "5:1: unknown clock 'othr'; did you mean 'other'?"},
      {"other.mised",
       "5:1: unknown trigger 'other.mised'; did you mean 'other.missed'?"},
      {"other.started",
       "5:1: unknown trigger 'other.started'; known: other.answered, "
       "other.missed"},
      {"first.missed", "5:1: the clock 'first' cannot wait for itself"},
      {"[reply, other.missed]",
       "5:1: a clock stops on what people do, and a missed clock is not that; "
       "write CLOCK.answered, a response or assigned"},
      {"[]", "5:1: 'stops' is an empty list; write at least one entry"},
      {"[reply, [assigned]]", "5:9: 'stops' is a text, not a list"},
      {"{assigned: {channel: phone}}",
       "5:2: only a response can have further tests, and none is named "
       "'assigned'; known: reply"},
      {"{replly: {channel: phone}}",
       "5:2: only a response can have further tests, and none is named "
       "'replly'; did you mean 'reply'?"},
      {"{reply: {channel: another}}",
       "5:19: the channel 'another' is not supported yet; name the channels"},
      {"{reply: {channel: fax}}",
       "5:9: no touch can pass these tests and those of 'reply' as well"},
      {"{reply: {direction: inbound}}",
       "5:9: no touch can pass these tests and those of 'reply' as well"},
      {"{reply: {}}",
       "5:9: a trigger without a test would count every touch, automatic ones "
       "as well; write what it asks for"},
      {"{reply: {actor: human}, assigned: {}}",
       "5:1: a trigger with further tests is a map with one entry, such as "
       "{owned_touch: {channel: phone}}"},
  }));
  CHECK(Errors(WithClock("name: first, starts: lead_created, target: 1h, "
                         "stops:\n" +
                         stops)) == "policy.yaml:" + error);
}

TEST_CASE("Clocks that start each other in a circle would never start") {
  CHECK(Errors("version: 1\n"
               "clocks:\n"
               "- {name: a, starts: c.missed, stops: assigned, target: 1h}\n"
               "- {name: b, starts: a.answered, stops: assigned, target: 1h}\n"
               "- {name: c, starts: [assigned, b.missed], stops: assigned, "
               "target: 1h}\n") ==
        "policy.yaml:3:21: clocks start each other in a circle: a on c on b on "
        "a; let one of them start on something else");
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
       "4:65: 'open_clocks' is not supported yet"},
  }));
  CHECK(Errors(WithClock(fields)) == "policy.yaml:" + error);
}

TEST_CASE("Mistakes in a target") {
  const auto [target, error] = GENERATE(Each({
      {"15", "5:1: '15' has no unit; write 15s, 15m or 15h"},
      {"-15m",
       "5:1: '-15m' is negative; write a duration such as 90s, 15m, 4h "
       "or 1h30m"},
      {"2d",
       "5:1: '2d' is not a duration: a day of business time is "
       "ambiguous; business days come later; write hours"},
      {"2 business days",
       "5:1: the target in business days, '2 business days' "
       "is not supported yet; write hours"},
      {"end of 2 business days",
       "5:1: the target in business days, 'end of 2 business days' is not "
       "supported yet; write hours"},
      {"{otherwise: 1h}", "5:1: 'target' is a text, not a map"},
      {"[]", "5:1: 'target' is an empty list; write at least one entry"},
      {"[1h]", "5:2: 'target' is a map of fields, not a text"},
      {"[{when: {intent: high}, is: 1h}]",
       "5:2: the last rule of 'target' must be {otherwise: ...}, which says "
       "what holds when no other rule does"},
      {"[{otherwise: 1h}, {otherwise: 2h}]",
       "5:14: 'otherwise' stands last; the rules after it would never be "
       "reached"},
      {"[{otherwise: }]", "5:3: 'otherwise' has no value; write a text"},
      {"[{when: {intent: high}, is: soon}, {otherwise: 1h}]",
       "5:29: 'soon' is not a duration; write a duration such as 90s, 15m, 4h "
       "or 1h30m"},
  }));
  CHECK(Errors(WithTarget(target)) == "policy.yaml:" + error);
}

TEST_CASE("Mistakes in a ladder") {
  const auto [rungs, error] = GENERATE(Each({
      {"", "4:73: 'ladder' is an empty list; write at least one entry"},
      {"{do: remind, to: owner}", "5:1: missing field 'at' in a rung"},
      {"{at: 10m, to: owner}", "5:1: missing field 'do' in a rung"},
      {"{at: 10m, do: remind}", "5:1: missing field 'to' in a rung"},
      {"{at: 10, do: remind, to: owner}",
       "5:6: '10' has no unit; write 10s, 10m or 10h"},
      {"{at: due * 2, do: remind, to: owner}",
       "5:6: 'due' is followed by '+' or '-', not '* 2'; write due, due + 5m "
       "or due - 5m"},
      {"{at: due + 5, do: remind, to: owner}",
       "5:6: '5' has no unit; write 5s, 5m or 5h"},
      {"{at: 150%, do: remind, to: owner}",
       "5:6: '150%' is not a share of the target; write a whole number from 1% "
       "to 100%, or due + 5m for what comes after"},
      {"{at: 0%, do: remind, to: owner}",
       "5:6: '0%' is not a share of the target; write a whole number from 1% "
       "to 100%, or due + 5m for what comes after"},
      {"{at: 10m wall, do: remind, to: owner}",
       "5:6: the mark '10m wall' is not supported yet: marks count business "
       "time, not 'wall' time"},
      {"{at: {wall: 10m}, do: remind, to: owner}",
       "5:6: marks with 'wall' are not supported yet; write 10m, due, due + "
       "5m, due - 5m or 50%"},
      {"{at: 10m, do: remnd, to: owner}",
       "5:15: 'remnd' is not an action; did you mean 'remind'?"},
      {"{at: 10m, do: remind, to: onwer}",
       "5:27: unknown recipient 'onwer'; did you mean 'owner'?"},
      {"{at: 10m, do: remind, to: team_lead}",
       "5:27: the recipient 'team_lead' is not supported yet; write owner, "
       "backup or manager"},
      {"{at: 10m, do: remind, to: {first: owner, else: manager}}",
       "5:27: chains of recipients are not supported yet; write owner, backup "
       "or manager"},
      {"{at: 10m, do: remind, to: []}",
       "5:27: 'to' is an empty list; write at least one entry"},
      {"{at: 10m, do: remind, to: [owner, owner]}",
       "5:35: 'owner' is written twice"},
      {"{at: 10m, do: reassign, to: [backup, manager]}",
       "5:29: a lead is reassigned to one person; write one recipient"},
      {"{at: 10m, do: remind, to: owner, fallback: manager}",
       "5:34: 'fallback' is not supported yet"},
      {"{at: 10m, do: remind, to: owner, when: {}}",
       "5:40: the condition is empty, and would always hold; write what it "
       "asks for"},
      {"{at: 10m, do: remind, to: owner, wen: {intent: high}}",
       "5:34: unknown field 'wen' in a rung; did you mean 'when'?"},
      {"{at: 10m, do: remind, to: owner}, {at: 5m, do: breach, to: owner, "
       "name: remind_1}",
       "5:35: two rungs of one ladder are named 'remind_1'; choose another "
       "'name' for one of them"},
  }));
  CHECK(Errors(WithRungs(rungs)) == "policy.yaml:" + error);
}

TEST_CASE("Actions that come later are refused by name") {
  const std::string action = GENERATE("review", "warn", "set_priority",
                                      "acknowledge", "request_alternate_owner");
  CHECK(Errors(WithRungs("{at: 10m, do: " + action + ", to: owner}")) ==
        "policy.yaml:5:15: the action '" + action +
            "' is not supported yet; write remind, breach, escalate or "
            "reassign");
}

TEST_CASE("A ladder has at most 64 rungs, and a policy at most 1000 clocks") {
  std::string rungs;
  for (int i = 0; i < 64; ++i) rungs += "{at: 10m, do: remind, to: owner},\n";
  CHECK(Errors(WithRungs(rungs)).empty());
  rungs += "{at: 10m, do: remind, to: owner}";
  CHECK(Errors(WithRungs(rungs)) ==
        "policy.yaml:4:73: 'ladder' has 65 entries; at most 64 are allowed");

  std::string clocks = "version: 1\nclocks:\n";
  const auto add_clock = [&clocks](int number) {
    clocks += "- {name: c" + std::to_string(number) +
              ", starts: lead_created, stops: assigned, target: 1h}\n";
  };
  for (int i = 0; i < 1000; ++i) add_clock(i);
  CHECK(Errors(clocks).empty());
  add_clock(1000);
  CHECK(Errors(clocks) ==
        "policy.yaml:3:1: 'clocks' has 1001 entries; at most 1000 are allowed");
}

TEST_CASE("Errors of a policy file name its path") {
  CHECK(LoadPolicy("/nowhere/policy.yaml").status().message() ==
        "/nowhere/policy.yaml: cannot be opened: No such file or directory");
}

// A typo is one letter dropped, doubled or swapped with the next one.
std::vector<std::string> Typos(const std::string& word) {
  std::vector<std::string> typos;
  for (size_t i = 0; i + 1 < word.size(); ++i) {
    typos.push_back(word.substr(0, i) + word.substr(i + 1));
    typos.push_back(word.substr(0, i) + word[i] + word.substr(i));
    std::string swapped = word;
    std::swap(swapped[i], swapped[i + 1]);
    if (swapped != word) typos.push_back(swapped);
  }
  return typos;
}

TEST_CASE("Any typo in a clock's fields is told with what was meant") {
  const std::string field = GENERATE("name", "starts", "stops", "pauses",
                                     "target", "calendar", "ladder");
  for (const std::string& typo : Typos(field)) {
    CAPTURE(typo);
    CHECK_THAT(Errors(WithClock(typo + ": x")),
               Catch::Contains("policy.yaml:4:4: unknown field '" + typo +
                               "' in a clock; did you mean '" + field + "'?"));
  }
}

TEST_CASE("No text, however mangled, brings the reader down") {
  const std::string example =
      ReadYamlFile(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml")
          .value();
  const std::vector<std::string> pieces = {
      "{",        "}",   "[",           "]",     ": ",    "- ",
      "? ",       "! ",  "!2",          "&a ",   "*a ",   "|",
      ">",        "'",   "\"",          "\\",    "\n",    "\n  ",
      "\t",       "#",   "%YAML 1.2\n", "---\n", "...\n", ",",
      "<<: *a\n", "@",   "~",           "\r",    "\"\\x", "\xef\xbb\xbf",
      "\xc3",     "due", "10m"};
  std::mt19937 random(7);
  const auto below = [&random](size_t end) { return random() % end; };

  for (int round = 0; round < 3000; ++round) {
    std::string text = example.substr(below(example.size()), 1 + below(300));
    for (size_t mangled = below(5); mangled > 0; --mangled) {
      text.insert(below(text.size()), pieces[below(pieces.size())]);
      text[below(text.size())] = static_cast<char>(below(256));
    }
    const absl::Status status = ParsePolicy(text, "policy.yaml").status();
    if (status.ok()) FAIL("half a policy was taken for one: " << text);
  }
}

}  // namespace
}  // namespace leadclock
