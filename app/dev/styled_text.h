#ifndef LEADCLOCK_APP_DEV_STYLED_TEXT_H_
#define LEADCLOCK_APP_DEV_STYLED_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace leadclock {

enum class Style : uint8_t { kPlain, kStrong, kFaint, kGood, kWarning, kBad };

// A stretch of text in one style.
struct Span {
  std::string text;
  Style style = Style::kPlain;
};

using Line = std::vector<Span>;

enum class Colors : uint8_t { kOff, kOn };

// The line as a terminal takes it, cut to `width` columns, without blanks at
// its end. What would move the cursor is written out, as Printable() does.
std::string ToText(const Line& line, size_t width, Colors colors);

struct Column {
  std::string title;
  // As wide as this even if no cell is, so that columns do not jump about.
  size_t least_width = 0;
  enum class Importance : uint8_t { kNeeded, kDispensable };
  // Where there is no room, dispensable columns are left out, the last first.
  Importance importance = Importance::kNeeded;
};

// The titles, then a line for each row; each row has a cell for each column.
std::vector<Line> Table(std::vector<Column> columns, std::vector<Line> rows,
                        size_t width);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_STYLED_TEXT_H_
