// leadclock policy publish: puts a version of the policy onto its topic.

#include "app/policy/publish.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/policy/announcement.h"
#include "app/policy/lead_diff.h"
#include "app/policy_source.h"
#include "app/settings.h"
#include "processor/job/published_policy.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/terminal_text.h"
#include "processor/runtime/log_reader.h"
#include "processor/runtime/log_writer.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

struct Options {
  std::string policy;
  std::string config;
  bool correct = false;
  bool far_ahead = false;
  bool dry_run = false;
  bool leads = false;
};

// What its commit says of the record, in words for whoever published it.
int FailToWrite(const absl::Status& status, const std::string& topic) {
  if (absl::IsAlreadyExists(status)) {
    return Fail(absl::AbortedError(absl::StrCat(
                    "somebody else publishes on ", topic, " at this moment; ",
                    "nothing was published. Try again: what they published is "
                    "looked at then")),
                kExitFailure);
  }
  if (kafka_error::IsOutcomeUnknown(status)) {
    return Fail(
        absl::UnknownError(absl::StrCat(
            "it is not known whether it was published: ", status.message(),
            ". Publish it again, which says so if it was")),
        kExitUnavailable);
  }
  return Fail(status, kExitFailure);
}

// First that it is published: what it changes may take a while to tell.
int Tell(const Policy& policy, const PolicyBook* before,
         const Settings& settings, const Options& options, absl::Time now) {
  const Announcement announcement = {
      .policy = policy,
      .before = before == nullptr ? nullptr : &before->newest(),
      .topic = settings.policy_topic,
      .now = now,
      .zone = absl::LocalTimeZone(),
      .is_trial = options.dry_run};
  std::cout << PrintableLines(PublishedText(announcement)) << std::flush
            << PrintableLines(ChangesText(announcement));
  if (options.leads && before != nullptr) {
    const auto sentences =
        DifferenceForLeads(settings, before->newest(), policy, now);
    if (!sentences.ok()) return FailToLoadPolicy(sentences.status());
    for (const std::string& sentence : *sentences) {
      std::cout << PrintableLines(sentence) << '\n';
    }
  }
  if (options.dry_run) std::cout << "Nothing was written.\n";
  return kExitOk;
}

absl::Status Write(LogWriter& writer, const Policy& policy,
                   const Options& options, const std::string& topic,
                   absl::Time now) {
  std::vector<OutgoingRecord> records(1);
  records[0].to.topic = topic;
  records[0].key = PublishedKey(policy);
  records[0].value = WritePublished(policy, now, options.correct);
  records[0].headers.emplace_back("content-type", "application/protobuf");
  return writer.Write(records, now, kPatience);
}

// Without a writer it is a trial.
int PublishWith(LogReader& reader, LogWriter* writer, const Policy& policy,
                const Settings& settings, const Options& options) {
  const std::string& topic = settings.policy_topic;
  const auto published = ReadPublishedPolicies(reader, topic, kPatience);
  if (!published.ok()) return FailToLoadPolicy(published.status());
  const absl::Status kept = CheckPolicyTopic(reader, topic, kPatience);
  if (!kept.ok()) return FailToLoadPolicy(kept);
  for (const std::string& record : published->left_out) {
    std::cerr << "leadclock: " << Printable(record) << '\n';
  }
  const PolicyBook* const before =
      published->book ? &*published->book : nullptr;
  const absl::Time now = absl::Now();
  const absl::Status may =
      MayBePublished(policy, before,
                     {.now = now,
                      .lead_time = settings.policy_lead_time,
                      .correct = options.correct,
                      .far_ahead = options.far_ahead});
  if (absl::IsAlreadyExists(may)) {
    std::cout << "Nothing to do: version " << policy.version
              << " is published on " << topic << " just so.\n";
    return kExitOk;
  }
  if (!may.ok()) return Fail(may, kExitFailure);
  if (writer != nullptr) {
    const absl::Status written = Write(*writer, policy, options, topic, now);
    if (!written.ok()) return FailToWrite(written, topic);
  }
  return Tell(policy, before, settings, options, now);
}

int Publish(const Options& options) {
  // What the client would warn of is said in the end, in other words.
  spdlog::set_level(spdlog::level::err);
  const absl::StatusOr<Settings> settings = LoadSettings(options.config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  if (settings->policy_topic.empty()) {
    return Fail(absl::InvalidArgumentError(absl::StrCat(
                    options.config,
                    " takes the policy from files, so there is nowhere to "
                    "publish it; write policy: {topic: sla.policy}")),
                kExitSettings);
  }
  const absl::StatusOr<Policy> policy = LoadPolicy(options.policy);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);

  ConnectionOptions connection = WorkerOptionsOf(*settings).connection;
  connection.instance = "publish";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return Fail(reader.status(), kExitSettings);
  if (options.dry_run) {
    return PublishWith(**reader, nullptr, *policy, *settings, options);
  }
  // First, so that nobody adds anything between what is read and what is
  // written.
  const auto writer = LogWriter::Become(
      absl::StrCat("leadclock-policy-", settings->policy_topic), connection,
      kPatience);
  if (!writer.ok()) {
    return Fail(absl::UnavailableError(absl::StrCat(
                    "Kafka at ", settings->brokers,
                    " cannot be written to: ", writer.status().message())),
                kExitUnavailable);
  }
  return PublishWith(**reader, writer->get(), *policy, *settings, options);
}

}  // namespace

void AddPublishCommand(CLI::App& policy, int& exit_code) {
  CLI::App* const publish = policy.add_subcommand(
      "publish",
      "Put a version of the policy onto the topic from which the workers take "
      "it, and tell when it takes effect and what changes. Refused if it is "
      "wrong (exit code 78), if its number is taken, or if it would take "
      "effect too soon or more than a year from now (exit code 1).");
  auto options = std::make_shared<Options>();
  publish->add_option("policy", options->policy, "the policy")
      ->type_name("FILE")
      ->required();
  publish
      ->add_option("--config", options->config,
                   "the file of settings of the job")
      ->type_name("FILE")
      ->required();
  publish->add_flag("--correct", options->correct,
                    "publish it though it takes effect sooner than lead_time "
                    "allows, or took effect already: what was said and is no "
                    "longer true is taken back");
  publish->add_flag("--far-ahead", options->far_ahead,
                    "publish it though it takes effect more than a year from "
                    "now: no later version can take effect before it");
  CLI::Option* const dry_run =
      publish->add_flag("--dry-run", options->dry_run,
                        "say and refuse all that it would, and write nothing");
  publish
      ->add_flag("--leads", options->leads,
                 "with --dry-run: tell how many of the clocks that are open in "
                 "the job change, too")
      ->needs(dry_run);
  publish->callback([options, &exit_code] { exit_code = Publish(*options); });
}

}  // namespace leadclock
