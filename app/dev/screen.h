#ifndef LEADCLOCK_APP_DEV_SCREEN_H_
#define LEADCLOCK_APP_DEV_SCREEN_H_

#include <string>
#include <vector>

#include "app/dev/styled_text.h"
#include "app/dev/view.h"

namespace leadclock {

// Standard output, as somebody looks at it.
struct Display {
  // Whether lines can be written over; false for a file, a pipe, a log.
  bool is_terminal = false;
  // The terminal has them, and NO_COLOR does not forbid them.
  Colors colors = Colors::kOff;

  static Display OfStandardOutput();
};

// The terminal's window while it belongs to the view: what stood there before
// comes back when this goes.
class Screen {
 public:
  explicit Screen(Colors colors);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // As large as the window is now.
  ViewSize size() const;

  // In place of what it showed before, without flicker.
  void Show(const std::vector<Line>& lines);

 private:
  const Colors colors_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_SCREEN_H_
