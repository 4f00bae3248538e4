#include "processor/policy/parse_rules.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/policy/attributes.h"
#include "processor/policy/changed_decisions.h"
#include "processor/policy/covering.h"
#include "processor/policy/parse_words.h"

namespace leadclock {
namespace {

bool IsAttribute(absl::string_view name) {
  const bool is_custom =
      absl::StartsWith(name, kCustom) && name.size() > kCustom.size();
  const auto names = AttributeNames();
  return is_custom ||
         std::find(names.begin(), names.end(), name) != names.end();
}

// What to write in place of a word that others use; "" if that is not known.
std::string MeantAttribute(absl::string_view word) {
  if (word == "or" || word == "any_of" || word == "one_of") {
    return "; write 'any', a list of conditions of which one holds: any: "
           "[{intent: high}, {flag: vip}]";
  }
  if (word == "and" || word == "all" || word == "all_of") {
    return "; all attributes of a condition must hold: write them beside each "
           "other, {intent: high, market: uk}";
  }
  if (word == "term_ends" || word == "next_step" || word == "meeting" ||
      word == "return") {
    return absl::StrCat(
        "; conditions ask whether a date lies ahead: write date_ahead: ", word);
  }
  constexpr std::array<std::pair<absl::string_view, absl::string_view>, 7>
      kOthers = {{{"lead_source", "source"},
                  {"available_channels", "available_channel"},
                  {"score", "lead_score"},
                  {"size", "company_size"},
                  {"employees", "company_size"},
                  {"tag", "flag"},
                  {"tags", "flag"}}};
  for (const auto& [other, ours] : kOthers) {
    if (word != other) continue;
    return absl::StrCat("; did you mean ", Quoted(ours), "?");
  }
  return "";
}

void CheckAttribute(const YamlField& field) {
  if (IsAttribute(field.name)) return;
  if (const std::string meant = MeantAttribute(field.name); !meant.empty()) {
    field.key.Error(
        absl::StrCat("unknown attribute ", Quoted(field.name), meant));
    return;
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(field.name, absl::MaxSplits('.', 1));
  if (!parts.second.empty() && Nearest(parts.first, {"custom"})) {
    field.key.Error(absl::StrCat(
        "unknown attribute ", Quoted(field.name), "; did you mean ",
        Quoted(absl::StrCat(kCustom, parts.second)), "?"));
    return;
  }
  const bool is_slip = Nearest(field.name, AttributeNames()).has_value();
  field.key.Error(
      absl::StrCat("unknown attribute ", Quoted(field.name),
                   DidYouMean(field.name, AttributeNames()),
                   is_slip ? "" : ", and the company's own as custom.NAME"));
}

bool MayBeNumber(absl::string_view attribute) {
  return IsAlwaysNumber(attribute) || absl::StartsWith(attribute, kCustom);
}

void ReadSpan(const YamlValue& value, absl::string_view text,
              AttributeTest* test) {
  if (!MayBeNumber(test->attribute)) {
    value.Error(absl::StrCat(
        Quoted(test->attribute),
        " is not a number; comparisons are for company_size, lead_score, "
        "cycle and custom.NAME"));
    return;
  }
  const absl::StatusOr<NumberSpan> span = ParseNumberSpan(text);
  if (span.ok()) {
    test->spans.push_back(*span);
  } else {
    value.Error(span.status().message());
  }
}

// What to write in place of a comparison in the manner of others: "=> 5",
// "== 5", "50+", "50-100"; "" if that cannot be guessed.
std::string MeantNumber(absl::string_view text) {
  absl::string_view rest = text;
  for (const auto& [slip, meant] :
       {std::pair("=>", ">= "), std::pair("=<", "<= "), std::pair("==", ""),
        std::pair("=", "")}) {
    if (!absl::ConsumePrefix(&rest, slip)) continue;
    rest = absl::StripAsciiWhitespace(rest);
    return FiniteNumber(rest) ? absl::StrCat(meant, rest) : "";
  }
  if (absl::ConsumeSuffix(&rest, "+")) {
    rest = absl::StripAsciiWhitespace(rest);
    return FiniteNumber(rest) ? absl::StrCat(">= ", rest) : "";
  }
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(rest, absl::MaxSplits('-', 1));
  const absl::string_view from = absl::StripAsciiWhitespace(ends.first);
  const absl::string_view to = absl::StripAsciiWhitespace(ends.second);
  if (!FiniteNumber(from) || !FiniteNumber(to)) return "";
  return absl::StrCat(">= ", from, " and <= ", to);
}

void ReadNumber(const YamlValue& value, absl::string_view text,
                AttributeTest* test) {
  if (const std::optional<double> number = FiniteNumber(text)) {
    test->spans.push_back({.from = *number, .to = *number});
    return;
  }
  const std::string meant = MeantNumber(text);
  value.Error(absl::StrCat(
      Quoted(text), " is no number, and ", Quoted(test->attribute), " is one",
      meant.empty() ? "; write a number such as 50, or a comparison such as "
                      "'>= 50', '< 10' or '>= 50 and < 500'"
                    : absl::StrCat("; did you mean ", Quoted(meant), "?")));
}

void ReadAttributeValue(const YamlValue& value, AttributeTest* test) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return;
  if (IsNumberSpan(*text)) return ReadSpan(value, *text, test);
  if (absl::StartsWith(*text, "!") ||
      (absl::StartsWith(*text, "=") && !IsAlwaysNumber(test->attribute))) {
    absl::string_view meant = *text;
    while (absl::ConsumePrefix(&meant, "!") ||
           absl::ConsumePrefix(&meant, "=")) {
    }
    meant = absl::StripAsciiWhitespace(meant);
    value.Error(absl::StrCat(Quoted(*text), " is no comparison; write ",
                             text->front() == '!'
                                 ? absl::StrCat("{not: ", meant, "}")
                                 : std::string(meant)));
    return;
  }
  if (text->empty() && HasSeveralValues(test->attribute) &&
      test->attribute != "available_channel") {
    value.Error(absl::StrCat("no lead has an empty ", Quoted(test->attribute),
                             "; write what it is to have, or {not: [...]} with "
                             "all that it is not to have"));
    return;
  }
  // "" is what is not known; which time round it is always is.
  if (IsAlwaysNumber(test->attribute) &&
      (!text->empty() || test->attribute == "cycle")) {
    return ReadNumber(value, *text, test);
  }
  test->any_of.push_back(*text);
}

// Reports a date, clock or outcome that there is not.
void CheckIsKnown(const YamlValue& value, absl::string_view attribute,
                  const Glossary& glossary) {
  if (attribute == "date_ahead") {
    for (const YamlValue& item : value.OneOrMore()) ReadDateName(item);
    return;
  }
  const bool is_outcome = attribute == "outcome";
  if (!is_outcome && attribute != "open_clock" && attribute != "missed_clock" &&
      attribute != "escalated_clock") {
    return;
  }
  const Names& names = is_outcome ? glossary.outcomes : glossary.clocks;
  if (names.may_have_more()) return;
  for (const YamlValue& item : value.OneOrMore()) {
    const std::optional<std::string> name = item.Text();
    if (!name.has_value() || names.Find(*name).has_value()) continue;
    item.Error(absl::StrCat(
        "unknown ", is_outcome ? "outcome " : "clock ", Quoted(*name),
        names.Hint(*name),
        names.All().empty() ? "; the policy's 'outcomes' name none" : ""));
  }
}

// Of an attribute that always has one of two values: it has the one that is
// written, whether that is said by the other's 'not' or by itself.
void SettleTwoValues(const YamlValue& value, AttributeTest* test) {
  const auto two = TwoValues(test->attribute);
  if (!two.has_value() || test->any_of.empty()) return;
  for (const std::string& word : test->any_of) {
    if (word == two->first || word == two->second) continue;
    const bool is_boolean = word == "true" || word == "false";
    const absl::string_view meant = word == "true" ? two->first : two->second;
    value.Error(
        absl::StrCat(Quoted(test->attribute), " is ", two->first, " or ",
                     two->second, ", not ", Quoted(word),
                     is_boolean ? absl::StrCat("; write ", meant)
                                : DidYouMean(word, {two->first, two->second})));
    test->any_of.clear();
    return;
  }
  if (test->any_of.size() > 1) {
    value.Error(absl::StrCat(Quoted(test->attribute),
                             " always is one of these; leave it out"));
    return;
  }
  if (!test->negated) return;
  test->negated = false;
  const bool is_first = test->any_of[0] == two->first;
  test->any_of[0] = std::string(is_first ? two->second : two->first);
}

// A map where a value stands, in the manner of others: {in: [uk, fr]}, {gt:
// 50}.
void RefuseMapOfValue(const YamlValue& value, absl::string_view attribute) {
  constexpr absl::string_view kForms =
      "write a value, a list of values, or {not: VALUE}";
  const std::vector<YamlField> fields = value.Fields();
  std::string meant;
  if (fields.size() == 1) {
    const YamlField& field = fields.front();
    std::vector<std::string> texts;
    for (const YamlValue& item :
         field.value.IsList() && !field.value.IsEmptyList()
             ? field.value.Items()
             : std::vector<YamlValue>{field.value}) {
      if (item.IsText()) texts.push_back(*item.Text());
    }
    const std::string text = absl::StrJoin(texts, ", ");
    for (const auto& [word, sign] :
         {std::pair("gt", "> "), std::pair("gte", ">= "), std::pair("lt", "< "),
          std::pair("lte", "<= "), std::pair("min", ">= "),
          std::pair("max", "<= "), std::pair(">", "> "), std::pair(">=", ">= "),
          std::pair("<", "< "), std::pair("<=", "<= ")}) {
      if (field.name == word) meant = absl::StrCat("\"", sign, text, "\"");
    }
    for (const absl::string_view word :
         {"in", "is", "eq", "equals", "any", "any_of", "one_of", "or"}) {
      if (field.name != word) continue;
      meant = field.value.IsList() ? absl::StrCat("[", text, "]") : text;
    }
    if (text.empty()) meant.clear();
  }
  value.Error(absl::StrCat(
      "a map is no value of ", Quoted(attribute), "; ",
      meant.empty() ? std::string(kForms)
                    : absl::StrCat("write ", attribute, ": ", meant)));
}

// VALUE, [VALUE, VALUE], {not: VALUE} or {not: [VALUE, VALUE]}.
AttributeTest ReadAttributeTest(const YamlField& field, bool negated,
                                const Glossary* glossary) {
  CheckAttribute(field);
  AttributeTest test;
  test.attribute = field.name;
  test.negated = negated;
  YamlValue values = field.value;
  // Of what is no attribute that is all that can be said.
  if (!MeantAttribute(field.name).empty()) return test;
  if (values.IsMap() && !values.Field("not").present() &&
      !(values.Fields().size() == 1 &&
        Nearest(values.Fields().front().name, {"not"}))) {
    RefuseMapOfValue(values, field.name);
    return test;
  }
  if (values.IsMap()) {
    YamlMap fields = values.Map("a value of a condition");
    if (negated) {
      values.Error("'not' stands twice; write what it means without them");
    }
    values = fields.Required("not");
    fields.NothingElse();
    test.negated = true;
  }
  for (const YamlValue& item : values.OneOrMore()) {
    ReadAttributeValue(item, &test);
  }
  if (glossary != nullptr) CheckIsKnown(values, test.attribute, *glossary);
  SettleTwoValues(values, &test);
  return test;
}

// {not: {ATTRIBUTE: VALUE}}
void ReadNot(const YamlValue& value, const Glossary* glossary,
             Condition* condition) {
  if (!value.present()) return;
  const std::vector<YamlField> fields = value.Map("'not'").TakeAll();
  if (fields.size() > 1) {
    value.Error(
        "'not' with several attributes could mean that one of them differs, "
        "or that all do; write each as ATTRIBUTE: {not: VALUE} if all do, "
        "else a rule for each");
  }
  for (const YamlField& field : fields) {
    if (field.name == "any") {
      field.key.Error(
          "'not' stands before one attribute; write what 'any' lists as "
          "attributes that each have a 'not'");
      continue;
    }
    condition->push_back(ReadAttributeTest(field, /*negated=*/true, glossary));
  }
}

// Whether alternatives may stand in a condition: not in one of them.
enum class Any : uint8_t { kAllowed, kRefused };

Condition ReadTests(const YamlValue& value, Any any, const Glossary* glossary);

// any: [CONDITION, CONDITION]
void ReadAny(const YamlValue& value, Any any, const Glossary* glossary,
             Condition* condition) {
  if (!value.present()) return;
  if (any == Any::kRefused) {
    value.Error(
        "'any' stands within another 'any'; write all conditions into one "
        "list");
    return;
  }
  const std::vector<YamlValue> items = value.Items(kMostAlternatives);
  if (items.size() == 1) {
    value.Error(
        "'any' is one of several conditions; write another one, or this one "
        "without 'any'");
  }
  AttributeTest test;
  for (const YamlValue& item : items) {
    test.any.push_back(ReadTests(item, Any::kRefused, glossary));
  }
  if (test.any.size() > 1) condition->push_back(std::move(test));
}

Condition ReadTests(const YamlValue& value, Any any, const Glossary* glossary) {
  if (value.IsList()) {
    value.Error(
        "a condition is a map, not a list; write {any: [CONDITION, CONDITION]} "
        "if one of several is to hold, or all attributes into one map if all "
        "are");
    return {};
  }
  YamlMap fields = value.Map("a condition");
  if (fields.present() && fields.empty()) {
    value.Error(
        "the condition is empty, and would always hold; write what it asks "
        "for");
  }
  Condition condition;
  ReadNot(fields.Optional("not"), glossary, &condition);
  ReadAny(fields.Optional("any"), any, glossary, &condition);
  for (const YamlField& field : fields.TakeAll()) {
    // Of an override and of what it overrides.
    if (field.name == "any") {
      ReadAny(field.value, any, glossary, &condition);
      continue;
    }
    condition.push_back(ReadAttributeTest(field, /*negated=*/false, glossary));
  }
  if (ContradictsItself(condition)) {
    value.Error(
        "no lead can pass this condition: its parts exclude each other");
  }
  return condition;
}

// "the rule in line 3, column 9, holds wherever it does".
std::string WhoHolds(const std::vector<YamlValue>& rules) {
  constexpr size_t kMostNamed = 4;
  if (rules.size() > kMostNamed) {
    return "wherever it holds, one of the rules above it does";
  }
  std::vector<std::string> where;
  for (const YamlValue& rule : rules) where.push_back(rule.Place());
  if (where.size() == 1) {
    return absl::StrCat("the rule in ", where[0], ", holds wherever it does");
  }
  return absl::StrCat("wherever it holds, one of the rules in ",
                      absl::StrJoin(where, " and "), ", does");
}

}  // namespace

Condition ReadCondition(const YamlValue& value, const Glossary* glossary) {
  return ReadTests(value, Any::kAllowed, glossary);
}

bool RulesInOrder::IsReached(const YamlValue& rule, const Condition& when) {
  // What could not be read has been reported.
  if (when.empty() || rule.Field("when").IsWrong()) return true;
  const bool has_others = std::any_of(
      rules_.begin(), rules_.end(),
      [&](const YamlValue& other) { return other.file() != rule.file(); });
  const std::vector<size_t> places =
      has_others ? CoveringInFile(rule, when) : Covering(when, conditions_);
  if (!places.empty()) {
    std::vector<YamlValue> who;
    for (const size_t place : places) who.push_back(rules_[place]);
    rule.Error(absl::StrCat("this rule is never reached: ", WhoHolds(who),
                            "; put this one first, or take it out"));
    return false;
  }
  if (has_others && !Covering(when, conditions_).empty()) return false;
  rules_.push_back(rule);
  conditions_.push_back(when);
  return true;
}

std::vector<size_t> RulesInOrder::CoveringInFile(const YamlValue& rule,
                                                 const Condition& when) const {
  std::vector<size_t> places;
  std::vector<const Condition*> conditions;
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].file() != rule.file()) continue;
    places.push_back(i);
    conditions.push_back(&conditions_[i]);
  }
  std::vector<size_t> covering = Covering(when, conditions);
  for (size_t& place : covering) place = places[place];
  return covering;
}

