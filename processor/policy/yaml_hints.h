#ifndef LEADCLOCK_PROCESSOR_POLICY_YAML_HINTS_H_
#define LEADCLOCK_PROCESSOR_POLICY_YAML_HINTS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace leadclock {

// What a person probably did where a text is no YAML, by the place at which
// the YAML library stopped: "; indent with spaces, not with tabs"; "" if that
// cannot be seen. Line and column count from 1, columns in bytes.
std::string YamlHint(absl::string_view text, int line, int column);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_YAML_HINTS_H_
