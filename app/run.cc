// leadclock run: the processor.

#include <string>

#include "app/commands.h"
#include "app/settings.h"
#include "processor/job/lead_job.h"
#include "processor/policy/parse_policy.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/run_workers.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

int Run(const std::string& config) {
  const std::atomic<bool>& stop = ListenForStop();
  // Results go to topics; what is told on the way goes to standard error.
  spdlog::set_default_logger(spdlog::stderr_color_mt("leadclock"));

  const absl::StatusOr<Settings> settings = LoadSettings(config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  absl::StatusOr<Policy> policy = LoadPolicy(settings->policy_file);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);

  spdlog::info("policy version {} of {}", policy->version,
               settings->policy_file);
  const auto job = std::make_shared<const LeadJob>(*std::move(policy),
                                                   LeadJobOptionsOf(*settings));
  const SystemClock clock;
  const absl::Status status =
      RunWorkers(WorkerOptionsOf(*settings), job, clock, stop);
  if (!status.ok()) {
    return Fail(status, status.code() == absl::StatusCode::kInvalidArgument
                            ? kExitSettings
                            : kExitFailure);
  }
  spdlog::info("everything is committed");
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
