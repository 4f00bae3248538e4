// The state of a lead, as the local store and the topic of leads hold it.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "state/codec.h"
#include "tests/fuzz/record_check.h"
#include "tests/fuzz/require.h"
#include "tests/lead/story.h"

namespace leadclock::fuzz {
namespace {

constexpr char kLead[] = "lead-1";
constexpr std::array<int64_t, 2> kReadUpTo = {5, 6};

void CheckError(const absl::Status& status) {
  Require(absl::IsDataLoss(status) || absl::IsFailedPrecondition(status),
          "a state that is refused is damaged, or of another policy");
  Require(status.message().find(kLead) != std::string::npos,
          "an error names the lead");
}

const DecodedRecord& ACall() {
  static const Decoded* const kCall = [] {
    v1::LeadEvent message;
    message.set_lead_id(kLead);
    message.set_id("a call");
    message.set_source("crm");
    message.set_occurred_at_ms(
        absl::ToUnixMillis(story::At("2026-03-09 09:30")));
    message.mutable_touch()->set_direction(v1::Touch::OUTBOUND);
    message.mutable_touch()->set_actor_kind(v1::Touch::HUMAN);
    message.mutable_touch()->set_actor_id("owner-1");
    message.mutable_touch()->set_meaningful(true);
    return new Decoded(TestJob(WireFormat::kProtobuf)
                           .Decode({.input = 1,
                                    .partition = 0,
                                    .offset = 0,
                                    .timestamp = std::nullopt,
                                    .read_at = absl::UnixEpoch(),
                                    .key = kLead,
                                    .value = message.SerializeAsString(),
                                    .headers = {}}));
  }();
  return *std::get<std::unique_ptr<const DecodedRecord>>(*kCall);
}

void CheckJob(const std::string& state) {
  const std::array<const DecodedRecord*, 1> call = {&ACall()};
  for (const std::span<const DecodedRecord* const> records :
       {std::span<const DecodedRecord* const>(),
        std::span<const DecodedRecord* const>(call)}) {
    const absl::Time now = story::At("2026-03-09 10:00");
    const absl::StatusOr<StateChange> change =
        TestJob(WireFormat::kProtobuf)
            .Apply(kLead, state, records,
                   {.now = now,
                    .read_at = now,
                    .wall = now,
                    .read_up_to = kReadUpTo});
    if (!change.ok()) CheckError(change.status());
  }
}

// Any bytes, as the value on the topic of leads. What is restored goes on.
void CheckRestore(const std::string& value) {
  const absl::StatusOr<Fold::Restored> restored =
      TestJob(WireFormat::kProtobuf).Restore(kLead, value);
  if (!restored.ok()) return CheckError(restored.status());
  CheckJob(restored->state);
}

// Any lead, under the policy of the test.
void CheckLead(std::string_view bytes) {
  absl::StatusOr<Lead> lead = DecodeLead(bytes);
  if (!lead.ok()) {
    Require(absl::IsDataLoss(lead.status()), "what cannot be read is damaged");
    return;
  }
  const std::string written = EncodeLead(*lead);
  const absl::StatusOr<Lead> again = DecodeLead(written);
  Require(again.ok() && EncodeLead(*again) == written,
          "what was read is the same when it is written and read");

  const int64_t version = TestPolicy().version;
  lead->policy_version = version;
  lead->policy_hash = PolicyMark(TestPolicy());
  lead->first_policy_version = version;
  lead->policy_versions = 1;
  for (Said& said : lead->ledger) said.fact.policy_version = version;
  if (lead->progress) {
    for (ClockRun& run : lead->progress->runs) run.policy_version = version;
  }
  CheckJob(std::string(8, '\0') + EncodeLead(*lead));
}

}  // namespace
}  // namespace leadclock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  leadclock::fuzz::CheckRestore(bytes);
  leadclock::fuzz::CheckLead(bytes);
  return 0;
}
