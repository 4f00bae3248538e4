#include "processor/runtime/quarantine.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

constexpr size_t kKept = 1024;

size_t Size(const std::optional<std::string>& bytes) {
  return bytes ? bytes->size() : 0;
}

size_t Size(const std::vector<Header>& headers) {
  size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size();
  return bytes;
}

// Keeps the beginning; the header `name` says how much there was.
void Cut(std::optional<std::string>& bytes, const char* name,
         std::vector<Header>& headers) {
  if (Size(bytes) <= kKept) return;
  headers.emplace_back(name, absl::StrCat(bytes->size()));
  bytes->resize(kKept);
}

// What cannot be produced would be tried again for ever.
void Fit(OutgoingRecord& out, size_t max_bytes) {
  const size_t key_and_headers = Size(out.key) + Size(out.headers);
  if (key_and_headers + Size(out.value) <= max_bytes) return;
  if (key_and_headers > max_bytes) {
    const size_t bytes = Size(out.headers);
    out.headers = {{"leadclock.headers.bytes", absl::StrCat(bytes)}};
    Cut(out.key, "leadclock.key.bytes", out.headers);
  }
  Cut(out.value, "leadclock.value.bytes", out.headers);
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
  Fit(out, max_bytes);
  out.headers.emplace_back("__connect.errors.topic", input_topic);
  out.headers.emplace_back("__connect.errors.partition",
                           absl::StrCat(record.partition));
  out.headers.emplace_back("__connect.errors.offset",
                           absl::StrCat(record.offset));
  out.headers.emplace_back("__connect.errors.stage", IsAboutKey(why)
                                                         ? "KEY_CONVERTER"
                                                         : "VALUE_CONVERTER");
  // It may show a key, or other words of the record.
  out.headers.emplace_back("__connect.errors.exception.message",
                           why.message.substr(0, kKept));
  out.headers.emplace_back("leadclock.error.code", why.code);
  return out;
}

}  // namespace leadclock
