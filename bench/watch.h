#ifndef LEADCLOCK_BENCH_WATCH_H_
#define LEADCLOCK_BENCH_WATCH_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/clients.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock::bench {

// A set of facts, or of records, without the set: how many, and the sum of
// their hashes, so that what is taken back is subtracted. Equal sets have
// equal sums; of unlike ones (also when one is said twice) the sums differ, but
// for a chance of 2^-64.
struct SetSum {
  int64_t count = 0;
  uint64_t hash = 0;

  void Add(uint64_t element) {
    ++count;
    hash += element;
  }
  void Remove(uint64_t element) {
    --count;
    hash -= element;
  }
  friend bool operator==(const SetSum&, const SetSum&) = default;
};

// Instants are milliseconds since 1970.
struct Sighting {
  int64_t due = 0;   // when it could be said at the earliest
  int64_t seen = 0;  // when a read_committed consumer had it
  bool timed = false;
  // An answer so soon after a rung that this must be said first, and may not
  // be sure yet.
  bool held = false;
  bool burst = false;  // the due of one of very many leads at once
};

enum class Watched { kFacts, kRecords };

// A consumer (read_committed) of what a system under test writes, from now on.
// Notes when each fact is seen. Threads may ask it.
class Watch {
 public:
  struct Options {
    std::string brokers;
    std::vector<std::string> topics;
    Watched watched = Watched::kFacts;
    int64_t settle_millis = 0;  // what the system waits for late records
  };

  // Returns when it stands at the topics' ends.
  explicit Watch(Options options);
  ~Watch();

  SetSum net() const;
  int64_t retractions() const { return retractions_; }
  std::vector<Sighting> sightings() const;

 private:
  void Run();
  bool IsHeld(const v1::SlaEvent& event) const;
  void Note(const rd_kafka_message_t& message, int64_t now);

  const Options options_;
  Handle handle_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  SetSum net_;
  std::vector<Sighting> sightings_;
  std::atomic<int64_t> retractions_ = 0;
  std::thread thread_;
};

int64_t NowMillis();

}  // namespace leadclock::bench

#endif  // LEADCLOCK_BENCH_WATCH_H_
