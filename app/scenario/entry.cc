#include "app/scenario/entry.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace leadclock {

std::optional<Entry> ReadEntry(const YamlValue& item) {
  if (item.IsText()) return Entry{Line(item), item.Field("")};
  const std::vector<YamlField> fields = item.Fields();
  if (fields.size() == 1) {
    return Entry{Line(fields[0].key), fields[0].value};
  }
  if (fields.size() > 1) {
    fields[1].key.Error(absl::StrCat(
        "the line ends with its colon; indent what belongs to ",
        Quoted(fields[0].name), " further than that, or write it in {}"));
  } else {
    item.Error(
        "write a line, such as mon 09:10 touch, or one with a colon and a map "
        "behind it: mon 09:10 touch: {by: ann}");
  }
  return std::nullopt;
}

}  // namespace leadclock
