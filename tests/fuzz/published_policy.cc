// A record of the topic of policies.

#include "processor/job/published_policy.h"

#include <string>

#include "absl/strings/str_split.h"
#include "leadclock/v1/policy.pb.h"
#include "processor/policy/parse_policy.h"
#include "tests/fuzz/require.h"

namespace leadclock::fuzz {
namespace {

void CheckError(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status),
          "an error says whether others fail as well", status.ToString());
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    RequireReadable(line);
  }
}

void CheckValue(const std::string& value) {
  const absl::StatusOr<Policy> policy = ReadPublished(value);
  if (!policy.ok()) return CheckError(policy.status());
  const absl::StatusOr<Policy> again = ReadPublished(
      WritePublished(*policy, absl::UnixEpoch(), /*correct=*/false));
  Require(again.ok(), "what was read can be written",
          again.status().ToString());
  Require(again->hash == policy->hash, "and is the same");
  CompiledCalendars compiled;
  Require(WithPublished(nullptr, value, compiled).ok(), "it may stand alone");
}

// Few inputs come upon a hash that fits: all of them get one.
void CheckSealed(const std::string& value) {
  v1::PublishedPolicy message;
  if (!message.ParseFromString(value)) return;
  message.set_hash(PolicyHash(
      message.text(), {message.files().begin(), message.files().end()}));
  CheckValue(message.SerializeAsString());
}

}  // namespace
}  // namespace leadclock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string value(reinterpret_cast<const char*>(data), size);
  leadclock::fuzz::CheckValue(value);
  leadclock::fuzz::CheckSealed(value);
  return 0;
}
