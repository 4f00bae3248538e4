#ifndef LEADCLOCK_PROCESSOR_RUNTIME_WORKER_OPTIONS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_WORKER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/runtime/partitioner.h"

namespace leadclock {

// The topics of one job. A record is written to the partition number of the
// record that it follows from.
struct JobTopics {
  std::vector<std::string> inputs;   // as InputRecord::input counts them
  std::vector<std::string> outputs;  // as OutputRecord::output counts them
  std::string changelog;             // compacted: the states
  std::string quarantine;
  // Read whole by every worker, outside the group; of one partition, whose
  // records are never removed. Empty: there is none.
  std::string global = {};
};

// How the loop works. Durations are of the runtime's clock.
struct LoopOptions {
  JobTopics topics;
  // How the inputs' keys are checked against their partitions.
  Partitioner partitioner = Partitioner::kMurmur2;

  // How late a record may be that was sent in time: now is this much behind
  // the wall clock.
  absl::Duration settle = absl::Seconds(5);
  // How far clocks may differ: the broker's and ours.
  absl::Duration skew = absl::Minutes(5);
  // How long now stands after Kafka did not answer for longer than `settle`.
  absl::Duration resettle = absl::Seconds(60);

  // How long records may be there that cannot be read before it is an alarm;
  // as long as Kafka lets a transaction live by default.
  absl::Duration standstill = absl::Seconds(60);

  // What was folded is committed after this long, or after this much.
  absl::Duration commit_interval = absl::Milliseconds(100);
  size_t commit_records = 20'000;
  size_t commit_bytes = size_t{16} << 20;
  // With nothing to say, offsets and now are committed this often.
  absl::Duration idle_commit_interval = absl::Seconds(10);
  // Records folded in one pass, timers fired in one transaction, and keys asked
  // in one pass because the fold is another: records that come in meanwhile
  // wait for no more.
  size_t batch_records = 5'000;
  size_t batch_timers = 2'000;
  size_t batch_sweep = 500;

  // How often high watermarks are asked for: while records wait to be read,
  // else, and at most.
  absl::Duration ask_behind = absl::Milliseconds(300);
  absl::Duration ask_idle = absl::Seconds(1);
  absl::Duration ask_at_most = absl::Milliseconds(20);

  // By source: how often it promises a heartbeat, on every partition of every
  // input.
  std::map<std::string, absl::Duration> heartbeats;

  // A record larger than this is quarantined without most of its bytes.
  size_t quarantine_bytes = 900'000;
};

// How to reach Kafka, and under which names.
struct ConnectionOptions {
  std::string brokers;  // host:port,host:port
  std::string group;
  // Unique among the group's members, and the same after a restart.
  std::string instance;
  // librdkafka's properties, passed on; those on which exactly-once rests are
  // refused.
  std::map<std::string, std::string> properties;
  // The in-process mock: offsets that it does not keep are kept here, and it
  // is not asked what it does not know.
  bool mock = false;
};

struct WorkerOptions {
  LoopOptions loop;
  // An empty instance is made up once, and kept in the data directory.
  ConnectionOptions connection;
  // Each with a share of the partitions and a thread of its own.
  int workers = 1;
  std::string data_directory;               // a folder for each worker in it
  size_t memory_bytes = size_t{512} << 20;  // of the local stores together
  // host:port for Prometheus; empty: none.
  std::string metrics_address;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_WORKER_OPTIONS_H_
