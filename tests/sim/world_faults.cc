// What goes wrong in a World.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/sim/world.h"

namespace leadclock::sim {
namespace {

constexpr size_t kMostMachines = 8;

}  // namespace

void World::SetNetworkFaults() {
  NetworkFaults& faults = kafka_->faults;
  const auto often = [this] { return dice_.OneOf<int>({3, 20, 60}); };
  if (swarm_.Has(FaultKind::kLostMessages)) {
    faults.lost_requests.per_thousand = often();
    faults.lost_answers.per_thousand = often();
    faults.failed_seeks.per_thousand = often();
  }
  if (swarm_.Has(FaultKind::kLateEnds)) faults.late_ends.per_thousand = often();
  if (swarm_.Has(FaultKind::kSlowMarkers)) {
    faults.slow_markers.per_thousand = 10 * often();
  }
  if (swarm_.Has(FaultKind::kLostWatermarks)) {
    faults.lost_watermarks.per_thousand = often();
    faults.partial_watermarks.per_thousand = often();
  }
  if (swarm_.Has(FaultKind::kRedelivery)) {
    faults.redeliveries.per_thousand = often();
  }
}

void World::Strike(FaultKind kind, Machine& machine) {
  const auto note = [&](const std::string& what) {
    Note(absl::StrCat(machine.name(), " ", what));
  };
  // Some of a short time, some longer than a session.
  const absl::Duration time = dice_.Chance(60)
                                  ? absl::Milliseconds(dice_.Below(12'000))
                                  : absl::Seconds(dice_.Below(150));
  const std::string length = absl::FormatDuration(time);
  switch (kind) {
    case FaultKind::kStop:
      note("is told to stop");
      machine.Stop();
      break;
    case FaultKind::kFreeze:
      note("is frozen for " + length);
      machine.Freeze(time);
      break;
    case FaultKind::kSlowDisk:
      note("hangs for " + length);
      machine.Hang(time);
      break;
    case FaultKind::kCutOff:
      note("is cut off for " + length);
      machine.CutOff(time);
      break;
    case FaultKind::kClockStep:
      SetClock(machine);
      break;
    case FaultKind::kBrokerDown:
      Note("the brokers are down for " + length);
      kafka_->GoDown(time);
      break;
    case FaultKind::kZombie:
      if (machines_.size() >= kMostMachines || !machine.wanted ||
          machine.is_guest) {
        return;
      }
      Replace(machine);
      break;
    case FaultKind::kTwin:
      if (machines_.size() >= kMostMachines || !machine.wanted ||
          machine.is_guest) {
        return;
      }
      AddTwin(machine);
      break;
    case FaultKind::kJoin:
      if (machines_.size() >= kMostMachines) return;
      Note("one more member");
      AddMachine(absl::StrCat("worker-", machines_.size())).Start();
      break;
    case FaultKind::kLeave:
      TakeAway(machine);
      break;
    default:
      return;
  }
  Count(NameOf(kind));
}

// Somebody believes that it is dead, and starts another one in its place.
void World::Replace(Machine& machine) {
  const absl::Duration time = absl::Milliseconds(dice_.Below(90'000));
  Note(absl::StrCat(machine.name(), " is frozen for ",
                    absl::FormatDuration(time), " and replaced"));
  machine.Freeze(time);
  machine.wanted = false;
  Machine& other = AddMachine(machine.instance());
  if (!copies_.empty() && dice_.Chance(50)) Befall(other);
  schedule_->After(absl::Milliseconds(dice_.Below(20'000)),
                   [&other] { other.Start(); });
}

// Somebody gave the same name twice, and notices after a while.
void World::AddTwin(const Machine& machine) {
  Machine& twin = AddMachine(machine.instance());
  twin.is_guest = true;
  twin.Start();
  schedule_->After(absl::Seconds(dice_.Below(120)), [this, &twin] {
    Note(absl::StrCat(twin.name(), ", a twin, is taken away"));
    twin.wanted = false;
    if (twin.runs()) twin.Kill();
  });
}

void World::TakeAway(Machine& machine) {
  const auto others =
      std::count_if(machines_.begin(), machines_.end(), [&](const auto& other) {
        return other->wanted && !other->is_guest &&
               other->instance() != machine.instance();
      });
  if (others == 0) return;
  machine.wanted = false;
  Note(absl::StrCat(machine.name(), " leaves for good"));
  if (dice_.Chance(50)) {
    machine.Stop();
  } else {
    machine.Kill();
  }
}

void World::SetClock(Machine& machine) {
  const int64_t millis = dice_.Chance(50) ? dice_.Between(-5'000, 5'000)
                                          : dice_.Between(-120'000, 120'000);
  machine.clock.ahead = absl::Milliseconds(millis);
  machine.clock_was_set = true;
  clock_error_ = std::max(clock_error_, absl::AbsDuration(machine.clock.ahead));
  Count(NameOf(FaultKind::kClockWrong), machine.runs() ? 0 : 1);
  Note(absl::StrCat(machine.name(), ": its clock is ", millis, " ms ahead"));
}

// What brokers do by themselves, and the look whether all is done.
void World::KeepHouse() {
  const absl::Duration pause =
      std::min(swarm_.workload.length / 50, absl::Hours(1));
  schedule_->After(pause, [this] {
    if (swarm_.Has(FaultKind::kCompaction)) {
      Count(NameOf(FaultKind::kCompaction));
      for (ModelLog& log : kafka_->topic(swarm_.loop.topics.changelog)->logs) {
        log.Compact(schedule_->now() - absl::Minutes(1),
                    schedule_->now() - absl::Hours(24));
      }
    }
    if (swarm_.Has(FaultKind::kRetention)) {
      Count(NameOf(FaultKind::kRetention));
      for (const std::string& topic : swarm_.loop.topics.inputs) {
        for (int32_t i = 0; i < swarm_.workload.partitions; ++i) {
          const auto committed = kafka_->CommittedAt({topic, i});
          if (!committed) continue;
          kafka_->log({topic, i})
              .DeleteBefore(*committed->offset,
                            schedule_->now() - absl::Minutes(10));
        }
      }
    }
    over_ = over_ || IsDrained();
    if (!over_) KeepHouse();
  });
}

}  // namespace leadclock::sim
