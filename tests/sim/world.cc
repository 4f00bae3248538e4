#include "tests/sim/world.h"

#include <algorithm>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/job/published_policy.h"
#include "processor/policy/parse_policy.h"
#include "processor/runtime/offset_metadata.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"
#include "tests/sim/edition_fold.h"
#include "tests/sim/oracle.h"

namespace leadclock::sim {
namespace {

// With the faults over, everything must come right within this.
constexpr absl::Duration kRecovery = absl::Hours(3);
constexpr size_t kCopies = 6;
// Sudden faults of one run.
constexpr int64_t kMostSudden = 300;
// Far more than any run takes: it goes round in circles.
constexpr int64_t kMostThings = 3'000'000;

namespace fs = std::filesystem;

}  // namespace

World::World(uint64_t seed, fs::path directory)
    : directory_(std::move(directory)), dice_(seed), swarm_(DrawSwarm(dice_)) {
  fs::remove_all(directory_);
  fs::create_directories(directory_);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "story", std::make_shared<LogSink>(*this)));
}

World::~World() {
  machines_.clear();
  spdlog::drop_all();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Outcome World::Run() {
  Prepare();
  if (outcome_.problems.empty()) RunToTheEnd();
  CountNetworkFaults();
  Count(NameOf(FaultKind::kOpenTransaction),
        upstream_->transactions_left_open());
  if (outcome_.problems.empty()) {
    CheckStores();
    JobTopics topics = swarm_.loop.topics;
    if (swarm_.editions > 0) topics.outputs.pop_back();
    topics.global.clear();
    Examine({.kafka = *kafka_,
             .upstream = *upstream_,
             .topics = topics,
             .editions = swarm_.editions,
             .has_corrections = swarm_.corrects,
             .policies = *policies_,
             .job = job_options_,
             .partitions = swarm_.workload.partitions,
             .settle = swarm_.loop.settle,
             .clock_error = clock_error_,
             .is_punctual = swarm_.IsPunctual()},
            outcome_);
  }
  machines_.clear();
  outcome_.trace_hash = HashOfCommitted(*kafka_);
  return std::move(outcome_);
}

void World::Prepare() {
  const WorkloadOptions& workload = swarm_.workload;
  schedule_ = std::make_unique<Schedule>(
      workload.begin, static_cast<uint64_t>(dice_.Below(INT64_MAX)));
  kafka_ = std::make_unique<ModelKafka>(
      *schedule_, static_cast<uint64_t>(dice_.Below(INT64_MAX)));
  upstream_ =
      std::make_unique<Upstream>(*schedule_, *kafka_, swarm_,
                                 static_cast<uint64_t>(dice_.Below(INT64_MAX)));
  auto policy = ParsePolicy(PolicyOf(workload), "policy.yaml");
  if (!policy.ok()) return Fail(std::string(policy.status().message()));
  policies_.emplace(*std::move(policy));

  const JobTopics& topics = swarm_.loop.topics;
  job_options_.output.input_topics = topics.inputs;
  // Else longer than any run.
  job_options_.retire_after = absl::Hours(24 * 365);
  if (swarm_.retires) {
    job_options_.retire_after =
        workload.fast ? absl::Minutes(20) : absl::Hours(24 * 3);
  }
  job_ = std::make_shared<const LeadJob>(*policies_, job_options_);
  last_job_ = job_;
  fold_ = job_;
  if (swarm_.editions > 0) {
    fold_ = std::make_shared<const EditionFold>(
        job_, static_cast<int>(topics.outputs.size()) - 1);
    kafka_->MakeTopic(topics.global, 1);
  }
  std::vector<std::string> names = topics.inputs;
  names.insert(names.end(), topics.outputs.begin(), topics.outputs.end());
  names.push_back(topics.changelog);
  names.push_back(topics.quarantine);
  for (const std::string& name : names) {
    kafka_->MakeTopic(name, workload.partitions);
    kafka_->topic(name)->broker_sets_timestamps = true;
  }
  for (const std::string& input : topics.inputs) {
    kafka_->topic(input)->broker_sets_timestamps =
        swarm_.broker_sets_input_timestamps;
    kafka_->group().AddTopic(input, workload.partitions);
  }

  around_.reset(new Machine::Surroundings{
      .schedule = *schedule_,
      .kafka = *kafka_,
      .fold = fold_,
      .loop = swarm_.loop,
      .on_wait = [this](Machine& machine) { return OnWait(machine); },
      .patience = [this](Machine& machine) { return PatienceOf(machine); },
      .on_ended =
          [this](Machine& machine, const Machine::Ended& ended) {
            OnEnded(machine, ended);
          }});
  sudden_ = swarm_.Sudden();
  if (!sudden_.empty()) sudden_left_ = kMostSudden;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    if (swarm_.has[i]) Note(absl::StrCat("may be: ", NameOf(FaultKind(i))));
  }
  SetNetworkFaults();
  for (int i = 0; i < swarm_.machines; ++i) {
    AddMachine(absl::StrCat("worker-", i)).Start();
  }

  Workload work = MakeWorkload(workload, dice_);
  Count(NameOf(FaultKind::kDuplicates), work.duplicates);
  Count(NameOf(FaultKind::kLate), work.late);
  Count(NameOf(FaultKind::kFuture), work.future);
  Count(NameOf(FaultKind::kGarbage), work.garbage);
  Count(NameOf(FaultKind::kWithdrawals), work.withdrawals);
  Count(NameOf(FaultKind::kSilentFeed), work.silences);
  std::vector<Delivery>& deliveries = work.deliveries;
  heal_at_ = workload.begin + workload.length;
  if (!deliveries.empty()) heal_at_ = std::max(heal_at_, deliveries.back().at);
  // What is delivered last may have happened last.
  horizon_ = heal_at_ + LongestOutlook(workload);
  for (const Delivery& delivery : deliveries) {
    if (delivery.input != 0) continue;
    outcome_.lead_time += horizon_ - delivery.at;
  }
  upstream_->Send(std::move(deliveries));
  SendEditions();
  if (swarm_.policies > 0) PublishPolicies(policies_->newest());
  schedule_->At(heal_at_, [this] { Heal(); });
  KeepHouse();
}

