#ifndef LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_
#define LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_

#include <string>

namespace leadclock {

// Which issue of the IANA time zone database calendars are compiled by, such
// as "2026a": what the folder of zone files says of itself. "unknown": nothing.
std::string TimeZoneDataVersion();

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_TIME_ZONE_DATA_H_
