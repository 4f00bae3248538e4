#include "app/lead/record_lines.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <filesystem>
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

// A line of a file.
struct Line {
  InputRecord record;
  bool is_message = false;  // itself; else it was a record of a topic
  std::string topic = {};   // if the line says that
};

absl::StatusOr<Line> LineOf(const std::string& line) {
  Struct object;
  const auto read = google::protobuf::util::JsonStringToMessage(line, &object);
  if (!read.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not a JSON object: ", std::string(read.message())));
  }
  Line parsed;
  InputRecord& record = parsed.record;
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
    parsed.is_message = true;
    return parsed;
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
  if (const Value* const topic = FieldOf(object, "topic")) {
    parsed.topic = topic->string_value();
  }
  return parsed;
}

// A file need not say which topic a record was on, and topics may have names of
// their own; then what one of the two takes the other one refuses.
std::variant<Event, Rejection, Ignored, Heartbeat> ReadFromFile(
    const WireInputOptions& options, const std::string& topic,
    InputRecord& record) {
  if (topic != "leads.activity") {
    record.input = static_cast<int>(LeadInput::kCreated);
    auto read = ReadLeadEvent(record, options);
    if (std::holds_alternative<Event>(read) || topic == "leads.created") {
      return read;
    }
  }
  record.input = static_cast<int>(LeadInput::kActivity);
  return ReadLeadEvent(record, options);
}

// Whether it was written to an output topic.
bool IsSaid(const InputRecord& record) {
  if (!record.value) return false;
  const auto event =
      ReadSlaEvent(*record.value, record.headers, WireFormat::kJson);
  return event && event->kind() != v1::SlaEvent::KIND_UNSPECIFIED;
}

// Hands them to `take`, which says what is wrong with one.
absl::Status ForEachLine(const std::string& path,
                         const std::function<absl::Status(Line)>& take) {
  std::ifstream lines(path);
  if (!lines || std::filesystem::is_directory(path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<Line> read = LineOf(line);
    absl::Status status = read.status();
    if (status.ok()) status = take(*std::move(read));
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
  return ForEachLine(path, [&](Line line) -> absl::Status {
    const auto read = ReadFromFile(options, line.topic, line.record);
    const auto* const rejection = std::get_if<Rejection>(&read);
    if (rejection != nullptr && IsSaid(line.record)) {
      return absl::InvalidArgumentError(
          "is what Leadclock said, an SlaEvent; give the file with --said");
    }
    // What stood on a topic was quarantined, which belongs to the story; what
    // somebody has written is to be mended.
    if (rejection != nullptr && line.is_message) {
      return absl::InvalidArgumentError(rejection->message);
    }
    AddInput(line.record, options, file);
    return absl::OkStatus();
  });
}

absl::Status AddSaidOf(const std::string& path, LeadFile& file) {
  return ForEachLine(path, [&](const Line& line) -> absl::Status {
    const InputRecord& record = line.record;
    if (!record.value) return absl::OkStatus();
    const bool is_read =
        ReadSlaEvent(*record.value, record.headers, WireFormat::kJson)
            .has_value();
    if (line.is_message && !is_read) {
      return absl::InvalidArgumentError(
          "the value is not JSON of leadclock.v1.SlaEvent");
    }
    AddOutput(*record.value, record.headers, WireFormat::kJson, file);
    return absl::OkStatus();
  });
}

}  // namespace leadclock
