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
  absl::TimeZone zone;    // of whoever reads it
  bool is_trial = false;  // nothing was written
};

// What was published, and when it takes effect: a line.
std::string PublishedText(const Announcement& of);

// What changes for whom, in lines; "" for the first version.
std::string ChangesText(const Announcement& of);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_ANNOUNCEMENT_H_
