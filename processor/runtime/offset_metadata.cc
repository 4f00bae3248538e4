#include "processor/runtime/offset_metadata.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace leadclock {
namespace {

constexpr char kUnknown[] = "none";
constexpr char kSwept[] = "-";
constexpr char kSweepMark[] = "x";

std::string FormatSweep(const std::optional<std::string>& sweep) {
  if (!sweep) return kSwept;
  return absl::StrCat(kSweepMark,
                      absl::BytesToHexString(sweep->substr(0, kLongestSweep)));
}

bool ReadSweep(absl::string_view text, std::optional<std::string>& sweep) {
  if (text == kSwept) return true;
  if (!absl::ConsumePrefix(&text, kSweepMark) || text.size() % 2 != 0 ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isxdigit)) {
    return false;
  }
  sweep = absl::HexStringToBytes(text);
  return true;
}

// The next field, without the space behind it; false: there is no space.
bool TakeField(absl::string_view& text, absl::string_view& field) {
  const size_t end = text.find(' ');
  if (end == absl::string_view::npos) return false;
  field = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

bool Read(absl::string_view text, OffsetMetadata& metadata) {
  const bool is_first_format = absl::ConsumePrefix(&text, "leadclock 1 ");
  if (!is_first_format && !absl::ConsumePrefix(&text, "leadclock 2 ")) {
    return false;
  }
  absl::string_view field;
  int64_t now = 0;
  if (!TakeField(text, field) || !absl::SimpleAtoi(field, &now)) return false;
  metadata.now = absl::FromUnixMillis(now);
  if (!TakeField(text, field)) return false;
  if (field != kUnknown) metadata.changelog_id = std::string(field);
  if (!is_first_format &&
      (!TakeField(text, field) || !ReadSweep(field, metadata.sweep))) {
    return false;
  }
  metadata.fingerprint = std::string(text);
  return true;
}

}  // namespace

std::string FormatOffsetMetadata(const OffsetMetadata& metadata) {
  return absl::StrCat(
      "leadclock 2 ", absl::ToUnixMillis(metadata.now), " ",
      metadata.changelog_id.empty() ? kUnknown : metadata.changelog_id, " ",
      FormatSweep(metadata.sweep), " ", metadata.fingerprint);
}

absl::StatusOr<OffsetMetadata> ParseOffsetMetadata(const std::string& text) {
  OffsetMetadata metadata;
  if (text.empty() || Read(text, metadata)) return metadata;
  return absl::FailedPreconditionError(absl::StrCat(
      "a committed offset carries metadata that this version does not "
      "understand (\"",
      absl::CHexEscape(text),
      "\"): a later version, or another program, uses this consumer group"));
}

}  // namespace leadclock
