#include "app/settings.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace leadclock {
namespace {

const std::string kLeast =
    "brokers: localhost:9092\n"
    "data_dir: data\n"
    "policy: {files: [policy.yaml]}\n";

Settings Parse(const std::string& text) {
  absl::StatusOr<Settings> settings =
      ParseSettings(text, "worker.yaml", "/etc/leadclock");
  if (!settings.ok()) FAIL(settings.status().message());
  return *std::move(settings);
}

std::string Problems(const std::string& text) {
  const absl::StatusOr<Settings> settings =
      ParseSettings(text, "worker.yaml", "/etc/leadclock");
  REQUIRE(settings.status().code() == absl::StatusCode::kInvalidArgument);
  return std::string(settings.status().message());
}

TEST_CASE("An error shows what cannot be printed in other words") {
  CHECK(
      Problems(kLeast + "kafka: {sasl.password: {file: \"a\tb\"}}\n") ==
      "worker.yaml:4:31: /etc/leadclock/a\\tb: cannot be opened: No such file "
      "or directory");
}

TEST_CASE("Few settings are enough, and the others have their defaults") {
  const Settings settings = Parse(kLeast);
  CHECK(settings.brokers == "localhost:9092");
  CHECK(settings.data_dir == "/etc/leadclock/data");
  CHECK(settings.policy_files ==
        std::vector<std::string>{"/etc/leadclock/policy.yaml"});
  CHECK(settings.policy_topic.empty());
  CHECK(settings.group == "leadclock");
  CHECK(settings.instance.empty());
  CHECK(settings.topics.leads == "sla.leads");
  CHECK(settings.settle == absl::Seconds(5));
  CHECK(settings.metrics_listen.empty());
}

TEST_CASE("Every setting is read") {
  const Settings settings = Parse(R"(
brokers: a:1,b:2
data_dir: /var/lib/leadclock
policy: {files: [/etc/p.yaml, q.yaml]}
group: g
instance: i
source: s
inputs: {format: json, partitioner: crc32}
outputs: {format: json}
topics:
  leads_created: t1
  leads_activity: t2
  warnings: t3
  breaches: t4
  escalations: t5
  outcomes: t6
  tasks: t7
  leads: t8
  quarantine: t9
time: {settle: 1s, skew: 2m, resettle: 3s, notify_from: 2026-03-01T00:00:00Z}
sources: {hubspot: {heartbeat: 5s}}
retention: {closed_leads: 30h, forgotten_leads: 4h}
limits: {lead_bytes: 5000, record_bytes: 6000, memory_bytes: 20000000}
workers: 3
commit_interval: 50ms
metrics: {listen: "127.0.0.1:1"}
kafka: {security.protocol: ssl}
)");
  CHECK(settings.brokers == "a:1,b:2");
  CHECK(settings.data_dir == "/var/lib/leadclock");
  CHECK(settings.policy_files ==
        std::vector<std::string>{"/etc/p.yaml", "/etc/leadclock/q.yaml"});
  CHECK(settings.group == "g");
  CHECK(settings.instance == "i");
  CHECK(settings.source == "s");
  CHECK(settings.input_format == WireFormat::kJson);
  CHECK(settings.partitioner == Partitioner::kCrc32);
  CHECK(settings.output_format == WireFormat::kJson);
  CHECK(settings.topics.leads_created == "t1");
  CHECK(settings.topics.leads_activity == "t2");
  CHECK(settings.topics.warnings == "t3");
  CHECK(settings.topics.breaches == "t4");
  CHECK(settings.topics.escalations == "t5");
  CHECK(settings.topics.outcomes == "t6");
  CHECK(settings.topics.tasks == "t7");
  CHECK(settings.topics.leads == "t8");
  CHECK(settings.topics.quarantine == "t9");
  CHECK(settings.settle == absl::Seconds(1));
  CHECK(settings.skew == absl::Minutes(2));
  CHECK(settings.resettle == absl::Seconds(3));
  CHECK(settings.notify_from == absl::FromUnixSeconds(1'772'323'200));
  CHECK(settings.heartbeats ==
        std::map<std::string, absl::Duration>{{"hubspot", absl::Seconds(5)}});
  CHECK(settings.retire_after == absl::Hours(30));
  CHECK(settings.remember_for == absl::Hours(4));
  CHECK(settings.lead_bytes == 5000);
  CHECK(settings.record_bytes == 6000);
  CHECK(settings.memory_bytes == 20'000'000);
  CHECK(settings.workers == 3);
  CHECK(settings.commit_interval == absl::Milliseconds(50));
  CHECK(settings.metrics_listen == "127.0.0.1:1");
  CHECK(settings.kafka ==
        std::map<std::string, std::string>{{"security.protocol", "ssl"}});
}

// The settings with a policy from there.
std::string WithPolicy(const std::string& policy) {
  return "brokers: localhost:9092\ndata_dir: data\npolicy: " + policy + "\n";
}

TEST_CASE("The policy may be on a topic, which the workers read as well") {
  const Settings settings = Parse(WithPolicy("{topic: sla.policy}"));
  CHECK(settings.policy_files.empty());
  CHECK(settings.policy_topic == "sla.policy");
  CHECK(settings.policy_lead_time == absl::Minutes(10));
  CHECK(settings.time_zone_data.empty());
  CHECK(Parse(WithPolicy("{topic: p, time_zone_data: 2026b}")).time_zone_data ==
        "2026b");
  CHECK(WorkerOptionsOf(settings).loop.topics.global == "sla.policy");
  CHECK(WorkerOptionsOf(Parse(kLeast)).loop.topics.global.empty());
  CHECK(Parse(WithPolicy("{topic: p, lead_time: 1h}")).policy_lead_time ==
        absl::Hours(1));
}

TEST_CASE("Mistakes in where the policy is") {
  const auto [policy, problem] = GENERATE(table<std::string, std::string>({
      {"{}",
       "worker.yaml:3:9: the policy is either in files or on a topic; "
       "write {files: [policy.yaml]} or {topic: sla.policy}"},
      {"{files: [a.yaml], topic: sla.policy}",
       "worker.yaml:3:9: the policy is either in files or on a topic; write "
       "{files: [policy.yaml]} or {topic: sla.policy}"},
      {"{files: []}",
       "worker.yaml:3:17: 'files' is an empty list; write at "
       "least one entry"},
      {"{files: [a.yaml], lead_time: 1h}",
       "worker.yaml:3:27: only what is published on a topic is published "
       "before it takes effect"},
      {"{topic: sla.policy}\ntopics: {leads: sla.policy}",
       "worker.yaml:4:9: the topic 'sla.policy' stands for both the policy "
       "and leads; each needs one of its own"},
  }));
  CHECK(Problems(WithPolicy(policy)) == problem);
}

TEST_CASE("What is wrong is said all at once, with its place") {
  const std::string problems = Problems(
      "brokers: localhost:9092\n"
      "datadir: data\n"
      "policy: {file: a.yaml}\n"
      "time: {settle: 5}\n"
      "topics: {warnings: sla.breaches}\n"
      "inputs: {partitioner: murmur}\n"
      "workers: 0\n"
      "sources: {crm: {heartbeat: 0s}}\n"
      "limits: {lead_bytes: 4000000}\n");
  CHECK_THAT(problems, Catch::Contains("data_dir"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:2:1: unknown field "
                                       "'datadir'"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:3:9: the policy is either "
                                       "in files or on a topic"));
  CHECK_THAT(problems, Catch::Contains("did you mean 'files'"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:4:16: "));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:5:"));
  CHECK_THAT(problems, Catch::Contains("did you mean 'murmur2'"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:7:"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:8:28: a heartbeat"));
  CHECK_THAT(problems, Catch::Contains("worker.yaml:9:"));
}

TEST_CASE("Notifications begin at an instant, or it is an error") {
  CHECK(Problems(kLeast + "time: {notify_from: infinite-future}\n") ==
        "worker.yaml:4:21: 'infinite-future' is not an instant; write date, "
        "time and zone, such as 2026-03-01T00:00:00Z");
}

TEST_CASE("What exactly-once rests on is not for the user to set") {
  CHECK_THAT(Problems(kLeast + "kafka: {isolation.level: read_uncommitted}\n"),
             Catch::Contains("worker.yaml:4:9: ") &&
                 Catch::Contains("Leadclock sets it"));
}

TEST_CASE("A property that librdkafka does not know is said with its place") {
  CHECK_THAT(Problems(kLeast + "kafka: {security.protocl: ssl}\n"),
             Catch::Contains("worker.yaml:4:9: ") &&
                 Catch::Contains("security.protocl"));
  CHECK_THAT(Problems(kLeast + "kafka: {security.protocol: sll}\n"),
             Catch::Contains("worker.yaml:4:9: "));
}

TEST_CASE("Secrets come from files") {
  CHECK_THAT(Problems(kLeast + "kafka: {sasl.password: hunter2}\n"),
             Catch::Contains("write sasl.password: {file: PATH}"));
  CHECK_THAT(Problems(kLeast + "kafka: {sasl.password: {file: /nowhere}}\n"),
             Catch::Contains("/nowhere"));

  const std::string path =
      (std::filesystem::temp_directory_path() / "leadclock-secret").string();
  std::ofstream(path) << "hunter2\n";
  CHECK(Parse(kLeast + "kafka: {sasl.password: {file: " + path + "}}\n")
            .kafka.at("sasl.password") == "hunter2");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace leadclock
