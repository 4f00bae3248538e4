#ifndef LEADCLOCK_APP_POLICY_SOURCE_H_
#define LEADCLOCK_APP_POLICY_SOURCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/settings.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/log_reader.h"

namespace leadclock {

// What stands on the topic of policies.
struct PublishedPolicies {
  std::optional<PolicyBook> book;  // nothing: nothing is published
  // Records that count for nothing: which, and why.
  std::vector<std::string> left_out;
};

// Reads the topic whole; what was recorded there later than `published_by` is
// as if it were not there. Fails with Unavailable if Kafka cannot be reached;
// with NotFound or FailedPrecondition if the topic is not what it must be, or
// if this program does not understand what stands on it.
absl::StatusOr<PublishedPolicies> ReadPublishedPolicies(
    LogReader& reader, const std::string& topic, absl::Duration patience,
    absl::Time published_by = absl::InfiniteFuture());

// Fails with FailedPrecondition if the topic is set to lose records that every
// worker needs. Where it may not be asked, that is told on standard error.
absl::Status CheckPolicyTopic(LogReader& reader, const std::string& topic,
                              absl::Duration patience);

// The same of the settings' topic, if they name one.
absl::Status CheckPolicyTopic(const Settings& settings);

// All versions of a policy, of which each is a file. Fails with
// InvalidArgument and all that is wrong.
absl::StatusOr<PolicyBook> LoadPolicyFiles(
    const std::vector<std::string>& paths);

// All versions of the policy that the settings name: of the files, or as they
// stood on the topic at `published_by`, for which Kafka has `patience`. What
// counts for nothing there is told on standard error. Fails as
// LoadPolicyFiles() and ReadPublishedPolicies().
absl::StatusOr<PolicyBook> LoadPolicyBook(
    const Settings& settings, absl::Duration patience = absl::Seconds(30),
    absl::Time published_by = absl::InfiniteFuture());

// Where the settings say that the policy is, for those who read along.
std::string PolicySourceOf(const Settings& settings);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_SOURCE_H_
