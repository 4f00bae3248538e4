// leadclock lead: what is known of one lead.

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/lead/collect.h"
#include "app/lead/record_lines.h"
#include "app/lead/tell.h"
#include "app/policy_source.h"
#include "app/settings.h"
#include "app/show_json.h"
#include "calendars/business_calendar.h"
#include "processor/policy/duration.h"
#include "processor/policy/instant.h"
#include "processor/runtime/log_reader.h"

namespace leadclock {
namespace {

struct Options {
  std::string lead;
  std::string config;
  std::vector<std::string> policies;
  std::vector<std::string> events;
  std::vector<std::string> said;
  std::string at;
  std::string known_at;
  std::string zone;
  std::string patience = "60s";
  bool json = false;
  bool all = false;
};

absl::StatusOr<LeadFile> FromFiles(const Options& options) {
  LeadFile file;
  file.lead_id = options.lead;
  WireInputOptions input;
  input.format = WireFormat::kJson;
  for (const std::string& path : options.events) {
    if (absl::Status status = AddEventsOf(path, input, file); !status.ok()) {
      return status;
    }
  }
  file.is_said_known = !options.said.empty();
  for (const std::string& path : options.said) {
    if (absl::Status status = AddSaidOf(path, file); !status.ok()) {
      return status;
    }
  }
  return file;
}

absl::StatusOr<LeadFile> FromTopics(const Options& options,
                                    const Settings& settings,
                                    absl::Duration patience) {
  ConnectionOptions connection = WorkerOptionsOf(settings).connection;
  connection.instance = "explain";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return reader.status();
  return CollectLead(**reader, settings, options.lead, patience);
}

absl::StatusOr<absl::Time> InstantOf(const std::string& option,
                                     const std::string& text) {
  absl::StatusOr<absl::Time> instant = ParseInstant(text);
  if (instant.ok()) return instant;
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": ", instant.status().message()));
}

// What the story is to be told as of, and how.
struct Telling {
  absl::Time at;
  absl::Time now;
  std::optional<absl::Time> known_at;
  std::optional<absl::TimeZone> zone;
};

absl::StatusOr<Telling> TellingOf(const Options& options) {
  Telling telling;
  telling.now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  if (!options.known_at.empty()) {
    const auto known_at = InstantOf("--known-at", options.known_at);
    if (!known_at.ok()) return known_at.status();
    telling.known_at = *known_at;
  }
  if (!options.at.empty()) {
    const auto at = InstantOf("--at", options.at);
    if (!at.ok()) return at.status();
    telling.at = *at;
  } else {
    telling.at = telling.known_at.value_or(telling.now);
  }
  if (!options.zone.empty()) {
    absl::TimeZone zone;
    if (!IsTimeZone(options.zone) || !absl::LoadTimeZone(options.zone, &zone)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--zone: '", options.zone,
                       "' is no time zone; write a name such as Europe/London, "
                       "or UTC"));
    }
    telling.zone = zone;
  }
  return telling;
}

bool IsEmpty(const LeadFile& file) {
  return file.events.empty() && file.unreadable.empty() && file.said.empty();
}

// Whether the versions of the policy say when they became known.
enum class Versions : uint8_t { kPublished, kFromFiles };

int Show(const Options& options, const PolicyBook& policies, Versions versions,
         const LeadFile& file, const Telling& telling) {
  const bool is_known = !IsEmpty(file);
  if (!is_known ||
      (telling.known_at && IsEmpty(KnownBy(file, *telling.known_at)))) {
    return Fail(
        absl::NotFoundError(absl::StrCat(
            "nothing ", is_known ? "was" : "is", " on record of a lead '",
            options.lead, "'",
            is_known ? " by then" : "; ids are compared letter by letter")),
        kExitFailure);
  }
  const v1::LeadStory story =
      TellStory(policies, file, telling.at,
                {.known_at = telling.known_at,
                 .now = telling.now,
                 .are_versions_dated = versions == Versions::kPublished});
  std::cout << (options.json
                    ? JsonOf(story) + "\n"
                    : StoryText(story,
                                {.zone = telling.zone,
                                 .all = options.all,
                                 .how_to_see_all = "--all shows them",
                                 .how_to_see_known =
                                     "--known-at tells what was known then"}));
  return kExitOk;
}

