#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_PRODUCER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_PRODUCER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/clock_guard.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/rdkafka_handle.h"
#include "processor/runtime/watchdog.h"
#include "processor/runtime/worker_options.h"

namespace leadclock::rdkafka {

using GroupMetadata = Owned<rd_kafka_consumer_group_metadata_t,
                            rd_kafka_consumer_group_metadata_destroy>;

// A transactional producer, until something happens to it after which it
// cannot be used any more.
class Producer {
 public:
  static absl::StatusOr<std::unique_ptr<Producer>> Create(
      const ConnectionOptions& options);

  // Fences earlier producers of the name. Unavailable: to be called again.
  absl::Status Init(absl::Duration timeout);

  // As Kafka::Commit().
  absl::StatusOr<Receipt> Commit(const Transaction& transaction,
                                 const GroupMetadata& group,
                                 absl::Duration timeout);

  // As Kafka::AskTime().
  absl::StatusOr<std::optional<ClockGuard::BrokerTime>> AskTime(
      const TopicPartition& at, absl::Duration timeout);

  // Lets the client tell what it has to tell. Does not wait.
  void Serve() { rd_kafka_poll(client_.get(), 0); }

 private:
  Producer();

  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message,
                         void* self);
  void NoteDelivery(const rd_kafka_message_t& message);

  absl::Status Write(const Transaction& transaction, const Deadline& deadline);
  absl::Status ProduceAll(const Transaction& transaction,
                          const Deadline& deadline);
  Error Produce(const OutgoingRecord& record, int64_t timestamp);
  absl::Status AwaitDeliveries(const Deadline& deadline);
  absl::Status SendOffsets(const std::vector<CommittedOffset>& offsets,
                           const GroupMetadata& group,
                           const Deadline& deadline);
  // What a step's failure means, once it is rolled back as far as possible.
  absl::Status Fail(const absl::Status& step, absl::Duration elapsed);

  // Of the transaction that is open.
  size_t undelivered_ = 0;
  absl::Status delivered_;
  Receipt receipt_;

  Watchdog watchdog_;

  // Last, as it calls back until it is gone; the topics are its.
  Client client_;
  std::map<std::string, Topic> topics_;
};

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_PRODUCER_H_
