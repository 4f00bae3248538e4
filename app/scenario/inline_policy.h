#ifndef LEADCLOCK_APP_SCENARIO_INLINE_POLICY_H_
#define LEADCLOCK_APP_SCENARIO_INLINE_POLICY_H_

#include <string>

#include "absl/strings/string_view.h"

namespace leadclock {

// The YAML of a map that is written within a file, as a text of its own: all
// around it is blanked out, so that every place in it is what it is in the
// file. The map begins at that line and column, which count from 1.
std::string CutOut(absl::string_view file, int line, int column);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_INLINE_POLICY_H_