// Those of the settings, or those that are to judge instead.
absl::StatusOr<PolicyBook> PoliciesOf(const Options& options,
                                      const Settings& settings,
                                      absl::Duration patience,
                                      const Telling& telling) {
  return options.policies.empty()
             ? LoadPolicyBook(settings, patience,
                              telling.known_at.value_or(absl::InfiniteFuture()))
             : LoadPolicyFiles(options.policies);
}

int ExplainFromTopics(const Options& options, const Telling& telling) {
  const absl::StatusOr<absl::Duration> patience =
      ParseDuration(options.patience);
  if (!patience.ok()) return Fail(patience.status(), kExitUsage);
  const absl::StatusOr<Settings> settings = LoadSettings(options.config);
  if (!settings.ok()) return Fail(settings.status(), kExitSettings);
  const absl::StatusOr<PolicyBook> policies =
      PoliciesOf(options, *settings, *patience, telling);
  if (!policies.ok()) return FailToLoadPolicy(policies.status());
  const auto file = FromTopics(options, *settings, *patience);
  if (!file.ok()) return Fail(file.status(), kExitUnavailable);
  const bool are_published =
      options.policies.empty() && !settings->policy_topic.empty();
  return Show(options, *policies,
              are_published ? Versions::kPublished : Versions::kFromFiles,
              *file, telling);
}

int ExplainFromFiles(const Options& options, const Telling& telling) {
  const absl::StatusOr<PolicyBook> policies = LoadPolicyFiles(options.policies);
  if (!policies.ok()) return Fail(policies.status(), kExitSettings);
  const auto file = FromFiles(options);
  if (!file.ok()) return Fail(file.status(), kExitUsage);
  return Show(options, *policies, Versions::kFromFiles, *file, telling);
}

int Explain(const Options& options) {
  const absl::StatusOr<Telling> telling = TellingOf(options);
  if (!telling.ok()) return Fail(telling.status(), kExitUsage);
  if (!options.config.empty()) return ExplainFromTopics(options, *telling);
  if (!options.policies.empty() && !options.events.empty()) {
    return ExplainFromFiles(options, *telling);
  }
  return Fail(absl::InvalidArgumentError(
                  "say where the lead is on record: --config FILE for the "
                  "topics of a job, or --policy FILE and --events FILE"),
              kExitUsage);
}

}  // namespace

void AddLeadCommand(CLI::App& app, int& exit_code) {
  CLI::App* const lead =
      app.add_subcommand("lead", "Ask what is known of one lead.");
  lead->require_subcommand(1);

  CLI::App* const explain = lead->add_subcommand(
      "explain",
      "Tell a lead's story: what happened, how each clock counted, why it was "
      "due when it was, and what was said of it. From the topics of a job, "
      "which may run meanwhile, or from files.");
  auto options = std::make_shared<Options>();
  explain->add_option("lead", options->lead, "the lead's id")
      ->type_name("ID")
      ->required();
  CLI::Option* const config =
      explain
          ->add_option("--config", options->config,
                       "the file of settings of the job whose topics to read")
          ->type_name("FILE");
  explain
      ->add_option("--policy", options->policies,
                   "the policy to judge by, in place of the job's; several "
                   "files for several versions")
      ->type_name("FILE");
  explain
      ->add_option("--events", options->events,
                   "what happened: JSON lines, each a LeadEvent, or what kcat "
                   "-J prints of its record")
      ->type_name("FILE")
      ->excludes(config);
  explain
      ->add_option("--said", options->said,
                   "what Leadclock said: JSON lines of SlaEvent, in the same "
                   "way")
      ->type_name("FILE")
      ->excludes(config);
  explain
      ->add_option("--at", options->at,
                   "as of when; what comes later is foretold (default: now, "
                   "or --known-at)")
      ->type_name("INSTANT");
  explain
      ->add_option("--known-at", options->known_at,
                   "tell only what was known by then: what reached the topics "
                   "or was said later is left out")
      ->type_name("INSTANT");
  explain
      ->add_option("--zone", options->zone,
                   "the time zone of all times (default: that of each clock's "
                   "calendar)")
      ->type_name("ZONE");
  explain
      ->add_option("--patience", options->patience,
                   "how long to wait for topics")
      ->type_name("DURATION")
      ->capture_default_str();
  explain->add_flag("--all", options->all,
                    "each part of a clock's time, also long past due");
  explain->add_flag("--json", options->json,
                    "print one JSON object, in which is all");
  explain->callback([options, &exit_code] { exit_code = Explain(*options); });
}

}  // namespace leadclock
