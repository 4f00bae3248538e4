#include "app/scenario/fields.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "app/scenario/line.h"
#include "processor/policy/describe.h"
#include "processor/policy/duration.h"

namespace leadclock {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsMillis(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 &&
         absl::EndsWith(field.name(), "_ms");
}

// Whether it is a length of time, not an instant.
bool IsLength(const FieldDescriptor& field) {
  return field.name() == "target_ms" || field.name() == "counted_ms" ||
         absl::StartsWith(field.name(), "overdue_");
}

std::string WordOf(const EnumValueDescriptor& value) {
  return value.number() == 0 ? "unknown" : absl::AsciiStrToLower(value.name());
}

const EnumValueDescriptor* ReadWord(const YamlValue& value,
                                    const EnumDescriptor& words) {
  const std::optional<std::string> text = value.Text();
  if (!text) return nullptr;
  std::vector<std::string> known;
  for (int i = 0; i < words.value_count(); ++i) {
    known.push_back(WordOf(*words.value(i)));
    if (known.back() == *text) return words.value(i);
  }
  value.Error(absl::StrCat(Quoted(*text), " is not known here",
                           DidYouMean(*text, std::vector<absl::string_view>(
                                                 known.begin(), known.end()))));
  return nullptr;
}

void SetTexts(const FieldDescriptor& field, const YamlValue& value,
              Message& message) {
  const Reflection& set = *message.GetReflection();
  set.ClearField(&message, &field);
  for (const YamlValue& item : value.OneOrMore()) {
    if (const auto text = item.Text()) set.AddString(&message, &field, *text);
  }
}

void SetMap(const FieldDescriptor& field, const YamlValue& value,
            Message& message) {
  const Reflection& set = *message.GetReflection();
  set.ClearField(&message, &field);
  const Descriptor& entry = *field.message_type();
  for (const YamlField& each : value.Map(field.name()).TakeAll()) {
    const auto text = each.value.Text();
    if (!text) continue;
    Message& added = *set.AddMessage(&message, &field);
    added.GetReflection()->SetString(&added, entry.field(0), each.name);
    added.GetReflection()->SetString(&added, entry.field(1),
                                     *text == "nobody" ? "" : *text);
  }
}

void SetNumber(const FieldDescriptor& field, const YamlValue& value,
               Message& message) {
  const Reflection& set = *message.GetReflection();
  const std::optional<std::string> text = value.Text();
  if (!text) return;
  double number = 0;
  if (!absl::SimpleAtod(*text, &number) || !std::isfinite(number)) {
    value.Error(absl::StrCat(Quoted(*text), " is no number"));
    return;
  }
  set.SetDouble(&message, &field, number);
}

// A field of a message that holds no further message.
std::string ScalarText(const FieldDescriptor& field, ExpectedField::Kind kind,
                       const TimeFrame& frame, const Message& message) {
  const Reflection& get = *message.GetReflection();
  if (field.is_repeated()) {
    std::vector<std::string> texts;
    for (int i = 0; i < get.FieldSize(message, &field); ++i) {
      texts.push_back(get.GetRepeatedString(message, &field, i));
    }
    return absl::StrJoin(texts, ", ");
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return get.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return get.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(get.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return WordOf(*get.GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(get.GetDouble(message, &field));
    default:
      break;
  }
  const int64_t number = get.GetInt64(message, &field);
  if (kind == ExpectedField::Kind::kLength) {
    return Words(absl::Milliseconds(number));
  }
  if (kind == ExpectedField::Kind::kText) return absl::StrCat(number);
  return number == 0 ? "none" : WriteTime(absl::FromUnixMillis(number), frame);
}

// An entry of a history: what it says beside its time, joined by dots, with its
// time before it if that is asked for: "mon 09:30 first_response.takeover".
std::string EntryText(const Message& entry, bool with_time,
                      const TimeFrame& frame) {
  const Descriptor& fields = *entry.GetDescriptor();
  std::string time;
  std::vector<std::string> words;
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor& field = *fields.field(i);
    if (IsMillis(field)) {
      time = ScalarText(field, ExpectedField::Kind::kTime, frame, entry) + " ";
      continue;
    }
    const std::string word =
        ScalarText(field, ExpectedField::Kind::kText, frame, entry);
    const bool is_nobody = word.empty() && absl::EndsWith(field.name(), "_id");
    if (is_nobody) words.emplace_back("nobody");
    if (!word.empty()) words.push_back(word);
  }
  return absl::StrCat(with_time ? time : "", absl::StrJoin(words, "."));
}

bool IsHistory(const FieldDescriptor& field) {
  return field.is_repeated() &&
         field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

std::string HistoryText(const ExpectedField& expected, const TimeFrame& frame,
                        const Message& message) {
  const FieldDescriptor& field = *expected.path.back();
  const Reflection& get = *message.GetReflection();
  std::vector<std::string> entries;
  for (int i = 0; i < get.FieldSize(message, &field); ++i) {
    const auto place = static_cast<size_t>(i);
    const bool with_time =
        place < expected.timed.size() && expected.timed[place];
    entries.push_back(EntryText(get.GetRepeatedMessage(message, &field, i),
                                with_time, frame));
  }
  return absl::StrCat("[", absl::StrJoin(entries, ", "), "]");
}

// "[ann, mon 09:30 bob]".
void ReadExpectedHistory(const YamlValue& value, const TimeFrame& frame,
                         ExpectedField& expected) {
  std::vector<std::string> entries;
  if (!value.IsEmptyList()) {
    for (const YamlValue& item : value.OneOrMore()) {
      Line line(item);
      const bool with_time = absl::StrContains(line.text(), ' ');
      std::string entry;
      if (with_time) {
        const auto time = ReadTime(line, frame);
        if (!time) continue;
        entry = WriteTime(*time, frame) + " ";
      }
      absl::StrAppend(&entry, line.Take());
      line.NothingElse();
      expected.timed.push_back(with_time);
      entries.push_back(std::move(entry));
    }
  }
  expected.value = absl::StrCat("[", absl::StrJoin(entries, ", "), "]");
}

// Of a person by role and id, "ann" or "manager mia".
void AddPerson(const YamlValue& value, const Descriptor& person,
               const ExpectedField& at, std::vector<ExpectedField>& expected) {
  const std::vector<std::string> words =
      absl::StrSplit(value.Text().value_or(""), ' ', absl::SkipWhitespace());
  if (words.empty() || words.size() > 2) {
    value.Error("write a person, or a role and a person: manager mia");
    return;
  }
  const auto add = [&](const char* name, const std::string& word) {
    ExpectedField field = at;
    field.path.push_back(person.FindFieldByName(name));
    field.value = word;
    expected.push_back(std::move(field));
  };
  add("id", words.back() == "nobody" ? "" : words.back());
  if (words.size() == 2) add("role", words.front());
}

bool IsComparable(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
    case FieldDescriptor::CPPTYPE_STRING:
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return !field.is_repeated();
    default:
      return false;
  }
}

// A time or a length: "none", "mon 09:15" or "15m".
void ReadExpectedMillis(const YamlValue& value, const TimeFrame& frame,
                        ExpectedField& expected) {
  const std::optional<std::string> text = value.Text();
  if (!text) return;
  const auto length = ParseDuration(*text);
  if (IsLength(*expected.path.back())) {
    expected.kind = ExpectedField::Kind::kLength;
    if (length.ok()) {
      expected.value = Words(*length);
    } else {
      value.Error(absl::StrCat(Quoted(*text),
                               " is no length of time; write one such as 15m "
                               "or 1h30m"));
    }
    return;
  }
  expected.kind = ExpectedField::Kind::kTime;
  expected.value = *text;
  if (*text == "none") return;
  if (length.ok()) {
    value.Error(
        absl::StrCat(Quoted(*text),
                     " is a length of time; write when that is, such as "
                     "mon 09:15"));
  } else if (const auto time = ReadTime(value, frame)) {
    expected.value = WriteTime(*time, frame);
  }
}

// A number, in the form in which it is compared.
void ReadExpectedNumber(const YamlValue& value, const FieldDescriptor& field,
                        ExpectedField& expected) {
  const std::optional<std::string> text = value.Text();
  if (!text) return;
  int64_t whole = 0;
  double number = 0;
  if (absl::SimpleAtoi(*text, &whole)) {
    expected.value = absl::StrCat(whole);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE &&
             absl::SimpleAtod(*text, &number)) {
    expected.value = absl::StrCat(number);
  } else {
    value.Error(absl::StrCat(Quoted(*text), " is no number"));
  }
}

// What is written of a field that is no message.
void ReadExpectedScalar(const YamlValue& value, const TimeFrame& frame,
                        ExpectedField& expected) {
  const FieldDescriptor& field = *expected.path.back();
  if (IsMillis(field)) {
    ReadExpectedMillis(value, frame, expected);
  } else if (field.is_repeated()) {
    std::vector<std::string> texts;
    for (const YamlValue& item : value.OneOrMore()) {
      texts.push_back(item.Text().value_or(""));
    }
    expected.value = absl::StrJoin(texts, ", ");
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const EnumValueDescriptor* const word = ReadWord(value, *field.enum_type());
    if (word != nullptr) expected.value = WordOf(*word);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    expected.value = value.Boolean().value_or(false) ? "true" : "false";
  } else if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    ReadExpectedNumber(value, field, expected);
  } else {
    expected.value = value.Text().value_or("");
  }
  const bool is_nobody =
      absl::EndsWith(field.name(), "_id") && expected.value == "nobody";
  if (is_nobody) expected.value.clear();
}

void ReadAt(const YamlField& written, const Descriptor& message,
            absl::string_view what, const TimeFrame& frame, ExpectedField at,
            std::vector<ExpectedField>& expected) {
  const FieldDescriptor* const field = FindField(message, written.name);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (int i = 0; i < message.field_count(); ++i) {
      names.push_back(PlainName(*message.field(i)));
    }
    written.key.Error(absl::StrCat(
        "unknown field ", Quoted(written.name), " in ", what,
        DidYouMean(written.name, std::vector<absl::string_view>(names.begin(),
                                                                names.end()))));
    return;
  }
  at.path.push_back(field);
  const bool is_message =
      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
      !field->is_repeated();
  const bool is_person =
      is_message && written.value.IsText() &&
      field->message_type()->FindFieldByName("role") != nullptr &&
      field->message_type()->FindFieldByName("id") != nullptr;
  if (is_person) {
    AddPerson(written.value, *field->message_type(), at, expected);
    return;
  }
  if (IsHistory(*field)) {
    ReadExpectedHistory(written.value, frame, at);
    expected.push_back(std::move(at));
    return;
  }
  if (is_message) {
    for (const YamlField& part : written.value.Map(written.name).TakeAll()) {
      ReadAt(part, *field->message_type(), written.name, frame, at, expected);
    }
    return;
  }
  if (!IsComparable(*field)) {
    written.key.Error(
        absl::StrCat(Quoted(written.name), " cannot be compared"));
    return;
  }
  ReadExpectedScalar(written.value, frame, at);
  expected.push_back(std::move(at));
}

}  // namespace

