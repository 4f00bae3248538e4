#include "app/lead/record_lines.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <functional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* FieldOf(const Struct& object, const std::string& name) {
  const auto field = object.fields().find(name);
  return field == object.fields().end() ? nullptr : &field->second;
}

// kcat prints headers as a list of names and values in turn.
std::vector<Header> HeadersOf(const Struct& object) {
  const Value* const field = FieldOf(object, "headers");
  std::vector<Header> headers;
  if (field == nullptr) return headers;
  const auto& values = field->list_value().values();
  for (int i = 0; i + 1 < values.size(); i += 2) {
    headers.emplace_back(values[i].string_value(),
                         values[i + 1].string_value());
  }
  return headers;
}

absl::StatusOr<InputRecord> RecordOf(const std::string& line) {
  Struct object;
  const auto read = google::protobuf::util::JsonStringToMessage(line, &object);
  if (!read.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not a JSON object: ", std::string(read.message())));
  }
  InputRecord record;
  // An event in a file was not read from a log that could date it.
  record.read_at = absl::InfiniteFuture();
  const Value* const payload = FieldOf(object, "payload");
  if (payload == nullptr) {
    const Value* const lead = FieldOf(object, "lead_id");
    const Value* const as_java = FieldOf(object, "leadId");
    if (lead == nullptr && as_java == nullptr) {
      return absl::InvalidArgumentError(
          "has neither 'lead_id', as a message has, nor 'payload', as what "
          "kcat -J prints");
    }
    record.key = (lead == nullptr ? as_java : lead)->string_value();
    record.value = line;
    record.headers = {{"content-type", "application/json"}};
    return record;
  }
  if (const Value* const key = FieldOf(object, "key")) {
    record.key = key->string_value();
  }
  if (const Value* const timestamp = FieldOf(object, "ts")) {
    record.timestamp =
        absl::FromUnixMillis(static_cast<int64_t>(timestamp->number_value()));
  }
  if (payload->has_string_value()) record.value = payload->string_value();
  record.headers = HeadersOf(object);
  return record;
}

absl::Status ForEachRecord(const std::string& path,
                           const std::function<void(InputRecord)>& take) {
  std::ifstream lines(path);
  if (!lines) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<InputRecord> record = RecordOf(line);
    if (!record.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ":", number, ": ", std::string(record.status().message())));
    }
    take(*std::move(record));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddEventsOf(const std::string& path,
                         const WireInputOptions& options, LeadFile& file) {
  return ForEachRecord(path, [&](InputRecord record) {
    // A file does not say which topic a record was on; what one of them takes
    // the other one refuses.
    record.input = static_cast<int>(LeadInput::kCreated);
    if (!std::holds_alternative<Event>(ReadLeadEvent(record, options))) {
      record.input = static_cast<int>(LeadInput::kActivity);
    }
    AddInput(record, options, file);
  });
}

absl::Status AddSaidOf(const std::string& path, LeadFile& file) {
  return ForEachRecord(path, [&](const InputRecord& record) {
    if (!record.value) return;
    AddOutput(*record.value, record.headers, WireFormat::kJson, file);
  });
}

}  // namespace leadclock
