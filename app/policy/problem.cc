#include "app/policy/problem.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace leadclock {
namespace {

// Takes ":12" from the beginning.
std::optional<int> TakeNumber(absl::string_view* text) {
  if (!absl::ConsumePrefix(text, ":")) return std::nullopt;
  const auto end = std::find_if_not(text->begin(), text->end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  const auto size = static_cast<size_t>(end - text->begin());
  int number = 0;
  if (!absl::SimpleAtoi(text->substr(0, size), &number)) return std::nullopt;
  text->remove_prefix(size);
  return number;
}

}  // namespace

Problem ProblemIn(absl::string_view line) {
  for (size_t at = line.find(':'); at != absl::string_view::npos;
       at = line.find(':', at + 1)) {
    absl::string_view rest = line.substr(at);
    const std::optional<int> number = TakeNumber(&rest);
    const std::optional<int> column = number ? TakeNumber(&rest) : number;
    if (!column || !absl::ConsumePrefix(&rest, ": ")) continue;
    return {.file = std::string(line.substr(0, at)),
            .line = *number,
            .column = *column,
            .message = std::string(rest)};
  }
  return {.file = "", .message = std::string(line)};
}

std::vector<Problem> ProblemsIn(const absl::Status& status) {
  std::vector<Problem> problems;
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    problems.push_back(ProblemIn(line));
  }
  return problems;
}

}  // namespace leadclock
