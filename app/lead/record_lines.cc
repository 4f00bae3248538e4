#include "app/lead/record_lines.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "processor/job/wire_output.h"

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

// Whether a line is the message itself, or was a record of a topic.
enum class LineKind : uint8_t { kMessage, kRecord };

// Hands them to `take`, which says what is wrong with one.
absl::Status ForEachRecord(
    const std::string& path,
    const std::function<absl::Status(InputRecord, LineKind)>& take) {
  std::ifstream lines(path);
  if (!lines) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<InputRecord> record = RecordOf(line);
    absl::Status status = record.status();
    if (status.ok()) {
      const LineKind kind =
          record->value == line ? LineKind::kMessage : LineKind::kRecord;
      status = take(*std::move(record), kind);
    }
    if (!status.ok()) {
      // The place within the line, which may follow, is a text of two lines.
      const std::string what(
          status.message().substr(0, status.message().find('\n')));
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", number, ": ", what));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddEventsOf(const std::string& path,
                         const WireInputOptions& options, LeadFile& file) {
  return ForEachRecord(
      path, [&](InputRecord record, LineKind kind) -> absl::Status {
        // A file does not say which topic a record was on; what one of them
        // takes the other one refuses.
        record.input = static_cast<int>(LeadInput::kCreated);
        auto read = ReadLeadEvent(record, options);
        if (!std::holds_alternative<Event>(read)) {
          record.input = static_cast<int>(LeadInput::kActivity);
          read = ReadLeadEvent(record, options);
        }
        // What stood on a topic was quarantined, which belongs to the story;
        // what somebody has written is to be mended.
        const auto* const rejection = std::get_if<Rejection>(&read);
        if (kind == LineKind::kMessage && rejection != nullptr &&
            rejection->code == "DECODE") {
          return absl::InvalidArgumentError(rejection->message);
        }
        AddInput(record, options, file);
        return absl::OkStatus();
      });
}

absl::Status AddSaidOf(const std::string& path, LeadFile& file) {
  return ForEachRecord(
      path, [&](const InputRecord& record, LineKind kind) -> absl::Status {
        if (!record.value) return absl::OkStatus();
        const bool is_read =
            ReadSlaEvent(*record.value, record.headers, WireFormat::kJson)
                .has_value();
        if (kind == LineKind::kMessage && !is_read) {
          return absl::InvalidArgumentError(
              "the value is not JSON of leadclock.v1.SlaEvent");
        }
        AddOutput(*record.value, record.headers, WireFormat::kJson, file);
        return absl::OkStatus();
      });
}

}  // namespace leadclock
