#ifndef LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_
#define LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_

#include <string>
#include <vector>

// What this machine knows of time zones: the one place among the rules that
// looks at it. Abseil reads the same files.
namespace leadclock {

// The folder of zone files: TZDIR, or else where systems have it.
std::string TimeZoneFolder();

// Whether there are any.
bool HasTimeZoneData();

// Which issue of the IANA time zone database calendars are compiled by, such
// as "2026a": what the folder of zone files says of itself. "unknown": nothing.
std::string TimeZoneDataVersion();

// The names of zones, but for old ones: for hints only. Always with UTC.
std::vector<std::string> KnownTimeZones();

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_
