#include "processor/policy/layer_parts.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {

const YamlField* Find(const std::vector<YamlField>& fields,
                      absl::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(),
                   [&](const YamlField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<YamlField> Without(std::vector<YamlField> fields,
                               absl::string_view name) {
  std::erase_if(fields,
                [&](const YamlField& field) { return field.name == name; });
  return fields;
}

YamlValue With(YamlDocument& document, const YamlValue& place,
               absl::string_view name, const YamlValue& value) {
  std::vector<YamlField> fields = Without(place.Fields(), name);
  fields.push_back(document.MakeField(value, name, value));
  return document.MakeMap(place, fields);
}

std::vector<YamlValue> RulesOf(YamlDocument& document, const YamlValue& value) {
  if (value.IsList()) return value.Items();
  return {
      document.MakeMap(value, {document.MakeField(value, "otherwise", value)})};
}

std::vector<YamlValue> Named(YamlDocument& document,
                             const std::vector<YamlValue>& rungs) {
  std::vector<YamlValue> named = rungs;
  std::map<std::string, int> ordinals;
  for (YamlValue& rung : named) {
    const YamlValue action = rung.Field("do");
    // What has none is for the reader to report.
    if (!action.IsText()) continue;
    const std::string name =
        absl::StrCat(*action.Text(), "_", ++ordinals[*action.Text()]);
    if (rung.Field("name").present()) continue;
    rung = With(document, rung, "name", document.MakeText(rung, name));
  }
  return named;
}

std::string TextIn(const YamlValue& item, absl::string_view field) {
  const YamlValue text = item.Field(field);
  return text.IsText() ? *text.Text() : "";
}

std::string NameIn(const YamlValue& item) { return TextIn(item, "name"); }

}  // namespace leadclock
