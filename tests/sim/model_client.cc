#include "tests/sim/model_client.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock::sim {
namespace {

// As processor/runtime/rdkafka_producer.cc has them.
const absl::Duration kSlowCommit = ModelKafka::kTransactionTimeout / 2;
constexpr absl::Duration kAbortTimeout = absl::Seconds(5);
// As processor/runtime/rdkafka.cc has it.
constexpr absl::Duration kAskTimeout = absl::Seconds(2);

// A wait this long is one of a loop that has nothing to do.
constexpr absl::Duration kIdleWait = absl::Milliseconds(100);

constexpr absl::Duration kTombstoneRetention = absl::Hours(24);

}  // namespace

ModelClient::ModelClient(ModelKafka& kafka, Schedule& schedule,
                         Process& process, Options options)
    : kafka_(kafka),
      schedule_(schedule),
      process_(process),
      options_(std::move(options)),
      transactional_id_(
          absl::StrCat(options_.group, "-", options_.instance, "-0")),
      client_(kafka.AddClient(*this)) {}

ModelClient::~ModelClient() {
  *lives_ = false;
  kafka_.RemoveClient(client_);
  if (subscribed_) FallSilent();
}

std::string ModelClient::Describe() const {
  return absl::StrCat(
      "member ", member_, " of generation ", generation_, ", assigned ",
      assigned_.size(), ", reads ", positions_.size(), ", restores ",
      restored_.size(), rejoining_ ? ", joins" : "", fenced_ ? ", fenced" : "",
      told_ ? ", must answer" : "", rebalance_ ? ", must be told" : "",
      producer_ ? "" : ", has no producer");
}

// ---- What lies between it and the brokers ----

bool ModelClient::CanReach() const {
  return !kafka_.is_down() && schedule_.now() >= cut_off_until_;
}

void ModelClient::FallSilent() {
  kafka_.group().Silence(options_.instance, member_);
}

void ModelClient::SpeakAgain() {
  if (CanReach() && !process_.frozen()) {
    kafka_.group().Hear(options_.instance, member_);
  }
}

void ModelClient::CutOff(absl::Duration time) {
  cut_off_until_ = std::max(cut_off_until_, schedule_.now() + time);
  FallSilent();
  const absl::Time until = cut_off_until_;
  schedule_.At(until, [this, lives = lives_] {
    if (*lives) SpeakAgain();
  });
  schedule_.After(ModelGroup::kSession, [this, lives = lives_, until] {
    if (*lives && until == cut_off_until_ && schedule_.now() < until) {
      SessionLost();
    }
  });
}

void ModelClient::InBackground(absl::Duration delay,
                               std::function<void()> what) {
  schedule_.After(delay, [this, lives = lives_, what = std::move(what)] {
    if (!*lives) return;
    const absl::Time free = std::max(
        {process_.frozen_until(), cut_off_until_, kafka_.down_until()});
    if (free <= schedule_.now()) {
      what();
    } else {
      InBackground(free - schedule_.now() + kafka_.Latency(), what);
    }
  });
}

absl::Status ModelClient::Ask(absl::Duration timeout, Effect effect) {
  const absl::Time deadline = schedule_.now() + timeout;
  const auto left = [&] {
    return std::max(absl::ZeroDuration(), deadline - schedule_.now());
  };
  absl::Status last = kafka_error::Unavailable("no answer in time");
  do {
    const bool request_lost =
        !CanReach() || kafka_.Strikes(kafka_.faults.lost_requests);
    const bool answer_lost = kafka_.Strikes(kafka_.faults.lost_answers);
    process_.Sleep(std::min(left(), kafka_.Latency()));
    if (!request_lost && CanReach()) {
      const absl::Status status = effect();
      process_.Sleep(std::min(left(), kafka_.Latency()));
      if (!answer_lost && CanReach()) {
        if (!kafka_error::IsUnavailable(status)) return status;
        last = status;
        process_.Sleep(std::min(left(), absl::Milliseconds(20)));
        continue;
      }
    }
    // Either the connection breaks and it is tried again, or nothing comes.
    const bool breaks = kafka_.dice().Chance(50);
    process_.Sleep(breaks ? std::min(left(), absl::Milliseconds(300)) : left());
  } while (left() > absl::ZeroDuration());
  return last;
}

