#include "processor/runtime/worker.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/runtime/offset_metadata.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

// All of these are real time.
constexpr absl::Duration kMaxWait = absl::Milliseconds(100);
constexpr absl::Duration kRestoreWait = absl::Milliseconds(20);
constexpr absl::Duration kRenewTimeout = absl::Seconds(2);
constexpr absl::Duration kCommitTimeout = absl::Seconds(10);
// Another member waits for the partitions, or somebody for the process to end.
constexpr absl::Duration kLastCommitTimeout = absl::Seconds(2);

// What time decides is not kept waiting for the interval while no more than
// this was read since the last commit. Under load the interval is soon over,
// and a commit at each timer would be most of the work.
constexpr int64_t kFewRecords = 500;

constexpr absl::Duration kSayAgain = absl::Seconds(30);
constexpr char kWaiting[] = "waiting for Kafka";

bool Runs(const Partition& partition) {
  return partition.phase == Partition::Phase::kRunning;
}

bool Sweeps(const Partition& partition) {
  return Runs(partition) && partition.sweep.has_value();
}

}  // namespace

Worker::Worker(const LoopOptions& options, int32_t partitions,
               std::shared_ptr<const Fold> fold, Kafka& kafka, Store& store,
               const Clock& clock, Metrics& metrics)
    : options_(options),
      fold_(std::move(fold)),
      kafka_(kafka),
      store_(store),
      clock_(clock),
      metrics_(metrics),
      global_(options_, kafka, clock, metrics),
      agreement_(options_, partitions, kafka, global_, clock),
      folding_(options_, fold_, store, partitions),
      recovery_(options_, fold_, agreement_, kafka, store, clock, metrics),
      nows_(options_, kafka, clock, metrics) {
  metrics_.SetVersion(fold_->Version());
}

absl::Status Worker::Run(absl::FunctionRef<bool()> stop) {
  absl::Status status = absl::OkStatus();
  while (status.ok() && !stop()) status = Step();
  // What is folded may be what is wrong.
  return status.ok() ? Finish() : status;
}

absl::Status Worker::Step() {
  absl::Status status = Learn();
  if (status.ok()) status = LookAround();
  if (status.ok()) status = Join();
  if (status.ok()) status = Recover();
  if (status.ok()) status = Read();
  if (!status.ok()) return status;

  nows_.Advance(partitions_, global_.position());
  status = FireTimers();
  if (status.ok()) status = Sweep();
  if (!status.ok()) return status;
  TouchIdle();
  if (CommitIsDue()) status = Commit(kCommitTimeout);
  if (status.ok()) status = AskTime();
  nows_.AskIfTime(partitions_, NextDue());
  return status;
}

absl::Status Worker::Finish() {
  if (!producer_ready_ || folding_.overlay().empty()) return absl::OkStatus();
  return Commit(kLastCommitTimeout);
}

absl::Status Worker::Learn() {
  auto fold = global_.Read(fold_);
  if (kafka_error::IsUnavailable(fold.status())) {
    Complain(kWaiting, fold.status());
    return absl::OkStatus();
  }
  if (!fold.ok()) return fold.status();
  if (*fold == fold_) return absl::OkStatus();
  // What the old one folded is said under its name.
  absl::Status status = absl::OkStatus();
  if (!folding_.overlay().empty()) status = Commit(kCommitTimeout);
  Become(*std::move(fold));
  return status;
}

void Worker::Become(std::shared_ptr<const Fold> fold) {
  spdlog::info("from now on: {}", fold->Fingerprint());
  fold_ = std::move(fold);
  metrics_.SetVersion(fold_->Version());
  for (auto& [number, partition] : partitions_) {
    partition.walk.reset();
    if (!Runs(partition)) continue;
    partition.sweep = "";
    partition.touched = true;
  }
}

absl::Status Worker::LookAround() {
  // Before that it may only not have read far enough.
  if (!global_.is_whole()) return absl::OkStatus();
  agreement_.AskIfTime();
  absl::Status status = agreement_.Look(*fold_);
  if (!kafka_error::IsUnavailable(status)) return status;
  if (!subscribed_) Complain(kWaiting, status);
  return absl::OkStatus();
}

