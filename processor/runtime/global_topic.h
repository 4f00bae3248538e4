#ifndef LEADCLOCK_PROCESSOR_RUNTIME_GLOBAL_TOPIC_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_GLOBAL_TOPIC_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/kafka.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// The topic that each worker reads whole, outside the group's assignment, and
// from which its fold learns. A job may have none: then it is whole from the
// beginning, and nothing is learnt.
class GlobalTopic {
 public:
  GlobalTopic(const LoopOptions& options, Kafka& kafka, const Clock& clock,
              Metrics& metrics)
      : options_(options), kafka_(kafka), clock_(clock), metrics_(metrics) {}

  bool exists() const { return !options_.topics.global.empty(); }

  // Reads on, and returns what the fold has become by what was read; the same
  // one if nothing changed. Waits a little as long as the topic is not whole,
  // then never. Unavailable: to be tried again.
  absl::StatusOr<std::shared_ptr<const Fold>> Read(
      std::shared_ptr<const Fold> fold);

  // Whether it was read up to where it ended when reading began.
  bool is_whole() const { return !exists() || (end_ && position_ >= *end_); }

  // Everything below was learnt.
  int64_t position() const { return position_; }

  // Where it ends just now, counting what open transactions hide.
  absl::StatusOr<int64_t> AskEnd() const;

 private:
  absl::Status Begin();
  absl::Status Learn(const InputRecord& record,
                     std::shared_ptr<const Fold>& fold);

  const LoopOptions& options_;
  Kafka& kafka_;
  const Clock& clock_;
  Metrics& metrics_;
  // Absent: reading has not begun.
  std::optional<int64_t> end_;
  // Since when nothing came.
  absl::Duration began_;
  int64_t position_ = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_GLOBAL_TOPIC_H_