void World::SendEditions() {
  for (int i = 1; i <= swarm_.editions; ++i) {
    // In their order.
    const absl::Time at =
        swarm_.workload.begin +
        swarm_.workload.length * (i - 1) / swarm_.editions +
        swarm_.workload.length * dice_.Below(100) / 100 / swarm_.editions;
    Tell(at, absl::StrCat("edition ", i), EditionFold::WriteRecord(i));
  }
}

void World::PublishPolicies(const Policy& first) {
  std::vector<Policy> versions = {first};
  const std::string text = PolicyOf(swarm_.workload);
  const absl::Duration slot = swarm_.workload.length / (swarm_.policies + 1);
  for (int i = 1; i <= swarm_.policies; ++i) {
    const absl::Time at =
        swarm_.workload.begin + slot * i + slot * dice_.Below(80) / 100;
    // Long before, so that every clock agrees that it was.
    absl::Time effective = at + absl::Minutes(5) + slot * dice_.Below(30) / 100;
    if (swarm_.corrects && dice_.Chance(50)) effective = at - slot / 3;
    effective = std::max(absl::FromUnixMillis(absl::ToUnixMillis(effective)),
                         versions.back().effective + absl::Milliseconds(1));
    auto next = ParsePolicy(
        PolicyAfter(text, {first.version + i, effective}, dice_), "next.yaml");
    if (!next.ok()) return Fail(std::string(next.status().message()));
    Tell(at, absl::StrCat("version ", next->version, " of the policy"),
         WritePublished(*next, at, swarm_.corrects));
    versions.push_back(*std::move(next));
  }
  auto policies = PolicyBook::Create(std::move(versions));
  if (!policies.ok()) return Fail(std::string(policies.status().message()));
  policies_ = *std::move(policies);
  last_job_ = std::make_shared<const LeadJob>(*policies_, job_options_);
}

void World::Tell(absl::Time at, const std::string& what,
                 const std::string& value) {
  schedule_->At(at, [this, what, value] {
    // In their order, also if several wait for the brokers.
    to_tell_.emplace_back(what, value);
    kafka_->WhenUp([this] {
      const auto [about, told] = to_tell_.front();
      to_tell_.pop_front();
      Note("the global topic tells of " + about);
      Write(told);
    });
  });
}

