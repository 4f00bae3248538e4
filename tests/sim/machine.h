#ifndef LEADCLOCK_TESTS_SIM_MACHINE_H_
#define LEADCLOCK_TESTS_SIM_MACHINE_H_

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/worker_options.h"
#include "state/store.h"
#include "tests/sim/model_client.h"
#include "tests/sim/model_kafka.h"
#include "tests/sim/process.h"
#include "tests/sim/schedule.h"

namespace leadclock::sim {

// The clocks of one machine, one of which may be wrong.
class MachineClock final : public Clock {
 public:
  explicit MachineClock(const Schedule& schedule)
      : schedule_(schedule), booted_at_(schedule.now() - absl::Hours(1)) {}

  absl::Time Wall() const override { return schedule_.now() + ahead; }
  absl::Duration Boot() const override { return schedule_.now() - booted_at_; }
  absl::Duration RealUntil(absl::Time until) const override {
    return std::max(absl::ZeroDuration(), until - Wall());
  }

  absl::Duration ahead;  // of the truth

 private:
  const Schedule& schedule_;
  const absl::Time booted_at_;
};

// A machine with a disk, on which a worker runs again and again: the product's
// own Worker and Store, on the model's Kafka and clock.
class Machine {
 public:
  struct Ended {
    bool killed = true;
    absl::Status status;
    // What is wrong with the worker's figures; empty: nothing.
    std::string wrong_sums;
  };
  // All of it outlives the machine.
  struct Surroundings {
    Schedule& schedule;
    ModelKafka& kafka;
    std::shared_ptr<const Fold> fold;
    const LoopOptions& loop;
    // Whether it dies at this wait.
    std::function<bool(Machine&)> on_wait;
    // How long it may wait when nothing is going on.
    std::function<absl::Duration(Machine&)> patience;
    std::function<void(Machine&, Ended)> on_ended;
  };
  Machine(const Surroundings& around, std::string name, std::string instance,
          std::filesystem::path disk);

  void Start();
  bool runs() const { return process_ != nullptr && !process_->ended(); }

  // REQUIRE: runs().
  void Stop() { *stop_ = true; }
  void Kill() { process_->Kill(); }
  void Freeze(absl::Duration time);
  // It hangs, but its heartbeats go on.
  void Hang(absl::Duration time);
  void CutOff(absl::Duration time);
  bool IsCutOff() const { return client_ != nullptr && client_->IsCutOff(); }
  bool frozen() const { return process_->frozen(); }
  // Whether what happens just now is its doing.
  bool acts() const { return process_ != nullptr && process_->running(); }

  // The earliest instant after now at which a timer of its store is due.
  absl::Time NextDue() const;

  const std::string& name() const { return name_; }
  const std::string& instance() const { return instance_; }
  const std::filesystem::path& disk() const { return disk_; }
  // Null while it does not run, or starts.
  ModelClient* client() { return client_; }
  Store* store() { return store_; }

  MachineClock clock;
  bool clock_was_set = false;
  // Whether it is a twin, which will be taken away.
  bool is_guest = false;
  // Whether it is to be started again when it ends.
  bool wanted = true;

 private:
  void Live(Ended& ended);

  const Surroundings& around_;
  const std::string name_;
  const std::string instance_;
  const std::filesystem::path disk_;
  std::unique_ptr<std::atomic<bool>> stop_;
  std::unique_ptr<Process> process_;
  ModelClient* client_ = nullptr;
  Store* store_ = nullptr;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_MACHINE_H_