absl::Status Worker::Join() {
  // First of all what an earlier process of this name left open is settled:
  // before anybody reads offsets.
  if (!producer_ready_) {
    absl::Status status = kafka_.RenewProducer(kRenewTimeout);
    if (kafka_error::IsUnavailable(status)) {
      Complain(kWaiting, status);
      return absl::OkStatus();
    }
    if (!status.ok()) return status;
    producer_ready_ = true;
  }
  if (subscribed_ || !global_.is_whole() || !agreement_.is_found()) {
    return absl::OkStatus();
  }
  subscribed_ = true;
  return kafka_.Subscribe();
}

void Worker::Complain(const char* about, const absl::Status& why) {
  std::string complaint = absl::StrCat(about, ": ", why.message());
  const absl::Duration boot = clock_.Boot();
  if (complaint == complaint_ && boot - last_complaint_ < kSayAgain) return;
  spdlog::warn("{}", complaint);
  complaint_ = std::move(complaint);
  last_complaint_ = boot;
}

absl::Status Worker::Recover() {
  if (!producer_ready_) return absl::OkStatus();
  absl::Status status = recovery_.Begin(partitions_);
  if (kafka_error::IsUnavailable(status)) {
    Complain(kWaiting, status);
    return absl::OkStatus();
  }
  if (!status.ok()) return status;
  const bool restoring = std::any_of(
      partitions_.begin(), partitions_.end(), [](const auto& entry) {
        return entry.second.phase == Partition::Phase::kRestoring;
      });
  if (!restoring) return absl::OkStatus();

  const auto ready = recovery_.Continue(partitions_, kRestoreWait);
  if (!ready.ok()) return ready.status();
  std::vector<CommittedOffset> resume;
  for (const int32_t number : *ready) {
    const Partition& partition = partitions_.at(number);
    nows_.HandOver(number, partition.committed_now);
    for (size_t input = 0; input < partition.next.size(); ++input) {
      resume.push_back({.at = {options_.topics.inputs[input], number},
                        .offset = partition.next[input],
                        .metadata = ""});
    }
  }
  if (resume.empty()) return absl::OkStatus();
  absl::Status resumed = kafka_.ResumeAt(resume);
  if (kafka_error::IsUnavailable(resumed)) {
    Complain(kWaiting, resumed);
    for (const int32_t number : *ready) partitions_.at(number) = Partition();
    return absl::OkStatus();
  }
  spdlog::info("partitions {} are ready", absl::StrJoin(*ready, ","));
  return resumed;
}

absl::Status Worker::Read() {
  absl::StatusOr<Polled> polled =
      kafka_.Poll(Patience(), options_.batch_records);
  if (kafka_error::IsUnavailable(polled.status())) {
    Complain(kWaiting, polled.status());
    return absl::OkStatus();
  }
  if (!polled.ok()) return polled.status();

  if (polled->high_watermarks) nows_.Answer(*polled->high_watermarks);
  if (polled->committed) {
    absl::Status answered = agreement_.Answer(*polled->committed);
    if (!answered.ok()) return answered;
  }
  is_behind_ = polled->records.size() >= options_.batch_records;
  absl::Status status = FoldBatch(std::move(polled->records));
  NotePositions();
  if (!status.ok() || !polled->rebalance) return status;

  const Rebalance& rebalance = *polled->rebalance;
  return rebalance.kind == Rebalance::Kind::kAssigned
             ? Take(rebalance.partitions)
             : GiveBack(rebalance.kind);
}

absl::Status Worker::FoldBatch(std::vector<InputRecord> records) {
  const absl::Time read_at = clock_.Wall();
  std::map<int32_t, std::vector<InputRecord>> by_partition;
  for (InputRecord& record : records) {
    if (!IsNext(record)) continue;
    record.read_at = read_at;
    by_partition[record.partition].push_back(std::move(record));
  }
  absl::Status status = absl::OkStatus();
  for (const auto& [number, of_partition] : by_partition) {
    if (!status.ok()) break;
    partitions_.at(number).touched = true;
    status = folding_.FoldRecords(of_partition, MomentOf(number, read_at));
  }
  for (const Folding::Beat& beat : folding_.TakeBeats()) {
    nows_.Beat(beat.input, beat.partition, beat.heartbeat);
  }
  return status;
}

