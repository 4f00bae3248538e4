#include "tests/sim/upstream.h"

namespace leadclock::sim {

void Upstream::Send(std::vector<Delivery> deliveries) {
  waiting_ += static_cast<int64_t>(deliveries.size());
  for (Delivery& delivery : deliveries) {
    const absl::Time at = delivery.at;
    schedule_.At(at, [this, delivery = std::move(delivery)] {
      kafka_.WhenUp([this, delivery] {
        Write(delivery);
        --waiting_;
      });
    });
  }
}

void Upstream::Write(const Delivery& delivery) {
  const TopicPartition at = {
      swarm_.loop.topics.inputs[static_cast<size_t>(delivery.input)],
      delivery.partition};
  if (swarm_.Has(FaultKind::kOpenTransaction) && !open_.contains(at) &&
      dice_.Chance(4)) {
    BeginIn(at);
  }
  const auto open = open_.find(at);
  if (open == open_.end() || dice_.Chance(50)) {
    Append(delivery, at, 0);
    return;
  }
  open->second.records.push_back(delivery);
  Append(delivery, at, open->second.transaction);
}

void Upstream::Append(const Delivery& delivery, const TopicPartition& at,
                      TransactionId transaction) {
  Entry entry;
  entry.transaction = transaction;
  entry.appended_at = schedule_.now();
  entry.timestamp =
      swarm_.broker_sets_input_timestamps ? schedule_.now() : delivery.at;
  entry.key = delivery.key;
  entry.value = delivery.value;
  const int64_t offset = kafka_.log(at).Append(std::move(entry));
  rejections_[{at, offset}] = delivery.rejection;
  kafka_.Announce(at);
}

void Upstream::BeginIn(const TopicPartition& at) {
  open_[at].transaction = kafka_.NewTransaction();
  ++left_open_;
  const absl::Duration length = dice_.Chance(50)
                                    ? absl::Milliseconds(dice_.Below(3'000))
                                    : absl::Seconds(dice_.Below(300));
  schedule_.After(length,
                  [this, at] { kafka_.WhenUp([this, at] { EndIn(at); }); });
}

void Upstream::EndIn(const TopicPartition& at) {
  const Open open = std::move(open_.at(at));
  open_.erase(at);
  // What is rolled back and sent once more comes late.
  const bool commit = dice_.Chance(70) || swarm_.IsPunctual();
  kafka_.EndIn(at, open.transaction, commit);
  if (commit) return;
  for (const Delivery& delivery : open.records) Append(delivery, at, 0);
}

}  // namespace leadclock::sim
