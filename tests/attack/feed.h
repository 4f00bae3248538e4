#ifndef LEADCLOCK_TESTS_ATTACK_FEED_H_
#define LEADCLOCK_TESTS_ATTACK_FEED_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"

namespace leadclock::attack {

// A feed that goes on whatever happens: leads of this minute and old ones,
// some of their events late, some twice, and records that nobody can read.
// What a broker did not confirm is sent once more.
class Feed {
 public:
  Feed(const broker::Job& job, uint64_t seed, int leads_per_second);
  // Gives up what is not yet sent.
  ~Feed();

  // Sends what is still to be sent, and returns when the broker has it all.
  void Finish();

  // Once finished: all that happened.
  const std::vector<broker::Life>& lives() const { return lives_; }
  int64_t records() const { return records_; }
  int64_t unreadable() const { return unreadable_; }

 private:
  using Timetable = std::multimap<absl::Time, broker::RecordToSend>;

  void Run();
  void AddLeads(absl::Time now);
  void Add(const broker::Life& life, absl::Duration after);
  void AddUnreadable(absl::Time at);
  void SendDue(absl::Time now);
  // Until everything is confirmed; with a new producer if it must be.
  void Confirm();
  absl::Duration UpTo(absl::Duration longest);

  const broker::Job& job_;
  const broker::Feed plain_;  // knows where an event belongs
  property::Dice dice_;
  const int leads_per_second_;
  std::vector<broker::Life> lives_;
  int64_t records_ = 0;
  int64_t unreadable_ = 0;
  absl::Time next_leads_;
  Timetable timetable_;
  std::vector<broker::RecordToSend> unconfirmed_;
  std::unique_ptr<broker::Producer> producer_;
  std::atomic<bool> finish_ = false;
  std::atomic<bool> give_up_ = false;
  std::thread thread_;
};

}  // namespace leadclock::attack

#endif  // LEADCLOCK_TESTS_ATTACK_FEED_H_
