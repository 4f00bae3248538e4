#include "calendars/content_lines.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace leadclock {
namespace {

// Takes the first line off `text`.
absl::string_view TakeLine(absl::string_view& text) {
  const size_t end = text.find_first_of("\r\n");
  const absl::string_view line = text.substr(0, end);
  if (end == absl::string_view::npos) {
    text = {};
    return line;
  }
  text.remove_prefix(absl::StartsWith(text.substr(end), "\r\n") ? end + 2
                                                                : end + 1);
  return line;
}

uint8_t ByteAt(absl::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

// How long the character is with which `text` begins; 0: it is none.
size_t LengthOfCharacter(absl::string_view text) {
  const uint8_t first = ByteAt(text, 0);
  if (first < 0x80) return 1;
  // Shorter forms, surrogates and what is beyond U+10FFFF are no characters.
  size_t length = 0;
  uint8_t least = 0x80;
  uint8_t most = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) least = 0xA0;
    if (first == 0xED) most = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) least = 0x90;
    if (first == 0xF4) most = 0x8F;
  }
  if (length == 0 || text.size() < length) return 0;
  if (ByteAt(text, 1) < least || ByteAt(text, 1) > most) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (ByteAt(text, i) < 0x80 || ByteAt(text, i) > 0xBF) return 0;
  }
  return length;
}

// Of ASCII, and those of C1 (U+0080 to U+009F), which terminals obey too.
bool IsControl(absl::string_view character) {
  if (character.size() == 1) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(character[0]));
  }
  return ByteAt(character, 0) == 0xC2 && ByteAt(character, 1) < 0xA0;
}

// Where the value begins, after a colon that stands in no quoted parameter.
size_t ValueOf(absl::string_view line) {
  bool is_quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') is_quoted = !is_quoted;
    if (line[i] == ':' && !is_quoted) return i + 1;
  }
  return line.size();
}

}  // namespace

std::string ContentLine::Name() const {
  return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(
      absl::string_view(text).substr(0, text.find_first_of(":;"))));
}

absl::string_view ContentLine::Value() const {
  return absl::StripAsciiWhitespace(
      absl::string_view(text).substr(ValueOf(text)));
}

std::vector<ContentLine> ContentLines(absl::string_view text) {
  text = absl::StripPrefix(text, "\xEF\xBB\xBF");
  std::vector<ContentLine> lines;
  for (int number = 1; !text.empty(); ++number) {
    const absl::string_view line = TakeLine(text);
    if (line.empty()) continue;
    const bool goes_on = line[0] == ' ' || line[0] == '\t';
    if (goes_on && !lines.empty()) {
      absl::StrAppend(&lines.back().text, line.substr(1));
    } else if (const auto bare = absl::StripLeadingAsciiWhitespace(line);
               !bare.empty()) {
      lines.push_back({number, std::string(bare)});
    }
  }
  return lines;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = LengthOfCharacter(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string WithoutControls(absl::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const size_t length = LengthOfCharacter(text);
    if (length == 0) break;  // Nothing that is shown is cut in a character.
    const absl::string_view character = text.substr(0, length);
    absl::StrAppend(&printable, IsControl(character) ? " " : character);
    text.remove_prefix(length);
  }
  return printable;
}

}  // namespace leadclock
