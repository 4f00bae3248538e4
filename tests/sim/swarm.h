#ifndef LEADCLOCK_TESTS_SIM_SWARM_H_
#define LEADCLOCK_TESTS_SIM_SWARM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "processor/runtime/worker_options.h"
#include "tests/property/dice.h"
#include "tests/sim/workload.h"

namespace leadclock::sim {

// What can go wrong.
enum class FaultKind : uint8_t {
  // Of a worker, at any point at which it waits.
  kKill,
  kStop,        // in good order, and started again
  kFreeze,      // SIGSTOP, and SIGCONT
  kZombie,      // frozen, replaced under the same name, and thawed
  kTwin,        // the same name twice
  kJoin,        // one more member
  kLeave,       // one less
  kCutOff,      // from all brokers
  kSlowDisk,    // it hangs, but not its heartbeats
  kClockStep,   // its wall clock is set
  kClockWrong,  // and stays wrong by less than the allowed skew
  // Of the disk of one that starts.
  kDiskLost,
  kDiskStale,
  kDiskForeign,
  // Of the brokers and of what lies between.
  kBrokerDown,
  kLostMessages,
  kLateEnds,
  kSlowMarkers,
  kLostWatermarks,
  kRedelivery,
  kRetention,
  kCompaction,
  // Of the feeds.
  kOpenTransaction,
  kDuplicates,
  kLate,
  kFuture,
  kGarbage,
  kWithdrawals,
  kSilentFeed,
};
inline constexpr size_t kFaultKinds =
    static_cast<size_t>(FaultKind::kSilentFeed) + 1;

const char* NameOf(FaultKind kind);

// From which editions of the job are learnt, and where states say that they
// were asked under one.
inline constexpr char kGlobalTopic[] = "sim.global";
inline constexpr char kEditionsTopic[] = "sim.editions";

// What a run is like: which kinds of fault it has, and how many; how much there
// is to do, and how the loop is set. Drawn, so that rare combinations get their
// turn: a fault that is always there hides what its absence would show.
struct Swarm {
  std::array<bool, kFaultKinds> has{};
  // One of so many waits brings a fault.
  int64_t waits_per_fault = 0;
  int machines = 0;
  bool broker_sets_input_timestamps = false;
  // Whether leads are put away while it lasts.
  bool retires = false;
  // How many editions of the job are told of while it lasts; 0: there is no
  // global topic either.
  int editions = 0;
  // How many further versions of the policy are published there, and whether
  // one may take effect before that, so that what was said is corrected.
  int policies = 0;
  bool corrects = false;
  WorkloadOptions workload;
  LoopOptions loop;

  bool Has(FaultKind kind) const { return has[static_cast<size_t>(kind)]; }
  // Whether every record comes in time, and every clock is right: then nothing
  // that time decided is ever taken back.
  bool IsPunctual() const;
  // Those that befall a worker or the brokers at a wait.
  std::vector<FaultKind> Sudden() const;
};

Swarm DrawSwarm(property::Dice& dice);

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_SWARM_H_
