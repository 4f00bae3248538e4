#include "app/settings.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "calendars/time_zone_data.h"
#include "processor/policy/duration.h"
#include "processor/policy/instant.h"
#include "processor/policy/yaml_reader.h"
#include "processor/runtime/rdkafka_conf.h"

namespace leadclock {
namespace {

constexpr int64_t kMostWorkers = 256;

// Values that are never written into a file of settings.
constexpr std::array<absl::string_view, 4> kSecrets = {
    "sasl.password", "ssl.key.password", "ssl.keystore.password",
    "sasl.oauthbearer.client.secret"};

// Reads one file of settings into a Settings.
class SettingsReader {
 public:
  SettingsReader(std::string directory, Settings& settings)
      : directory_(std::move(directory)), settings_(settings) {}

  void Read(YamlMap top);

 private:
  void Set(const YamlValue& value, std::string& target) {
    if (auto text = value.Text()) target = *std::move(text);
  }
  void Set(const YamlValue& value, absl::Duration& target) {
    if (auto duration = ReadDuration(value)) target = *duration;
  }
  void Set(const YamlValue& value, WireFormat& target) {
    if (auto format = value.OneOf<WireFormat>(
            "a format", {{"protobuf", WireFormat::kProtobuf},
                         {"json", WireFormat::kJson}})) {
      target = *format;
    }
  }
  void ReadPolicy(YamlMap policy);
  void ReadInputs(YamlMap inputs);
  void ReadTopics(YamlMap topics);
  void ReadTime(YamlMap time);
  void ReadSources(YamlMap sources);
  void ReadRetention(YamlMap retention);
  void ReadLimits(YamlMap limits);
  void SetBytes(const YamlValue& value, int64_t least, int64_t greatest,
                size_t& target);
  void ReadKafka(YamlMap kafka);
  std::optional<std::string> ReadSecret(const YamlField& field);
  std::string PathOf(const std::string& path) const {
    return (std::filesystem::path(directory_) / path).string();
  }

