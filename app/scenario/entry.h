#ifndef LEADCLOCK_APP_SCENARIO_ENTRY_H_
#define LEADCLOCK_APP_SCENARIO_ENTRY_H_

#include <optional>

#include "app/scenario/line.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// One entry of a list of a scenario: a line, and what stands behind its colon,
// if there is one.
struct Entry {
  Line line;
  YamlValue more;  // absent: the line is all
};

// Reports an entry that is neither a line nor a line with a colon and more.
std::optional<Entry> ReadEntry(const YamlValue& item);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_ENTRY_H_
