#include "processor/policy/parse_rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

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

bool IsName(absl::string_view text) {
  const auto may_stand_in_a_name = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  return !text.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), may_stand_in_a_name);
}

void CheckAttribute(const YamlField& field) {
  if (std::find(kAttributes.begin(), kAttributes.end(), field.name) !=
      kAttributes.end()) {
    return;
  }
  if (field.name.size() > kCustom.size() &&
      absl::StartsWith(field.name, kCustom)) {
    return;
  }
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

std::string NotSupported(absl::string_view what) {
  return absl::StrCat(Quoted(what), " is not supported yet");
}

std::optional<std::string> ReadName(const YamlValue& value) {
  std::optional<std::string> name = value.Text();
  if (!name.has_value() || IsName(*name)) return name;
  value.Error(absl::StrCat(
      Quoted(*name),
      " is not a name; a name begins with a lower-case letter, and goes on "
      "with lower-case letters, digits and '_'"));
  return std::nullopt;
}

Condition ReadCondition(const YamlValue& value) {
  YamlMap fields = value.Map("a condition");
  if (fields.present() && fields.empty()) {
    value.Error(
        "the condition is empty, and would always hold; write what it asks "
        "for");
  }
  fields.Refuse("not", NotSupported("not"));

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

}  // namespace leadclock
