#include "calendars/time_zone_data.h"

#include <cstdlib>
#include <fstream>

namespace leadclock {

std::string TimeZoneDataVersion() {
  // Where Abseil looks.
  const char* const folder = std::getenv("TZDIR");
  std::ifstream file(
      std::string(folder == nullptr ? "/usr/share/zoneinfo" : folder) +
      "/tzdata.zi");
  const std::string begin = "# version ";
  std::string line;
  if (!std::getline(file, line) || line.compare(0, begin.size(), begin) != 0) {
    return "unknown";
  }
  return line.substr(begin.size());
}

}  // namespace leadclock
