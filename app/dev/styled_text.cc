#include "app/dev/styled_text.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/policy/terminal_text.h"

namespace leadclock {
namespace {

constexpr size_t kGap = 2;  // between columns

const char* CodeOf(Style style) {
  switch (style) {
    case Style::kPlain:
      break;
    case Style::kStrong:
      return "\x1b[1m";
    case Style::kFaint:
      return "\x1b[2m";
    case Style::kGood:
      return "\x1b[32m";
    case Style::kWarning:
      return "\x1b[33m";
    case Style::kBad:
      return "\x1b[31m";
  }
  return "";
}

std::string Colored(const std::string& text, Style style, Colors colors) {
  if (colors == Colors::kOff || style == Style::kPlain || text.empty()) {
    return text;
  }
  return absl::StrCat(CodeOf(style), text, "\x1b[0m");
}

bool IsBlank(const Span& span) {
  return span.text.find_first_not_of(' ') == std::string::npos;
}

std::vector<size_t> WidthsOf(const std::vector<Column>& columns,
                             const std::vector<Line>& rows) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns.size(); ++i) {
    size_t widest = std::max(columns[i].least_width, WidthOf(columns[i].title));
    for (const Line& row : rows) {
      widest = std::max(widest, WidthOf(row[i].text));
    }
    widths.push_back(widest);
  }
  return widths;
}

size_t TotalOf(const std::vector<size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(),
                         kGap * (widths.size() - 1));
}

void LeaveOut(std::vector<Column>& columns, std::vector<Line>& rows,
              std::vector<size_t>& widths, size_t width) {
  for (size_t i = columns.size(); i-- > 0 && TotalOf(widths) > width;) {
    if (columns[i].importance == Column::Importance::kNeeded) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    columns.erase(columns.begin() + at);
    widths.erase(widths.begin() + at);
    for (Line& row : rows) row.erase(row.begin() + at);
  }
}

Line Aligned(Line cells, const std::vector<size_t>& widths) {
  for (size_t i = 0; i + 1 < cells.size(); ++i) {
    cells[i].text.append(widths[i] - WidthOf(cells[i].text) + kGap, ' ');
  }
  return cells;
}

}  // namespace

std::string ToText(const Line& line, size_t width, Colors colors) {
  size_t last = line.size();
  while (last > 0 && IsBlank(line[last - 1])) --last;
  std::string text;
  for (size_t i = 0; i < last && width > 0; ++i) {
    std::string part = CutTo(Printable(line[i].text), width);
    width -= WidthOf(part);
    if (i + 1 == last) part.erase(part.find_last_not_of(' ') + 1);
    text += Colored(part, line[i].style, colors);
  }
  return text;
}

std::vector<Line> Table(std::vector<Column> columns, std::vector<Line> rows,
                        size_t width) {
  for (Line& row : rows) {
    for (Span& cell : row) cell.text = Printable(cell.text);
  }
  std::vector<size_t> widths = WidthsOf(columns, rows);
  LeaveOut(columns, rows, widths, width);
  Line titles;
  for (const Column& column : columns) {
    titles.push_back({column.title, Style::kFaint});
  }
  std::vector<Line> lines = {Aligned(std::move(titles), widths)};
  for (Line& row : rows) lines.push_back(Aligned(std::move(row), widths));
  return lines;
}

}  // namespace leadclock
