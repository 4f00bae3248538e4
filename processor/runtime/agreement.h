#ifndef LEADCLOCK_PROCESSOR_RUNTIME_AGREEMENT_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_AGREEMENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/global_topic.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// Sees to it that workers whose folds do not follow each other do not run
// together: by the fingerprints that stand beside the group's offsets. Nobody
// joins the group before it has looked: who is refused, and is started again
// and again, would take partitions from those who work.
class Agreement {
 public:
  // `partitions`: how many each input topic has.
  Agreement(const LoopOptions& options, int32_t partitions, Kafka& kafka,
            const GlobalTopic& global, const Clock& clock)
      : options_(options),
        partitions_(partitions),
        kafka_(kafka),
        global_(global),
        clock_(clock) {}

  // What the fold says of a partition that was left with this fingerprint.
  // InvalidArgument: a refusal. Unavailable: whoever left it may only have read
  // further in the global topic, and it is to be asked again when that was read
  // on.
  absl::StatusOr<Fold::Succession> Ask(const Fold& fold,
                                       const std::string& fingerprint,
                                       const TopicPartition& at);

  // Looks at all partitions of the inputs, now and then: asks for what is
  // committed there, ...
  void AskIfTime();
  // ... soon, ...
  void AskSoon() { last_asked_ = -absl::InfiniteDuration(); }
  // ... takes the answer, ...
  absl::Status Answer(const std::vector<CommittedOffset>& committed);
  // ... and fails, as Ask(), unless the fold may run beside all of those.
  absl::Status Look(const Fold& fold);

  // Whether an answer came, and nothing in any of them speaks against it.
  bool is_found() const { return answered_ && seen_.empty(); }

 private:
  const LoopOptions& options_;
  const int32_t partitions_;
  Kafka& kafka_;
  const GlobalTopic& global_;
  const Clock& clock_;

  bool asking_ = false;
  bool answered_ = false;
  absl::Duration last_asked_ = -absl::InfiniteDuration();
  // By fingerprint: where it was seen. Those that were not looked at yet.
  std::map<std::string, TopicPartition> seen_;
  // By fingerprint that was refused: where the global topic ended afterwards.
  std::map<std::string, int64_t> refused_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_AGREEMENT_H_