// ---- Facts ----

absl::StatusOr<std::map<std::string, TopicFacts>> ModelClient::Topics(
    const std::vector<std::string>& topics, absl::Duration timeout) {
  std::map<std::string, TopicFacts> facts;
  absl::Status asked = Ask(timeout, [&] {
    facts.clear();
    for (const std::string& name : topics) {
      const ModelTopic* const topic = kafka_.topic(name);
      if (topic == nullptr) continue;
      facts[name] = {.partitions = static_cast<int32_t>(topic->logs.size()),
                     .id = topic->id};
    }
    return absl::OkStatus();
  });
  if (!asked.ok()) return asked;
  return facts;
}

std::optional<absl::Duration> ModelClient::TombstoneRetention(
    const std::string&, absl::Duration timeout) {
  const absl::Status asked = Ask(timeout, [] { return absl::OkStatus(); });
  if (!asked.ok()) return std::nullopt;
  return kTombstoneRetention;
}

absl::StatusOr<std::map<TopicPartition, LogBounds>> ModelClient::Bounds(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  std::map<TopicPartition, LogBounds> bounds;
  absl::Status asked = Ask(timeout, [&] {
    for (const TopicPartition& at : partitions) {
      const ModelLog& log = kafka_.log(at);
      bounds[at] = {.start = log.start(), .end = log.end()};
    }
    return absl::OkStatus();
  });
  if (!asked.ok()) return asked;
  return bounds;
}

// ---- Transactions ----

absl::Status ModelClient::RenewProducer(absl::Duration timeout) {
  producer_.reset();
  return Ask(timeout, [&] {
    const auto epoch = kafka_.InitProducer(transactional_id_);
    if (epoch.ok()) producer_ = *epoch;
    return epoch.status();
  });
}

absl::StatusOr<Receipt> ModelClient::Commit(const Transaction& transaction,
                                            absl::Duration timeout) {
  if (generation_ <= 0) {
    return kafka_error::Aborted("this worker is no member of the group now");
  }
  // As the group stands when the commit begins.
  const ModelKafka::Consumer consumer = {options_.instance, member_,
                                         generation_};
  const absl::Time begun = schedule_.now();
  const auto elapsed = [&] { return schedule_.now() - begun; };

  Receipt receipt;
  absl::Status status = Write(transaction, begun + timeout, receipt);
  // Without offsets the client asks nobody.
  if (status.ok() && !transaction.offsets.empty()) {
    status = Ask(begun + timeout - schedule_.now(), [&] {
      return kafka_.AddOffsets(transactional_id_, *producer_, consumer,
                               transaction.offsets);
    });
  }
  if (!status.ok()) return Fail(status, elapsed());
  status = EndTransaction(true, begun + timeout - schedule_.now());
  if (kafka_error::IsUnavailable(status)) {
    return kafka_error::OutcomeUnknown(std::string(status.message()));
  }
  if (!status.ok()) return Fail(status, elapsed());
  if (elapsed() > kSlowCommit) {
    return kafka_error::OutcomeUnknown("the commit took unusually long");
  }
  return receipt;
}

absl::StatusOr<std::optional<ClockGuard::BrokerTime>> ModelClient::AskTime(
    const TopicPartition& at, absl::Duration timeout) {
  const absl::Time begun = schedule_.now();
  const auto elapsed = [&] { return schedule_.now() - begun; };
  Transaction question;
  question.records = {{at, "the time?", std::nullopt, {}}};
  question.timestamp = begun;
  Receipt receipt;
  absl::Status status = Write(question, begun + timeout, receipt);
  if (!status.ok()) return Fail(status, elapsed());
  status = EndTransaction(false, begun + timeout - schedule_.now());
  if (!status.ok()) return Fail(status, elapsed());
  if (elapsed() > kSlowCommit) {
    return kafka_error::OutcomeUnknown("an abort took unusually long");
  }
  return receipt.broker_time;
}