  const std::string directory_;
  Settings& settings_;
};

void SettingsReader::Read(YamlMap top) {
  Set(top.Required("brokers"), settings_.brokers);
  if (auto path = top.Required("data_dir").Text()) {
    settings_.data_dir = PathOf(*path);
  }
  ReadPolicy(top.Required("policy").Map("policy"));
  Set(top.Optional("group"), settings_.group);
  Set(top.Optional("instance"), settings_.instance);
  if (auto workers = top.Optional("workers").Integer(1, kMostWorkers)) {
    settings_.workers = static_cast<int>(*workers);
  }
  Set(top.Optional("source"), settings_.source);
  ReadInputs(top.Optional("inputs").Map("inputs"));
  YamlMap outputs = top.Optional("outputs").Map("outputs");
  Set(outputs.Optional("format"), settings_.output_format);
  outputs.NothingElse();
  ReadTopics(top.Optional("topics").Map("topics"));
  ReadTime(top.Optional("time").Map("time"));
  ReadSources(top.Optional("sources").Map("sources"));
  ReadRetention(top.Optional("retention").Map("retention"));
  ReadLimits(top.Optional("limits").Map("limits"));
  const YamlValue interval = top.Optional("commit_interval");
  Set(interval, settings_.commit_interval);
  if (settings_.commit_interval > absl::Seconds(5)) {
    interval.Error(
        "commit_interval is longer than 5s; transactions live 10s at most");
  }
  YamlMap metrics = top.Optional("metrics").Map("metrics");
  Set(metrics.Optional("listen"), settings_.metrics_listen);
  metrics.NothingElse();
  ReadKafka(top.Optional("kafka").Map("kafka"));
  top.NothingElse();
}

void SettingsReader::ReadPolicy(YamlMap policy) {
  const YamlValue files = policy.Optional("files");
  const YamlValue topic = policy.Optional("topic");
  if (files.present() == topic.present()) {
    policy.Error(
        "the policy is either in files or on a topic; write {files: "
        "[policy.yaml]} or {topic: sla.policy}");
  }
  for (const YamlValue& file : files.Items()) {
    if (auto path = file.Text()) {
      settings_.policy_files.push_back(PathOf(*path));
    }
  }
  Set(topic, settings_.policy_topic);
  if (topic.present()) {
    Set(policy.Optional("lead_time"), settings_.policy_lead_time);
  } else {
    policy.Refuse("lead_time",
                  "only what is published on a topic is published before it "
                  "takes effect");
  }
  Set(policy.Optional("time_zone_data"), settings_.time_zone_data);
  policy.NothingElse();
}

void SettingsReader::ReadInputs(YamlMap inputs) {
  Set(inputs.Optional("format"), settings_.input_format);
  if (auto partitioner =
          inputs.Optional("partitioner")
              .OneOf<Partitioner>("a partitioner",
                                  {{"murmur2", Partitioner::kMurmur2},
                                   {"crc32", Partitioner::kCrc32},
                                   {"any", Partitioner::kAny}})) {
    settings_.partitioner = *partitioner;
  }
  inputs.NothingElse();
}

void SettingsReader::ReadTopics(YamlMap topics) {
  Settings::Topics& names = settings_.topics;
  const std::array<std::pair<const char*, std::string*>, 9> fields = {
      {{"leads_created", &names.leads_created},
       {"leads_activity", &names.leads_activity},
       {"warnings", &names.warnings},
       {"breaches", &names.breaches},
       {"escalations", &names.escalations},
       {"outcomes", &names.outcomes},
       {"tasks", &names.tasks},
       {"leads", &names.leads},
       {"quarantine", &names.quarantine}}};
  std::map<std::string, std::string> used;  // by topic, the field
  if (!settings_.policy_topic.empty()) {
    used.emplace(settings_.policy_topic, "the policy");
  }
  for (const auto& [field, name] : fields) {
    const YamlValue value = topics.Optional(field);
    Set(value, *name);
    const auto [other, is_new] = used.emplace(*name, field);
    if (!is_new) {
      topics.Error(absl::StrCat("the topic ", Quoted(*name),
                                " stands for both ", other->second, " and ",
                                field, "; each needs one of its own"));
    }
  }
  topics.NothingElse();
}

void SettingsReader::ReadTime(YamlMap time) {
  Set(time.Optional("settle"), settings_.settle);
  Set(time.Optional("skew"), settings_.skew);
  Set(time.Optional("resettle"), settings_.resettle);
  const YamlValue notify_from = time.Optional("notify_from");
  if (auto text = notify_from.Text()) {
    const absl::StatusOr<absl::Time> instant = ParseInstant(*text);
    if (instant.ok()) {
      settings_.notify_from = *instant;
    } else {
      notify_from.Error(instant.status().message());
    }
  }
  time.NothingElse();
}

void SettingsReader::ReadSources(YamlMap sources) {
  for (const YamlField& field : sources.TakeAll()) {
    YamlMap source = field.value.Map("a source");
    const YamlValue heartbeat = source.Required("heartbeat");
    source.NothingElse();
    const auto interval = ReadDuration(heartbeat);
    if (!interval) continue;
    if (*interval <= absl::ZeroDuration()) {
      heartbeat.Error(
          "a heartbeat that comes all the time: write how often, "
          "like 5s");
    }
    settings_.heartbeats[field.name] = *interval;
  }
}

void SettingsReader::ReadRetention(YamlMap retention) {
  Set(retention.Optional("closed_leads"), settings_.retire_after);
  Set(retention.Optional("forgotten_leads"), settings_.remember_for);
  retention.NothingElse();
}

void SettingsReader::SetBytes(const YamlValue& value, int64_t least,
                              int64_t greatest, size_t& target) {
  if (auto bytes = value.Integer(least, greatest)) {
    target = static_cast<size_t>(*bytes);
  }
}

void SettingsReader::ReadLimits(YamlMap limits) {
  // A state of twice lead_bytes, with the lead's status, must fit into what
  // brokers take by default, which is 1 MiB.
  SetBytes(limits.Optional("lead_bytes"), 4 << 10, 384 << 10,
           settings_.lead_bytes);
  SetBytes(limits.Optional("record_bytes"), 1 << 10, 128 << 10,
           settings_.record_bytes);
  SetBytes(limits.Optional("memory_bytes"), 16 << 20, int64_t{1} << 40,
           settings_.memory_bytes);
  limits.NothingElse();
}

void SettingsReader::ReadKafka(YamlMap kafka) {
  for (const YamlField& field : kafka.TakeAll()) {
    const bool is_secret = std::find(kSecrets.begin(), kSecrets.end(),
                                     field.name) != kSecrets.end();
    const std::optional<std::string> value =
        is_secret ? ReadSecret(field) : field.value.Text();
    if (!value) continue;
    const absl::Status status = rdkafka::CheckProperty(field.name, *value);
    if (!status.ok()) field.key.Error(status.message());
    settings_.kafka[field.name] = *value;
  }
}

std::optional<std::string> SettingsReader::ReadSecret(const YamlField& field) {
  if (!field.value.IsMap()) {
    field.value.Error(absl::StrCat(
        "a secret is not written here; put it into a file and write ",
        field.name, ": {file: PATH}"));
    return std::nullopt;
  }
  YamlMap map = field.value.Map("a secret");
  const YamlValue file = map.Required("file");
  map.NothingElse();
  const std::optional<std::string> path = file.Text();
  if (!path) return std::nullopt;
  const absl::StatusOr<std::string> secret = ReadYamlFile(PathOf(*path));
  if (!secret.ok()) {
    file.Error(secret.status().message());
    return std::nullopt;
  }
  return std::string(absl::StripTrailingAsciiWhitespace(*secret));
}

}  // namespace

absl::StatusOr<Settings> ParseSettings(std::string_view text,
                                       const std::string& file_name,
                                       const std::string& directory) {
  absl::StatusOr<YamlDocument> document =
      YamlDocument::Parse({text.data(), text.size()}, file_name);
  if (!document.ok()) return document.status();
  Settings settings;
  SettingsReader(directory, settings)
      .Read(document->root().Map("the settings"));
  if (!document->status().ok()) return document->status();
  return settings;
}

absl::StatusOr<Settings> LoadSettings(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadYamlFile(path);
  if (!text.ok()) return text.status();
  return ParseSettings(*text, path,
                       std::filesystem::path(path).parent_path().string());
}

WorkerOptions WorkerOptionsOf(const Settings& settings) {
  const Settings::Topics& names = settings.topics;
  WorkerOptions options;
  // The orders are those of LeadInput and LeadOutput.
  options.loop.topics = {
      .inputs = {names.leads_created, names.leads_activity},
      .outputs = {names.warnings, names.breaches, names.escalations,
                  names.outcomes, names.tasks},
      .changelog = names.leads,
      .quarantine = names.quarantine,
      .global = settings.policy_topic};
  options.loop.partitioner = settings.partitioner;
  options.loop.settle = settings.settle;
  options.loop.skew = settings.skew;
  options.loop.resettle = settings.resettle;
  options.loop.commit_interval = settings.commit_interval;
  options.loop.heartbeats = settings.heartbeats;
  options.memory_bytes = settings.memory_bytes;
  options.connection = {.brokers = settings.brokers,
                        .group = settings.group,
                        .instance = settings.instance,
                        .properties = settings.kafka};
  options.workers = settings.workers;
  options.data_directory = settings.data_dir;
  options.metrics_address = settings.metrics_listen;
  return options;
}

LeadJobOptions LeadJobOptionsOf(const Settings& settings) {
  return {.input = {.format = settings.input_format,
                    .skew = settings.skew,
                    .record_bytes = settings.record_bytes},
          .output = {.format = settings.output_format,
                     .source = settings.source,
                     .input_topics = {settings.topics.leads_created,
                                      settings.topics.leads_activity},
                     .time_zone_data = TimeZoneDataVersion()},
          .notify_from = settings.notify_from,
          .retire_after = settings.retire_after,
          .remember_for = settings.remember_for,
          .lead_bytes = settings.lead_bytes,
          .accept_time_zone_data = settings.time_zone_data};
}

}  // namespace leadclock
