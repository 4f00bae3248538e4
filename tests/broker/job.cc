#include "tests/broker/job.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace leadclock::broker {
namespace {

const char* const kInstance = "worker-1";

std::string NextGroup() {
  static int number = 0;
  return absl::StrCat("job", ++number);
}

template <typename Message>
Message Parse(const ReadRecord& record) {
  Message message;
  if (!record.value || !message.ParseFromString(*record.value)) {
    throw std::runtime_error(absl::StrCat("what is at ", record.topic, " ",
                                          record.partition, " ", record.offset,
                                          " cannot be understood"));
  }
  return message;
}

}  // namespace

// ---- Job ----

Job::Job(const Broker& broker, JobOptions options)
    : options_(std::move(options)),
      brokers_(broker.address()),
      group_(NextGroup()) {
  WritePolicy(options_.policy);
}

std::string Job::Topic(const std::string& usual_name) const {
  return absl::StrCat(group_, ".", usual_name);
}

std::vector<std::string> Job::InputTopics() const {
  return {Topic("leads.created"), Topic("leads.activity")};
}

std::vector<std::string> Job::OutputTopics() const {
  return {Topic("sla.warnings"), Topic("sla.breaches"),
          Topic("sla.escalations"), Topic("sla.outcomes"), Topic("sla.tasks")};
}

void Job::WritePolicy(const std::string& policy) const {
  WriteFile(directory_.path() + "/policy.yaml", policy);
}

void Job::WriteVersions(const std::vector<std::string>& versions) {
  std::vector<std::string> files;
  for (const std::string& version : versions) {
    files.push_back(WriteVersion(version));
  }
  policy_files_ = absl::StrJoin(files, ", ");
}

std::string Job::PolicySource() const {
  if (!options_.policy_on_topic) {
    return absl::StrCat("{files: [", policy_files_, "]}");
  }
  return absl::StrCat("{topic: ", Topic("sla.policy"), "}");
}

std::string Job::WriteSettings(const std::string& data_folder,
                               const std::string& instance,
                               const std::string& brokers) const {
  std::string path = absl::StrCat(directory_.path(), "/", data_folder, ".yaml");
  WriteFile(
      path,
      absl::StrCat(
          "brokers: ", brokers, "\ngroup: ", group_, "\ninstance: ", instance,
          "\ndata_dir: ", data_folder, "\npolicy: ", PolicySource(),
          "\ntopics:", "\n  leads_created: ", Topic("leads.created"),
          "\n  leads_activity: ", Topic("leads.activity"), "\n  warnings: ",
          Topic("sla.warnings"), "\n  breaches: ", Topic("sla.breaches"),
          "\n  escalations: ", Topic("sla.escalations"),
          "\n  outcomes: ", Topic("sla.outcomes"),
          "\n  tasks: ", Topic("sla.tasks"), "\n  leads: ", Topic("sla.leads"),
          "\n  quarantine: ", Topic("sla.quarantine"),
          "\ntime: {settle: ", absl::FormatDuration(options_.settle),
          ", resettle: ", absl::FormatDuration(options_.resettle),
          "}\ncommit_interval: ",
          absl::FormatDuration(options_.commit_interval), "\n",
          options_.more_settings));
  return path;
}

std::vector<std::string> Job::RunCommand(const std::string& data_folder,
                                         const std::string& instance) const {
  return {LEADCLOCK_BINARY, "run", "--config",
          WriteSettings(data_folder, instance, brokers_)};
}

Ended Job::CreateTopics() const {
  return broker::RunToEnd({LEADCLOCK_BINARY, "topics", "create", "--config",
                           WriteSettings("data", kInstance, brokers_),
                           "--partitions", absl::StrCat(options_.partitions)});
}

Process Job::StartWith(const std::string& data_folder) const {
  return Process(RunCommand(data_folder, kInstance), log());
}

Process Job::StartMember(const std::string& name,
                         const MemberOptions& options) const {
  std::vector<std::string> command = {"env"};
  command.insert(command.end(), options.environment.begin(),
                 options.environment.end());
  const std::string settings = WriteSettings(
      name, name, options.brokers.empty() ? brokers_ : options.brokers);
  command.insert(
      command.end(),
      {options.binary.empty() ? std::string(LEADCLOCK_BINARY) : options.binary,
       "run", "--config", settings});
  return Process(command, LogOf(name));
}

Ended Job::RunToEnd() const {
  return broker::RunToEnd(RunCommand("data", kInstance));
}

std::string Job::WriteVersion(const std::string& policy) const {
  static int number = 0;
  std::string path =
      absl::StrCat(directory_.path(), "/version", ++number, ".yaml");
  WriteFile(path, policy);
  return path;
}

