#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/known_lead.h"
#include "tests/policy/policy_parts.h"

// Conditions, responses, eligibility and recipients.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithPart;

TEST_CASE("Conditions are attributes with one value or several, as texts") {
  const Policy policy = Parsed(WithPart(
      "eligible: [{when: {flag: [vip, 7], custom.region: yes, intent: \"\", "
      "company_size: 1.0}, then: stop, reason: test}]"));
  CHECK(policy.eligible.at(0).when ==
        Condition{{"flag", {"vip", "7"}},
                  {"custom.region", {"yes"}},
                  {"intent", {""}},
                  {"company_size", {}, {{.from = 1, .to = 1}}}});
}

TEST_CASE("A number is compared as a number, however it is written") {
  const Policy policy = Parsed(WithPart(
      "eligible: [{when: {lead_score: 60.0}, then: stop, reason: test}]"));
  Attributes lead;
  lead.Set("lead_score", "60");
  CHECK(HoldsOf(policy.eligible.at(0).when, lead));
  lead.Set("lead_score", "61");
  CHECK_FALSE(HoldsOf(policy.eligible.at(0).when, lead));
  // What is the company's own is a text, unless it is compared.
  const Policy custom = Parsed(WithPart(
      "eligible: [{when: {custom.tier: 1.0}, then: stop, reason: test}]"));
  lead.Set("custom.tier", "1");
  CHECK_FALSE(HoldsOf(custom.eligible.at(0).when, lead));
}

TEST_CASE("A number that is not known is asked for as a text is") {
  const Policy policy = Parsed(WithPart(
      "eligible: [{when: {company_size: \"\"}, then: stop, reason: test}]"));
  CHECK(HoldsOf(policy.eligible.at(0).when, Attributes()));
}

TEST_CASE("What is no number says what was probably meant") {
  const auto [number, error] = GENERATE(Each({
      {"=> 5", "; did you mean '>= 5'?"},
      {"=< 5", "; did you mean '<= 5'?"},
      {"= 5", "; did you mean '5'?"},
      {"== 5", "; did you mean '5'?"},
      {"50+", "; did you mean '>= 50'?"},
      {"50-100", "; did you mean '>= 50 and <= 100'?"},
      {"5 <",
       "; write a number such as 50, or a comparison such as '>= 50', '< 10' "
       "or '>= 50 and < 500'"},
      {"high",
       "; write a number such as 50, or a comparison such as '>= 50', '< 10' "
       "or '>= 50 and < 500'"},
  }));
  CHECK(Errors(WithPart("eligible: [{when: {company_size: \"" + number +
                        "\"}, then: stop, reason: a}]")) ==
        "policy.yaml:2:34: '" + number +
            "' is no number, and 'company_size' is one" + error);
}

TEST_CASE("A rule whose condition is wrong is not said to be never reached") {
  CHECK(Errors(WithPart(
            "eligible:\n"
            "- {when: {company_size: \"> 50\"}, then: stop, reason: a}\n"
            "- {when: {company_size: \"> 60\", market: \">= 5\"}, then: stop, "
            "reason: b}")) ==
        "policy.yaml:4:41: 'market' is not a number; comparisons are for "
        "company_size, lead_score, cycle and custom.NAME");
}

TEST_CASE("Where no lead is eligible no clock can ever start") {
  CHECK(Errors(WithPart(
            "eligible:\n"
            "- {when: {market: uk}, then: exclude, reason: a}\n"
            "- {when: {market: {not: uk}}, then: exclude, reason: b}")) ==
        "policy.yaml:3:1: no clock can ever start: these rules hold for every "
        "lead, so that none is eligible; take one of them out, or let it ask "
        "for more");
  CHECK(Errors(WithPart(
            "eligible:\n"
            "- {when: {lead_score: \"< 5\"}, then: exclude, reason: a}\n"
            "- {when: {lead_score: \">= 5\"}, then: exclude, reason: b}")) ==
        "");
}

