#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/policy/changed_decisions.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// What a policy says of a lead as a whole: who looks at it, how it goes away
// and comes back, what becomes of it; and conditions on its story.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithPart;

// `part` stands in line 3.
std::string With(const std::string& part) {
  return "version: 1\n"
         "responses: {reply: {direction: inbound}}\n" +
         part +
         "\nclocks:\n"
         "- {name: first, starts: lead_created, stops: assigned, target: 1h,\n"
         "   ladder: [{at: due, do: breach, to: owner}]}\n";
}

Condition When(const std::string& condition) {
  return Parsed(With("eligible: [{when: {" + condition +
                     "}, then: stop, reason: test}]"))
      .eligible.at(0)
      .when;
}

TEST_CASE("A lead is looked at by the manager, or by whom the rule says") {
  const Policy policy = Parsed(With(
      "reviews:\n"
      "- {when: {flag: complaint}, reason: complaint}\n"
      "- {when: {reachable: no}, reason: not_reachable, to: [owner, backup]}"));
  CHECK(policy.reviews ==
        std::vector<ReviewRule>{
            {{{"flag", {"complaint"}}}, "complaint", {"manager"}},
            {{{"reachable", {"no"}}}, "not_reachable", {"owner", "backup"}}});
}

TEST_CASE("Mistakes in reviews") {
  const auto [rules, error] = GENERATE(Each({
      {"[{when: {flag: a}}]",
       "3:11: missing field 'reason' in a rule of 'reviews'"},
      {"[{when: {flag: a}, reason: a}, {when: {flag: b}, reason: a}]",
       "3:67: another review has the reason 'a' already; choose one by which "
       "the two are told apart"},
      {"[{when: {flag: a}, reason: a, then: review}]",
       "3:40: the rules of 'reviews' ask for a look and nothing else; what "
       "ends clocks stands in 'eligible'"},
      {"[{when: {flag: a}, reason: a, to: boss}]",
       "3:44: nobody defines the recipient 'boss'; known: owner, backup, "
       "manager, team_lead; write who holds another role into 'recipients'"},
      {"[{reason: a, remove: true}]",
       "3:11: missing field 'when' in a rule of 'reviews'\n"
       "policy.yaml:3:23: 'remove' takes a rule of the base out, and there is "
       "no base that has this one; leave it out"},
  }));
  CHECK(Errors(With("reviews: " + rules)) == "policy.yaml:" + error);
}

TEST_CASE("Reviews that end clocks and those that do not are told apart") {
  const std::string eligible =
      "eligible: [{when: {flag: a}, then: review, reason: look}]";
  CHECK(Errors(WithPart(eligible +
                        "\nreviews: [{when: {flag: b}, reason: look}]")) ==
        "policy.yaml:3:37: another review has the reason 'look' already; "
        "choose one by which the two are told apart");
}

TEST_CASE("A lead goes away by what people do, and comes back so or by date") {
  const Policy policy = Parsed(
      With("reentry: {ends: {disposition: recycled}, returns: [{date: return}, "
           "reply, {flag_added: urgent}]}"));
  REQUIRE(policy.reentry.ends.size() == 1);
  REQUIRE(policy.reentry.returns.size() == 3);
  CHECK(policy.reentry.returns[0].kind == Trigger::Kind::kDate);
  CHECK(Parsed(With("")).reentry == Reentry());
}

TEST_CASE("Mistakes in how a lead goes away and comes back") {
  const auto [reentry, error] = GENERATE(Each({
      {"{ends: {disposition: recycled}}",
       "3:10: missing field 'returns' in 'reentry'"},
      {"{ends: assigned, returns: reply}",
       "3:17: a lead is recycled by what people do; write a response, an "
       "activity such as {disposition: recycled}, or {flag_added: FLAG}"},
      {"{ends: {date: return}, returns: reply}",
       "3:17: a lead is recycled by what people do; write a response, an "
       "activity such as {disposition: recycled}, or {flag_added: FLAG}"},
      {"{ends: disposition, returns: lead_created}",
       "3:39: a lead comes back by what people do or by a date; write a "
       "response, an activity, {flag_added: FLAG} or {date: return}"},
      {"{ends: disposition, returns: first.missed}",
       "3:39: a lead comes back by what people do or by a date; write a "
       "response, an activity, {flag_added: FLAG} or {date: return}"},
      {"{ends: disposition, return: reply}",
       "3:10: missing field 'returns' in 'reentry'\n"
       "policy.yaml:3:30: unknown field 'return' in 'reentry'; did you mean "
       "'returns'?"},
  }));
  CHECK(Errors(With("reentry: " + reentry)) == "policy.yaml:" + error);
}

