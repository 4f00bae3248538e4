#ifndef LEADCLOCK_PROCESSOR_JOB_POLICY_FINGERPRINT_H_
#define LEADCLOCK_PROCESSOR_JOB_POLICY_FINGERPRINT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

// What the workers of a group must have in common: which versions of the
// policy they know, and which instants these mean.
struct PolicyFingerprint {
  struct Version {
    std::string hash;       // the first 16 of its digits
    std::string calendars;  // see CalendarsHash()

    friend bool operator==(const Version&, const Version&) = default;
  };
  std::string time_zone_data;
  // By number: the newest, as many as there is room for.
  std::map<int64_t, Version> versions;
};

// A hash of the instants that a policy's calendars mean.
std::string CalendarsHash(const Policy& policy);

PolicyFingerprint FingerprintOf(const PolicyBook& policies,
                                const std::string& time_zone_data);

// "zones 2026a policies 7:0123456789abcdef:01234567 8:..."
std::string Format(const PolicyFingerprint& fingerprint);

// Fails with FailedPrecondition on what a later version of this program, or
// something else, wrote.
absl::StatusOr<PolicyFingerprint> ParseFingerprint(const std::string& text);

// Whether a worker of one fingerprint may go on with what one of another left.
// `accept_time_zone_data` names data that may stand in place of other data.
// FailedPrecondition: it may not; says why, and the way on.
absl::Status MayFollow(const PolicyFingerprint& mine,
                       const PolicyFingerprint& left,
                       const std::string& accept_time_zone_data);

// Whether one was left by a worker that knew other versions than these: leads
// may need them.
bool MissesVersions(const PolicyBook& policies, const PolicyFingerprint& left);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_POLICY_FINGERPRINT_H_