std::string PlainName(const FieldDescriptor& field) {
  absl::string_view name = field.name();
  if (IsMillis(field)) {
    if (!absl::ConsumeSuffix(&name, "_at_ms")) {
      absl::ConsumeSuffix(&name, "_ms");
    }
  }
  absl::ConsumeSuffix(&name, "_id");
  return std::string(name);
}

const FieldDescriptor* FindField(const Descriptor& message,
                                 absl::string_view name) {
  for (const absl::string_view suffix : {"", "_ms", "_at_ms", "_id"}) {
    const FieldDescriptor* const field =
        message.FindFieldByName(absl::StrCat(name, suffix));
    if (field != nullptr) return field;
  }
  return nullptr;
}

void SetField(const FieldDescriptor& field, const YamlValue& value,
              const TimeFrame& frame, Message& message) {
  if (!value.present()) return;
  const Reflection& set = *message.GetReflection();
  if (field.is_map()) {
    SetMap(field, value, message);
  } else if (field.is_repeated()) {
    SetTexts(field, value, message);
  } else if (IsMillis(field)) {
    if (const auto time = ReadTime(value, frame)) {
      set.SetInt64(&message, &field, absl::ToUnixMillis(*time));
    }
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    if (const auto number = value.Integer(0, INT64_MAX)) {
      set.SetInt64(&message, &field, *number);
    }
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    SetNumber(field, value, message);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const EnumValueDescriptor* const word = ReadWord(value, *field.enum_type());
    if (word != nullptr) set.SetEnum(&message, &field, word);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    const std::optional<std::string> text = value.Text();
    if (text == "unknown") {
      set.ClearField(&message, &field);
    } else if (text) {
      if (const auto said = value.Boolean()) {
        set.SetBool(&message, &field, *said);
      }
    }
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const std::optional<std::string> text = value.Text();
    const bool is_nobody =
        absl::EndsWith(field.name(), "_id") && text == "nobody";
    if (text) set.SetString(&message, &field, is_nobody ? "" : *text);
  }
}

