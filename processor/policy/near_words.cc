#include "processor/policy/near_words.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace leadclock {
namespace {

// Optimal string alignment: insertions, deletions, replacements, and swaps of
// neighbours, each of which costs 1.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1,
                                        std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

// How many slips of the finger a word of that length may hold.
size_t SlipsAllowed(size_t length) {
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

}  // namespace

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
  constexpr size_t kLongest = 40;
  if (word.empty() || word.size() > kLongest) return std::nullopt;

  std::optional<absl::string_view> nearest;
  size_t least = SlipsAllowed(word.size()) + 1;
  const std::string lower = absl::AsciiStrToLower(word);
  for (const absl::string_view candidate : known) {
    if (candidate.size() > kLongest) continue;
    const size_t distance =
        EditDistance(lower, absl::AsciiStrToLower(candidate));
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
  if (known.empty() || known.size() > kMostShown) return "";
  return absl::StrCat("; known: ", absl::StrJoin(known, ", "));
}

}  // namespace leadclock
