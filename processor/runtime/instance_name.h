#ifndef LEADCLOCK_PROCESSOR_RUNTIME_INSTANCE_NAME_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_INSTANCE_NAME_H_

#include <string>

#include "absl/status/statusor.h"

namespace leadclock {

// The name under which a worker without a configured one joins its group:
// made up at its first start, and kept in the data directory, so that it is
// the same after every restart.
absl::StatusOr<std::string> KeptInstanceName(const std::string& data_directory);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_INSTANCE_NAME_H_
