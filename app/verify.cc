// leadclock verify: computes once more all that a job must have said.

#include "processor/verify/verify.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/policy_source.h"
#include "app/settings.h"
#include "app/verify/show_report.h"
#include "app/verify/snapshot.h"
#include "processor/job/lead_job.h"
#include "processor/policy/duration.h"
#include "processor/policy/terminal_text.h"
#include "processor/runtime/log_reader.h"

namespace leadclock {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(30);
constexpr absl::Duration kLookAgain = absl::Seconds(1);

struct Options {
  std::string config;
  bool json = false;
  bool until_idle = false;
  std::string patience = "60s";
};

using Lines = std::set<std::string>;

class Verification {
 public:
  Verification(const PolicyBook& policies, const VerifyOptions& options,
               LogReader& reader, absl::Duration patience)
      : policies_(policies),
        options_(options),
        job_(policies, options.job),
        reader_(reader),
        patience_(patience) {}

  // Waits until the group has committed all that is on the input topics.
  absl::Status AwaitIdle();
  absl::StatusOr<VerifyReport> Run();

 private:
  struct OfPartition {
    VerifyReport report;
    absl::Time now;  // at the first look
    // Owed at every look so far.
    Lines owed;
    bool moves = false;
  };

  absl::Status Look(int32_t number);
  // Looks again at partitions that owe something, until they have said it.
  absl::Status AwaitOwed();
  // What a partition owes though its now has moved on is a difference.
  static void Judge(OfPartition& partition, absl::Duration waited);

