#ifndef LEADCLOCK_PROCESSOR_LEAD_NAMES_H_
#define LEADCLOCK_PROCESSOR_LEAD_NAMES_H_

#include <algorithm>
#include <string>
#include <vector>

namespace leadclock {

// Short lists of names: whether one stands in a list, and lists that are sorted
// and name each but once.

inline bool IsOneOf(const std::string& name,
                    const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

inline void AddTo(std::vector<std::string>& sorted, const std::string& name) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), name);
  if (place == sorted.end() || *place != name) sorted.insert(place, name);
}

inline void RemoveFrom(std::vector<std::string>& sorted,
                       const std::string& name) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), name);
  if (place != sorted.end() && *place == name) sorted.erase(place);
}

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_NAMES_H_