void SetFields(YamlMap& map, const TimeFrame& frame, Message& message) {
  const Descriptor& fields = *message.GetDescriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor& field = *fields.field(i);
    SetField(field, map.Optional(PlainName(field)), frame, message);
  }
}

void ReadExpectedField(const YamlField& written, const Descriptor& message,
                       absl::string_view what, const TimeFrame& frame,
                       std::vector<ExpectedField>& expected) {
  ReadAt(written, message, what, frame, {}, expected);
}

std::string FieldText(const ExpectedField& expected, const TimeFrame& frame,
                      const Message& message) {
  const Message* within = &message;
  for (size_t i = 0; i + 1 < expected.path.size(); ++i) {
    within = &within->GetReflection()->GetMessage(*within, expected.path[i]);
  }
  if (IsHistory(*expected.path.back())) {
    return HistoryText(expected, frame, *within);
  }
  return ScalarText(*expected.path.back(), expected.kind, frame, *within);
}

std::string FieldWords(const ExpectedField& expected, absl::string_view value) {
  const std::string name = absl::StrJoin(
      expected.path, ".", [](std::string* out, const FieldDescriptor* field) {
        out->append(PlainName(*field));
      });
  return absl::StrCat(name, ": ", value.empty() ? "''" : value);
}

}  // namespace leadclock