  const PolicyBook& policies_;
  const VerifyOptions& options_;
  const LeadJob job_;
  LogReader& reader_;
  const absl::Duration patience_;
  std::map<int32_t, OfPartition> partitions_;
};

absl::Status Verification::AwaitIdle() {
  std::vector<TopicPartition> inputs;
  for (const std::string& topic : options_.topics.inputs) {
    for (int32_t n = 0; n < options_.partitions; ++n) {
      inputs.push_back({topic, n});
    }
  }
  const absl::Time give_up = absl::Now() + patience_;
  while (true) {
    const auto bounds = reader_.Bounds(inputs, patience_);
    if (!bounds.ok()) return bounds.status();
    const auto committed = reader_.Committed(inputs, patience_);
    if (!committed.ok()) return committed.status();
    int64_t backlog = 0;
    for (const CommittedOffset& offset : *committed) {
      backlog += bounds->at(offset.at).end - offset.offset.value_or(0);
    }
    if (backlog == 0) return absl::OkStatus();
    if (absl::Now() > give_up) {
      return absl::UnavailableError(
          absl::StrCat("after ", absl::FormatDuration(patience_),
                       " the job has ", backlog, " records still to read"));
    }
    absl::SleepFor(kLookAgain);
  }
}

absl::StatusOr<VerifyReport> Verification::Run() {
  for (int32_t n = 0; n < options_.partitions; ++n) {
    if (absl::Status status = Look(n); !status.ok()) return status;
  }
  if (absl::Status status = AwaitOwed(); !status.ok()) return status;
  VerifyReport report;
  for (auto& [number, partition] : partitions_) {
    Judge(partition, patience_);
    report.Add(partition.report);
  }
  return report;
}

absl::Status Verification::Look(int32_t number) {
  const auto log =
      TakeSnapshot(reader_, options_.topics, job_, number, patience_);
  if (!log.ok()) return log.status();
  VerifyReport report = VerifyPartition(policies_, options_, *log);
  const Lines owed(report.owed.begin(), report.owed.end());
  const auto [place, is_first] = partitions_.try_emplace(number);
  OfPartition& partition = place->second;
  partition.report = std::move(report);
  if (is_first) {
    partition.now = log->judged.now;
    partition.owed = owed;
    return absl::OkStatus();
  }
  partition.moves = log->judged.now > partition.now;
  std::erase_if(partition.owed,
                [&](const std::string& line) { return !owed.contains(line); });
  return absl::OkStatus();
}

absl::Status Verification::AwaitOwed() {
  const absl::Time give_up = absl::Now() + patience_;
  while (absl::Now() < give_up) {
    bool waits = false;
    for (auto& [number, partition] : partitions_) {
      if (partition.owed.empty()) continue;
      if (absl::Status status = Look(number); !status.ok()) return status;
      waits = waits || !partition.owed.empty();
    }
    if (!waits) break;
    absl::SleepFor(kLookAgain);
  }
  return absl::OkStatus();
}

void Verification::Judge(OfPartition& partition, absl::Duration waited) {
  VerifyReport& report = partition.report;
  report.owed.assign(partition.owed.begin(), partition.owed.end());
  if (!partition.moves) return;
  for (const std::string& line : report.owed) {
    report.differences.push_back(
        {.lead = "",
         .place = "",
         .text = absl::StrCat(line,
                              " was to be said when it was first looked "
                              "at, and is not said ",
                              absl::FormatDuration(waited), " later")});
  }
  report.owed.clear();
}

absl::StatusOr<int32_t> CountPartitions(LogReader& reader,
                                        const JobTopics& topics) {
  const auto facts = reader.Topics(topics.inputs, kStartTimeout);
  if (!facts.ok()) return facts.status();
  int32_t partitions = 0;
  for (const std::string& topic : topics.inputs) {
    if (!facts->contains(topic)) {
      return absl::NotFoundError(
          absl::StrCat("the topic ", topic, " does not exist"));
    }
    partitions = std::max(partitions, facts->at(topic).partitions);
  }
  return partitions;
}

absl::StatusOr<VerifyReport> VerifyJob(const Options& options,
                                       const Settings& settings,
                                       const PolicyBook& policies,
                                       absl::Duration patience) {
  const WorkerOptions worker = WorkerOptionsOf(settings);
  ConnectionOptions connection = worker.connection;
  connection.instance = "verify";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return reader.status();
  const auto partitions = CountPartitions(**reader, worker.loop.topics);
  if (!partitions.ok()) return partitions.status();

  const VerifyOptions verify = {.job = LeadJobOptionsOf(settings),
                                .topics = worker.loop.topics,
                                .partitioner = worker.loop.partitioner,
                                .partitions = *partitions};
  Verification verification(policies, verify, **reader, patience);
  if (options.until_idle) {
    if (absl::Status idle = verification.AwaitIdle(); !idle.ok()) return idle;
  }
  return verification.Run();
}

int Verify(const Options& options) {
  const absl::StatusOr<absl::Duration> patience =
      ParseDuration(options.patience);
  if (!patience.ok()) return Fail(patience.status(), kExitUsage);
  const absl::StatusOr<Settings> settings = LoadSettings(options.config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  const absl::StatusOr<PolicyBook> policies = LoadPolicyBook(*settings);
  if (!policies.ok()) return FailToLoadPolicy(policies.status());

  const absl::StatusOr<VerifyReport> report =
      VerifyJob(options, *settings, *policies, *patience);
  if (!report.ok()) {
    return Fail(report.status(),
                report.status().code() == absl::StatusCode::kInvalidArgument
                    ? kExitSettings
                    : kExitUnavailable);
  }
  std::cout << (options.json ? JsonOf(*report) + "\n"
                             : PrintableLines(TextOf(*report)));
  return report->differences.empty() ? kExitOk : kExitFailure;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "verify",
      "Compute once more, from the input topics alone, all that a job must "
      "have "
      "said, and compare. Exits with 1 if there is a difference, with 69 if it "
      "could not be found out. The job may run meanwhile.");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--config", options->config,
                   "the file of settings of the job")
      ->type_name("FILE")
      ->required();
  command->add_flag("--json", options->json, "print one JSON object");
  command->add_flag("--until-idle", options->until_idle,
                    "wait first until the job has read all of its input");
  command
      ->add_option("--patience", options->patience,
                   "how long to wait for open transactions, and for what the "
                   "job is about to say")
      ->type_name("DURATION")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = Verify(*options); });
}

}  // namespace leadclock
