#ifndef LEADCLOCK_PROCESSOR_POLICY_DURATION_H_
#define LEADCLOCK_PROCESSOR_POLICY_DURATION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What a text is that may also be no duration, and how it is written, as errors
// say it.
struct DurationWords {
  absl::string_view what = "a duration";
  absl::string_view forms = "write a duration such as 90s, 15m, 4h or 1h30m";
};

// A length of time as policies and settings write it: 90s, 15m, 4h, 1h30m,
// 500ms. Units are h, m, s and ms, the greatest first, each at most once.
//
// Fails with InvalidArgument, saying what to write instead, for a number
// without a unit, a negative one, a fraction, days (a day of business time is
// ambiguous), and anything longer than 100000h.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text,
                                             const DurationWords& words = {});

// The duration that is meant by "1h 30m", "10 minutes" or "2 hrs"; "" if that
// cannot be guessed.
std::string MeantDuration(absl::string_view text);

// The same of a field. Reports what is wrong there.
std::optional<absl::Duration> ReadDuration(const YamlValue& value);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_DURATION_H_
