// What is told of texts that people write in the manner of other tools.

#include <catch2/catch.hpp>
#include <string>

#include "processor/policy/parse_policy.h"
#include "processor/policy/yaml_reader.h"
#include "tests/policy/layers.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::WithCalendar;
using policy_parts::WithPart;
using policy_parts::WithTarget;

// The condition stands in line 2, column 18.
std::string ErrorsOf(const std::string& when) {
  return Errors(
      WithPart("eligible: [{when: " + when + ", then: stop, reason: test}]"));
}

TEST_CASE("A word of others in a condition says which is meant") {
  const auto [when, error] = GENERATE(Each({
      {"{lead_source: web}",
       "2:20: unknown attribute 'lead_source'; did you mean 'source'?"},
      {"{score: \">= 50\"}",
       "2:20: unknown attribute 'score'; did you mean 'lead_score'?"},
      {"{term_ends: soon}",
       "2:20: unknown attribute 'term_ends'; conditions ask whether a date "
       "lies ahead: write date_ahead: term_ends"},
      {"{or: [{market: uk}, {intent: high}]}",
       "2:20: unknown attribute 'or'; write 'any', a list of conditions of "
       "which one holds: any: [{intent: high}, {flag: vip}]"},
      {"{and: [{market: uk}, {intent: high}]}",
       "2:20: unknown attribute 'and'; all attributes of a condition must "
       "hold: write them beside each other, {intent: high, market: uk}"},
      {"[{market: uk}, {intent: high}]",
       "2:19: a condition is a map, not a list; write {any: [CONDITION, "
       "CONDITION]} if one of several is to hold, or all attributes into one "
       "map if all are"},
      {"{market: {in: [uk, fr]}}",
       "2:28: a map is no value of 'market'; write market: [uk, fr]"},
      {"{lead_score: {gt: 50}}",
       "2:32: a map is no value of 'lead_score'; write lead_score: \"> 50\""},
      {"{intent: \"== high\"}", "2:28: '== high' is no comparison; write high"},
      {"{flag: \"\"}",
       "2:26: no lead has an empty 'flag'; write what it is to have, or {not: "
       "[...]} with all that it is not to have"},
      {"{market: {like: uk}}",
       "2:28: a map is no value of 'market'; write a value, a list of values, "
       "or {not: VALUE}"},
  }));
  CHECK(ErrorsOf(when) == "policy.yaml:" + error);
}

TEST_CASE("A field in the manner of others says which is meant") {
  const auto meant = [](const std::string& rule) {
    return Errors(WithTarget("[" + rule + ", {otherwise: 4h}]"));
  };
  CHECK_THAT(meant("{if: {market: uk}, is: 1h}"),
             Catch::Contains("unknown field 'if' in a rule of 'target'; did "
                             "you mean 'when'?"));
  CHECK_THAT(meant("{when: {market: uk}, then: 1h}"),
             Catch::Contains("unknown field 'then' in a rule of 'target'; did "
                             "you mean 'is'?"));
  CHECK_THAT(Errors(WithCalendar("timezone: UTC, hours: {mon: 09:00-17:00}")),
             Catch::Contains("unknown field 'timezone' in a calendar; did you "
                             "mean 'zone'?"));
}

TEST_CASE("A slip in 'not' is still one") {
  CHECK_THAT(ErrorsOf("{market: {nto: uk}}"),
             Catch::Contains("unknown field 'nto' in a value of a condition; "
                             "did you mean 'not'?"));
}

TEST_CASE("Hours in the manner of others say which are meant") {
  const auto [hours, meant] = GENERATE(Each({
      {"9:00-17:00", "09:00-17:00"},
      {"9-17", "09:00-17:00"},
      {"9-5", "09:00-17:00"},
      {"9:30-5:30", "09:30-17:30"},
      {"22-6", "22:00-06:00"},
      {"9am-5am", "09:00-05:00"},
      {"9am-5:30pm", "09:00-17:30"},
      {"09.00 to 17.00", "09:00-17:00"},
      {"12am-12pm", "00:00-12:00"},
      {"09:00–17:00", "09:00-17:00"},
  }));
  CHECK(Errors(WithCalendar("zone: UTC, hours: {mon: \"" + hours + "\"}")) ==
        "policy.yaml:3:25: '" + hours +
            "' is not a range of hours; did you "
            "mean '" +
            meant + "'?");
}

