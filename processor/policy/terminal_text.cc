#include "processor/policy/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// In order, so that they can be searched.
constexpr std::array<Range, 9> kMoves = {{
    {0x00, 0x1f},        // control characters
    {0x7f, 0x9f},        // and more of them, NEL among them
    {0x61c, 0x61c},      // Arabic letter mark
    {0x200e, 0x200f},    // marks of direction
    {0x2028, 0x202e},    // ends of lines and paragraphs; embeddings, overrides
    {0x2066, 0x2069},    // isolates
    {0xfeff, 0xfeff},    // byte order mark
    {0xfff9, 0xfffb},    // interlinear annotation
    {0xe0000, 0xe007f},  // tags, which nobody sees
}};

constexpr std::array<Range, 19> kNoWidth = {{
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},     {0x610, 0x61a},
    {0x64b, 0x65f},   {0x900, 0x902},   {0x93c, 0x93c},     {0x941, 0x948},
    {0x94d, 0x94d},   {0xe31, 0xe31},   {0xe34, 0xe3a},     {0xe47, 0xe4e},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d},   {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
}};

constexpr std::array<Range, 15> kTwoColumns = {{
    {0x1100, 0x115f},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
}};

template <size_t kCount>
bool IsIn(uint32_t character, const std::array<Range, kCount>& ranges) {
  const auto range =
      std::find_if(ranges.begin(), ranges.end(),
                   [&](const Range& each) { return character <= each.last; });
  return range != ranges.end() && character >= range->first;
}

struct Character {
  uint32_t value = 0;
  size_t bytes = 1;
  bool is_good = true;
};

// REQUIRES: there is one.
Character First(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {.value = lead};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const Character bad = {.value = lead, .bytes = 1, .is_good = false};
  if (lead < 0xc2 || lead > 0xf4 || bytes > text.size()) return bad;
  uint32_t value = lead & (0xffU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return bad;
    value = value << 6U | (byte(i) & 0x3fU);
  }
  const bool is_half = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[bytes] || value > 0x10ffff || is_half) return bad;
  return {.value = value, .bytes = bytes};
}

std::string WrittenOut(const Character& character) {
  switch (character.value) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (!character.is_good || character.value < 0x80) {
    return absl::StrCat("\\x", absl::Hex(character.value, absl::kZeroPad2));
  }
  return character.value > 0xffff
             ? absl::StrCat("\\U", absl::Hex(character.value, absl::kZeroPad8))
             : absl::StrCat("\\u", absl::Hex(character.value, absl::kZeroPad4));
}

size_t WidthOf(const Character& character) {
  if (!character.is_good) return 1;
  if (IsIn(character.value, kNoWidth)) return 0;
  return IsIn(character.value, kTwoColumns) ? 2 : 1;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Character first = First(text);
    if (first.is_good && !IsIn(first.value, kMoves)) {
      printable += text.substr(0, first.bytes);
    } else {
      printable += WrittenOut(first);
    }
    text.remove_prefix(first.bytes);
  }
  return printable;
}

std::string PrintableLines(std::string_view text) {
  std::string lines;
  while (true) {
    const size_t end = text.find('\n');
    lines += Printable(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    lines += '\n';
    text.remove_prefix(end + 1);
  }
}

size_t WidthOf(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character first = First(text);
    width += WidthOf(first);
    text.remove_prefix(first.bytes);
  }
  return width;
}

std::string CutTo(std::string_view text, size_t width) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    const Character first = First(text.substr(bytes));
    const size_t columns = WidthOf(first);
    if (columns > width) break;
    width -= columns;
    bytes += first.bytes;
  }
  return std::string(text.substr(0, bytes));
}

}  // namespace leadclock
