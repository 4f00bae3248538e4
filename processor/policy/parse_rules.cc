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
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/policy/changed_decisions.h"
#include "processor/policy/parse_words.h"

namespace leadclock {
namespace {

constexpr absl::string_view kCustom = "custom.";
constexpr std::array<absl::string_view, 17> kAttributes = {
    "market",
    "source",
    "intent",
    "stage",
    "priority",
    "team",
    "customer",
    "consent",
    "status",
    "service_interest",
    "campaign",
    "form",
    "available_channel",
    "flag",
    "company_size",
    "lead_score",
    "disposition",
};

bool IsAttribute(absl::string_view name) {
  const bool is_custom =
      absl::StartsWith(name, kCustom) && name.size() > kCustom.size();
  return is_custom || std::find(kAttributes.begin(), kAttributes.end(), name) !=
                          kAttributes.end();
}

void CheckAttribute(const YamlField& field) {
  if (IsAttribute(field.name)) return;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(field.name, absl::MaxSplits('.', 1));
  if (!parts.second.empty() && Nearest(parts.first, {"custom"})) {
    field.key.Error(absl::StrCat(
        "unknown attribute ", Quoted(field.name), "; did you mean ",
        Quoted(absl::StrCat(kCustom, parts.second)), "?"));
    return;
  }
  const bool is_slip = Nearest(field.name, kAttributes).has_value();
  field.key.Error(
      absl::StrCat("unknown attribute ", Quoted(field.name),
                   DidYouMean(field.name, kAttributes),
                   is_slip ? "" : ", and the company's own as custom.NAME"));
}

// Of these two, everything that is known is a number.
bool IsAlwaysNumber(absl::string_view attribute) {
  return attribute == "company_size" || attribute == "lead_score";
}

bool MayBeNumber(absl::string_view attribute) {
  return IsAlwaysNumber(attribute) || absl::StartsWith(attribute, kCustom);
}

void ReadSpan(const YamlValue& value, absl::string_view text,
              AttributeTest* test) {
  if (!MayBeNumber(test->attribute)) {
    value.Error(absl::StrCat(
        Quoted(test->attribute),
        " is not a number; comparisons are for company_size, lead_score and "
        "custom.NAME"));
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
  if (absl::StartsWith(*text, "!")) {
    value.Error(absl::StrCat(Quoted(*text), " is no comparison; write {not: ",
                             absl::StripAsciiWhitespace(absl::StripPrefix(
                                 absl::StripPrefix(*text, "!"), "=")),
                             "}"));
    return;
  }
  // "" is what is not known.
  if (IsAlwaysNumber(test->attribute) && !text->empty()) {
    return ReadNumber(value, *text, test);
  }
  test->any_of.push_back(*text);
}

// VALUE, [VALUE, VALUE], {not: VALUE} or {not: [VALUE, VALUE]}.
AttributeTest ReadAttributeTest(const YamlField& field, bool negated) {
  CheckAttribute(field);
  AttributeTest test;
  test.attribute = field.name;
  test.negated = negated;
  YamlValue values = field.value;
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
  return test;
}

// {not: {ATTRIBUTE: VALUE}}
void ReadNot(const YamlValue& value, Condition* condition) {
  if (!value.present()) return;
  const std::vector<YamlField> fields = value.Map("'not'").TakeAll();
  if (fields.size() > 1) {
    value.Error(
        "'not' with several attributes could mean that one of them differs, "
        "or that all do; write each as ATTRIBUTE: {not: VALUE} if all do, "
        "else a rule for each");
  }
  for (const YamlField& field : fields) {
    condition->push_back(ReadAttributeTest(field, /*negated=*/true));
  }
}

}  // namespace

Condition ReadCondition(const YamlValue& value) {
  YamlMap fields = value.Map("a condition");
  if (fields.present() && fields.empty()) {
    value.Error(
        "the condition is empty, and would always hold; write what it asks "
        "for");
  }
  Condition condition;
  ReadNot(fields.Optional("not"), &condition);
  for (const YamlField& field : fields.TakeAll()) {
    condition.push_back(ReadAttributeTest(field, /*negated=*/false));
  }
  if (ContradictsItself(condition)) {
    value.Error(
        "no lead can pass this condition: its parts exclude each other");
  }
  return condition;
}

bool RulesInOrder::IsReached(const YamlValue& rule, const Condition& when) {
  // What could not be read has been reported.
  if (when.empty() || rule.Field("when").IsWrong()) return true;
  for (const auto& [other, holds] : earlier_) {
    if (!Implies(when, holds)) continue;
    if (rule.file() == other.file()) {
      rule.Error(absl::StrCat("this rule is never reached: the rule in ",
                              other.Place(),
                              ", holds wherever it does; put this one first, "
                              "or take it out"));
    }
    return false;
  }
  earlier_.emplace_back(rule, when);
  return true;
}

bool RulesInOrder::HoldForEveryLead(std::optional<size_t> file) const {
  std::vector<Condition> conditions;
  for (const auto& [rule, when] : earlier_) {
    if (!file || rule.file() == *file) conditions.push_back(when);
  }
  return leadclock::HoldForEveryLead(conditions);
}

std::vector<Rule> ReadRules(const YamlValue& list, absl::string_view what,
                            absl::string_view then, LastRule last_rule) {
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
      rules.push_back({.when = ReadCondition(fields.Required("when")),
                       .then = fields.Required(then)});
    }
    fields.NothingElse();
    if (!in_order.IsReached(items[i], rules.back().when)) rules.pop_back();
  }
  return rules;
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
