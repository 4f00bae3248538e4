#include "processor/policy/near_words.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

// As a table of all costs has it.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1,
                                        std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::optional<absl::string_view> PlainNearest(
    const std::string& word, const std::vector<std::string>& known) {
  const size_t slips = word.size() <= 4 ? 1 : word.size() <= 8 ? 2 : 3;
  std::optional<absl::string_view> nearest;
  size_t least = slips + 1;
  for (const std::string& candidate : known) {
    const size_t distance = Distance(word, candidate);
    if (distance < least && distance < candidate.size()) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

TEST_CASE("The word that is meant is found as by comparing all letters") {
  std::mt19937 random(7);
  const auto word = [&random] {
    std::string text;
    const size_t size = 1 + random() % 11;
    while (text.size() < size) text += static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::string> known;
    for (int j = 0; j < 5; ++j) known.push_back(word());
    const std::string asked = word();
    INFO(asked);
    CHECK(Nearest(asked,
                  std::vector<absl::string_view>(known.begin(), known.end())) ==
          PlainNearest(asked, known));
  }
}

TEST_CASE("The case of letters is no slip") {
  CHECK(Nearest("MARKET", {"marked", "Market"}) == "Market");
}

TEST_CASE("Among thousands of names none is guessed") {
  std::vector<std::string> names;
  for (int i = 0; i < 1'001; ++i) names.push_back(absl::StrCat("name_", i));
  std::vector<absl::string_view> known(names.begin(), names.end());
  CHECK_FALSE(Nearest("nane_7", known));
  CHECK(DidYouMean("nane_7", known) == "");
  known.pop_back();
  CHECK(Nearest("nane_7", known) == "name_7");
}

}  // namespace
}  // namespace leadclock
