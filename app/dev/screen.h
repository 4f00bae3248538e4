#ifndef LEADCLOCK_APP_DEV_SCREEN_H_
#define LEADCLOCK_APP_DEV_SCREEN_H_

#include <string>

#include "app/dev/view.h"

namespace leadclock {

// The terminal that standard output is, if it is one.
class Screen {
 public:
  Screen();
  // Shows the cursor again.
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  static bool StandardOutputIsTerminal();
  bool is_terminal() const { return is_terminal_; }
  // As large as the window is now.
  LiveModel::Size size() const;
  // In place of what was shown before, without flicker.
  void Show(const std::string& text);

 private:
  const bool is_terminal_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_SCREEN_H_
