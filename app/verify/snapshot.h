#ifndef LEADCLOCK_APP_VERIFY_SNAPSHOT_H_
#define LEADCLOCK_APP_VERIFY_SNAPSHOT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/log_reader.h"
#include "processor/runtime/worker_options.h"
#include "processor/verify/verify.h"

namespace leadclock {

// Everything committed on one partition number, of a job that may go on
// meanwhile. Ends are taken once; open transactions below them are waited for,
// as long as `patience`, and so is a new version of the policy that is still
// taken to the leads. Fails with FailedPrecondition if the topics do not hold
// everything any more, or the group was left by a policy that `job` may not
// follow.
absl::StatusOr<PartitionLog> TakeSnapshot(LogReader& reader,
                                          const JobTopics& topics,
                                          const Fold& job, int32_t partition,
                                          absl::Duration patience);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_VERIFY_SNAPSHOT_H_
