#include "processor/policy/condition.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/policy/known_lead.h"

namespace leadclock {
namespace {

Attributes Known(const std::string& name, const std::string& value) {
  Attributes attributes;
  attributes.Set(name, value);
  return attributes;
}

AttributeTest Spans(const std::string& attribute,
                    const std::vector<std::string>& texts) {
  AttributeTest test;
  test.attribute = attribute;
  for (const std::string& text : texts) {
    test.spans.push_back(ParseNumberSpan(text).value());
  }
  return test;
}

AttributeTest AnyOf(const std::string& attribute,
                    const std::vector<std::string>& values) {
  AttributeTest test;
  test.attribute = attribute;
  test.any_of = values;
  return test;
}

AttributeTest Not(AttributeTest test) {
  test.negated = true;
  return test;
}

bool HoldsFor(const AttributeTest& test, const std::string& value) {
  return HoldsOf({test}, Known(test.attribute, value));
}

TEST_CASE("A comparison holds for the numbers within its bounds") {
  const AttributeTest large = Spans("company_size", {">= 50"});
  CHECK(HoldsFor(large, "50"));
  CHECK(HoldsFor(large, "1e3"));
  CHECK_FALSE(HoldsFor(large, "49.5"));

  const AttributeTest middle = Spans("company_size", {"> 50 and < 500"});
  CHECK_FALSE(HoldsFor(middle, "50"));
  CHECK(HoldsFor(middle, "499"));
  CHECK_FALSE(HoldsFor(middle, "500"));

  const AttributeTest ends = Spans("lead_score", {"<= 10", "> 90"});
  CHECK(HoldsFor(ends, "10"));
  CHECK(HoldsFor(ends, "-3"));
  CHECK_FALSE(HoldsFor(ends, "90"));
  CHECK(HoldsFor(ends, "91"));
}

TEST_CASE("What is no number passes no comparison") {
  const AttributeTest any = Spans("company_size", {"> -1000000"});
  CHECK_FALSE(HoldsFor(any, ""));
  CHECK_FALSE(HoldsFor(any, "many"));
  CHECK_FALSE(HoldsFor(any, "50 people"));
  CHECK_FALSE(HoldsFor(any, "inf"));
  CHECK_FALSE(HoldsFor(any, "nan"));
  CHECK(HoldsFor(Not(any), ""));
}

TEST_CASE("'not' holds where none of the values does") {
  const AttributeTest elsewhere = Not(AnyOf("market", {"uk", "ie"}));
  CHECK(HoldsFor(elsewhere, "de"));
  CHECK(HoldsFor(elsewhere, ""));
  CHECK_FALSE(HoldsFor(elsewhere, "ie"));

  Attributes flagged;
  flagged.AddFlag("complaint");
  CHECK_FALSE(HoldsOf({Not(AnyOf("flag", {"complaint"}))}, flagged));
  CHECK(HoldsOf({Not(AnyOf("flag", {"urgent"}))}, flagged));
}

TEST_CASE("Comparisons that are not understood say what to write") {
  for (const std::string text :
       {">", ">= fifty", ">= 50 and", "> 1 and > 2", ">= 50 or < 10", "<> 5",
        ">= 1 and < 5 and < 7", "> nan"}) {
    INFO(text);
    const auto span = ParseNumberSpan(text);
    REQUIRE_FALSE(span.ok());
    CHECK(span.status().message().find("'>= 50 and < 500'") !=
          std::string::npos);
  }
  for (const std::string text : {">= 10 and < 10", "> 500 and < 50"}) {
    INFO(text);
    CHECK(ParseNumberSpan(text).status().message().find("no number passes") !=
          std::string::npos);
  }
}

TEST_CASE("A condition implies what asks for no more") {
  const Condition uk_paid = {AnyOf("market", {"uk"}),
                             AnyOf("source", {"paid"})};
  CHECK(Implies(uk_paid, {}));
  CHECK(Implies(uk_paid, {AnyOf("market", {"uk", "ie"})}));
  CHECK_FALSE(Implies({AnyOf("market", {"uk", "ie"})}, uk_paid));
  CHECK_FALSE(Implies({}, uk_paid));

  CHECK(Implies({Not(AnyOf("market", {"uk", "ie"}))},
                {Not(AnyOf("market", {"uk"}))}));
  CHECK_FALSE(Implies({Not(AnyOf("market", {"uk"}))},
                      {Not(AnyOf("market", {"uk", "ie"}))}));

  CHECK(Implies({Spans("lead_score", {"> 60 and < 70"})},
                {Spans("lead_score", {"< 10", ">= 60"})}));
  CHECK_FALSE(Implies({Spans("lead_score", {">= 60"})},
                      {Spans("lead_score", {"> 60"})}));
  CHECK(
      Implies({AnyOf("lead_score", {"75"})}, {Spans("lead_score", {">= 60"})}));
}

TEST_CASE("A condition contradicts itself if its tests exclude each other") {
  const AttributeTest uk = AnyOf("market", {"uk"});
  CHECK(ContradictsItself({uk, Not(AnyOf("market", {"uk", "ie"}))}));
  CHECK(ContradictsItself({uk, AnyOf("market", {"fr", "de"})}));
  CHECK_FALSE(ContradictsItself({uk, AnyOf("market", {"uk", "de"})}));
  CHECK_FALSE(ContradictsItself({uk, AnyOf("source", {"web"})}));
  CHECK_FALSE(ContradictsItself({AnyOf("market", {"uk", "fr"}), Not(uk)}));
  const AttributeTest small = Spans("company_size", {"< 50"});
  CHECK(ContradictsItself({small, Spans("company_size", {">= 50"})}));
  CHECK_FALSE(ContradictsItself({small, Spans("company_size", {"> 40"})}));
  // A lead may have several flags.
  CHECK_FALSE(
      ContradictsItself({AnyOf("flag", {"vip"}), AnyOf("flag", {"spam"})}));
  CHECK(
      ContradictsItself({AnyOf("flag", {"vip"}), Not(AnyOf("flag", {"vip"}))}));
}

}  // namespace
}  // namespace leadclock
