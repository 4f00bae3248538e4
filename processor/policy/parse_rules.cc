#include "processor/policy/parse_rules.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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
  const bool is_slip = Nearest(field.name, kAttributes).has_value();
  field.key.Error(
      absl::StrCat("unknown attribute ", Quoted(field.name),
                   DidYouMean(field.name, kAttributes),
                   is_slip ? "" : ", and the company's own as custom.NAME"));
}

// "> 50", "!= uk": what the language will know, and what therefore is no text
// to compare with.
bool IsComparison(absl::string_view text) {
  return absl::StartsWith(text, "<") || absl::StartsWith(text, ">") ||
         absl::StartsWith(text, "=") || absl::StartsWith(text, "!=");
}

std::optional<std::string> ReadAttributeValue(const YamlValue& value) {
  if (value.IsMap()) {
    value.Error("'not' and comparisons are not supported yet; list the values");
    return std::nullopt;
  }
  std::optional<std::string> text = value.Text();
  if (text.has_value() && IsComparison(*text)) {
    value.Error(absl::StrCat("the comparison ", NotSupported(*text),
                             "; list the values"));
    return std::nullopt;
  }
  return text;
}

}  // namespace

Condition ReadCondition(const YamlValue& value) {
  YamlMap fields = value.Map("a condition");
  if (fields.present() && fields.empty()) {
    value.Error(
        "the condition is empty, and would always hold; write what it asks "
        "for");
  }
  RefuseNotSupported(&fields, {"not"});

  Condition condition;
  for (const YamlField& field : fields.TakeAll()) {
    CheckAttribute(field);
    AttributeTest test{.attribute = field.name, .any_of = {}};
    for (const YamlValue& item : field.value.OneOrMore()) {
      std::optional<std::string> text = ReadAttributeValue(item);
      if (text.has_value()) test.any_of.push_back(*std::move(text));
    }
    condition.push_back(std::move(test));
  }
  return condition;
}

std::vector<Rule> ReadRules(const YamlValue& list, absl::string_view what,
                            absl::string_view then) {
  std::vector<Rule> rules;
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
    } else {
      if (is_last) {
        fields.Error(absl::StrCat("the last rule of '", what,
                                  "' must be {otherwise: ...}, which says what "
                                  "holds when no other rule does"));
      }
      rules.push_back({.when = ReadCondition(fields.Required("when")),
                       .then = fields.Required(then)});
    }
    fields.NothingElse();
  }
  return rules;
}

}  // namespace leadclock
