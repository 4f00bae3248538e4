#ifndef LEADCLOCK_PROCESSOR_POLICY_TERMINAL_TEXT_H_
#define LEADCLOCK_PROCESSOR_POLICY_TERMINAL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace leadclock {

// Texts from topics and files, as they may be printed: none of them may end
// its line, move the cursor, or turn the order in which others are read.

// What does so is written out: "\n", "\x1b", "\u202e"; and bytes that are no
// UTF-8: "\xff". Again it changes nothing.
std::string Printable(std::string_view text);
// Of a text of several lines.
std::string PrintableLines(std::string_view text);

// How many columns a terminal gives to a printable text: two to a character
// of East Asia or an emoji, none to a mark that stands on another one.
size_t WidthOf(std::string_view text);
// Its beginning, of at most so many columns.
std::string CutTo(std::string_view text, size_t width);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_TERMINAL_TEXT_H_
