#ifndef LEADCLOCK_PROCESSOR_POLICY_TARGET_H_
#define LEADCLOCK_PROCESSOR_POLICY_TARGET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"

namespace leadclock {

// Within what a clock must be stopped.
struct Target {
  enum class Kind : uint8_t {
    kOpenTime,          // `length` of open time
    kBusinessDays,      // the same time of day, `days` business days later
    kEndOfBusinessDay,  // the closing of the business day `days` later
  };
  Kind kind = Kind::kOpenTime;
  absl::Duration length = {};  // >= 0
  int days = 0;                // kBusinessDays: >= 1; kEndOfBusinessDay: >= 0

  friend bool operator==(const Target&, const Target&) = default;
};

// A target as policies write it: 4h, 1h30m, "2 business days", "end of business
// day", "end of 2 business days". Fails with InvalidArgument, saying what to
// write instead.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

// When a target that begins at `start` is due, if nothing pauses it.
// absl::InfiniteFuture(): after the last day that the calendar knows.
absl::Time DueOf(const Target& target, const BusinessCalendar& calendar,
                 absl::Time start);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_TARGET_H_
