// Rules of which one holds wherever another condition does.

#include "processor/policy/covering.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "processor/policy/parse_policy.h"
#include "tests/policy/known_lead.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithPart;
using policy_parts::WithTarget;

Condition When(const std::string& when) {
  return Parsed(WithPart("eligible: [{when: {" + when +
                         "}, then: stop, reason: test}]"))
      .eligible.at(0)
      .when;
}

bool IsCoveredBy(const std::string& when,
                 const std::vector<std::string>& rules) {
  std::vector<Condition> conditions;
  for (const std::string& rule : rules) conditions.push_back(When(rule));
  return !Covering(When(when), conditions).empty();
}

TEST_CASE("What is something is not something else") {
  CHECK(IsCoveredBy("intent: high", {"intent: {not: low}"}));
  CHECK(IsCoveredBy("market: [uk, ie]", {"not: {market: [fr, de]}"}));
  CHECK(IsCoveredBy("company_size: \">= 60\"",
                    {"company_size: {not: \"< 50\"}"}));
  CHECK_FALSE(IsCoveredBy("intent: {not: low}", {"intent: high"}));
  CHECK_FALSE(IsCoveredBy("market: [uk, fr]", {"market: {not: fr}"}));
  CHECK_FALSE(IsCoveredBy("company_size: \">= 40\"",
                          {"company_size: {not: \"< 50\"}"}));
  // What is not known is no number.
  CHECK(IsCoveredBy("company_size: \"\"", {"company_size: {not: \"< 50\"}"}));
  CHECK_FALSE(IsCoveredBy("company_size: {not: \"< 50\"}",
                          {"company_size: \">= 50\""}));
  // A lead may have both flags.
  CHECK_FALSE(IsCoveredBy("flag: vip", {"flag: {not: spam}"}));
}

TEST_CASE("Several rules may cover one together") {
  CHECK(IsCoveredBy("market: [uk, fr]",
                    {"market: [uk, ie]", "market: [fr, de]"}));
  CHECK(
      IsCoveredBy("lead_score: \">= 40 and < 60\"",
                  {"lead_score: \"< 50\"", "lead_score: \">= 50 and < 90\""}));
  CHECK(IsCoveredBy("company_size: \">= 20 and < 100\"",
                    {"company_size: [\"< 50\", \">= 50 and < 200\"]"}));
  CHECK(IsCoveredBy("market: uk", {"market: uk, intent: high",
                                   "market: uk, intent: {not: high}"}));
  CHECK(IsCoveredBy("market: uk", {"owner: nobody", "owner: somebody"}));
  CHECK(IsCoveredBy("market: uk", {"flag: vip", "flag: {not: vip}"}));
  CHECK_FALSE(IsCoveredBy("market: [uk, fr]", {"market: uk", "market: de"}));
  CHECK_FALSE(IsCoveredBy("lead_score: \">= 40 and <= 60\"",
                          {"lead_score: \"< 50\"", "lead_score: \"> 50\""}));
  CHECK_FALSE(IsCoveredBy("flag: [vip, spam]", {"flag: vip"}));
}

TEST_CASE("No more rules are named than cover one") {
  const std::vector<Condition> rules = {When("market: de"), When("market: uk"),
                                        When("source: web"),
                                        When("market: fr")};
  CHECK(Covering(When("market: [uk, fr]"), rules) == std::vector<size_t>{1, 3});
  CHECK(Covering(When("market: uk"), rules) == std::vector<size_t>{1});
}

// Where too much is asked for to be seen in a moment, nothing is said.
TEST_CASE("What would take too long is not looked into") {
  Condition many;
  for (int i = 0; i < 4; ++i) {
    AttributeTest any;
    for (int j = 0; j < 64; ++j) {
      any.any.push_back({{.attribute = "custom.a" + std::to_string(i),
                          .any_of = {std::to_string(j)}}});
    }
    many.push_back(any);
  }
  CHECK(
      Covering(many, {When("market: uk"), When("market: {not: uk}")}).empty());
}

