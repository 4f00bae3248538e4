#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RUN_WORKERS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RUN_WORKERS_H_

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/worker_options.h"

namespace leadclock {

// Runs the workers of this process against Kafka, each a member of the group
// in a thread of its own, until `stop` is set; looks at it about every 100 ms.
// What goes wrong on the way and comes right by itself is logged; an error
// says what a person must do. When one worker ends with an error, the others
// commit and leave. However it comes to its end: when that takes longer than
// 20 s, the process ends without waiting for it.
absl::Status RunWorkers(const WorkerOptions& options,
                        const std::shared_ptr<const Fold>& fold,
                        const Clock& clock, const std::atomic<bool>& stop);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RUN_WORKERS_H_