TEST_CASE("An outcome is reached by events, clocks and their rungs") {
  const Policy policy = Parsed(
      With("outcomes:\n"
           "- {name: late, on: [first.missed, first.breach_1, first.at_risk, "
           "first.stopped, lead_created, reply], when: {market: uk}, repeats: "
           "true}\n"
           "- {name: owned, on: first.answered}"));
  REQUIRE(policy.outcomes.size() == 2);
  const OutcomeRule& late = policy.outcomes[0];
  CHECK(late.name == "late");
  REQUIRE(late.on.size() == 6);
  CHECK(late.on[1].kind == Trigger::Kind::kRungFired);
  CHECK(late.on[1].clock == 0);
  CHECK(late.on[1].rung == "breach_1");
  // That which is not written in the ladder has a name as well.
  CHECK(late.on[2].rung == "at_risk");
  CHECK(late.on[3].kind == Trigger::Kind::kClockStopped);
  CHECK(late.when == Condition{{"market", {"uk"}}});
  CHECK(late.repeats);
  CHECK_FALSE(policy.outcomes[1].repeats);
}

TEST_CASE("Mistakes in outcomes") {
  const auto [rules, error] = GENERATE(Each({
      {"[{name: late, on: first.breach}]",
       "3:29: unknown trigger 'first.breach'; did you mean 'first.breach_1'?"},
      {"[{name: late, on: frst.missed}]",
       "3:29: unknown clock 'frst'; did you mean 'first'?"},
      {"[{name: late, on: {date: return}}]",
       "3:29: an outcome is not reached by a date alone; let a clock start on "
       "the date, and write CLOCK.missed or CLOCK.answered"},
      {"[{name: late, on: reentered}]",
       "3:29: no lead ever comes back: the policy has no 'reentry', which says "
       "when one does; write it, or leave this out"},
      {"[{name: late, on: reply}, {name: late, on: assigned}]",
       "3:44: two outcomes are named 'late'; write what leads to it into one "
       "of them"},
      {"[{name: late}]", "3:12: missing field 'on' in an outcome"},
      {"[{name: late, on: reply, when: {outcome: late}}]",
       "3:42: this outcome can never be: it waits for 'late', which is itself; "
       "name another one"},
      {"[{name: late, on: reply, when: {outcome: erly}}, {name: early, on: "
       "reply}]",
       "3:52: unknown outcome 'erly'; did you mean 'early'?"},
      {"[{name: late, on: reply, repeat: true}]",
       "3:36: unknown field 'repeat' in an outcome; did you mean 'repeats'?"},
  }));
  CHECK(Errors(With("outcomes: " + rules)) == "policy.yaml:" + error);
}

TEST_CASE("A rung that is called as a clock's end is, is told apart") {
  CHECK(Errors("version: 1\n"
               "outcomes: [{name: late, on: first.missed}]\n"
               "clocks:\n"
               "- {name: first, starts: lead_created, stops: assigned, target: "
               "1h, ladder: [{at: due, do: breach, to: owner, name: "
               "missed}]}\n") ==
        "policy.yaml:2:29: a rung of the clock 'first' is named 'missed', so "
        "that this could mean both; give the rung another name");
}

TEST_CASE("What comes too late to be told is a duration") {
  CHECK(Parsed(With("notify_within: 12h")).notify_within == absl::Hours(12));
  CHECK(Parsed(With("")).notify_within == absl::InfiniteDuration());
  CHECK_THAT(Errors(With("notify_within: 12")),
             Catch::Contains("policy.yaml:3:16: '12' has no unit"));
}

TEST_CASE("A condition may ask for what the lead's story says") {
  CHECK(When("broken_channel: [phone, sms], reachable: no, owner: nobody, "
             "backup: somebody, owner_acted: no, autoresponder: yes, "
             "open_clock: first, missed_clock: {not: first}, cycle: 2") ==
        Condition{{"broken_channel", {"phone", "sms"}},
                  {"reachable", {"no"}},
                  {"owner", {"nobody"}},
                  {"backup", {"somebody"}},
                  {"owner_acted", {"no"}},
                  {"autoresponder", {"yes"}},
                  {"open_clock", {"first"}},
                  {"missed_clock", {"first"}, {}, true},
                  {"cycle", {}, {{.from = 2, .to = 2}}}});
  // Of two values not the one is the other.
  CHECK(When("reachable: {not: yes}") == When("reachable: no"));
  CHECK(When("not: {owner: somebody}") == When("owner: nobody"));
}

