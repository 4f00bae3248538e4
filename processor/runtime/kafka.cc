#include "processor/runtime/kafka.h"

#include <string>
#include <utility>

namespace leadclock::kafka_error {

absl::Status Unavailable(std::string message) {
  return absl::UnavailableError(std::move(message));
}
absl::Status Aborted(std::string message) {
  return absl::AbortedError(std::move(message));
}
absl::Status OutcomeUnknown(std::string message) {
  return absl::UnknownError(std::move(message));
}
absl::Status Fenced(std::string message) {
  return absl::AlreadyExistsError(std::move(message));
}
absl::Status TooLarge(std::string message) {
  return absl::ResourceExhaustedError(std::move(message));
}

bool IsUnavailable(const absl::Status& status) {
  return absl::IsUnavailable(status);
}
bool IsAborted(const absl::Status& status) { return absl::IsAborted(status); }
bool IsOutcomeUnknown(const absl::Status& status) {
  return absl::IsUnknown(status);
}

}  // namespace leadclock::kafka_error
