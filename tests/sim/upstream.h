#ifndef LEADCLOCK_TESTS_SIM_UPSTREAM_H_
#define LEADCLOCK_TESTS_SIM_UPSTREAM_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "processor/runtime/kafka.h"
#include "tests/sim/model_kafka.h"
#include "tests/sim/schedule.h"
#include "tests/sim/swarm.h"
#include "tests/sim/workload.h"

namespace leadclock::sim {

// The feeds: they write what the workload holds into the input topics, some of
// it in transactions, one of which they may leave open for a while.
class Upstream {
 public:
  Upstream(Schedule& schedule, ModelKafka& kafka, const Swarm& swarm,
           uint64_t seed)
      : schedule_(schedule), kafka_(kafka), swarm_(swarm), dice_(seed) {}

  // Sends each at its time, or once the brokers are up.
  void Send(std::vector<Delivery> deliveries);

  // Whether everything is written and every transaction is over.
  bool done() const { return waiting_ == 0 && open_.empty(); }
  int64_t transactions_left_open() const { return left_open_; }

  // With which code the record at an offset must be quarantined.
  const std::string& RejectionOf(const TopicPartition& at,
                                 int64_t offset) const {
    return rejections_.at({at, offset});
  }

 private:
  struct Open {
    TransactionId transaction = 0;
    std::vector<Delivery> records;
  };

  void Write(const Delivery& delivery);
  void Append(const Delivery& delivery, const TopicPartition& at,
              TransactionId transaction);
  void BeginIn(const TopicPartition& at);
  void EndIn(const TopicPartition& at);

  Schedule& schedule_;
  ModelKafka& kafka_;
  const Swarm& swarm_;
  Dice dice_;
  int64_t waiting_ = 0;
  int64_t left_open_ = 0;
  std::map<TopicPartition, Open> open_;
  std::map<std::pair<TopicPartition, int64_t>, std::string> rejections_;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_UPSTREAM_H_
