#ifndef LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace leadclock {

// What travels with a committed offset: the now of its partition, for the
// next owner to start from, and what the fold must still be.
struct OffsetMetadata {
  absl::Time now = absl::InfinitePast();
  // The id of the changelog topic to which the states went. Empty: not known.
  std::string changelog_id;
  // The last key that was asked because the fold had become the one of the
  // fingerprint; empty: none yet. Absent: all were asked.
  std::optional<std::string> sweep;
  std::string fingerprint;
};

// Of a longer key only the beginning is written, and what follows it is asked
// once more: brokers take metadata of 4 kB.
inline constexpr size_t kLongestSweep = 1'000;

// Format 2: "leadclock 2 now changelog_id sweep fingerprint", now in
// milliseconds since 1970, rounded down; an id that is not known is "none";
// sweep is "-" if all keys were asked, else "x" and the key in hexadecimal; the
// fingerprint is the rest.
std::string FormatOffsetMetadata(const OffsetMetadata& metadata);

// Also of format 1, which is the same without a sweep. Empty text is an offset
// that was set by hand: nothing is known. Fails with FailedPrecondition on what
// a later version, or something else, wrote.
absl::StatusOr<OffsetMetadata> ParseOffsetMetadata(const std::string& text);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_