void World::Write(const std::string& value) {
  const TopicPartition at = {swarm_.loop.topics.global, 0};
  const TransactionId transaction =
      dice_.Chance(60) ? kafka_->NewTransaction() : TransactionId{0};
  Entry entry;
  entry.transaction = transaction;
  entry.appended_at = schedule_->now();
  entry.timestamp = schedule_->now();
  if (dice_.Chance(10)) {
    entry.value = EditionFold::kNoise;
    kafka_->log(at).Append(entry);
  }
  entry.value = value;
  kafka_->log(at).Append(std::move(entry));
  kafka_->Announce(at);
  if (transaction == 0) return;
  schedule_->After(
      absl::Milliseconds(dice_.Below(30'000)), [this, at, transaction] {
        kafka_->WhenUp(
            [this, at, transaction] { kafka_->EndIn(at, transaction, true); });
      });
}

void World::RunToTheEnd() {
  const absl::Time patience = horizon_ + kRecovery;
  int64_t things = 0;
  while (!over_ && outcome_.problems.empty()) {
    if (!schedule_->RunNext()) return Fail("nothing happens any more");
    if (++things > kMostThings) return Fail("it goes round in circles");
    if (schedule_->now() > patience) {
      for (Machine* const machine : Running()) {
        Note(absl::StrCat(machine->name(), ": ",
                          machine->client() == nullptr
                              ? "starts"
                              : machine->client()->Describe()));
      }
      Fail("faults are over, but something stands still");
    }
  }
}

void World::Heal() {
  Note("all faults are over");
  healed_ = true;
  CountNetworkFaults();
  for (const auto& machine : machines_) {
    if (!machine->clock_was_set) continue;
    Note(absl::StrCat(machine->name(), ": its clock is right again"));
    machine->clock.ahead = absl::ZeroDuration();
  }
  if (Running().empty()) Restart(*machines_.front());
}

bool World::IsDrained() {
  if (!healed_ || !upstream_->done()) return false;
  for (const std::string& topic : swarm_.loop.topics.inputs) {
    for (int32_t i = 0; i < swarm_.workload.partitions; ++i) {
      const TopicPartition at = {topic, i};
      const auto committed = kafka_->CommittedAt(at);
      if (!committed || *committed->offset != kafka_->log(at).end()) {
        return false;
      }
      const auto metadata = ParseOffsetMetadata(committed->metadata);
      if (!metadata.ok() || metadata->now < horizon_) return false;
      if (swarm_.editions == 0) continue;
      if (metadata->sweep ||
          metadata->fingerprint !=
              EditionFold::FingerprintOf(*last_job_, swarm_.editions)) {
        return false;
      }
    }
  }
  return true;
}

void World::CheckStores() {
  const ModelTopic& changelog = *kafka_->topic(swarm_.loop.topics.changelog);
  std::vector<int> owners(changelog.logs.size());
  for (Machine* const machine : Running()) {
    for (const TopicPartition& at : machine->client()->assigned()) {
      if (at.topic != swarm_.loop.topics.inputs.front()) continue;
      ++owners[static_cast<size_t>(at.partition)];
      const std::string wrong =
          DifferenceOfStore(*machine->store(), at.partition,
                            changelog.logs[static_cast<size_t>(at.partition)],
                            swarm_.editions > 0);
      if (!wrong.empty()) Fail(absl::StrCat(machine->name(), ": ", wrong));
    }
  }
  for (size_t i = 0; i < owners.size(); ++i) {
    if (owners[i] != 1) {
      Fail(absl::StrCat("partition ", i, " has ", owners[i], " owners"));
    }
  }
}

void World::Count(const std::string& fault, int64_t times) {
  if (times > 0) outcome_.faults[fault] += times;
}

void World::CountNetworkFaults() {
  const NetworkFaults& faults = kafka_->faults;
  Count(NameOf(FaultKind::kLostMessages), faults.lost_requests.struck +
                                              faults.lost_answers.struck +
                                              faults.failed_seeks.struck);
  Count(NameOf(FaultKind::kLateEnds), faults.late_ends.struck);
  Count(NameOf(FaultKind::kSlowMarkers), faults.slow_markers.struck);
  Count(NameOf(FaultKind::kLostWatermarks),
        faults.lost_watermarks.struck + faults.partial_watermarks.struck);
  Count(NameOf(FaultKind::kRedelivery), faults.redeliveries.struck);
  kafka_->faults = NetworkFaults();
}

void World::Note(const std::string& what) {
  const absl::Time now =
      schedule_ == nullptr ? swarm_.workload.begin : schedule_->now();
  outcome_.story.push_back(absl::StrCat(
      absl::FormatTime("%Y-%m-%d %H:%M:%E3S", now, absl::UTCTimeZone()), "  ",
      what));
}

// What the product logs becomes part of the story.
class World::LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LogSink(World& world) : world_(world) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string who;
    for (const auto& machine : world_.machines_) {
      if (machine->acts()) who = machine->name();
    }
    world_.Note(absl::StrCat(
        who, " says: ",
        std::string(message.payload.data(), message.payload.size())));
  }
  void flush_() override {}

  World& world_;
};

void World::Fail(const std::string& what) {
  Note("FAILED: " + what);
  outcome_.problems.push_back(what);
}

// ---- Machines ----

Machine& World::AddMachine(const std::string& instance) {
  const std::string name = absl::StrCat("machine-", machines_.size());
  machines_.push_back(
      std::make_unique<Machine>(*around_, name, instance, directory_ / name));
  Machine& machine = *machines_.back();
  if (swarm_.Has(FaultKind::kClockWrong) && !healed_ && dice_.Chance(50)) {
    SetClock(machine);
  }
  ++shared_names_[instance];
  Note(absl::StrCat(name, " runs ", instance));
  return machine;
}

