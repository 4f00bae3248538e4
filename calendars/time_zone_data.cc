#include "calendars/time_zone_data.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace leadclock {

std::string TimeZoneFolder() {
  const char* const folder = std::getenv("TZDIR");
  return folder == nullptr || *folder == '\0' ? "/usr/share/zoneinfo" : folder;
}

bool HasTimeZoneData() {
  const std::string folder = TimeZoneFolder();
  return std::ifstream(absl::StrCat(folder, "/Etc/UTC")).good() ||
         std::ifstream(absl::StrCat(folder, "/Europe/London")).good();
}

std::string TimeZoneDataVersion() {
  std::ifstream file(absl::StrCat(TimeZoneFolder(), "/tzdata.zi"));
  const std::string begin = "# version ";
  std::string line;
  if (!std::getline(file, line) || line.compare(0, begin.size(), begin) != 0) {
    return "unknown";
  }
  return line.substr(begin.size());
}

std::vector<std::string> KnownTimeZones() {
  std::ifstream table(absl::StrCat(TimeZoneFolder(), "/zone1970.tab"));
  std::vector<std::string> zones = {"UTC"};
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (!absl::StartsWith(line, "#") && columns.size() > 2) {
      zones.push_back(columns[2]);
    }
  }
  return zones;
}

}  // namespace leadclock
