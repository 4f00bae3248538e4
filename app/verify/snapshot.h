#ifndef LEADCLOCK_APP_VERIFY_SNAPSHOT_H_
#define LEADCLOCK_APP_VERIFY_SNAPSHOT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/runtime/log_reader.h"
#include "processor/runtime/worker_options.h"
#include "processor/verify/verify.h"

namespace leadclock {

// Everything committed on one partition number, of a job that may go on
// meanwhile. Ends are taken once; open transactions below them are waited for,
// as long as `patience`. Fails with FailedPrecondition if the topics do not
// hold everything any more, or the group was left by another policy.
absl::StatusOr<PartitionLog> TakeSnapshot(LogReader& reader,
                                          const JobTopics& topics,
                                          const std::string& fingerprint,
                                          int32_t partition,
                                          absl::Duration patience);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_VERIFY_SNAPSHOT_H_
