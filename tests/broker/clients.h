#ifndef LEADCLOCK_TESTS_BROKER_CLIENTS_H_
#define LEADCLOCK_TESTS_BROKER_CLIENTS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

// Other programs that use the broker: feeds, readers, and people with tools.
// What cannot be done throws, which fails the test.
namespace leadclock::broker {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HandleDeleter {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
using Handle = std::unique_ptr<rd_kafka_t, HandleDeleter>;

// Where Java's producers put a key.
int32_t PartitionOfKey(const std::string& key, int partitions);

struct RecordToSend {
  std::string topic;
  std::optional<std::string> key = std::nullopt;
  std::optional<std::string> value = std::nullopt;  // absent: a tombstone
  Headers headers = {};
  // Absent: by the key, as Java does.
  std::optional<int32_t> partition = std::nullopt;
  // Absent: the moment of sending.
  std::optional<absl::Time> timestamp = std::nullopt;
};

class Producer {
 public:
  // With a name, what it sends is part of a transaction.
  explicit Producer(const std::string& brokers, const std::string& name = "");

  void Send(const RecordToSend& record);
  // Returns when the broker has everything.
  void Flush();

  void Begin();
  void Commit();
  void Abort();

 private:
  Handle handle_;
};

struct ReadRecord {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  absl::Time timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;
  Headers headers;
};

enum class Isolation { kReadCommitted, kReadUncommitted };

// Reads topics from their beginning, all partitions.
class Reader {
 public:
  Reader(const std::string& brokers, const std::vector<std::string>& topics,
         Isolation isolation = Isolation::kReadCommitted);

  // What can be read at present and was not yet given.
  std::vector<ReadRecord> ReadMore();
  // The same, up to the present end of the topics: also what follows open
  // transactions, for whose end it waits.
  std::vector<ReadRecord> ReadToEnd();

 private:
  using Place = std::pair<std::string, int32_t>;

  // Reads for a while; whether all partitions are read up to `ends`.
  bool Poll(const std::map<Place, int64_t>& ends,
            std::vector<ReadRecord>& records);

  std::string brokers_;
  Handle handle_;
  std::map<Place, int64_t> position_;  // the offset after the last one read
};

// A member of a group that is no worker.
class Stranger {
 public:
  Stranger(const std::string& brokers, const std::string& group,
           const std::vector<std::string>& topics);

  // Takes part in the group for a moment; whether it has partitions.
  bool TakePart();

 private:
  Handle handle_;
};

// By topic and partition: where the log ends, with open transactions.
std::map<std::pair<std::string, int32_t>, int64_t> HighWatermarks(
    const std::string& brokers, const std::vector<std::string>& topics);

// How far a group has come; a partition without an offset is left out.
std::map<std::pair<std::string, int32_t>, int64_t> CommittedOffsets(
    const std::string& brokers, const std::string& group,
    const std::vector<std::string>& topics);

// Both return when the broker tells everybody so.
void CreateTopic(const std::string& brokers, const std::string& topic,
                 int partitions);
void DeleteTopic(const std::string& brokers, const std::string& topic);
// Deletes all that the topic has, as its retention would.
void DeleteRecords(const std::string& brokers, const std::string& topic);
// In place of all that it was set to before.
void SetTopic(const std::string& brokers, const std::string& topic,
              const std::map<std::string, std::string>& configs);
// Waits until the group has no members, and deletes its offsets.
void DeleteGroup(const std::string& brokers, const std::string& group);

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_CLIENTS_H_
