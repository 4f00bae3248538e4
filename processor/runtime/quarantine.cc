#include "processor/runtime/quarantine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

constexpr size_t kKeptOfTooLarge = 1024;

size_t Size(const InputRecord& record) {
  size_t bytes = record.key ? record.key->size() : 0;
  if (record.value) bytes += record.value->size();
  for (const auto& [name, value] : record.headers) {
    bytes += name.size() + value.size();
  }
  return bytes;
}

bool IsAboutKey(const Rejection& why) {
  return why.code == "KEY" || why.code == "PARTITION";
}

}  // namespace

OutgoingRecord QuarantineRecord(const std::string& quarantine_topic,
                                const std::string& input_topic,
                                const InputRecord& record, const Rejection& why,
                                size_t max_bytes) {
  OutgoingRecord out;
  out.to = {quarantine_topic, record.partition};
  out.key = record.key;
  out.value = record.value;
  out.headers = record.headers;
  if (Size(record) > max_bytes && out.value) {
    out.headers.emplace_back("leadclock.value.bytes",
                             absl::StrCat(out.value->size()));
    out.value->resize(std::min(out.value->size(), kKeptOfTooLarge));
  }
  out.headers.emplace_back("__connect.errors.topic", input_topic);
  out.headers.emplace_back("__connect.errors.partition",
                           absl::StrCat(record.partition));
  out.headers.emplace_back("__connect.errors.offset",
                           absl::StrCat(record.offset));
  out.headers.emplace_back("__connect.errors.stage", IsAboutKey(why)
                                                         ? "KEY_CONVERTER"
                                                         : "VALUE_CONVERTER");
  out.headers.emplace_back("__connect.errors.exception.message", why.message);
  out.headers.emplace_back("leadclock.error.code", why.code);
  return out;
}

}  // namespace leadclock
