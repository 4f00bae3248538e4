#include "processor/runtime/offset_metadata.h"

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace leadclock {
namespace {

constexpr char kUnknown[] = "none";

}  // namespace

std::string FormatOffsetMetadata(const OffsetMetadata& metadata) {
  return absl::StrCat(
      "leadclock 1 ", absl::ToUnixMillis(metadata.now), " ",
      metadata.changelog_id.empty() ? kUnknown : metadata.changelog_id, " ",
      metadata.fingerprint);
}

absl::StatusOr<OffsetMetadata> ParseOffsetMetadata(const std::string& text) {
  OffsetMetadata metadata;
  if (text.empty()) return metadata;

  const std::vector<absl::string_view> fields =
      absl::StrSplit(text, absl::MaxSplits(' ', 4));
  int64_t now = 0;
  if (fields.size() != 5 || fields[0] != "leadclock" || fields[1] != "1" ||
      !absl::SimpleAtoi(fields[2], &now)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a committed offset carries metadata that this version does not "
        "understand (\"",
        absl::CHexEscape(text),
        "\"): a later version, or another program, uses this consumer group"));
  }
  metadata.now = absl::FromUnixMillis(now);
  if (fields[3] != kUnknown) metadata.changelog_id = std::string(fields[3]);
  metadata.fingerprint = std::string(fields[4]);
  return metadata;
}

}  // namespace leadclock
