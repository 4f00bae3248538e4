#include "tests/sim/swarm.h"

namespace leadclock::sim {
namespace {

struct KindFacts {
  const char* name;
  bool is_sudden;
};

constexpr std::array<KindFacts, kFaultKinds> kFacts = {{
    {"killed", true},
    {"stopped in good order", true},
    {"frozen", true},
    {"zombies", true},
    {"twins", true},
    {"members joined", true},
    {"members left", true},
    {"cut off", true},
    {"slow disks", true},
    {"clocks set", true},
    {"clocks wrong", false},
    {"disks lost", false},
    {"disks stale", false},
    {"disks of others", false},
    {"brokers down", true},
    {"messages lost", false},
    {"transactions ended late", false},
    {"markers slow", false},
    {"watermarks not told", false},
    {"records delivered again", false},
    {"logs cut by retention", false},
    {"compactions", false},
    {"upstream transactions open", false},
    {"duplicates", false},
    {"late records", false},
    {"records of the future", false},
    {"garbage", false},
    {"withdrawals", false},
    {"silent feeds", false},
}};

const KindFacts& FactsOf(FaultKind kind) {
  return kFacts[static_cast<size_t>(kind)];
}

}  // namespace

const char* NameOf(FaultKind kind) { return FactsOf(kind).name; }

bool Swarm::IsPunctual() const {
  for (const FaultKind kind :
       {FaultKind::kClockStep, FaultKind::kClockWrong, FaultKind::kLate,
        FaultKind::kFuture, FaultKind::kWithdrawals, FaultKind::kSilentFeed}) {
    if (Has(kind)) return false;
  }
  return !corrects;
}

std::vector<FaultKind> Swarm::Sudden() const {
  std::vector<FaultKind> sudden;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (has[i] && FactsOf(kind).is_sudden) sudden.push_back(kind);
  }
  return sudden;
}

Swarm DrawSwarm(property::Dice& dice) {
  Swarm swarm;
  const int percent = dice.OneOf<int>({15, 30, 30, 50, 80});
  for (bool& has : swarm.has) has = dice.Chance(percent);
  swarm.waits_per_fault = dice.OneOf<int64_t>({60, 150, 400, 1'000});
  swarm.machines = static_cast<int>(dice.Between(1, 4));
  swarm.broker_sets_input_timestamps = dice.Chance(40);
  swarm.retires = dice.Chance(30);

  WorkloadOptions& workload = swarm.workload;
  workload.duplicates = swarm.Has(FaultKind::kDuplicates);
  workload.late = swarm.Has(FaultKind::kLate);
  workload.future = swarm.Has(FaultKind::kFuture);
  workload.garbage = swarm.Has(FaultKind::kGarbage);
  workload.withdrawals = swarm.Has(FaultKind::kWithdrawals);
  workload.silent_feeds = swarm.Has(FaultKind::kSilentFeed);
  workload.fast = dice.Chance(60);
  workload.leads = static_cast<int>(dice.Between(10, 60));
  workload.partitions = static_cast<int32_t>(dice.Between(1, 6));
  // Any hour of two years: weekends, feasts, and the days on which clocks are
  // put forward and back.
  workload.begin =
      absl::FromUnixSeconds(1'767'225'600 + dice.Below(2 * 365 * 24) * 3'600);
  workload.length = workload.fast ? absl::Minutes(dice.Between(10, 240))
                                  : absl::Hours(dice.Between(24, 20 * 24));

  LoopOptions& loop = swarm.loop;
  loop.topics = {.inputs = {"leads.created", "leads.activity"},
                 .outputs = {"sla.warnings", "sla.breaches", "sla.escalations",
                             "sla.outcomes", "sla.tasks"},
                 .changelog = "sla.leads",
                 .quarantine = "sla.quarantine"};
  loop.commit_interval = dice.OneOf<absl::Duration>(
      {absl::Milliseconds(100), absl::Milliseconds(10), absl::Seconds(5)});
  loop.commit_records = dice.OneOf<size_t>({20'000, 20'000, 3});
  loop.idle_commit_interval =
      dice.OneOf<absl::Duration>({absl::Seconds(10), absl::Minutes(5)});
  loop.batch_records = dice.OneOf<size_t>({5'000, 5'000, 7});
  loop.batch_timers = dice.OneOf<size_t>({2'000, 2'000, 2});
  if (dice.Chance(50)) {
    swarm.editions = static_cast<int>(dice.Between(1, 4));
    if (dice.Chance(60)) {
      swarm.policies = static_cast<int>(dice.Between(1, 3));
      swarm.corrects = dice.Chance(30);
    }
    loop.topics.outputs.emplace_back(kEditionsTopic);
    loop.topics.global = kGlobalTopic;
    loop.batch_sweep = dice.OneOf<size_t>({500, 2, 1});
  }
  return swarm;
}

}  // namespace leadclock::sim
