#include "app/dev/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace leadclock {
namespace {

// Control sequences of every terminal since the VT100's heirs.
constexpr char kEnter[] =
    "\x1b[?1049h\x1b[?25l";  // a page of our own, no cursor
constexpr char kLeave[] = "\x1b[?25h\x1b[?1049l";
constexpr char kHome[] = "\x1b[H";
constexpr char kClearRestOfLine[] = "\x1b[K";
constexpr char kClearBelow[] = "\x1b[J";

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Display Display::OfStandardOutput() {
  Display display;
  display.is_terminal = isatty(STDOUT_FILENO) == 1 && Variable("TERM") != "" &&
                        Variable("TERM") != "dumb";
  if (display.is_terminal && Variable("NO_COLOR").empty()) {
    display.colors = Colors::kOn;
  }
  return display;
}

Screen::Screen(Colors colors) : colors_(colors) {
  std::cout << kEnter << std::flush;
}

Screen::~Screen() { std::cout << kLeave << std::flush; }

ViewSize Screen::size() const {
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 ||
      window.ws_col == 0) {
    return {.width = 80, .height = 24};
  }
  // Whoever writes into the last column may be moved to the next line.
  return {.width = window.ws_col - size_t{1}, .height = window.ws_row};
}

void Screen::Show(const std::vector<Line>& lines) {
  const size_t width = size().width;
  std::string page = kHome;
  for (size_t i = 0; i < lines.size(); ++i) {
    // A line break after the last line would scroll.
    if (i > 0) page += "\r\n";
    page += ToText(lines[i], width, colors_) + kClearRestOfLine;
  }
  std::cout << page << kClearBelow << std::flush;
}

}  // namespace leadclock
