// leadclock topics create: the topics that the processor reads and writes.

#include "processor/runtime/topics.h"

#include <iostream>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/settings.h"

namespace leadclock {
namespace {

struct CreateOptions {
  std::string config;
  TopicLayout layout = {.partitions = 12, .replication = -1};
};

int Create(const CreateOptions& options) {
  const absl::StatusOr<Settings> settings = LoadSettings(options.config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  const WorkerOptions worker = WorkerOptionsOf(*settings);
  const absl::StatusOr<std::vector<std::string>> created =
      CreateTopics(worker.connection, worker.loop.topics, options.layout);
  if (!created.ok()) return Fail(created.status(), kExitFailure);
  for (const std::string& topic : *created) {
    std::cout << "created " << topic << '\n';
  }
  if (created->empty()) std::cout << "all topics exist\n";
  return kExitOk;
}

}  // namespace

void AddTopicsCommand(CLI::App& app, int& exit_code) {
  CLI::App* topics =
      app.add_subcommand("topics", "The topics that the processor uses.");
  topics->require_subcommand(1);

  CLI::App* create = topics->add_subcommand(
      "create", "Create those that are missing; existing ones are checked.");
  auto options = std::make_shared<CreateOptions>();
  create->add_option("--config", options->config, "the file of settings")
      ->type_name("FILE")
      ->required();
  create
      ->add_option("--partitions", options->layout.partitions,
                   "of each topic; as many as workers may ever share the load")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  create
      ->add_option("--replication-factor", options->layout.replication,
                   "copies of each partition; -1: the brokers' default")
      ->capture_default_str();
  create->callback([options, &exit_code] { exit_code = Create(*options); });
}

}  // namespace leadclock
