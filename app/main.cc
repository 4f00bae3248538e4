// leadclock: one binary, a subcommand for each thing to do.

#include <google/protobuf/stubs/logging.h>

#include <CLI/CLI.hpp>
#include <string>

#include "app/commands.h"
#include "app/dev.h"
#include "app/unknown_command.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace {

int Run(int argc, char** argv) {
  // It would write a line of its own for each text that is not UTF-8, as often
  // as a feed sends one. Such a record is told of in quarantine.
  google::protobuf::SetLogHandler(nullptr);
  // Results go to standard output, or to topics; what is told on the way, to
  // standard error.
  spdlog::set_default_logger(spdlog::stderr_color_mt("leadclock"));

  CLI::App app(
      "Keeps the promise to answer: reads what happens to leads from Kafka, "
      "and says, exactly once and at the right instant, who must be reminded, "
      "what was missed, and how it ended.",
      "leadclock");
  app.set_version_flag("--version", LEADCLOCK_VERSION);
  app.require_subcommand(1);

  int exit_code = leadclock::kExitOk;
  leadclock::AddCalendarCommand(app, exit_code);
  leadclock::AddDevCommand(app, exit_code);
  leadclock::AddLeadCommand(app, exit_code);
  leadclock::AddPolicyCommand(app, exit_code);
  leadclock::AddRunCommand(app, exit_code);
  leadclock::AddTopicsCommand(app, exit_code);
  leadclock::AddVerifyCommand(app, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::string unknown = leadclock::UnknownCommand(app);
    if (unknown.empty()) {
      app.exit(error);
      return leadclock::kExitUsage;
    }
    return leadclock::Fail(absl::InvalidArgumentError(unknown),
                           leadclock::kExitUsage);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? leadclock::kExitOk : leadclock::kExitUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  leadclock::KeepStandardStreams();
  return leadclock::FinishOutput(Run(argc, argv));
}