TEST_CASE("An 'otherwise' that no lead reaches is an error") {
  CHECK(
      Errors(
          policy_parts::WithTarget(
              "[{when: {market: uk}, is: 1h}, {when: {market: {not: uk}}, is: "
              "2h}, {otherwise: 3h}]"))
          .find("this 'otherwise' is never reached: one of the rules above "
                "it holds for every lead; write the last of them as "
                "{otherwise: ...}") != std::string::npos);
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

TEST_CASE("A role has one holder, or holders by condition") {
  const Policy policy =
      Parsed(WithPart("recipients:\n"
                      "  team_lead: [{when: {team: smb}, is: u17}, "
                      "{otherwise: \"\"}]\n"
                      "  operations: sales-ops\n"
                      "fallback: [team_lead, owner]"));
  REQUIRE(policy.roles.size() == 2);
  CHECK(policy.roles[0].name == "team_lead");
  REQUIRE(policy.roles[0].rules.size() == 2);
  CHECK(policy.roles[0].rules[0].when == Condition{{"team", {"smb"}}});
  CHECK(policy.roles[0].rules[0].holder == PersonId("u17"));
  CHECK(policy.roles[0].rules[1].when.empty());
  CHECK(policy.roles[0].rules[1].holder.empty());
  CHECK(policy.roles[1].name == "operations");
  REQUIRE(policy.roles[1].rules.size() == 1);
  CHECK(policy.roles[1].rules[0].holder == PersonId("sales-ops"));
  // At the end stands the manager, also where the policy does not say so.
  CHECK(policy.fallback ==
        std::vector<std::string>{"team_lead", "owner", "manager"});
  CHECK(Parsed(WithPart("fallback: [manager, owner]")).fallback ==
        std::vector<std::string>{"manager", "owner"});
  CHECK(Parsed(WithPart("")).fallback == std::vector<std::string>{"manager"});
}

TEST_CASE("Mistakes in recipients") {
  const auto [part, error] = GENERATE(Each({
      {"recipients: {manager: u1}",
       "2:14: the lead's own events say who is its manager; choose another "
       "name for the role"},
      {"recipients: {Team Lead: u1}",
       "2:14: 'Team Lead' is not a name; a name begins with a lower-case "
       "letter, and goes on with lower-case letters, digits and '_'"},
      {"recipients: {operations: \"\"}",
       "2:26: nobody would ever be 'operations'; write an id, or leave the "
       "role out"},
      {"recipients: {operations: {when: {team: smb}, is: u1}}",
       "2:26: 'operations' is a text or a list of rules, not a map; begin each "
       "rule with '-', as in '- {when: {intent: high}, is: ...}' and then '- "
       "{otherwise: ...}'"},
      {"recipients: {operations: [{when: {team: smb}, is: u1}]}",
       "2:27: the last rule of 'operations' must be {otherwise: ...}, which "
       "says what holds when no other rule does"},
      {"recipients: {operations: [{when: {taem: smb}, is: u1}, {otherwise: "
       "u2}]}",
       "2:35: unknown attribute 'taem'; did you mean 'team'?"},
      {"recipients: {operations: u1}\nfallback: [manager, operatons]",
       "3:21: nobody defines the recipient 'operatons'; did you mean "
       "'operations'?"},
      {"fallback: []",
       "2:11: 'fallback' is an empty list; write at least one entry"},
      {"fallback: [manager, manager]", "2:21: 'manager' is written twice"},
  }));
  CHECK(Errors(WithPart(part)) == "policy.yaml:" + error);
}

TEST_CASE("Mistakes in eligibility and in conditions") {
  const auto [rule, error] = GENERATE(Each({
      {"{then: stop, reason: a}",
       "2:12: missing field 'when' in a rule of 'eligible'"},
      {"{when: {market: uk}, then: stop}",
       "2:12: missing field 'reason' in a rule of 'eligible'"},
      {"{when: {market: uk}, then: stop, reason: not wanted}",
       "2:53: 'not wanted' is not a name; a name begins with a lower-case "
       "letter, and goes on with lower-case letters, digits and '_'"},
      {"{when: {market: uk}, then: exclud, reason: a}",
       "2:39: 'exclud' is not an outcome of eligibility; did you mean "
       "'exclude'?"},
      {"{when: {market: uk}, then: stop, reason: a, to: manager}",
       "2:56: only a rule that says 'review' is for somebody"},
      {"{when: {market: uk}, then: review, reason: a, to: manger}",
       "2:62: nobody defines the recipient 'manger'; did you mean 'manager'?"},
      {"{otherwise: stop, when: {market: uk}, then: stop, reason: a}",
       "2:13: 'eligible' has no 'otherwise'; a lead to which no rule applies "
       "is eligible"},
      {"{when: {marekt: uk}, then: stop, reason: a}",
       "2:20: unknown attribute 'marekt'; did you mean 'market'?"},
      {"{when: {Custom.tier: gold}, then: stop, reason: a}",
       "2:20: unknown attribute 'Custom.tier'; did you mean 'custom.tier'?"},
      {"{when: {region: emea}, then: stop, reason: a}",
       "2:20: unknown attribute 'region'; known: market, source, intent, "
       "stage, priority, team, customer, consent, status, service_interest, "
       "campaign, form, available_channel, flag, company_size, lead_score, "
       "disposition, broken_channel, opted_out_channel, reachable, "
       "date_ahead, owner, backup, manager, owner_acted, autoresponder, "
       "open_clock, missed_clock, escalated_clock, outcome, cycle, and the "
       "company's own as custom.NAME"},
      {"{when: {date_ahead: next_stp}, then: stop, reason: a}",
       "2:32: unknown date 'next_stp'; did you mean 'next_step'?"},
      {"{when: {}, then: stop, reason: a}",
       "2:19: the condition is empty, and would always hold; write what it "
       "asks for"},
      {"{when: market, then: stop, reason: a}",
       "2:19: 'when' is a map of fields, not a text"},
      {"{when: {market: }, then: stop, reason: a}",
       "2:20: 'market' has no value; write a text"},
      {"{when: {market: []}, then: stop, reason: a}",
       "2:28: 'market' is an empty list; write at least one entry"},
      {"{when: {market: [[uk]]}, then: stop, reason: a}",
       "2:29: an entry of 'market' is a text, not a list"},
      {"{when: {not: {market: uk, source: web}}, then: stop, reason: a}",
       "2:25: 'not' with several attributes could mean that one of them "
       "differs, or that all do; write each as ATTRIBUTE: {not: VALUE} if all "
       "do, else a rule for each"},
      {"{when: {not: {market: {not: uk}}}, then: stop, reason: a}",
       "2:34: 'not' stands twice; write what it means without them"},
      {"{when: {market: {no: uk}}, then: stop, reason: a}",
       "2:28: missing field 'not' in a value of a condition\n"
       "policy.yaml:2:29: unknown field 'no' in a value of a condition; did "
       "you mean 'not'?"},
      {"{when: {market: \"!= uk\"}, then: stop, reason: a}",
       "2:28: '!= uk' is no comparison; write {not: uk}"},
      {"{when: {market: \">= 50\"}, then: stop, reason: a}",
       "2:28: 'market' is not a number; comparisons are for company_size, "
       "lead_score, cycle and custom.NAME"},
      {"{when: {lead_score: \">= fifty\"}, then: stop, reason: a}",
       "2:32: '>= fifty' is no comparison; write one such as '>= 50', '< 10' "
       "or '>= 50 and < 500'"},
      {"{when: {lead_score: \"> 9 and < 2\"}, then: stop, reason: a}",
       "2:32: no number passes '> 9 and < 2'; the first bound must be the "
       "lower one, as in '>= 50 and < 500'"},
  }));
  CHECK(Errors(WithPart("eligible: [" + rule + "]")) == "policy.yaml:" + error);
}

TEST_CASE("A review is asked of the manager, or of others") {
  const Policy policy = Parsed(WithPart(
      "eligible:\n"
      "  - {when: {flag: vip}, then: review, reason: a}\n"
      "  - {when: {flag: legal}, then: review, reason: b, to: [backup, "
      "owner]}"));
  CHECK(policy.eligible[0].then == EligibilityRule::Then::kReview);
  CHECK(policy.eligible[0].to == std::vector<std::string>{"manager"});
  CHECK(policy.eligible[1].to == std::vector<std::string>{"backup", "owner"});
}

TEST_CASE("Conditions know 'not' and comparisons") {
  const absl::StatusOr<Policy> policy = ParsePolicy(
      WithPart("eligible:\n"
               "  - {when: {market: {not: [uk, ie]}, lead_score: '< 10'}, "
               "then: stop, reason: a}\n"
               "  - {when: {not: {flag: vip}, custom.seats: ['> 5 and <= 9', "
               "none]}, then: exclude, reason: b}"),
      "policy.yaml");
  REQUIRE(policy.ok());
  AttributeTest elsewhere;
  elsewhere.attribute = "market";
  elsewhere.any_of = {"uk", "ie"};
  elsewhere.negated = true;
  AttributeTest low;
  low.attribute = "lead_score";
  low.spans = {ParseNumberSpan("< 10").value()};
  CHECK(policy->eligible[0].when == Condition{elsewhere, low});
  AttributeTest no_vip;
  no_vip.attribute = "flag";
  no_vip.any_of = {"vip"};
  no_vip.negated = true;
  AttributeTest seats;
  seats.attribute = "custom.seats";
  seats.any_of = {"none"};
  seats.spans = {ParseNumberSpan("> 5 and <= 9").value()};
  CHECK(policy->eligible[1].when == Condition{no_vip, seats});
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
       "2:25: unknown role 'team_lead'; known: owner, backup, manager"},
      {"touch: {meaningful: yes}",
       "2:33: 'meaningful' is true or false, not 'yes'"},
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

}  // namespace
}  // namespace leadclock
