#include "processor/policy/instant.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/policy/near_words.h"

namespace leadclock {
namespace {

// "Z", "+01:00", with a fraction of a second before it or not.
bool IsEndOfInstant(absl::string_view text) {
  if (absl::StartsWith(text, ".")) {
    const size_t digits = text.find_first_not_of("0123456789", 1);
    if (digits == 1 || digits == absl::string_view::npos) return false;
    text.remove_prefix(digits);
  }
  return text == "Z" || HasForm(text, "+dd:dd") || HasForm(text, "-dd:dd");
}

}  // namespace

bool HasForm(absl::string_view text, absl::string_view form) {
  return text.size() == form.size() &&
         std::equal(
             text.begin(), text.end(), form.begin(), [](char is, char wanted) {
               return wanted == 'd'
                          ? absl::ascii_isdigit(static_cast<unsigned char>(is))
                          : is == wanted;
             });
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view text) {
  constexpr absl::string_view kInstant = "dddd-dd-ddTdd:dd:dd";
  absl::Time at;
  std::string error;
  if (HasForm(text.substr(0, kInstant.size()), kInstant) &&
      IsEndOfInstant(text.substr(kInstant.size())) &&
      absl::ParseTime(absl::RFC3339_full, text, &at, &error)) {
    return at;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text),
                   " is not an instant; write date, time and zone, such as "
                   "2026-03-01T00:00:00Z"));
}

}  // namespace leadclock