Ended Job::DiffForLeads(const std::string& before,
                        const std::string& after) const {
  return broker::RunToEnd({LEADCLOCK_BINARY, "policy", "diff",
                           WriteVersion(before), WriteVersion(after), "--leads",
                           "--config",
                           WriteSettings("data", kInstance, brokers_)});
}

std::vector<std::string> Job::PublishCommand(
    const std::string& policy,
    const std::vector<std::string>& more_arguments) const {
  const std::string settings = WriteSettings("data", kInstance, brokers_);
  std::vector<std::string> command = {LEADCLOCK_BINARY, "policy",
                                      "publish",        WriteVersion(policy),
                                      "--config",       settings};
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  return command;
}

Ended Job::Publish(const std::string& policy,
                   const std::vector<std::string>& more_arguments) const {
  return broker::RunToEnd(PublishCommand(policy, more_arguments));
}

Ended Job::Explain(const std::string& lead) const {
  return broker::RunToEnd(
      {LEADCLOCK_BINARY, "lead", "explain", lead, "--config",
       WriteSettings("data", kInstance, brokers_)},
      absl::Minutes(1));
}

Ended Job::Verify(const std::vector<std::string>& more_arguments) const {
  std::vector<std::string> command = {
      LEADCLOCK_BINARY, "verify", "--config",
      WriteSettings("data", kInstance, brokers_)};
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  return broker::RunToEnd(command, absl::Minutes(5));
}

void Job::DeleteData() const {
  std::filesystem::remove_all(directory_.path() + "/data");
}

int64_t Job::Backlog() const {
  const auto committed = CommittedOffsets(brokers_, group_, InputTopics());
  int64_t backlog = 0;
  for (const auto& [place, end] : HighWatermarks(brokers_, InputTopics())) {
    const auto offset = committed.find(place);
    backlog += end - (offset == committed.end() ? 0 : offset->second);
  }
  return backlog;
}

JobOfTopic::JobOfTopic()
    : Job(SharedBroker(), {.policy = "", .policy_on_topic = true}) {
  const Ended created = CreateTopics();
  INFO(created.output);
  REQUIRE(created.code == 0);
}

ReadyJob::ReadyJob(const Broker& broker, JobOptions options)
    : Job(broker, std::move(options)) {
  const Ended ended = CreateTopics();
  if (ended.code != 0) {
    throw std::runtime_error("cannot create topics:\n" + ended.output);
  }
}

// ---- Feed ----

RecordToSend Feed::RecordOf(const v1::LeadEvent& event) const {
  return {.topic = job_.Topic(event.has_lead_created() ? "leads.created"
                                                       : "leads.activity"),
          .key = event.lead_id(),
          .value = event.SerializeAsString()};
}

void Feed::Send(const v1::LeadEvent& event) { producer_.Send(RecordOf(event)); }

void Feed::Send(const std::vector<v1::LeadEvent>& events) {
  for (const v1::LeadEvent& event : events) Send(event);
  producer_.Flush();
}

// ---- Audience ----

const std::vector<v1::SlaEvent>& Audience::Take(
    std::vector<ReadRecord> records) {
  for (ReadRecord& record : records) {
    said_.push_back(Parse<v1::SlaEvent>(record));
    records_.push_back(std::move(record));
  }
  return said_;
}

bool Audience::HearUntil(
    const std::function<bool(const std::vector<v1::SlaEvent>&)>& holds,
    absl::Duration patience) {
  return WaitUntil([&] { return holds(HearMore()); }, patience);
}

void CheckFacts(Audience& audience, const NetFacts& expected,
                absl::Duration patience) {
  audience.HearUntil(
      [&](const std::vector<v1::SlaEvent>& said) {
        return StandingOf(said).facts == expected;
      },
      patience);
  const Standing standing = StandingOf(audience.HearAll());
  const std::string difference = Difference(standing.facts, expected);
  INFO(difference);
  CHECK(difference.empty());
  CHECK(standing.problems == std::vector<std::string>{});
}

std::map<std::string, v1::LeadState> LeadStates(const Job& job) {
  std::map<std::string, v1::LeadState> states;
  for (const ReadRecord& record :
       Reader(job.brokers(), {job.Topic("sla.leads")}).ReadToEnd()) {
    const std::string key = record.key.value_or("");
    // Of some only a hash is left.
    v1::LeadState state;
    if (record.value) state = Parse<v1::LeadState>(record);
    if (state.has_status()) {
      states[key] = std::move(state);
    } else {
      states.erase(key);
    }
  }
  return states;
}

}  // namespace leadclock::broker
