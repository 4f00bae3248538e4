#include "app/scenario/inline_policy.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace leadclock {
namespace {

// Where a map in braces ends: behind the brace that closes it.
size_t EndOfBraces(absl::string_view text, size_t begin) {
  int depth = 0;
  char quote = '\0';
  char before = ' ';  // the last that is no blank
  for (size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (quote == '"' && c == '\\') ++i;
      if (c == quote) quote = '\0';
      continue;
    }
    // Within a word a quote is but a letter.
    const bool may_quote =
        before == '{' || before == '[' || before == ',' || before == ':';
    if ((c == '"' || c == '\'') && may_quote) {
      quote = c;
    } else if (c == '#' && i > 0 &&
               (text[i - 1] == ' ' || text[i - 1] == '\n')) {
      i = std::min(text.find('\n', i), text.size());
      continue;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return i + 1;
    }
    if (c != ' ' && c != '\n') before = c;
  }
  return text.size();
}

// The number of lines of a map that begins in the first of these, at that
// column: up to one that is indented less.
size_t LinesOfBlock(const std::vector<absl::string_view>& lines, size_t first,
                    size_t column) {
  size_t end = first + 1;
  for (size_t i = first + 1; i < lines.size(); ++i) {
    const size_t indent = lines[i].find_first_not_of(" \r");
    const bool is_empty =
        indent == absl::string_view::npos || lines[i][indent] == '#';
    if (is_empty) continue;
    if (indent + 1 < column) break;
    end = i + 1;
  }
  return end;
}

}  // namespace

std::string CutOut(absl::string_view file, int line, int column) {
  const std::vector<absl::string_view> lines = absl::StrSplit(file, '\n');
  const auto first = static_cast<size_t>(line) - 1;
  const auto indent = static_cast<size_t>(column) - 1;
  size_t begin = indent;
  for (size_t i = 0; i < first; ++i) begin += lines[i].size() + 1;
  const std::string blank = std::string(first, '\n') + std::string(indent, ' ');
  if (file[begin] == '{') {
    const size_t end = EndOfBraces(file, begin);
    return blank + std::string(file.substr(begin, end - begin)) + "\n";
  }
  const size_t end = LinesOfBlock(lines, first, static_cast<size_t>(column));
  std::string text = blank + std::string(lines[first].substr(indent)) + "\n";
  for (size_t i = first + 1; i < end; ++i) {
    text += std::string(lines[i]) + "\n";
  }
  return text;
}

}  // namespace leadclock
