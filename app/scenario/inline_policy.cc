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

// Whether nothing, or no more than a comment, stands in it from there on.
bool IsEmpty(absl::string_view line, size_t from) {
  const size_t at = line.find_first_not_of(" \r", from);
  return at == absl::string_view::npos || line[at] == '#';
}

// Where the map ends that begins in that line, at that indent: behind its last
// line, before one that is indented less.
size_t LinesOfBlock(const std::vector<absl::string_view>& lines, size_t first,
                    size_t indent) {
  size_t end = first + 1;
  for (size_t i = first + 1; i < lines.size(); ++i) {
    if (IsEmpty(lines[i], 0)) continue;
    if (lines[i].find_first_not_of(" \r") < indent) break;
    end = i + 1;
  }
  return end;
}

// Moves from the name by which a map is called elsewhere ("&office") to the map
// itself.
void SkipAnchor(const std::vector<absl::string_view>& lines, size_t& line,
                size_t& indent) {
  indent =
      std::min(lines[line].find_first_of(" \r", indent), lines[line].size());
  while (line + 1 < lines.size() && IsEmpty(lines[line], indent)) {
    ++line;
    indent = 0;
  }
  indent = std::min(lines[line].find_first_not_of(" \r", indent),
                    lines[line].size());
}

}  // namespace

std::string CutOut(absl::string_view file, int line, int column) {
  const std::vector<absl::string_view> lines = absl::StrSplit(file, '\n');
  size_t first = static_cast<size_t>(line) - 1;
  size_t indent = static_cast<size_t>(column) - 1;
  // A file with line ends of its own kind counts its lines otherwise.
  if (first >= lines.size() || indent >= lines[first].size()) return "";
  if (lines[first][indent] == '&') SkipAnchor(lines, first, indent);
  size_t begin = indent;
  for (size_t i = 0; i < first; ++i) begin += lines[i].size() + 1;
  const std::string blank = std::string(first, '\n') + std::string(indent, ' ');
  if (begin < file.size() && file[begin] == '{') {
    const size_t end = EndOfBraces(file, begin);
    return blank + std::string(file.substr(begin, end - begin)) + "\n";
  }
  const size_t end = LinesOfBlock(lines, first, indent);
  std::string text = blank + std::string(lines[first].substr(indent)) + "\n";
  for (size_t i = first + 1; i < end; ++i) {
    text += std::string(lines[i]) + "\n";
  }
  return text;
}

}  // namespace leadclock
