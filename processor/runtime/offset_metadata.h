#ifndef LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_

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
  std::string fingerprint;
};

// Format 1: "leadclock 1 now changelog_id fingerprint", now in milliseconds
// since 1970, rounded down; an id that is not known is "none"; the fingerprint
// is the rest.
std::string FormatOffsetMetadata(const OffsetMetadata& metadata);

// Empty text is an offset that was set by hand: nothing is known. Fails with
// FailedPrecondition on what a later version, or something else, wrote.
absl::StatusOr<OffsetMetadata> ParseOffsetMetadata(const std::string& text);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_OFFSET_METADATA_H_
