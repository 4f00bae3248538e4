#ifndef LEADCLOCK_APP_POLICY_ANNOUNCEMENT_H_
#define LEADCLOCK_APP_POLICY_ANNOUNCEMENT_H_

#include <string>

#include "absl/time/time.h"
#include "processor/policy/policy.h"

namespace leadclock {

struct Announcement {
  const Policy& policy;
  const Policy* before = nullptr;  // the version before it; null: none
  std::string topic;
  absl::Time now;
  absl::TimeZone zone;  // of whoever reads it
};

// What was published, when it takes effect, and what changes for whom.
std::string AnnouncementText(const Announcement& of);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_ANNOUNCEMENT_H_