bool Worker::IsNext(const InputRecord& record) {
  const auto partition = partitions_.find(record.partition);
  if (partition == partitions_.end() || !Runs(partition->second)) return false;
  int64_t& next = partition->second.next[static_cast<size_t>(record.input)];
  if (record.offset < next) {
    metrics_.CountDuplicateDelivery();
    return false;
  }
  next = record.offset + 1;
  return true;
}

void Worker::NotePositions() {
  for (auto& [number, partition] : partitions_) {
    if (!Runs(partition)) continue;
    for (size_t input = 0; input < partition.next.size(); ++input) {
      const int64_t position =
          kafka_.Position({options_.topics.inputs[input], number});
      partition.next[input] = std::max(partition.next[input], position);
    }
  }
}

absl::Status Worker::FireTimers() {
  const absl::Time read_at = clock_.Wall();
  auto next = partitions_.lower_bound(fire_first_);
  for (size_t i = 0; i < partitions_.size(); ++i) {
    if (next == partitions_.end()) next = partitions_.begin();
    auto& [number, partition] = *next++;
    if (!Runs(partition)) continue;
    if (!folding_.HasRoomForTimers()) {
      fire_first_ = number;
      break;
    }
    const int64_t before = folding_.overlay().tally.timers_fired;
    absl::Status status = folding_.FireTimers(MomentOf(number, read_at));
    if (!status.ok()) return status;
    if (folding_.overlay().tally.timers_fired != before) {
      partition.touched = true;
    }
  }
  return absl::OkStatus();
}

absl::Status Worker::Sweep() {
  metrics_.SetSweeping(static_cast<int>(
      std::count_if(partitions_.begin(), partitions_.end(),
                    [](const auto& entry) { return Sweeps(entry.second); })));
  // Input, and what is due, go first.
  if (is_behind_ || !folding_.HasRoomForTimers()) return absl::OkStatus();
  size_t room = options_.batch_sweep;
  for (auto& [number, partition] : partitions_) {
    if (!Sweeps(partition)) continue;
    if (room == 0) break;
    if (!partition.walk) {
      partition.walk = store_.WalkBehind(number, *partition.sweep);
    }
    const auto keys = partition.walk->Next(room);
    if (!keys.ok()) return keys.status();
    absl::Status asked = folding_.Ask(*keys, MomentOf(number, clock_.Wall()));
    if (!asked.ok()) return asked;
    room -= keys->size();
    partition.touched = true;
    if (keys->empty()) {
      partition.walk.reset();
      partition.sweep.reset();
      spdlog::info("partition {}: all states were asked under {}", number,
                   fold_->Fingerprint());
    } else {
      partition.sweep = keys->back();
    }
  }
  return absl::OkStatus();
}

Moment Worker::MomentOf(int32_t number, absl::Time read_at) const {
  return {.partition = number,
          .now = nows_.Now(number),
          .read_at = read_at,
          .wall = clock_.Wall(),
          .read_up_to = partitions_.at(number).next};
}

absl::Status Worker::Take(const std::vector<TopicPartition>& assigned) {
  std::map<int32_t, size_t> inputs;
  for (const TopicPartition& at : assigned) ++inputs[at.partition];
  for (const auto& [number, count] : inputs) {
    if (count == options_.topics.inputs.size()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the group assigned partition ", number,
        " of only some of the input topics to this worker; all members must "
        "use the range assignor and read the same topics"));
  }
  for (const auto& [number, count] : inputs) partitions_[number] = Partition();
  spdlog::info("assigned {} partitions", inputs.size());
  metrics_.SetJoined(true);
  agreement_.AskSoon();
  return kafka_.Assign(assigned);
}