TEST_CASE("Weekdays in the manner of others say which are meant") {
  const auto [days, meant] = GENERATE(Each({
      {"Sat", "sat"},
      {"tues", "tue"},
      {"monday", "mon"},
      {"Mon-Fri", "mon-fri"},
      {"Monday to Friday", "mon-fri"},
      {"mon – fri", "mon-fri"},
      {"weekdays", "mon-fri"},
      {"weekend", "sat-sun"},
  }));
  CHECK(Errors(WithCalendar("zone: UTC, hours: {" + days + ": 09:00-17:00}")) ==
        "policy.yaml:3:20: '" + days + "' is not a weekday; did you mean '" +
            meant + "'?");
}

TEST_CASE("Several words in one text are meant as a list") {
  CHECK_THAT(
      Errors(WithPart("responses: {a: {channel: sms, by: \"owner, backup\"}}")),
      Catch::Contains("; did you mean the list [owner, backup]?"));
}

TEST_CASE("What stands in a list is told from the list") {
  CHECK(Errors(WithPart("eligible: [existing]")) ==
        "policy.yaml:2:12: an entry of 'eligible' is a map of fields, not a "
        "text");
}

TEST_CASE("A zone that is no place is refused") {
  const auto [zone, error] = GENERATE(Each({
      {"posixrules",
       "'posixrules'; write an IANA name, such as Europe/London "
       "or UTC"},
      {"Factory",
       "'Factory'; write an IANA name, such as Europe/London or "
       "UTC"},
      {"UTC+2",
       "'UTC+2'; a zone is that of a place, such as Europe/London, with its "
       "summer time; UTC+2 all year is Etc/GMT-2"},
      {"GMT-5",
       "'GMT-5'; a zone is that of a place, such as Europe/London, with its "
       "summer time; UTC-5 all year is Etc/GMT+5"},
      {"+05:30",
       "'+05:30'; a zone is that of a place, such as Europe/London, with its "
       "summer time"},
  }));
  CHECK(Errors(WithCalendar("zone: \"" + zone +
                            "\", hours: {mon: 09:00-17:00}")) ==
        "policy.yaml:3:7: unknown zone " + error);
}

TEST_CASE("Of a zone whose sign surprises the table says what it means") {
  const auto says = [](const std::string& zone) {
    return layers::Says(
        WithCalendar("zone: " + zone + ", hours: {mon: 09:00-17:00}"));
  };
  CHECK_THAT(says("Etc/GMT+1"),
             Catch::Contains("london  Etc/GMT+1 (UTC-1 all year)  mon"));
  CHECK_THAT(says("EST"), Catch::Contains("EST (UTC-5 all year)"));
  CHECK_THAT(says("Asia/Kolkata"), Catch::Contains("Asia/Kolkata  mon"));
  CHECK_THAT(says("UTC"), Catch::Contains("UTC  mon"));
  CHECK_THAT(says("CET"), Catch::Contains("CET  mon"));
}

TEST_CASE("A target in several words says how it is written") {
  CHECK(Errors(WithTarget("1h 30m")) ==
        "policy.yaml:5:1: '1h 30m' is not a target; did you mean '1h30m'?");
  CHECK(Errors(WithTarget("1 hour and 30 minutes")) ==
        "policy.yaml:5:1: '1 hour and 30 minutes' is not a target; did you "
        "mean '1h30m'?");
  CHECK_THAT(Errors(WithTarget("30m 1h")),
             Catch::Contains("is not a target; write open time"));
}

// ---- YAML

std::string ErrorOf(const std::string& yaml) {
  return std::string(YamlDocument::Parse(yaml, "a.yaml").status().message());
}

TEST_CASE("A merge of maps is told as one") {
  CHECK_THAT(Errors(WithPart("responses: {a: &a {channel: sms}, b: {<<: *a, "
                             "actor: human}}")),
             Catch::Contains("policy.yaml:2:39: '<<' does not merge maps "
                             "here; write the fields out, or use an alias for "
                             "a whole value"));
}

TEST_CASE("A text within braces that has a colon is to be quoted") {
  CHECK_THAT(ErrorOf("a: {to: owner, do: Call now: urgent}"),
             Catch::Contains("; quote a text that has a colon: \"Call now: "
                             "urgent\""));
}

TEST_CASE("A space that is none is told") {
  CHECK_THAT(ErrorOf("a:\n  stops:\u00a0call\n  target: 4h\n"),
             Catch::Contains("; line 2 has a no-break space, which YAML takes "
                             "for a letter; write a plain space"));
}

TEST_CASE("Columns count characters, as editors do") {
  CHECK(Errors(WithPart("responses: {a: {channel: \"größe\", actr: human}}")) ==
        "policy.yaml:2:35: unknown field 'actr' in a response; did you mean "
        "'actor'?");
  CHECK_THAT(ErrorOf("a: \"größe\" b"), Catch::StartsWith("a.yaml:1:12: "));
}

}  // namespace
}  // namespace leadclock
