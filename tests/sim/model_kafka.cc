#include "tests/sim/model_kafka.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock::sim {

ModelKafka::ModelKafka(Schedule& schedule, uint64_t seed)
    : schedule_(schedule),
      dice_(seed),
      group_(
          schedule,
          [this](ClientId client, GroupNotice notice) {
            Tell(client, std::move(notice));
          },
          [this] { return is_down(); }) {}

// ---- The cluster ----

void ModelKafka::MakeTopic(const std::string& name, int32_t partitions) {
  ModelTopic& topic = topics_[name];
  topic.id = absl::StrCat("id-", dice_.Below(1'000'000'000));
  topic.logs.assign(static_cast<size_t>(partitions), ModelLog());
}

ModelTopic* ModelKafka::topic(const std::string& name) {
  const auto topic = topics_.find(name);
  return topic == topics_.end() ? nullptr : &topic->second;
}

ModelLog& ModelKafka::log(const TopicPartition& at) {
  return topics_.at(at.topic).logs.at(static_cast<size_t>(at.partition));
}

void ModelKafka::GoDown(absl::Duration time) {
  down_until_ = std::max(down_until_, schedule_.now() + time);
  schedule_.After(ModelGroup::kSession, [this, until = down_until_] {
    if (!is_down() || until != down_until_) return;
    for (const auto& [id, client] : clients_) client.listener->SessionLost();
  });
}

void ModelKafka::WhenUp(std::function<void()> what) {
  if (!is_down()) {
    what();
    return;
  }
  schedule_.At(down_until_, [this, what = std::move(what)] { WhenUp(what); });
}

absl::Duration ModelKafka::Latency() {
  // As a rule a millisecond or two, sometimes much more.
  const int64_t micros = dice_.Chance(3) ? dice_.Between(10'000, 200'000)
                                         : dice_.Between(200, 3'000);
  return absl::Microseconds(micros);
}

// ---- Transactions ----

absl::Status ModelKafka::CheckProducer(Producer& producer, Epoch epoch) {
  if (producer.epoch != epoch) {
    return kafka_error::Fenced("there is a newer producer of this name");
  }
  return absl::OkStatus();
}

absl::StatusOr<ModelKafka::Epoch> ModelKafka::InitProducer(
    const std::string& id) {
  Producer& producer = producers_[id];
  if (producer.state == State::kOngoing) {
    ++producer.epoch;
    Settle(id, producer, false);
  }
  if (producer.state != State::kEmpty) {
    return kafka_error::Unavailable("the last transaction is not over");
  }
  return ++producer.epoch;
}

void ModelKafka::Begin(const std::string& id, Producer& producer) {
  if (producer.state == State::kOngoing) return;
  producer.state = State::kOngoing;
  producer.transaction = NewTransaction();
  producer.wrote_to.clear();
  producer.has_offsets = false;
  schedule_.After(kTransactionTimeout,
                  [this, id, transaction = producer.transaction] {
                    Expire(id, transaction);
                  });
}

void ModelKafka::Expire(const std::string& id, TransactionId transaction) {
  WhenUp([this, id, transaction] {
    Producer& producer = producers_.at(id);
    if (producer.state != State::kOngoing ||
        producer.transaction != transaction) {
      return;
    }
    ++producer.epoch;
    Settle(id, producer, false);
  });
}

absl::StatusOr<int64_t> ModelKafka::Produce(const std::string& id, Epoch epoch,
                                            const TopicPartition& to,
                                            Entry entry) {
  Producer& producer = producers_.at(id);
  if (absl::Status s = CheckProducer(producer, epoch); !s.ok()) return s;
  if (producer.state == State::kEnding) {
    return kafka_error::Unavailable("the last transaction is not over");
  }
  Begin(id, producer);
  producer.wrote_to.insert(to);
  entry.transaction = producer.transaction;
  entry.appended_at = schedule_.now();
  if (topics_.at(to.topic).broker_sets_timestamps) {
    entry.timestamp = schedule_.now();
  }
  const int64_t offset = log(to).Append(std::move(entry));
  Announce(to);
  return offset;
}

absl::Status ModelKafka::AddOffsets(
    const std::string& id, Epoch epoch, const Consumer& consumer,
    const std::vector<CommittedOffset>& offsets) {
  Producer& producer = producers_.at(id);
  if (absl::Status s = CheckProducer(producer, epoch); !s.ok()) return s;
  if (producer.state == State::kEnding) {
    return kafka_error::Unavailable("the last transaction is not over");
  }
  Begin(id, producer);
  absl::Status checked = group_.CheckCommit(consumer.instance, consumer.member,
                                            consumer.generation);
  if (!checked.ok()) return checked;
  producer.has_offsets = true;
  std::vector<CommittedOffset>& pending = pending_[producer.transaction];
  pending.insert(pending.end(), offsets.begin(), offsets.end());
  return absl::OkStatus();
}

absl::Status ModelKafka::End(const std::string& id, Epoch epoch, bool commit) {
  Producer& producer = producers_.at(id);
  if (absl::Status s = CheckProducer(producer, epoch); !s.ok()) return s;
  if (producer.state == State::kOngoing) Settle(id, producer, commit);
  return absl::OkStatus();
}

void ModelKafka::Settle(const std::string& id, Producer& producer,
                        bool commit) {
  producer.state = State::kEnding;
  producer.unwritten = 1;
  const TransactionId transaction = producer.transaction;
  for (const TopicPartition& at : producer.wrote_to) {
    ++producer.unwritten;
    WriteLater(id, [this, at, transaction, commit] {
      EndIn(at, transaction, commit);
    });
  }
  if (producer.has_offsets) {
    ++producer.unwritten;
    WriteLater(
        id, [this, transaction, commit] { ApplyOffsets(transaction, commit); });
  }
  WriteLater(id, [] {});
}

void ModelKafka::WriteLater(const std::string& id,
                            std::function<void()> write) {
  const absl::Duration delay = Strikes(faults.slow_markers)
                                   ? absl::Milliseconds(dice_.Below(8'000))
                                   : Latency();
  schedule_.After(delay, [this, id, write = std::move(write)] {
    WhenUp([this, id, write] {
      write();
      Producer& producer = producers_.at(id);
      if (--producer.unwritten == 0) producer.state = State::kEmpty;
    });
  });
}

void ModelKafka::EndIn(const TopicPartition& at, TransactionId transaction,
                       bool commit) {
  log(at).End(transaction, commit, schedule_.now());
  Announce(at);
}

// ---- Offsets ----

void ModelKafka::ApplyOffsets(TransactionId transaction, bool commit) {
  const auto pending = pending_.find(transaction);
  if (pending == pending_.end()) return;
  if (commit) {
    for (const CommittedOffset& offset : pending->second) {
      committed_[offset.at] = offset;
      history_[offset.at].push_back(offset);
    }
  }
  pending_.erase(pending);
}

absl::StatusOr<std::vector<CommittedOffset>> ModelKafka::Committed(
    const std::vector<TopicPartition>& partitions) const {
  std::vector<CommittedOffset> offsets;
  for (const TopicPartition& at : partitions) {
    for (const auto& [transaction, pending] : pending_) {
      for (const CommittedOffset& offset : pending) {
        if (offset.at == at) {
          return kafka_error::Unavailable("a transaction is pending on it");
        }
      }
    }
    const auto known = committed_.find(at);
    if (known != committed_.end()) {
      offsets.push_back(known->second);
    } else {
      offsets.push_back({.at = at, .offset = std::nullopt, .metadata = ""});
    }
  }
  return offsets;
}

std::optional<CommittedOffset> ModelKafka::CommittedAt(
    const TopicPartition& at) const {
  const auto known = committed_.find(at);
  if (known == committed_.end()) return std::nullopt;
  return known->second;
}

// ---- Clients ----

ClientId ModelKafka::AddClient(ModelListener& listener) {
  clients_[++last_client_].listener = &listener;
  return last_client_;
}

void ModelKafka::RemoveClient(ClientId client) { clients_.erase(client); }

void ModelKafka::Announce(const TopicPartition& at) {
  for (const auto& [id, client] : clients_) client.listener->Appended(at);
}

void ModelKafka::Tell(ClientId id, GroupNotice notice) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  // An answer comes at once; of all else the next heartbeat tells.
  const bool is_answer = notice.kind == GroupNotice::Kind::kAssigned;
  const absl::Duration delay =
      is_answer ? Latency() : absl::Milliseconds(dice_.Below(3'000));
  absl::Time& last = client->second.last_notice;
  const absl::Time heard = std::max(schedule_.now(), down_until_) + delay;
  last = std::max(last + absl::Microseconds(1), heard);
  schedule_.At(last, [this, id, notice = std::move(notice)] {
    const auto there = clients_.find(id);
    if (there != clients_.end()) there->second.listener->Hear(notice);
  });
}

}  // namespace leadclock::sim