// Draws conditions on a few attributes, of which all leads can be tried.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}

  std::vector<Condition> Rules() {
    std::vector<Condition> rules(1 + Below(4));
    for (Condition& rule : rules) rule = Any(/*may_have_any=*/true);
    return rules;
  }

  Condition Any(bool may_have_any) {
    Condition condition;
    for (size_t i = 0; i < 1 + Below(2); ++i) {
      if (may_have_any && Below(5) == 0) {
        condition.push_back({.attribute = "", .any = {Any(false), Any(false)}});
      } else {
        condition.push_back(Test());
      }
    }
    return condition;
  }

 private:
  size_t Below(size_t end) { return random_() % end; }

  AttributeTest Test() {
    static const std::vector<std::vector<std::string>> kValues = {
        {"", "uk", "ie"}, {"a", "b"}, {"", "10", "10.0", "x"}};
    static const std::vector<std::string> kSpans = {"< 10", ">= 10", "<= 10",
                                                    "> 5 and < 15"};
    static const std::vector<std::string> kNames = {"market", "flag",
                                                    "custom.n"};
    const size_t which = Below(kNames.size());
    AttributeTest test{.attribute = kNames[which], .negated = Below(2) == 0};
    if (which == 2 && Below(3) > 0) {
      test.spans.push_back(*ParseNumberSpan(kSpans[Below(kSpans.size())]));
      return test;
    }
    for (size_t i = 0; i < 1 + Below(2); ++i) {
      test.any_of.push_back(kValues[which][Below(kValues[which].size())]);
    }
    return test;
  }

  std::mt19937 random_;
};

std::vector<Attributes> AllLeads() {
  std::vector<Attributes> leads;
  for (const char* market : {"", "uk", "ie", "fr"}) {
    for (const char* number : {"", "x", "7", "10", "10.0", "12", "20"}) {
      for (const auto& flags : std::vector<std::vector<std::string>>{
               {}, {"a"}, {"b"}, {"a", "b"}}) {
        Attributes lead;
        lead.Set("market", market);
        lead.Set("custom.n", number);
        for (const std::string& flag : flags) lead.AddFlag(flag);
        leads.push_back(lead);
      }
    }
  }
  return leads;
}

TEST_CASE("Of rules that cover a condition one holds for each of its leads") {
  const std::vector<Attributes> leads = AllLeads();
  Draw draw(7);
  int covered = 0;
  for (int i = 0; i < 3000; ++i) {
    const Condition when = draw.Any(/*may_have_any=*/true);
    const std::vector<Condition> rules = draw.Rules();
    const std::vector<size_t> places = Covering(when, rules);
    if (places.empty()) continue;
    ++covered;
    for (const Attributes& lead : leads) {
      if (!HoldsOf(when, lead)) continue;
      bool holds = false;
      for (const size_t place : places) {
        holds = holds || HoldsOf(rules[place], lead);
      }
      if (!holds) CHECK(holds);
    }
  }
  CHECK(covered > 200);
}

// ---- What is reported

std::string ErrorsOf(const std::string& first, const std::string& second,
                     const std::string& third) {
  return Errors(WithTarget("[{when: {" + first + "}, is: 1h},\n{when: {" +
                           second + "}, is: 2h},\n{when: {" + third +
                           "}, is: 5m}, {otherwise: 4h}]"));
}

TEST_CASE("A rule that another one above it covers is never reached") {
  CHECK(ErrorsOf("intent: {not: low}", "market: uk", "intent: high") ==
        "policy.yaml:7:1: this rule is never reached: the rule in line 5, "
        "column 2, holds wherever it does; put this one first, or take it out");
}

TEST_CASE("A rule that several above it cover is never reached") {
  CHECK(ErrorsOf("market: [uk, ie]", "market: [fr, de]", "market: [uk, fr]") ==
        "policy.yaml:7:1: this rule is never reached: wherever it holds, one "
        "of the rules in line 5, column 2 and line 6, column 1, does; put this "
        "one first, or take it out");
  CHECK(ErrorsOf("market: [uk, ie]", "market: de", "market: [uk, fr]").empty());
}

}  // namespace
}  // namespace leadclock
