#ifndef LEADCLOCK_APP_SETTINGS_H_
#define LEADCLOCK_APP_SETTINGS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/job/lead_job.h"
#include "processor/job/wire_input.h"
#include "processor/runtime/partitioner.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// The settings of a worker: one YAML file, checked before anything starts.
// docs/configuration.md describes each. Defaults are those given here.
struct Settings {
  struct Topics {
    std::string leads_created = "leads.created";
    std::string leads_activity = "leads.activity";
    std::string warnings = "sla.warnings";
    std::string breaches = "sla.breaches";
    std::string escalations = "sla.escalations";
    std::string outcomes = "sla.outcomes";
    std::string tasks = "sla.tasks";
    std::string leads = "sla.leads";
    std::string quarantine = "sla.quarantine";
  };
  std::string brokers;  // host:port, or several with commas
  std::string group = "leadclock";
  // The name of this worker in the group. Empty: made once, and kept in the
  // data directory.
  std::string instance;
  // Threads of the processor, each a member of the group.
  int workers = 1;
  std::string data_dir;
  // Where the versions of the policy are: in files, or on a topic.
  std::vector<std::string> policy_files;
  std::string policy_topic;  // empty: in files
  // How long before it takes effect a version must be published.
  absl::Duration policy_lead_time = absl::Minutes(10);
  // Which time zone data may take the place of other data; empty: none.
  std::string time_zone_data;
  std::string source = "leadclock";  // CloudEvents source of what it writes
  WireFormat input_format = WireFormat::kProtobuf;
  WireFormat output_format = WireFormat::kProtobuf;
  Partitioner partitioner = Partitioner::kMurmur2;
  Topics topics;
  absl::Duration settle = absl::Seconds(5);
  absl::Duration skew = absl::Minutes(5);
  absl::Duration resettle = absl::Seconds(60);
  absl::Time notify_from = absl::InfinitePast();
  // By source: how often it promises a heartbeat.
  std::map<std::string, absl::Duration> heartbeats;
  absl::Duration retire_after = absl::Hours(24 * 30);
  absl::Duration remember_for = absl::Hours(24 * 400);
  size_t lead_bytes = size_t{256} << 10;
  size_t record_bytes = size_t{64} << 10;
  size_t memory_bytes = size_t{512} << 20;
  absl::Duration commit_interval = absl::Milliseconds(100);
  // host:port on which metrics are served; empty: nowhere.
  std::string metrics_listen;
  // Properties of librdkafka that are passed on as they are.
  std::map<std::string, std::string> kafka;
};

// Reads settings. Paths in them are relative to `directory`. Fails with
// InvalidArgument and every error at once, with file, line and column.
absl::StatusOr<Settings> ParseSettings(std::string_view text,
                                       const std::string& file_name,
                                       const std::string& directory);

// Reads the file, with paths relative to where it lies.
absl::StatusOr<Settings> LoadSettings(const std::string& path);

// What the loop and the job make of them.
WorkerOptions WorkerOptionsOf(const Settings& settings);
LeadJobOptions LeadJobOptionsOf(const Settings& settings);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SETTINGS_H_
