// leadclock run: the processor.

#include <string>

#include "app/commands.h"
#include "app/policy_source.h"
#include "app/settings.h"
#include "processor/job/lead_job.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/run_workers.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

int Run(const std::string& config) {
  const std::atomic<bool>& stop = ListenForStop();

  const absl::StatusOr<Settings> settings = LoadSettings(config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  const absl::StatusOr<PolicyBook> policies = LoadPolicyBook(*settings);
  if (!policies.ok()) return FailToLoadPolicy(policies.status());
  const absl::Status kept = CheckPolicyTopic(*settings);
  if (!kept.ok()) return FailToLoadPolicy(kept);

  for (const Policy& policy : policies->versions()) {
    spdlog::info("policy version {} of {}", policy.version,
                 PolicySourceOf(*settings));
  }
  const auto job =
      std::make_shared<const LeadJob>(*policies, LeadJobOptionsOf(*settings));
  const SystemClock clock;
  const absl::Status status =
      RunWorkers(WorkerOptionsOf(*settings), job, clock, stop);
  if (!status.ok()) {
    return Fail(status, status.code() == absl::StatusCode::kInvalidArgument
                            ? kExitSettings
                            : kExitFailure);
  }
  spdlog::info("ended in good order");
  return kExitOk;
}

}  // namespace

void AddRunCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "run", "Run the processor until SIGTERM, against a real Kafka.");
  auto config = std::make_shared<std::string>();
  command->add_option("--config", *config, "the file of settings")
      ->type_name("FILE")
      ->required();
  command->callback([config, &exit_code] { exit_code = Run(*config); });
}

}  // namespace leadclock