TEST_CASE("A condition may be one of several") {
  const Condition when =
      When("market: uk, any: [{intent: high}, {flag: vip, lead_score: 60}]");
  REQUIRE(when.size() == 2);
  const AttributeTest& any = when[0].any.empty() ? when[1] : when[0];
  CHECK(any.any ==
        std::vector<Condition>{
            {{"intent", {"high"}}},
            {{"flag", {"vip"}}, {"lead_score", {}, {{.from = 60, .to = 60}}}}});
}

TEST_CASE("Mistakes in conditions on the story, and on one of several") {
  const auto [when, error] = GENERATE(Each({
      {"open_clock: frst", "3:32: unknown clock 'frst'; did you mean 'first'?"},
      {"outcome: won",
       "3:29: unknown outcome 'won'; the policy's 'outcomes' name none"},
      {"reachable: false",
       "3:31: 'reachable' is yes or no, not 'false'; write no"},
      {"owner: u17",
       "3:27: 'owner' is somebody or nobody, not 'u17'; known: somebody, "
       "nobody"},
      {"owner: [somebody, nobody]",
       "3:27: 'owner' always is one of these; leave it out"},
      {"cycle: twice",
       "3:27: 'twice' is no number, and 'cycle' is one; write a number such as "
       "50, or a comparison such as '>= 50', '< 10' or '>= 50 and < 500'"},
      {"opened_clock: first",
       "3:20: unknown attribute 'opened_clock'; did you mean 'open_clock'?"},
      {"any: [{market: uk}]",
       "3:25: 'any' is one of several conditions; write another one, or this "
       "one without 'any'"},
      {"any: {market: uk}",
       "3:25: 'any' is a list, not a map; begin each entry with '-'"},
      {"any: [{market: uk}, {any: [{market: de}, {market: fr}]}]",
       "3:46: 'any' stands within another 'any'; write all conditions into one "
       "list"},
      {"not: {any: [{market: de}, {market: fr}]}",
       "3:26: 'not' stands before one attribute; write what 'any' lists as "
       "attributes that each have a 'not'"},
      {"market: uk, any: [{market: de}, {market: fr}]",
       "3:19: no lead can pass this condition: its parts exclude each other"},
  }));
  CHECK(Errors(With("eligible: [{when: {" + when +
                    "}, then: stop, reason: test}]")) ==
        "policy.yaml:" + error);
}

TEST_CASE("One of several holds wherever one of them does") {
  const Condition uk = When("market: uk");
  const Condition either = When("any: [{market: uk}, {intent: high}]");
  const Condition both = When("market: uk, intent: high");
  CHECK(Implies(uk, either));
  CHECK(Implies(both, either));
  CHECK(Implies(either, either));
  CHECK_FALSE(Implies(either, uk));
  CHECK(Implies(When("any: [{market: uk}, {market: ie}]"),
                When("market: [uk, ie, fr]")));
  CHECK(HoldForEveryLead({either, When("market: {not: uk}")}));
  CHECK_FALSE(HoldForEveryLead({either, When("market: fr")}));
  CHECK(HoldForEveryLead({When("owner: nobody"), When("owner: somebody")}));
  CHECK_FALSE(HoldForEveryLead({When("open_clock: first")}));
}

TEST_CASE("A rule below one of several that covers it is never reached") {
  CHECK_THAT(
      Errors(With("eligible:\n"
                  "- {when: {any: [{market: uk}, {flag: spam}]}, then: stop, "
                  "reason: a}\n"
                  "- {when: {market: uk, team: smb}, then: stop, reason: b}")),
      Catch::Contains("policy.yaml:5:3: this rule is never reached"));
}

TEST_CASE("An override with one of several narrows rules, and a ladder") {
  const auto with = [](const std::string& change) {
    return With(
        "overrides: [{when: {any: [{market: uk}, {market: ie}]}, "
        "clocks: {first: {" +
        change + "}}}]");
  };
  const Policy policy = Parsed(
      with("target: [{when: {any: [{intent: high}, {flag: vip}]}, is: 15m}, "
           "{otherwise: 30m}]"));
  // Both lists of several are asked for.
  CHECK(policy.clocks.at(0).targets.at(0).when.size() == 2);
  CHECK(Errors(with("ladder: [{at: due, do: breach, to: manager}]")).empty());
}

}  // namespace
}  // namespace leadclock
