#include "app/scenario/lead_fields.h"

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "app/scenario/fields.h"

namespace leadclock {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

constexpr absl::string_view kCustom = "custom.";

// As policies call the attribute.
std::string NameOf(const FieldDescriptor& field) {
  if (field.name() == "lead_source") return "source";
  if (field.name() == "available_channels") return "available_channel";
  return PlainName(field);
}

std::vector<const FieldDescriptor*> Attributes() {
  std::vector<const FieldDescriptor*> all;
  const Descriptor& fields = *v1::LeadAttributes::descriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    if (!fields.field(i)->is_map()) all.push_back(fields.field(i));
  }
  return all;
}

const FieldDescriptor* AttributeNamed(absl::string_view name) {
  for (const FieldDescriptor* const field : Attributes()) {
    if (NameOf(*field) == name) return field;
  }
  return nullptr;
}

void ReportUnknown(const Line& line) {
  std::vector<std::string> names;
  for (const FieldDescriptor* const field : Attributes()) {
    names.push_back(NameOf(*field));
  }
  line.Error(absl::StrCat(
      Quoted(line.Peek()), " is no attribute of a lead",
      DidYouMean(line.Peek(),
                 std::vector<absl::string_view>(names.begin(), names.end())),
      "; the company's own are written as custom.NAME"));
}

// False: the attribute cannot be that.
bool SetText(const FieldDescriptor& field, const std::string& text,
             v1::LeadAttributes& attributes) {
  const Reflection& set = *attributes.GetReflection();
  if (field.is_repeated()) {
    set.ClearField(&attributes, &field);
    for (const absl::string_view each : absl::StrSplit(text, ',')) {
      set.AddString(&attributes, &field,
                    std::string(absl::StripAsciiWhitespace(each)));
    }
    return true;
  }
  int64_t whole = 0;
  double number = 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      set.SetString(&attributes, &field, text);
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      if (!absl::SimpleAtoi(text, &whole)) return false;
      set.SetInt64(&attributes, &field, whole);
      return !absl::EndsWith(field.name(), "_ms");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!absl::SimpleAtod(text, &number)) return false;
      set.SetDouble(&attributes, &field, number);
      return true;
    default:
      return false;
  }
}

}  // namespace

void ReadAttributeFields(const YamlValue& written, YamlMap& map,
                         const TimeFrame& frame,
                         v1::LeadAttributes& attributes) {
  for (const FieldDescriptor* const field : Attributes()) {
    SetField(*field, map.Optional(NameOf(*field)), frame, attributes);
  }
  for (const YamlField& each : written.Fields()) {
    absl::string_view name = each.name;
    if (!absl::ConsumePrefix(&name, kCustom)) continue;
    if (const auto text = map.Optional(each.name).Text()) {
      (*attributes.mutable_custom())[std::string(name)] = *text;
    }
  }
}

void ReadLeadFields(const YamlValue& written, YamlMap& map,
                    const TimeFrame& frame, v1::LeadCreated& created) {
  ReadAttributeFields(written, map, frame, *created.mutable_attributes());
  const Descriptor& fields = *created.GetDescriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor& field = *fields.field(i);
    if (field.name() == "attributes") continue;
    SetField(field, map.Optional(PlainName(field)), frame, created);
  }
}

void ReadAttributeWords(Line& line, v1::LeadAttributes& attributes) {
  const std::string name(line.Peek());
  absl::string_view custom = name;
  const bool is_custom = absl::ConsumePrefix(&custom, kCustom);
  const FieldDescriptor* const field = AttributeNamed(name);
  if (!is_custom && field == nullptr) {
    ReportUnknown(line);
    line.TakeRest();
    return;
  }
  line.Take();
  if (line.done()) {
    line.Error(
        absl::StrCat("what is ", name, " then? Write: changed intent high"));
    return;
  }
  const std::string text = line.TakeRest();
  if (is_custom) {
    (*attributes.mutable_custom())[std::string(custom)] = text;
  } else if (!SetText(*field, text, attributes)) {
    line.ErrorBefore(
        absl::StrCat(Quoted(text), " cannot be the ", name, " of a lead"));
  }
}

}  // namespace leadclock
