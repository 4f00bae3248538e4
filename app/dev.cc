// leadclock dev: everything in one process, to look at.

#include "app/dev.h"

#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/commands.h"
#include "app/dev/demo.h"
#include "app/dev/example_policy.h"
#include "app/dev/view.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

struct DevOptions {
  DemoOptions demo;
  std::string policy_file;
};

absl::StatusOr<Policy> PolicyOf(const DevOptions& options) {
  if (!options.policy_file.empty()) return LoadPolicy(options.policy_file);
  return ParsePolicy(kExamplePolicy, "example.yaml");
}

// A directory of our own, until the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code error;
    const auto parent = std::filesystem::temp_directory_path(error);
    if (error) return;
    std::string path = parent / "leadclock-dev-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // Empty: none could be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

int Conclude(const Situation& situation, bool once) {
  std::cout << "\nCame: " << situation.leads()
            << " leads.\nWait: " << WaitingCounts(situation)
            << ".\nSaid: " << SaidCounts(situation) << ".\n";
  const std::vector<std::string> missing = NotYetSeen(situation);
  if (!once || missing.empty()) return kExitOk;
  return Fail(absl::DeadlineExceededError(absl::StrCat(
                  "--once: not seen: ", absl::StrJoin(missing, ", "))),
              kExitFailure);
}

int Dev(const DevOptions& options) {
  absl::StatusOr<Policy> policy = PolicyOf(options);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  const TemporaryDirectory directory;
  if (directory.path().empty()) {
    return Fail(absl::FailedPreconditionError(
                    "no temporary directory can be made; TMPDIR says where"),
                kExitFailure);
  }
  const absl::StatusOr<std::unique_ptr<Demo>> demo =
      Demo::Create(options.demo, *std::move(policy), directory.path());
  if (!demo.ok()) return Fail(demo.status(), kExitFailure);

  std::cout << (*demo)->Kafka()
            << "\nNothing here survives; leadclock run does.\n"
            << std::endl;
  // Whoever reads may go; then writing fails, and the demo ends.
  std::signal(SIGPIPE, SIG_IGN);
  const absl::Status status = (*demo)->Run(ListenForStop());
  if (!status.ok()) return Fail(status, kExitFailure);
  return Conclude((*demo)->situation(), options.demo.once);
}

}  // namespace

void AddDevCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "dev",
      "Try it: a mock of Kafka, a synthetic CRM, the processor and a live view "
      "in one process. Nothing to install, nothing that survives.");
  auto options = std::make_shared<DevOptions>();
  command
      ->add_option("--speed", options->demo.speed,
                   "how many times faster than yours its clock runs")
      ->check(CLI::Range(1.0, 600.0))
      ->capture_default_str();
  command
      ->add_option("--leads-per-minute", options->demo.leads_per_minute,
                   "new leads in a minute of that clock, while all are awake")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command
      ->add_option("--seed", options->demo.seed,
                   "another number makes other leads and other luck")
      ->capture_default_str();
  command
      ->add_option("--policy", options->policy_file,
                   "the rules; without it, those of the example")
      ->type_name("FILE");
  CLI::Option* once = command->add_flag(
      "--once", options->demo.once,
      "end when a reminder, a breach, an escalation and a met clock were seen");
  const auto take_timeout = [options](const std::string& text) {
    const absl::StatusOr<absl::Duration> timeout = ParseDuration(text);
    if (!timeout.ok()) {
      throw CLI::ValidationError("--timeout",
                                 std::string(timeout.status().message()));
    }
    options->demo.timeout = *timeout;
  };
  command
      ->add_option_function<std::string>(
          "--timeout", take_timeout,
          "with --once: give up after this time of yours, and exit with 1")
      ->type_name("DURATION")
      ->default_str(absl::FormatDuration(options->demo.timeout))
      ->needs(once);
  command->callback([options, &exit_code] { exit_code = Dev(*options); });
}

}  // namespace leadclock
