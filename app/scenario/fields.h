#ifndef LEADCLOCK_APP_SCENARIO_FIELDS_H_
#define LEADCLOCK_APP_SCENARIO_FIELDS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "app/scenario/times.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What scenarios say of messages of the contract, field by field. Fields are
// found in the contract itself, so that one that is new there can be said here.

// The field's name as scenarios write it: without _at_ms, _ms or _id.
std::string PlainName(const google::protobuf::FieldDescriptor& field);

// The field of that name, plain or whole; null: there is none.
const google::protobuf::FieldDescriptor* FindField(
    const google::protobuf::Descriptor& message, absl::string_view name);

// Sets a field to what is written; leaves it if nothing is. Words of
// enumerations are small letters, and `unknown` stands for none. Reports what
// the field cannot be.
void SetField(const google::protobuf::FieldDescriptor& field,
              const YamlValue& value, const TimeFrame& frame,
              google::protobuf::Message& message);

// The same of every field of the message, by its plain name.
void SetFields(YamlMap& map, const TimeFrame& frame,
               google::protobuf::Message& message);

// What a field of a message is expected to be.
struct ExpectedField {
  enum class Kind { kText, kTime, kLength };
  // The field; of a message within the message, after those that lead there.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  Kind kind = Kind::kText;
  std::string value = {};  // as FieldText() gives it
  // Of a history: whether the entry at that place is expected with its time.
  std::vector<bool> timed = {};
};

// Adds what is written of one field, or of fields of a message within. Reports
// a name that the message does not have, and what the field cannot be.
void ReadExpectedField(const YamlField& written,
                       const google::protobuf::Descriptor& message,
                       absl::string_view what, const TimeFrame& frame,
                       std::vector<ExpectedField>& expected);

// What the message says in that field, in the same form.
std::string FieldText(const ExpectedField& expected, const TimeFrame& frame,
                      const google::protobuf::Message& message);

// "owner: ann".
std::string FieldWords(const ExpectedField& expected, absl::string_view value);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_FIELDS_H_