absl::Status ModelClient::Write(const Transaction& transaction,
                                absl::Time deadline, Receipt& receipt) {
  std::map<TopicPartition, std::vector<const OutgoingRecord*>> by_partition;
  for (const OutgoingRecord& record : transaction.records) {
    by_partition[record.to].push_back(&record);
  }
  // Each broker takes its time.
  std::vector<TopicPartition> order;
  for (const auto& [to, records] : by_partition) {
    order.insert(order.begin() + kafka_.dice().Below(
                                     static_cast<int64_t>(order.size()) + 1),
                 to);
  }
  for (const TopicPartition& to : order) {
    absl::Status status = ProduceTo(to, by_partition.at(to),
                                    transaction.timestamp, deadline, receipt);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ModelClient::ProduceTo(
    const TopicPartition& to, const std::vector<const OutgoingRecord*>& records,
    absl::Time timestamp, absl::Time deadline, Receipt& receipt) {
  // An idempotent producer's batch is written once, however often it is sent.
  size_t written = 0;
  absl::Status status = Ask(deadline - schedule_.now(), [&] {
    for (; written < records.size(); ++written) {
      const OutgoingRecord& record = *records[written];
      Entry entry;
      entry.key = record.key;
      entry.value = record.value;
      entry.headers = record.headers;
      entry.timestamp = timestamp;
      const auto offset =
          kafka_.Produce(transactional_id_, *producer_, to, std::move(entry));
      if (!offset.ok()) return offset.status();
      receipt.ends[to] = *offset + 1;
      if (!kafka_.topic(to.topic)->broker_sets_timestamps) continue;
      const absl::Time now = schedule_.now();
      if (!receipt.broker_time) receipt.broker_time = {now, now};
      receipt.broker_time->earliest =
          std::min(receipt.broker_time->earliest, now);
      receipt.broker_time->latest = std::max(receipt.broker_time->latest, now);
    }
    return absl::OkStatus();
  });
  return status;
}

absl::Status ModelClient::EndTransaction(bool commit, absl::Duration timeout) {
  // It may outlive this client.
  const auto end = [&kafka = kafka_, id = transactional_id_, commit,
                    epoch = *producer_] {
    return kafka.End(id, epoch, commit);
  };
  if (kafka_.Strikes(kafka_.faults.late_ends)) {
    // Somewhere on the way it is held up; nobody can call it back.
    schedule_.After(absl::Milliseconds(kafka_.dice().Below(20'000)),
                    [&kafka = kafka_, end] {
                      kafka.WhenUp([end] { end().IgnoreError(); });
                    });
    process_.Sleep(timeout);
    return kafka_error::Unavailable("no answer in time");
  }
  return Ask(timeout, end);
}

// As rdkafka::Producer::Fail().
absl::Status ModelClient::Fail(const absl::Status& step,
                               absl::Duration elapsed) {
  const bool is_fenced = absl::IsAlreadyExists(step);
  if (is_fenced && !kafka_.IsCurrent(transactional_id_, *producer_)) {
    if (elapsed < ModelKafka::kTransactionTimeout) return step;
    return kafka_error::OutcomeUnknown(std::string(step.message()));
  }
  if (kafka_error::IsUnavailable(step)) {
    return kafka_error::OutcomeUnknown(std::string(step.message()));
  }
  const absl::Status abort = EndTransaction(false, kAbortTimeout);
  if (!abort.ok()) {
    return kafka_error::OutcomeUnknown(
        absl::StrCat(step.message(), "; and it could not be rolled back"));
  }
  return is_fenced ? step : kafka_error::Aborted(std::string(step.message()));
}

// ---- The member ----

absl::Status ModelClient::Subscribe() {
  subscribed_ = true;
  Rejoin();
  return absl::OkStatus();
}

void ModelClient::Rejoin() {
  if (rejoining_) return;
  rejoining_ = true;
  InBackground(kafka_.Latency(), [this] {
    rejoining_ = false;
    if (!subscribed_ || fenced_) return;
    const MemberId joined =
        kafka_.group().Join(options_.instance, client_, member_);
    // Else it is told why.
    if (joined != 0) member_ = joined;
  });
}

void ModelClient::Hear(const GroupNotice& notice) {
  inbox_.push_back(notice);
  if (inbox_.size() > 1) return;
  // At once, or when it can be heard.
  InBackground(absl::ZeroDuration(), [this] { ReadInbox(); });
}

void ModelClient::ReadInbox() {
  while (!inbox_.empty()) {
    const GroupNotice notice = inbox_.front();
    inbox_.pop_front();
    if (subscribed_ && notice.member == member_) Obey(notice);
  }
  process_.Wake();
}

void ModelClient::Obey(const GroupNotice& notice) {
  switch (notice.kind) {
    case GroupNotice::Kind::kAssigned:
      if (holds_) return;
      generation_ = notice.generation;
      assigned_ = notice.partitions;
      rebalance_ = {Rebalance::Kind::kAssigned, assigned_};
      return;
    case GroupNotice::Kind::kRejoin:
      GiveUp(Rebalance::Kind::kRevoked);
      return;
    case GroupNotice::Kind::kUnknown:
      SessionLost();
      return;
    case GroupNotice::Kind::kFenced:
      fenced_ = true;
      return;
  }
}

void ModelClient::SessionLost() {
  FallSilent();
  member_ = 0;
  generation_ = 0;
  GiveUp(Rebalance::Kind::kLost);
  process_.Wake();
}

void ModelClient::GiveUp(Rebalance::Kind kind) {
  if (holds_) {
    if (told_) return;  // the answer brings it back
    if (!rebalance_ || kind == Rebalance::Kind::kLost) {
      rebalance_ = {kind, assigned_};
    }
    return;
  }
  rebalance_.reset();
  Rejoin();
}

void ModelClient::Appended(const TopicPartition& at) {
  const bool is_global = at.topic == options_.topics.global && global_position_;
  if (!is_global && !positions_.contains(at) &&
      (at.topic != options_.topics.changelog ||
       !restored_.contains(at.partition))) {
    return;
  }
  InBackground(kafka_.Latency(), [this] { process_.Wake(); });
}

bool ModelClient::HasSomething() const {
  if (fenced_ || watermarks_ || committed_ || (rebalance_ && !told_))
    return true;
  if (!CanReach() || told_) return false;
  return std::any_of(
      positions_.begin(), positions_.end(), [this](const auto& entry) {
        return kafka_.log(entry.first).NextCommitted(entry.second) != nullptr;
      });
}

absl::Duration ModelClient::Patience(absl::Duration timeout) const {
  const bool idle = timeout >= kIdleWait && CanReach() && !asking_ &&
                    generation_ > 0 && !rebalance_ &&
                    positions_.size() == assigned_.size();
  return idle ? std::max(timeout, options_.patience()) : timeout;
}

absl::StatusOr<Polled> ModelClient::Poll(absl::Duration timeout,
                                         size_t max_records) {
  if (HasSomething()) {
    process_.Sleep(kafka_.Latency());
  } else {
    // Nothing takes no time at all.
    process_.WaitForWake(std::max(Patience(timeout), absl::Microseconds(20)));
  }
  if (fenced_) return kafka_error::Fenced("the instance's name is used again");

  Polled polled;
  if (CanReach() && !told_) TakeRecords(max_records, polled);
  if (rebalance_ && !told_) {
    polled.rebalance = rebalance_;
    told_ = true;
  }
  for (auto& [at, position] : positions_) {
    const ModelLog& log = kafka_.log(at);
    if (position < log.start()) {
      return absl::OutOfRangeError(
          absl::StrCat("offset ", position, " of ", at.topic, " is gone"));
    }
    // What is not seen is passed sooner or later.
    if (CanReach() && !kafka_.dice().Chance(10)) {
      position = log.SkipUnseen(position);
    }
  }
  polled.high_watermarks = std::exchange(watermarks_, std::nullopt);
  polled.committed = std::exchange(committed_, std::nullopt);
  return polled;
}

void ModelClient::TakeRecords(size_t max_records, Polled& polled) {
  std::vector<TopicPartition> order;
  for (const auto& [at, position] : positions_) {
    order.insert(order.begin() + kafka_.dice().Below(
                                     static_cast<int64_t>(order.size()) + 1),
                 at);
  }
  for (const TopicPartition& at : order) {
    // Some brokers answer later than others.
    if (kafka_.dice().Chance(20)) continue;
    int64_t& position = positions_.at(at);
    if (kafka_.Strikes(kafka_.faults.redeliveries)) {
      int64_t again = std::max(kafka_.log(at).start(), position - 1);
      TakeFrom(at, again, max_records, polled);
    }
    const int64_t at_most = kafka_.dice().Chance(50)
                                ? kafka_.dice().Between(1, 4)
                                : static_cast<int64_t>(max_records);
    for (int64_t i = 0; i < at_most; ++i) {
      if (!TakeFrom(at, position, max_records, polled)) break;
    }
  }
}

bool ModelClient::TakeFrom(const TopicPartition& at, int64_t& position,
                           size_t max_records, Polled& polled) {
  if (polled.records.size() >= max_records) return false;
  const Entry* const entry = kafka_.log(at).NextCommitted(position);
  if (entry == nullptr) return false;
  position = entry->offset + 1;
  const auto& inputs = options_.topics.inputs;
  InputRecord& record = polled.records.emplace_back(RecordOf(*entry));
  record.input = static_cast<int>(
      std::find(inputs.begin(), inputs.end(), at.topic) - inputs.begin());
  record.partition = at.partition;
  return true;
}

InputRecord ModelClient::RecordOf(const Entry& entry) {
  InputRecord record;
  record.offset = entry.offset;
  record.timestamp = entry.timestamp;
  record.key = entry.key;
  record.value = entry.value;
  record.headers = entry.headers;
  return record;
}

absl::Status ModelClient::Assign(const std::vector<TopicPartition>&) {
  process_.MayDie();
  positions_.clear();
  holds_ = true;
  rebalance_.reset();
  told_ = false;
  return absl::OkStatus();
}

absl::Status ModelClient::Unassign() {
  process_.MayDie();
  positions_.clear();
  assigned_.clear();
  holds_ = false;
  rebalance_.reset();
  told_ = false;
  Rejoin();
  return absl::OkStatus();
}

absl::Status ModelClient::Pause(const std::vector<TopicPartition>& partitions) {
  process_.MayDie();
  for (const TopicPartition& at : partitions) positions_.erase(at);
  return absl::OkStatus();
}

absl::Status ModelClient::ResumeAt(
    const std::vector<CommittedOffset>& offsets) {
  process_.MayDie();
  if (kafka_.Strikes(kafka_.faults.failed_seeks)) {
    process_.Sleep(absl::Seconds(5));
    return kafka_error::Unavailable("seeking: no answer in time");
  }
  for (const CommittedOffset& offset : offsets) {
    positions_[offset.at] = *offset.offset;
  }
  return absl::OkStatus();
}

int64_t ModelClient::Position(const TopicPartition& at) const {
  return positions_.at(at);
}

absl::StatusOr<std::vector<CommittedOffset>> ModelClient::Committed(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  std::vector<CommittedOffset> committed;
  absl::Status asked = Ask(timeout, [&] {
    auto answer = kafka_.Committed(partitions);
    if (answer.ok()) committed = *answer;
    return answer.status();
  });
  if (!asked.ok()) return asked;
  return committed;
}

void ModelClient::AskHighWatermarks(
    const std::vector<TopicPartition>& partitions) {
  process_.MayDie();
  asking_ = true;
  const auto answer = [this](std::map<TopicPartition, int64_t> marks) {
    asking_ = false;
    watermarks_ = std::move(marks);
    process_.Wake();
  };
  const bool lost = kafka_.Strikes(kafka_.faults.lost_watermarks);
  const bool partial = kafka_.Strikes(kafka_.faults.partial_watermarks);
  const auto answered = std::make_shared<bool>(false);
  schedule_.After(kafka_.Latency(), [=, this, lives = lives_] {
    if (!*lives || lost || !CanReach()) return;
    std::map<TopicPartition, int64_t> marks;
    for (const TopicPartition& at : partitions) {
      if (partial && kafka_.dice().Chance(50)) continue;
      marks[at] = kafka_.log(at).end();
    }
    *answered = true;
    const absl::Duration way_back =
        kafka_.dice().Chance(5) ? absl::Milliseconds(kafka_.dice().Below(1'900))
                                : kafka_.Latency();
    InBackground(way_back, [answer, marks] { answer(marks); });
  });
  schedule_.After(kAskTimeout, [=, lives = lives_] {
    // Nobody answered.
    if (*lives && !*answered) answer({});
  });
}

void ModelClient::AskCommitted(const std::vector<TopicPartition>& partitions) {
  process_.MayDie();
  const auto answered = std::make_shared<bool>(false);
  const auto answer = [this, answered](std::vector<CommittedOffset> committed) {
    if (std::exchange(*answered, true)) return;
    committed_ = std::move(committed);
    process_.Wake();
  };
  schedule_.After(kafka_.Latency(), [=, this, lives = lives_] {
    if (!*lives || !CanReach()) return;
    std::vector<CommittedOffset> committed;
    for (const TopicPartition& at : partitions) {
      const auto known = kafka_.CommittedAt(at);
      committed.push_back(known ? *known
                                : CommittedOffset{.at = at,
                                                  .offset = std::nullopt,
                                                  .metadata = ""});
    }
    InBackground(kafka_.Latency(), [answer, committed] { answer(committed); });
  });
  schedule_.After(kAskTimeout, [answer, lives = lives_] {
    // Nobody answered.
    if (*lives) answer({});
  });
}

void ModelClient::Leave() {
  positions_.clear();
  FallSilent();
  subscribed_ = false;
}

// ---- The changelog ----

absl::Status ModelClient::StartRestore(int32_t partition, int64_t from) {
  process_.MayDie();
  restored_[partition] = from;
  return absl::OkStatus();
}

void ModelClient::StopRestore(int32_t partition) { restored_.erase(partition); }

absl::StatusOr<std::vector<ChangelogRecord>> ModelClient::PollRestore(
    absl::Duration timeout, size_t max_records) {
  std::vector<ChangelogRecord> records;
  process_.Sleep(std::min(timeout, kafka_.Latency()));
  if (!CanReach()) {
    process_.Sleep(timeout);
    return records;
  }
  for (auto& [partition, position] : restored_) {
    const ModelLog& log = kafka_.log({options_.topics.changelog, partition});
    if (position < log.start()) return absl::OutOfRangeError("it is gone");
    const int64_t at_most = kafka_.dice().Chance(50)
                                ? kafka_.dice().Between(1, 50)
                                : static_cast<int64_t>(max_records);
    for (int64_t i = 0; i < at_most; ++i) {
      const Entry* const entry = log.NextCommitted(position);
      if (entry == nullptr) break;
      position = entry->offset + 1;
      records.push_back({partition, *entry->key, entry->value});
    }
    position = log.SkipUnseen(position);
  }
  return records;
}

int64_t ModelClient::RestorePosition(int32_t partition) const {
  const auto position = restored_.find(partition);
  return position == restored_.end() ? 0 : position->second;
}

// ---- The global topic ----

absl::Status ModelClient::StartGlobal() {
  process_.MayDie();
  global_position_ = 0;
  return absl::OkStatus();
}

// Another one may see it much earlier.
bool ModelClient::IsSlowToSee(const Entry& entry) {
  if (entry.offset < global_drawn_to_) return false;
  global_drawn_to_ = entry.offset + 1;
  if (!kafka_.dice().Chance(30)) return false;
  global_slow_until_ = schedule_.now() + absl::Seconds(kafka_.dice().Below(30));
  return true;
}

absl::StatusOr<std::vector<InputRecord>> ModelClient::PollGlobal(
    absl::Duration timeout, size_t max_records) {
  std::vector<InputRecord> records;
  if (timeout > absl::ZeroDuration()) process_.Sleep(timeout);
  if (!CanReach() || kafka_.dice().Chance(20)) return records;
  const ModelLog& log = kafka_.log({options_.topics.global, 0});
  if (schedule_.now() < global_slow_until_) return records;
  while (records.size() < max_records) {
    const Entry* const entry = log.NextCommitted(*global_position_);
    if (entry == nullptr) break;
    if (IsSlowToSee(*entry)) break;
    global_position_ = entry->offset + 1;
    records.push_back(RecordOf(*entry));
  }
  global_position_ = log.SkipUnseen(*global_position_);
  return records;
}

}  // namespace leadclock::sim
