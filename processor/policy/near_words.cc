#include "processor/policy/near_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace leadclock {
namespace {

// Nobody writes longer ones by hand.
constexpr size_t kLongestWord = 40;
// Nor so many names; thousands of slips in them could take minutes.
constexpr size_t kMostKnown = 1'000;

// Optimal string alignment: insertions, deletions, replacements, and swaps of
// neighbours, each of which costs 1. At least `enough`, if it is not less.
// `a` is in lower case; `b` is taken as if it were.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t enough) {
  std::array<size_t, kLongestWord + 1> before_last = {};
  std::array<size_t, kLongestWord + 1> last = {};
  std::array<size_t, kLongestWord + 1> costs = {};
  for (size_t j = 0; j <= b.size(); ++j) costs[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = costs;
    costs[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const auto letter = [&b](size_t place) {
        return absl::ascii_tolower(static_cast<unsigned char>(b[place]));
      };
      const size_t replaced = last[j - 1] + (a[i - 1] != letter(j - 1));
      costs[j] = std::min({last[j] + 1, costs[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == letter(j - 2) &&
                           a[i - 2] == letter(j - 1);
      if (swapped) costs[j] = std::min(costs[j], before_last[j - 2] + 1);
      least = std::min(least, costs[j]);
    }
    // No row is less by more than 1 than the one after it, and a swap, which
    // looks back over one, costs 1.
    if (least >= enough) return enough;
  }
  return costs[b.size()];
}

// "owner, backup" for that, and for "owner backup", if both are known; "" if it
// is no such thing.
std::string MeantList(absl::string_view text,
                      absl::Span<const absl::string_view> known) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(", "), absl::SkipEmpty());
  const bool are_known =
      std::all_of(words.begin(), words.end(), [known](absl::string_view word) {
        return std::find(known.begin(), known.end(), word) != known.end();
      });
  return words.size() > 1 && are_known ? absl::StrJoin(words, ", ") : "";
}

// How many slips of the finger a word of that length may hold.
size_t SlipsAllowed(size_t length) {
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

// Names of fields in other tools, and ours.
constexpr std::pair<absl::string_view, absl::string_view> kOtherNames[] = {
    {"if", "when"},         {"condition", "when"},
    {"where", "when"},      {"then", "is"},
    {"then", "use"},        {"value", "is"},
    {"else", "otherwise"},  {"default", "otherwise"},
    {"timezone", "zone"},   {"time_zone", "zone"},
    {"tz", "zone"},         {"action", "do"},
    {"actions", "ladder"},  {"escalations", "ladder"},
    {"steps", "ladder"},    {"rungs", "ladder"},
    {"on", "starts"},       {"start", "starts"},
    {"trigger", "starts"},  {"until", "stops"},
    {"within", "target"},   {"sla", "target"},
    {"deadline", "target"}, {"recipients", "to"},
    {"notify", "to"},       {"who", "to"},
    {"after", "at"},        {"mark", "at"},
    {"id", "name"},
};

}  // namespace

std::string FieldMeant(absl::string_view word,
                       absl::Span<const absl::string_view> known) {
  for (const auto& [other, ours] : kOtherNames) {
    if (word == other &&
        std::find(known.begin(), known.end(), ours) != known.end()) {
      return absl::StrCat("; did you mean ", Quoted(ours), "?");
    }
  }
  return DidYouMean(word, known);
}

std::string Quoted(absl::string_view text) {
  constexpr size_t kLongest = 60;
  absl::string_view shown = text.substr(0, kLongest);
  // Not in the middle of a character.
  while (shown.size() < text.size() && !shown.empty() &&
         (static_cast<unsigned char>(text[shown.size()]) & 0xc0) == 0x80) {
    shown.remove_suffix(1);
  }
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(shown),
                      shown.size() < text.size() ? "..." : "", "'");
}

std::optional<absl::string_view> Nearest(
    absl::string_view word, absl::Span<const absl::string_view> known) {
  if (word.empty() || word.size() > kLongestWord || known.size() > kMostKnown) {
    return std::nullopt;
  }

  std::optional<absl::string_view> nearest;
  size_t least = SlipsAllowed(word.size()) + 1;
  const std::string lower = absl::AsciiStrToLower(word);
  for (const absl::string_view candidate : known) {
    if (candidate.size() > kLongestWord ||
        candidate.size() >= lower.size() + least ||
        lower.size() >= candidate.size() + least) {
      continue;
    }
    const size_t distance = EditDistance(lower, candidate, least);
    // What shares no letter is not near, however short.
    if (distance < least && distance < candidate.size()) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> known) {
  constexpr size_t kMostShown = 48;
  if (const auto nearest = Nearest(word, known); nearest.has_value()) {
    return absl::StrCat("; did you mean ", Quoted(*nearest), "?");
  }
  if (const std::string list = MeantList(word, known); !list.empty()) {
    return absl::StrCat("; did you mean the list [", list, "]?");
  }
  if (known.empty() || known.size() > kMostShown) return "";
  return absl::StrCat("; known: ", absl::StrJoin(known, ", "));
}

}  // namespace leadclock
