#include "app/dev/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_replace.h"

namespace leadclock {

// ANSI control sequences.
namespace {
constexpr char kHideCursor[] = "\x1b[?25l";
constexpr char kShowCursor[] = "\x1b[?25h";
constexpr char kClear[] = "\x1b[2J";
constexpr char kHome[] = "\x1b[H";
constexpr char kClearToEndOfLine[] = "\x1b[K\n";
constexpr char kClearBelow[] = "\x1b[J";
}  // namespace

bool Screen::StandardOutputIsTerminal() { return isatty(STDOUT_FILENO) == 1; }

Screen::Screen() : is_terminal_(StandardOutputIsTerminal()) {
  if (is_terminal_) std::cout << kHideCursor << kClear << std::flush;
}

Screen::~Screen() {
  if (is_terminal_) std::cout << kShowCursor << std::flush;
}

LiveModel::Size Screen::size() const {
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0) {
    return {};
  }
  return {.columns = window.ws_col, .rows = window.ws_row};
}

void Screen::Show(const std::string& text) {
  std::cout << kHome << absl::StrReplaceAll(text, {{"\n", kClearToEndOfLine}})
            << kClearBelow << std::flush;
}

}  // namespace leadclock