std::vector<Machine*> World::Running() {
  std::vector<Machine*> running;
  for (const auto& machine : machines_) {
    if (machine->runs()) running.push_back(machine.get());
  }
  return running;
}

bool World::OnWait(Machine& machine) {
  // Those that wait for an outage to end wait often: it would have no end.
  const bool is_outage = kafka_->is_down() || machine.IsCutOff();
  const int64_t waits = swarm_.waits_per_fault * (is_outage ? 20 : 1);
  if (healed_ || sudden_left_ == 0 || dice_.Below(waits) != 0) return false;
  --sudden_left_;
  const FaultKind kind = dice_.OneOf(sudden_);
  if (kind == FaultKind::kKill) {
    Count(NameOf(kind));
    Note(absl::StrCat(machine.name(), " is killed"));
    return true;
  }
  schedule_->After(absl::ZeroDuration(), [this, kind, &machine] {
    if (!healed_ && machine.runs()) Strike(kind, machine);
  });
  return false;
}

absl::Duration World::PatienceOf(Machine& machine) {
  absl::Duration wait = absl::Milliseconds(100);
  const int64_t kind = dice_.Below(10);
  if (kind >= 3) wait = absl::Seconds(dice_.Between(1, 30));
  if (kind >= 5) wait = absl::Seconds(dice_.Between(60, 3'600));
  // As far as it knows of something that falls due.
  const absl::Duration until_due =
      machine.NextDue() + swarm_.loop.settle - machine.clock.Wall();
  return std::min(wait, std::max(until_due, absl::Milliseconds(1)));
}

void World::OnEnded(Machine& machine, const Machine::Ended& ended) {
  if (!ended.wrong_sums.empty()) Fail(ended.wrong_sums);
  if (!ended.killed) {
    Note(absl::StrCat(machine.name(), " ended: ", ended.status.ToString()));
    // Who was replaced may also miss records that its successor has done with.
    const bool may_end = shared_names_[machine.instance()] > 1 &&
                         (absl::IsAlreadyExists(ended.status) ||
                          absl::IsOutOfRange(ended.status));
    if (!ended.status.ok() && !may_end) {
      Fail(absl::StrCat(machine.name(),
                        " needs a person: ", ended.status.ToString()));
    }
  }
  if (!machine.wanted) return;
  KeepCopy(machine);
  const int64_t kind = healed_ ? 0 : dice_.Below(10);
  absl::Duration away = absl::Milliseconds(dice_.Below(5'000));
  if (kind >= 6) away = absl::Seconds(dice_.Below(120));
  if (kind == 9) away = swarm_.workload.length * dice_.Below(30) / 100;
  schedule_->After(away, [this, &machine] {
    if (machine.wanted && !machine.runs()) Restart(machine);
  });
}

void World::Restart(Machine& machine) {
  if (!healed_) Befall(machine);
  Note(absl::StrCat(machine.name(), " starts"));
  machine.Start();
}

// ---- Disks ----

void World::KeepCopy(const Machine& machine) {
  if (!swarm_.Has(FaultKind::kDiskStale) &&
      !swarm_.Has(FaultKind::kDiskForeign)) {
    return;
  }
  const fs::path copy =
      directory_ / absl::StrCat(machine.name(), "-copy-", ++copies_made_);
  if (!fs::exists(machine.disk())) return;
  fs::copy(machine.disk(), copy, fs::copy_options::recursive);
  if (copies_.size() < kCopies) {
    copies_.push_back(copy);
    return;
  }
  fs::path& place = copies_[static_cast<size_t>(dice_.Below(kCopies))];
  fs::remove_all(place);
  place = copy;
}

void World::Befall(const Machine& machine) {
  if (swarm_.Has(FaultKind::kDiskLost) && dice_.Chance(20)) {
    Count(NameOf(FaultKind::kDiskLost));
    Note(absl::StrCat(machine.name(), " lost its disk"));
    fs::remove_all(machine.disk());
    return;
  }
  if (copies_.empty() || !dice_.Chance(30)) return;
  const fs::path& copy = dice_.OneOf(copies_);
  const bool own = absl::StartsWith(copy.filename().string(),
                                    absl::StrCat(machine.name(), "-"));
  const FaultKind kind = own ? FaultKind::kDiskStale : FaultKind::kDiskForeign;
  if (!swarm_.Has(kind)) return;
  Count(NameOf(kind));
  Note(
      absl::StrCat(machine.name(), " has the disk ", copy.filename().string()));
  fs::remove_all(machine.disk());
  fs::copy(copy, machine.disk(), fs::copy_options::recursive);
}

}  // namespace leadclock::sim