absl::Status Worker::GiveBack(Rebalance::Kind kind) {
  absl::Status status = absl::OkStatus();
  if (kind == Rebalance::Kind::kRevoked && !folding_.overlay().empty()) {
    status = Commit(kLastCommitTimeout);
  }
  spdlog::info("{} {} partitions",
               kind == Rebalance::Kind::kLost ? "lost" : "gave back",
               partitions_.size());
  for (auto& [number, partition] : partitions_) {
    recovery_.Stop(number, partition);
    metrics_.Forget(number);
  }
  partitions_.clear();
  folding_.overlay() = Overlay();
  const absl::Status unassigned = kafka_.Unassign();
  return status.ok() ? unassigned : status;
}

bool Worker::CommitIsDue() const {
  const Overlay& overlay = folding_.overlay();
  const absl::Duration since = clock_.Boot() - last_commit_;
  const bool touched =
      std::any_of(partitions_.begin(), partitions_.end(),
                  [](const auto& entry) { return entry.second.touched; });
  if (!touched || !producer_ready_) return false;
  if (overlay.empty()) return true;
  if (overlay.tally.timers_fired > 0 && overlay.tally.read < kFewRecords) {
    return true;
  }
  if (since >= options_.commit_interval) return true;
  if (overlay.bytes >= options_.commit_bytes) return true;
  if (overlay.tally.read + overlay.tally.swept >=
      static_cast<int64_t>(options_.commit_records)) {
    return true;
  }
  // A timer that only the overlay knows fires from the store.
  return std::any_of(overlay.partitions.begin(), overlay.partitions.end(),
                     [this](const auto& entry) {
                       return entry.second.next_due <= nows_.Now(entry.first);
                     });
}

void Worker::TouchIdle() {
  const absl::Duration boot = clock_.Boot();
  if (boot - last_idle_commit_ < options_.idle_commit_interval) return;
  last_idle_commit_ = boot;
  for (auto& [number, partition] : partitions_) {
    if (!Runs(partition)) continue;
    if (partition.next != partition.said_next ||
        nows_.Now(number) != partition.said_now) {
      partition.touched = true;
    }
  }
}

absl::Status Worker::Commit(absl::Duration timeout) {
  const absl::Time before = clock_.Wall();
  const absl::Duration boot = clock_.Boot();
  const absl::StatusOr<Receipt> receipt =
      kafka_.Commit(MakeTransaction(), timeout);
  LookForOutage(boot, receipt.ok());
  if (!receipt.ok()) return StartOver(receipt.status());

  if (receipt->broker_time) {
    nows_.Compare(before, clock_.Wall(), *receipt->broker_time);
  }
  last_commit_ = clock_.Boot();
  absl::Status status = Remember(*receipt);
  metrics_.Publish(folding_.overlay().tally, last_commit_ - boot);
  folding_.overlay() = Overlay();
  return status;
}

void Worker::LookForOutage(absl::Duration begun, bool is_done) {
  // Whoever else was cut off meanwhile may not have delivered yet.
  if (!is_done || clock_.Boot() - begun > options_.settle) {
    nows_.Unheard(begun);
  }
}

absl::Status Worker::AskTime() {
  const auto running =
      std::find_if(partitions_.begin(), partitions_.end(),
                   [](const auto& entry) { return Runs(entry.second); });
  if (running == partitions_.end() || !producer_ready_ ||
      !nows_.WantsBrokerTime()) {
    return absl::OkStatus();
  }
  nows_.AskedBrokerTime();
  const absl::Time before = clock_.Wall();
  const absl::Duration boot = clock_.Boot();
  const auto time = kafka_.AskTime({options_.topics.changelog, running->first},
                                   kCommitTimeout);
  LookForOutage(boot, time.ok());
  if (!time.ok()) return StartOver(time.status());
  if (*time) nows_.Compare(before, clock_.Wall(), **time);
  return absl::OkStatus();
}

