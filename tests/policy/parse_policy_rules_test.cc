#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// Conditions and eligibility.

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
  CHECK(Holds(policy.eligible.at(0).when, lead));
  lead.Set("lead_score", "61");
  CHECK_FALSE(Holds(policy.eligible.at(0).when, lead));
  // What is the company's own is a text, unless it is compared.
  const Policy custom = Parsed(WithPart(
      "eligible: [{when: {custom.tier: 1.0}, then: stop, reason: test}]"));
  lead.Set("custom.tier", "1");
  CHECK_FALSE(Holds(custom.eligible.at(0).when, lead));
}

TEST_CASE("A number that is not known is asked for as a text is") {
  const Policy policy = Parsed(WithPart(
      "eligible: [{when: {company_size: \"\"}, then: stop, reason: test}]"));
  CHECK(Holds(policy.eligible.at(0).when, Attributes()));
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
      {"{when: {market: uk}, then: review, reason: a}",
       "2:39: 'review' is not supported yet; write exclude or stop"},
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
       "disposition, and the company's own as custom.NAME"},
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
       "2:29: 'market' is a text, not a list"},
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
       "lead_score and custom.NAME"},
      {"{when: {lead_score: \">= fifty\"}, then: stop, reason: a}",
       "2:32: '>= fifty' is no comparison; write one such as '>= 50', '< 10' "
       "or '>= 50 and < 500'"},
      {"{when: {lead_score: \"> 9 and < 2\"}, then: stop, reason: a}",
       "2:32: no number passes '> 9 and < 2'; the first bound must be the "
       "lower one, as in '>= 50 and < 500'"},
  }));
  CHECK(Errors(WithPart("eligible: [" + rule + "]")) == "policy.yaml:" + error);
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

}  // namespace
}  // namespace leadclock
