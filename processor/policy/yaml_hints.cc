#include "processor/policy/yaml_hints.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace leadclock {
namespace {

// Where the YAML library stopped.
struct Place {
  int number = 1;  // of the line
  int column = 1;
  absl::string_view line;
  absl::string_view line_before;  // "": it is the first one
};

// Tabs are what the YAML library finds hardest to explain.
absl::string_view TabHint(const Place& place) {
  const absl::string_view line = place.line;
  const size_t indent = line.find_first_not_of(" \t");
  const bool has_tab = absl::StrContains(line.substr(0, indent), '\t');
  return has_tab ? "; indent with spaces, not with tabs" : "";
}

// A value that begins with a sign that means something to YAML, such as the
// comparison >50, must be quoted. Within braces the library stops at the sign;
// else it takes > for the beginning of a text over several lines, and stops in
// what follows.
std::string QuoteHint(const Place& place) {
  absl::string_view value = place.line;
  const size_t from =
      value.find_last_of(">|@`%", static_cast<size_t>(place.column) - 1);
  if (from == absl::string_view::npos) return "";
  const absl::string_view before =
      absl::StripTrailingAsciiWhitespace(value.substr(0, from));
  const bool begins_value =
      absl::EndsWith(before, ":") || absl::EndsWith(before, "-") ||
      absl::EndsWith(before, "[") || absl::EndsWith(before, ",");
  if (!begins_value) return "";
  value.remove_prefix(from);
  const bool in_braces =
      absl::StrContains(before, "{") || absl::StrContains(before, "[");
  if (in_braces) value = value.substr(0, value.find_first_of(",}]"));
  value = absl::StripAsciiWhitespace(value);
  if (absl::StrContains(value, '"')) return "";
  return absl::StrCat("; quote it: \"", value, "\"");
}

// A text within braces that has a colon of its own, such as {to: Call: now}.
std::string ColonHint(const Place& place) {
  const absl::string_view line = place.line;
  const size_t from =
      line.substr(0, static_cast<size_t>(place.column) - 1).find_last_of("{,");
  if (from == absl::string_view::npos) return "";
  absl::string_view field = line.substr(from + 1);
  field = field.substr(0, field.find_first_of(",}"));
  const size_t key = field.find(": ");
  if (key == absl::string_view::npos) return "";
  const absl::string_view value =
      absl::StripAsciiWhitespace(field.substr(key + 2));
  const bool has_colon = absl::StrContains(value, ": ");
  if (!has_colon || absl::StrContains(value, '"')) return "";
  return absl::StrCat("; quote a text that has a colon: \"", value, "\"");
}

// A space that people cannot tell from another, but YAML takes for a letter.
std::string SpaceHint(const Place& place) {
  constexpr absl::string_view kNoBreakSpace = "\u00a0";
  // It may be told only where the next line begins.
  const std::array<std::pair<int, absl::string_view>, 2> lines = {
      {{place.number, place.line}, {place.number - 1, place.line_before}}};
  for (const auto& [number, line] : lines) {
    if (!absl::StrContains(line, kNoBreakSpace)) continue;
    return absl::StrCat("; line ", number,
                        " has a no-break space, which YAML takes for a letter; "
                        "write a plain space");
  }
  return "";
}

}  // namespace

std::string YamlHint(absl::string_view text, int line, int column) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  const size_t at = static_cast<size_t>(line) - 1;
  if (line < 1 || at >= lines.size() || column < 1) return "";
  const Place place{.number = line,
                    .column = column,
                    .line = lines[at],
                    .line_before = at > 0 ? lines[at - 1] : ""};
  return absl::StrCat(TabHint(place), QuoteHint(place), ColonHint(place),
                      SpaceHint(place));
}

}  // namespace leadclock
