#ifndef LEADCLOCK_PROCESSOR_POLICY_INSTANT_H_
#define LEADCLOCK_PROCESSOR_POLICY_INSTANT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace leadclock {

// The instant that a text says as RFC 3339 has it: date, time and zone, such as
// 2026-03-01T00:00:00Z, the years 0000 to 9999. Fails with InvalidArgument on
// all else, also on what the library takes beside that ("infinite-future", the
// year 300000), saying what to write instead.
absl::StatusOr<absl::Time> ParseInstant(absl::string_view text);

// Whether a text has the form, in which 'd' stands for a digit.
bool HasForm(absl::string_view text, absl::string_view form);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_INSTANT_H_