bool RulesInOrder::HoldForEveryLead(std::optional<size_t> file) const {
  std::vector<Condition> conditions;
  for (size_t i = 0; i < rules_.size(); ++i) {
    if (!file || rules_[i].file() == *file) {
      conditions.push_back(conditions_[i]);
    }
  }
  return leadclock::HoldForEveryLead(conditions);
}

std::vector<Rule> ReadRules(const YamlValue& list, absl::string_view what,
                            absl::string_view then, LastRule last_rule,
                            const Glossary* glossary) {
  std::vector<Rule> rules;
  RulesInOrder in_order;
  const std::vector<YamlValue> items = list.Items();
  for (size_t i = 0; i < items.size(); ++i) {
    const bool is_last = i + 1 == items.size();
    YamlMap fields = items[i].Map(absl::StrCat("a rule of '", what, "'"));
    if (!fields.present()) continue;

    const YamlValue otherwise = fields.Optional("otherwise");
    if (otherwise.present()) {
      if (!is_last) {
        otherwise.Error(
            "'otherwise' stands last; the rules after it would never "
            "be reached");
      }
      const absl::string_view apart =
          "'otherwise' stands alone in its rule, as {otherwise: ...}";
      fields.Refuse("when", apart);
      fields.Refuse(then, apart);
      rules.push_back({.when = {}, .then = otherwise});
      if (in_order.HoldForEveryLead(otherwise.file())) {
        otherwise.Error(
            "this 'otherwise' is never reached: one of the rules above it "
            "holds for every lead; write the last of them as {otherwise: ...}");
      }
    } else {
      if (is_last && last_rule == LastRule::kOtherwise) {
        fields.Error(absl::StrCat("the last rule of '", what,
                                  "' must be {otherwise: ...}, which says what "
                                  "holds when no other rule does"));
      }
      rules.push_back({.when = ReadCondition(fields.Required("when"), glossary),
                       .then = fields.Required(then)});
    }
    fields.NothingElse();
    if (!in_order.IsReached(items[i], rules.back().when)) rules.pop_back();
  }
  return rules;
}

bool IsMapForRules(const YamlValue& value, absl::string_view what,
                   absl::string_view then) {
  if (!value.IsMap()) return false;
  value.Error(absl::StrCat(
      Quoted(what),
      " is a text or a list of rules, not a map; begin each rule with '-', as "
      "in '- {when: {intent: high}, ",
      then, ": ...}' and then '- {otherwise: ...}'"));
  return true;
}

std::vector<CalendarRule> ReadCalendarRules(const std::vector<Rule>& rules,
                                            const Names& calendars) {
  std::vector<CalendarRule> calendar_rules;
  for (const Rule& rule : rules) {
    const std::optional<uint16_t> calendar =
        ReadCalendarName(rule.then, calendars);
    if (calendar.has_value()) calendar_rules.push_back({rule.when, *calendar});
  }
  return calendar_rules;
}

}  // namespace leadclock
