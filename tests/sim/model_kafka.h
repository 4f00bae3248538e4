#ifndef LEADCLOCK_TESTS_SIM_MODEL_KAFKA_H_
#define LEADCLOCK_TESTS_SIM_MODEL_KAFKA_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "tests/sim/model_group.h"
#include "tests/sim/model_log.h"
#include "tests/sim/schedule.h"

namespace leadclock::sim {

// How often something goes wrong, and did.
struct Odds {
  int per_thousand = 0;
  int64_t struck = 0;
};

// What goes wrong between clients and brokers.
struct NetworkFaults {
  Odds lost_requests;
  Odds lost_answers;
  // The end of a transaction arrives later than its client waits.
  Odds late_ends;
  // The markers of a transaction are written seconds after its end.
  Odds slow_markers;
  Odds lost_watermarks;
  Odds partial_watermarks;
  Odds redeliveries;
  Odds failed_seeks;
};

struct ModelTopic {
  std::string id;
  // LogAppendTime.
  bool broker_sets_timestamps = false;
  bool is_compacted = false;
  std::vector<ModelLog> logs;  // by partition
};

// What a client hears without having asked.
class ModelListener {
 public:
  virtual ~ModelListener() = default;

  // The group says it.
  virtual void Hear(const GroupNotice& notice) = 0;
  // What readers wait for came: a record, or the end of a transaction.
  virtual void Appended(const TopicPartition& at) = 0;
  // The cluster was down for longer than a session.
  virtual void SessionLost() = 0;
};

// A Kafka cluster in memory, with one consumer group: what its brokers know and
// decide. What lies between them and a worker is ModelClient's.
//
// Nothing here waits. What takes time (markers, sessions, transactions that
// expire) is done by the schedule.
class ModelKafka {
 public:
  static constexpr absl::Duration kTransactionTimeout = absl::Seconds(10);

  ModelKafka(Schedule& schedule, uint64_t seed);

  // --- The cluster ---

  void MakeTopic(const std::string& name, int32_t partitions);
  ModelTopic* topic(const std::string& name);
  ModelLog& log(const TopicPartition& at);
  const std::map<std::string, ModelTopic>& topics() const { return topics_; }

  bool is_down() const { return schedule_.now() < down_until_; }
  absl::Time down_until() const { return down_until_; }
  void GoDown(absl::Duration time);
  // Now, or as soon as the cluster is up.
  void WhenUp(std::function<void()> what);

  // --- Transactions, by transactional id ---

  // Names an incarnation of a producer; a later one fences it.
  using Epoch = int64_t;

  // Unavailable: what the former one left open is being settled.
  absl::StatusOr<Epoch> InitProducer(const std::string& id);
  // Returns the offset. Fenced, or Unavailable: the last transaction is not
  // quite over.
  absl::StatusOr<int64_t> Produce(const std::string& id, Epoch epoch,
                                  const TopicPartition& to, Entry entry);
  // The member must be of the group's generation.
  struct Consumer {
    std::string instance;
    MemberId member = 0;
    int32_t generation = 0;
  };
  absl::Status AddOffsets(const std::string& id, Epoch epoch,
                          const Consumer& consumer,
                          const std::vector<CommittedOffset>& offsets);
  bool IsCurrent(const std::string& id, Epoch epoch) const {
    return producers_.at(id).epoch == epoch;
  }
  // Decides it; the markers are written some time later.
  absl::Status End(const std::string& id, Epoch epoch, bool commit);

  // --- Offsets of the group ---

  // Unavailable while a transaction is pending on one of them.
  absl::StatusOr<std::vector<CommittedOffset>> Committed(
      const std::vector<TopicPartition>& partitions) const;
  // All that was ever committed for it, in order.
  const std::vector<CommittedOffset>& HistoryOf(const TopicPartition& at) {
    return history_[at];
  }
  // As an operator sees it.
  std::optional<CommittedOffset> CommittedAt(const TopicPartition& at) const;

  ModelGroup& group() { return group_; }

  // --- Clients ---

  // What the group says comes in order, after a heartbeat or so.
  ClientId AddClient(ModelListener& listener);
  void RemoveClient(ClientId client);

  // --- What goes wrong ---

  NetworkFaults faults;
  Dice& dice() { return dice_; }
  bool Strikes(Odds& odds) {
    if (odds.per_thousand == 0 || dice_.Below(1000) >= odds.per_thousand) {
      return false;
    }
    ++odds.struck;
    return true;
  }
  absl::Duration Latency();

  void Announce(const TopicPartition& at);
  // Of a producer that the model does not know: an upstream's.
  TransactionId NewTransaction() { return ++last_transaction_; }
  void EndIn(const TopicPartition& at, TransactionId transaction, bool commit);

 private:
  enum class State { kEmpty, kOngoing, kEnding };
  struct Producer {
    Epoch epoch = 0;
    State state = State::kEmpty;
    TransactionId transaction = 0;
    std::set<TopicPartition> wrote_to;
    bool has_offsets = false;
    // Writes that are still to be done until it is over.
    int unwritten = 0;
  };
  struct Client {
    ModelListener* listener = nullptr;
    absl::Time last_notice = absl::InfinitePast();
  };

  absl::Status CheckProducer(Producer& producer, Epoch epoch);
  void Begin(const std::string& id, Producer& producer);
  void Expire(const std::string& id, TransactionId transaction);
  void Settle(const std::string& id, Producer& producer, bool commit);
  void WriteLater(const std::string& id, std::function<void()> write);
  void ApplyOffsets(TransactionId transaction, bool commit);
  void Tell(ClientId id, GroupNotice notice);

  Schedule& schedule_;
  Dice dice_;
  std::map<std::string, ModelTopic> topics_;
  absl::Time down_until_ = absl::InfinitePast();
  std::map<std::string, Producer> producers_;
  TransactionId last_transaction_ = 0;
  std::map<TopicPartition, CommittedOffset> committed_;
  std::map<TopicPartition, std::vector<CommittedOffset>> history_;
  std::map<TransactionId, std::vector<CommittedOffset>> pending_;
  std::map<ClientId, Client> clients_;
  ClientId last_client_ = 0;
  ModelGroup group_;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_MODEL_KAFKA_H_