Transaction Worker::MakeTransaction() {
  Overlay& overlay = folding_.overlay();
  Transaction transaction;
  transaction.timestamp = clock_.Wall();
  transaction.records = std::move(overlay.records);
  for (auto& [number, of_partition] : overlay.partitions) {
    for (auto& [key, state] : of_partition.states) {
      if (!state.publish) continue;
      transaction.records.push_back({.to = {options_.topics.changelog, number},
                                     .key = key,
                                     .value = std::move(state.changelog_value),
                                     .headers = {}});
    }
  }
  for (const auto& [number, partition] : partitions_) {
    if (!partition.touched) continue;
    const std::string metadata =
        FormatOffsetMetadata({.now = nows_.Now(number),
                              .changelog_id = partition.changelog_id,
                              .sweep = partition.sweep,
                              .fingerprint = fold_->Fingerprint()});
    for (size_t input = 0; input < partition.next.size(); ++input) {
      transaction.offsets.push_back(
          {.at = {options_.topics.inputs[input], number},
           .offset = partition.next[input],
           .metadata = metadata});
    }
  }
  return transaction;
}

absl::Status Worker::Remember(const Receipt& receipt) {
  std::vector<Store::Change> changes;
  for (const auto& [number, of_partition] : folding_.overlay().partitions) {
    for (const auto& [key, state] : of_partition.states) {
      if (!state.changed) continue;
      changes.push_back({.partition = number,
                         .key = key,
                         .state = state.state,
                         .due = state.due,
                         .old_due = state.stored_due});
    }
  }
  std::map<int32_t, Store::Progress> progress;
  for (auto& [number, partition] : partitions_) {
    if (!partition.touched) continue;
    partition.touched = false;
    partition.said_next = partition.next;
    partition.said_now = nows_.Now(number);
    const auto end = receipt.ends.find({options_.topics.changelog, number});
    if (end != receipt.ends.end()) partition.changelog_position = end->second;
    progress[number] = {.offsets = partition.next,
                        .now = partition.said_now,
                        .changelog_position = partition.changelog_position,
                        .changelog_id = partition.changelog_id,
                        .written_at = clock_.Wall()};
  }
  return store_.Write(changes, progress);
}

absl::Status Worker::StartOver(const absl::Status& why) {
  const bool unknown = kafka_error::IsOutcomeUnknown(why);
  if (!unknown && !kafka_error::IsAborted(why)) return why;
  Complain("a transaction failed, going back to what is committed", why);
  metrics_.CountAbort();
  if (unknown) producer_ready_ = false;
  last_commit_ = clock_.Boot();  // not again at once

  folding_.overlay() = Overlay();
  std::vector<TopicPartition> inputs;
  for (auto& [number, partition] : partitions_) {
    recovery_.Stop(number, partition);
    for (const std::string& topic : options_.topics.inputs) {
      inputs.push_back({topic, number});
    }
  }
  return kafka_.Pause(inputs);
}

absl::Time Worker::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [number, partition] : partitions_) {
    if (Runs(partition)) next = std::min(next, store_.NextDue(number));
  }
  for (const auto& [number, of_partition] : folding_.overlay().partitions) {
    next = std::min(next, of_partition.next_due);
  }
  return next;
}

absl::Duration Worker::Patience() const {
  absl::Duration wait = kMaxWait;
  for (const auto& [number, partition] : partitions_) {
    if (partition.phase == Partition::Phase::kRestoring) {
      return absl::ZeroDuration();
    }
    if (Sweeps(partition)) return absl::ZeroDuration();
    // With an overlay, those that are due are of keys in it, and fire when the
    // store has learnt of them.
    if (Runs(partition) && folding_.overlay().empty() &&
        store_.NextDue(number) <= nows_.Now(number)) {
      return absl::ZeroDuration();
    }
  }
  if (!folding_.overlay().empty()) {
    const absl::Duration left =
        options_.commit_interval - (clock_.Boot() - last_commit_);
    wait = std::min(wait, clock_.RealUntil(clock_.Wall() + left));
  }
  return std::min(wait, nows_.UntilAsk(partitions_, NextDue()));
}

}  // namespace leadclock
