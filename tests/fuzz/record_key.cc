// A record's key and headers: those of a tombstone, which has nothing else, and
// those of a record whose value is an event.

#include <string>

#include "leadclock/v1/lead_event.pb.h"
#include "tests/fuzz/record_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using leadclock::WireFormat;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;  // the runtime lets no such key through
  const absl::Time at = absl::FromUnixSeconds(1'772'800'000);
  leadclock::InputRecord record = {.input = 1,
                                   .partition = 0,
                                   .offset = 7,
                                   .timestamp = at,
                                   .read_at = at,
                                   .key = bytes,
                                   .value = std::nullopt,
                                   .headers = {}};
  leadclock::fuzz::CheckFold(record, WireFormat::kProtobuf, at);

  leadclock::v1::LeadEvent event;
  event.set_lead_id("lead-1");
  event.set_id("1");
  event.set_source("crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(at));
  event.mutable_erased();
  record.key = "lead-1";
  record.value = event.SerializeAsString();
  record.headers = {{"content-type", bytes}};
  leadclock::fuzz::CheckFold(record, WireFormat::kProtobuf, at);
  record.headers = {{"traceparent", bytes}};
  leadclock::fuzz::CheckFold(record, WireFormat::kProtobuf, at);
  return 0;
}
