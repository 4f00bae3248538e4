#ifndef LEADCLOCK_TESTS_SIM_MODEL_GROUP_H_
#define LEADCLOCK_TESTS_SIM_MODEL_GROUP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/runtime/kafka.h"
#include "tests/sim/schedule.h"

namespace leadclock::sim {

// Names a client of the model for as long as it is there.
using ClientId = int64_t;
// A membership in the group; the same instance gets another one when it joins
// anew. 0: none yet.
using MemberId = int64_t;

// What the group tells a client, some time later.
struct GroupNotice {
  enum class Kind {
    kRejoin,    // there is a rebalance: give back, and join again
    kAssigned,  // the rebalance is over
    kUnknown,   // the membership is over
    kFenced,    // the instance's name is used by another one
  };
  Kind kind = Kind::kRejoin;
  // The membership it is about; an earlier one of the client has no say.
  MemberId member = 0;
  int32_t generation = 0;
  std::vector<TopicPartition> partitions;
};

// The coordinator of a consumer group of Kafka's classic protocol, with static
// members and the range assignor.
class ModelGroup {
 public:
  static constexpr absl::Duration kSession = absl::Seconds(45);
  static constexpr absl::Duration kRebalance = absl::Minutes(5);

  using Tell = std::function<void(ClientId, GroupNotice)>;
  // While `is_down()`, nobody's session ends.
  ModelGroup(Schedule& schedule, Tell tell, std::function<bool()> is_down)
      : schedule_(schedule),
        tell_(std::move(tell)),
        is_down_(std::move(is_down)) {}

  void AddTopic(const std::string& topic, int32_t partitions) {
    topics_[topic] = partitions;
  }

  // With a membership to be continued, or 0. Returns the membership; 0: it was
  // told why not.
  MemberId Join(const std::string& instance, ClientId client, MemberId member);
  // Its heartbeats stop, or go on.
  void Silence(const std::string& instance, MemberId member);
  void Hear(const std::string& instance, MemberId member);

  // Whether offsets of this member and generation are taken: Aborted or Fenced
  // if not.
  absl::Status CheckCommit(const std::string& instance, MemberId member,
                           int32_t generation) const;

  // How many rebalances were completed.
  int32_t generation() const { return generation_; }

 private:
  struct Member {
    MemberId id = 0;
    ClientId client = 0;
    bool joined = false;
    // Counts silences; a session ends only if its silence lasts.
    int64_t silence = 0;
    bool silent = false;
    std::vector<TopicPartition> partitions;
  };

  void Expire(const std::string& instance, MemberId member, int64_t silence);
  void Remove(const std::string& instance);
  void BeginRebalance();
  void CompleteIfAllJoined();
  void Complete();
  void Assign(const std::string& topic, int32_t partitions);

  Schedule& schedule_;
  const Tell tell_;
  const std::function<bool()> is_down_;
  std::map<std::string, int32_t> topics_;
  std::map<std::string, Member> members_;  // by instance
  MemberId last_id_ = 0;
  int32_t generation_ = 0;
  bool preparing_ = false;
  int64_t round_ = 0;
};

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_MODEL_GROUP_H_
