#ifndef LEADCLOCK_PROCESSOR_RUNTIME_WORKER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_WORKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/runtime/agreement.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/folding.h"
#include "processor/runtime/global_topic.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/now_keeper.h"
#include "processor/runtime/partition.h"
#include "processor/runtime/recovery.h"
#include "processor/runtime/worker_options.h"
#include "state/store.h"

namespace leadclock {

// The one loop: reads what came, folds it, and commits what follows exactly
// once, for the partitions that the consumer group gives to it.
//
// One thread, and nothing shared: several may be in one process, each with a
// Kafka and a Store of its own. All arguments outlive it.
class Worker {
 public:
  // `partitions`: how many each input topic has. `fold`: what it is before
  // anything is learnt from the global topic.
  Worker(const LoopOptions& options, int32_t partitions,
         std::shared_ptr<const Fold> fold, Kafka& kafka, Store& store,
         const Clock& clock, Metrics& metrics);

  // Works until `stop` says so, then commits what is folded; to leave the group
  // is up to the caller. An error needs a person; what comes right by itself is
  // tried again for ever.
  absl::Status Run(absl::FunctionRef<bool()> stop);

  // The same in pieces: one pass, the first of which joins the group; and the
  // end, which commits.
  absl::Status Step();
  absl::Status Finish();

 private:
  // Reads on in the global topic.
  absl::Status Learn();
  void Become(std::shared_ptr<const Fold> fold);
  // Makes sure of a producer, then of being in the group.
  absl::Status Join();
  // Logs what holds up the loop, if that is news.
  void Complain(const char* about, const absl::Status& why);
  absl::Status Recover();

  absl::Status Read();
  absl::Status FoldBatch(std::vector<InputRecord> records);
  bool IsNext(const InputRecord& record);
  void NotePositions();
  absl::Status FireTimers();
  // Asks some of the keys that were not asked yet since the fold is another.
  absl::Status Sweep();
  // Looks whether those who work in the group have a fold that fits.
  absl::Status LookAround();
  Moment MomentOf(int32_t number, absl::Time read_at) const;

  // The group gave, or takes.
  absl::Status Take(const std::vector<TopicPartition>& assigned);
  absl::Status GiveBack(Rebalance::Kind kind);

  bool CommitIsDue() const;
  // Offsets and nows that nothing else would commit.
  void TouchIdle();
  absl::Status Commit(absl::Duration timeout);
  // Learns the broker's time when nothing else tells it, as a clock is in
  // doubt.
  absl::Status AskTime();
  // Looks whether a transaction that is over failed, or took long.
  void LookForOutage(absl::Duration begun, bool is_done);
  // Takes what is to be written out of the overlay.
  Transaction MakeTransaction();
  absl::Status Remember(const Receipt& receipt);
  // Forgets what is not committed, and goes back to what is.
  absl::Status StartOver(const absl::Status& why);

  absl::Time NextDue() const;
  // How long to wait for records; real time.
  absl::Duration Patience() const;

  const LoopOptions options_;
  // All that is folded and not committed was folded by this one.
  std::shared_ptr<const Fold> fold_;
  Kafka& kafka_;
  Store& store_;
  const Clock& clock_;
  Metrics& metrics_;

  GlobalTopic global_;
  Agreement agreement_;
  Folding folding_;
  Recovery recovery_;
  NowKeeper nows_;
  Partitions partitions_;
  bool producer_ready_ = false;
  bool subscribed_ = false;
  // Whether there was as much to read as is taken in one pass.
  bool is_behind_ = false;
  std::string complaint_;
  absl::Duration last_complaint_ = -absl::InfiniteDuration();
  absl::Duration last_commit_ = -absl::InfiniteDuration();
  absl::Duration last_idle_commit_ = -absl::InfiniteDuration();
  // Where timers are looked at first: who had no room in the transaction
  // before.
  int32_t fire_first_ = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_WORKER_H_
