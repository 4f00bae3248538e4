// The settings of `leadclock run`.

#include <string>

#include "app/settings.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/yaml_errors.h"

namespace leadclock::fuzz {
namespace {

void CheckSettings(const std::string& text) {
  const absl::StatusOr<Settings> settings =
      ParseSettings(text, "settings.yaml", "/nowhere");
  if (!settings.ok()) {
    return CheckYamlErrors(settings.status(), {"settings.yaml"});
  }
  Require(!settings->brokers.empty(), "accepted settings name brokers");
  Require(!settings->data_dir.empty(), "accepted settings name a folder");
  Require(settings->policy_files.empty() != settings->policy_topic.empty(),
          "accepted settings name a policy");
  const LoopOptions loop = WorkerOptionsOf(*settings).loop;
  Require(loop.commit_interval > absl::ZeroDuration() &&
              loop.commit_interval <= absl::Seconds(5),
          "transactions end in time");
  for (const absl::Duration length : {loop.settle, loop.skew, loop.resettle,
                                      LeadJobOptionsOf(*settings).input.skew}) {
    Require(length >= absl::ZeroDuration() && length < absl::InfiniteDuration(),
            "a length of time is finite");
  }
}

}  // namespace
}  // namespace leadclock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  leadclock::fuzz::CheckSettings({reinterpret_cast<const char*>(data), size});
  return 0;
}
