#include "processor/runtime/kafka.h"

#include <string>

namespace leadclock::kafka_error {

absl::Status Unavailable(const std::string& message) {
  return absl::UnavailableError(message);
}
absl::Status Aborted(const std::string& message) {
  return absl::AbortedError(message);
}
absl::Status OutcomeUnknown(const std::string& message) {
  return absl::UnknownError(message);
}
absl::Status Fenced(const std::string& message) {
  return absl::AlreadyExistsError(message);
}
absl::Status TooLarge(const std::string& message) {
  return absl::ResourceExhaustedError(message);
}

bool IsUnavailable(const absl::Status& status) {
  return absl::IsUnavailable(status);
}
bool IsAborted(const absl::Status& status) { return absl::IsAborted(status); }
bool IsOutcomeUnknown(const absl::Status& status) {
  return absl::IsUnknown(status);
}

}  // namespace leadclock::kafka_error
