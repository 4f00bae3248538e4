// What another process wrote beside a committed offset.

#include "processor/runtime/offset_metadata.h"

#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using leadclock::fuzz::Require;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto read = leadclock::ParseOffsetMetadata(text);
  if (!read.ok()) {
    leadclock::fuzz::RequireReadable(read.status().message());
    return 0;
  }
  if (text.empty()) return 0;
  if (read->sweep && read->sweep->size() > leadclock::kLongestSweep) return 0;
  const std::string written = leadclock::FormatOffsetMetadata(*read);
  const auto again = leadclock::ParseOffsetMetadata(written);
  Require(again.ok() && again->now == read->now &&
              again->changelog_id == read->changelog_id &&
              again->sweep == read->sweep &&
              again->fingerprint == read->fingerprint,
          "what was read is the same when it is written and read");
  return 0;
}
