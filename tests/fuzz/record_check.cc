#include "tests/fuzz/record_check.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "state/codec.h"
#include "tests/fuzz/require.h"
#include "tests/lead/story.h"

namespace leadclock::fuzz {
namespace {

// As in the product. A line for each bad input would take most of the time.
[[maybe_unused]] const auto kLogged = google::protobuf::SetLogHandler(nullptr);

using Result = std::variant<Event, Rejection, Ignored, Heartbeat>;

// A record's own timestamp, far enough for most dates that are accepted.
const absl::Time kWritten = absl::FromUnixSeconds(4'000'000'000);
constexpr std::array<int64_t, 2> kReadUpTo = {5, 6};

WireInputOptions OptionsFor(WireFormat format) {
  // The other form of a value may be larger.
  return {.format = format, .record_bytes = size_t{64} << 20};
}

InputRecord RecordOf(const std::string& value, const std::string& key,
                     LeadInput input) {
  return {.input = static_cast<int>(input),
          .timestamp = kWritten,
          .read_at = kWritten,
          .key = key,
          .value = value,
          .headers = {}};
}

bool Parse(const std::string& value, WireFormat format,
           v1::LeadEvent& message) {
  if (format == WireFormat::kProtobuf) return message.ParseFromString(value);
  return google::protobuf::util::JsonStringToMessage(value, &message).ok();
}

std::string Write(const v1::LeadEvent& message, WireFormat format) {
  if (format == WireFormat::kProtobuf) return message.SerializeAsString();
  std::string json;
  Require(google::protobuf::util::MessageToJsonString(message, &json).ok(),
          "a message that was read can be written as JSON");
  return json;
}

void CheckRejection(const Rejection& rejection) {
  static const auto* const kCodes = new std::set<std::string>{
      "DECODE", "FIELD", "TIME", "FUTURE", "KEY", "SIZE"};
  Require(kCodes->contains(rejection.code), "a rejection's code is known");
  Require(!rejection.message.empty(), "a rejection says what is wrong");
}

void CheckStoredForm(const Event& event) {
  Lead lead;
  lead.history.push_back(event);
  Summarize(lead);
  const absl::StatusOr<Lead> read = DecodeLead(EncodeLead(lead));
  Require(read.ok() && read->history == lead.history,
          "an accepted event is the same after a way through its stored form");
}

void CheckOtherFormat(const v1::LeadEvent& message, const InputRecord& record,
                      WireFormat format, const Event& event) {
  const WireFormat other =
      format == WireFormat::kJson ? WireFormat::kProtobuf : WireFormat::kJson;
  InputRecord same = record;
  same.value = Write(message, other);
  const Result read = ReadLeadEvent(same, OptionsFor(other));
  const Event* const again = std::get_if<Event>(&read);
  Require(again != nullptr && *again == event,
          "an accepted event is the same in the other wire format");
}

void CheckChange(const StateChange& change) {
  std::set<std::string> ids;
  for (const OutputRecord& output : change.outputs) {
    v1::SlaEvent event;
    Require(event.ParseFromString(output.value), "an output is a message");
    Require(ids.insert(event.id()).second, "no two outputs have one id");
  }
  if (change.changelog_value && !change.changelog_value->empty()) {
    const absl::StatusOr<Fold::Restored> restored =
        TestJob(WireFormat::kProtobuf).Restore("lead", *change.changelog_value);
    Require(restored.ok() && restored->state == change.state &&
                restored->next_instant == change.next_instant,
            "the changelog restores the state");
  }
}

StateChange Fold(const std::string& key, const std::string& state,
                 std::span<const DecodedRecord* const> records,
                 absl::Time now) {
  absl::StatusOr<StateChange> change = TestJob(WireFormat::kProtobuf)
                                           .Apply(key, state, records,
                                                  {.now = now,
                                                   .read_at = now,
                                                   .wall = now,
                                                   .read_up_to = kReadUpTo});
  Require(change.ok(), "a state that was written can be read");
  CheckChange(*change);
  return *std::move(change);
}

void CheckEvent(const Event& event, const v1::LeadEvent& message,
                const InputRecord& record, WireFormat format) {
  Require(!event.ref.source.empty() && !event.ref.id.empty(),
          "an accepted event has a name");
  Require(event.occurred_at <= kWritten + absl::Minutes(5),
          "an accepted event is not dated after its record");
  CheckStoredForm(event);
  CheckOtherFormat(message, record, format, event);
  CheckFold(record, format, event.occurred_at + absl::Hours(1));
}

}  // namespace

const Policy& TestPolicy() {
  static const auto* const kPolicy = new Policy(story::ExamplePolicy());
  return *kPolicy;
}

const LeadJob& TestJob(WireFormat format) {
  const auto make = [](WireFormat of) {
    return new LeadJob(PolicyBook(TestPolicy()),
                       {.input = OptionsFor(of),
                        .output = {.input_topics = {"created", "activity"}}});
  };
  static const LeadJob* const kProtobuf = make(WireFormat::kProtobuf);
  static const LeadJob* const kJson = make(WireFormat::kJson);
  return format == WireFormat::kJson ? *kJson : *kProtobuf;
}

void CheckFold(const InputRecord& record, WireFormat format, absl::Time now) {
  const Decoded decoded = TestJob(format).Decode(record);
  if (const auto* rejection = std::get_if<Rejection>(&decoded)) {
    return CheckRejection(*rejection);
  }
  const auto* const made =
      std::get_if<std::unique_ptr<const DecodedRecord>>(&decoded);
  Require(made != nullptr, "the record is of a lead, or refused");

  const std::array<const DecodedRecord*, 1> records = {made->get()};
  StateChange change = Fold(*record.key, "", records, now);
  std::string state = change.remnant ? change.remnant->state : change.state;
  change = Fold(*record.key, state, records, now);
  Require(change.outputs.empty(), "a record that comes twice says nothing new");

  for (int i = 0; i < 20 && !change.state.empty(); ++i) {
    if (change.next_instant == absl::InfiniteFuture()) return;
    Require(change.next_instant > now, "what is asked for lies ahead");
    now = change.next_instant;
    state = std::move(change.state);
    change = Fold(*record.key, state, {}, now);
  }
}

void CheckRecord(const std::string& value, WireFormat format) {
  v1::LeadEvent message;
  const bool parses = Parse(value, format, message);
  for (const LeadInput input : {LeadInput::kCreated, LeadInput::kActivity}) {
    const InputRecord record = RecordOf(value, message.lead_id(), input);
    const Result result = ReadLeadEvent(record, OptionsFor(format));
    if (const auto* rejection = std::get_if<Rejection>(&result)) {
      CheckRejection(*rejection);
    } else if (const auto* ignored = std::get_if<Ignored>(&result)) {
      Require(!ignored->reason.empty(), "what is ignored has a reason");
    } else if (const auto* event = std::get_if<Event>(&result)) {
      Require(parses, "an accepted event is a message");
      CheckEvent(*event, message, record, format);
    }
  }
}

}  // namespace leadclock::fuzz
