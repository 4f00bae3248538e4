#ifndef LEADCLOCK_TESTS_SIM_WORLD_H_
#define LEADCLOCK_TESTS_SIM_WORLD_H_

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy_book.h"
#include "tests/sim/machine.h"
#include "tests/sim/model_kafka.h"
#include "tests/sim/schedule.h"
#include "tests/sim/swarm.h"
#include "tests/sim/upstream.h"

namespace leadclock::sim {

// What came of a run.
struct Outcome {
  // What must not be; empty: all is well.
  std::vector<std::string> problems;
  // A line for each thing that happened to the world.
  std::vector<std::string> story;
  // Of all committed records.
  std::string trace_hash;
  std::map<std::string, int64_t> faults;  // by kind
  absl::Duration lead_time;               // lived by all leads together
  int64_t records = 0;                    // read
  int64_t events = 0;                     // said
};

// One run of the simulator: everything in it follows from the seed.
class World {
 public:
  // `directory`: for the machines' disks; the world empties it.
  World(uint64_t seed, std::filesystem::path directory);
  ~World();

  Outcome Run();

 private:
  class LogSink;

  void Prepare();
  // What the global topic tells, at any time until the faults are over: the
  // editions of the job, and further versions of the policy.
  void SendEditions();
  void PublishPolicies(const Policy& first);
  void Tell(absl::Time at, const std::string& what, const std::string& value);
  void Write(const std::string& value);
  void RunToTheEnd();
  void Heal();
  bool IsDrained();
  void CheckStores();
  void Count(const std::string& fault, int64_t times = 1);
  void CountNetworkFaults();
  void Note(const std::string& what);
  void Fail(const std::string& what);

  // Machines.
  Machine& AddMachine(const std::string& instance);
  std::vector<Machine*> Running();
  bool OnWait(Machine& machine);
  absl::Duration PatienceOf(Machine& machine);
  void OnEnded(Machine& machine, const Machine::Ended& ended);
  void Restart(Machine& machine);

  // Disks of those that do not run.
  void KeepCopy(const Machine& machine);
  void Befall(const Machine& machine);

  // Faults.
  void SetNetworkFaults();
  void Strike(FaultKind kind, Machine& machine);
  void Replace(Machine& machine);
  void AddTwin(const Machine& machine);
  void TakeAway(Machine& machine);
  void SetClock(Machine& machine);
  void KeepHouse();

  const std::filesystem::path directory_;
  Dice dice_;
  Swarm swarm_;
  Outcome outcome_;
  // All that are known in the end.
  std::optional<PolicyBook> policies_;
  LeadJobOptions job_options_;
  std::shared_ptr<const Fold> job_;
  // As it is in the end.
  std::shared_ptr<const Fold> last_job_;
  // What the workers begin with.
  std::shared_ptr<const Fold> fold_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<ModelKafka> kafka_;
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<Machine::Surroundings> around_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::deque<std::pair<std::string, std::string>> to_tell_;
  std::vector<FaultKind> sudden_;
  int64_t sudden_left_ = 0;
  std::vector<std::filesystem::path> copies_;
  int64_t copies_made_ = 0;
  absl::Time heal_at_;
  absl::Time horizon_;
  bool healed_ = false;
  bool over_ = false;
  // Instances of which more than one process runs, or ran.
  std::map<std::string, int> shared_names_;
  // How far any wall clock ever was from the truth.
  absl::Duration clock_error_;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_WORLD_H_
