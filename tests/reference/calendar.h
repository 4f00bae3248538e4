#ifndef LEADCLOCK_TESTS_REFERENCE_CALENDAR_H_
#define LEADCLOCK_TESTS_REFERENCE_CALENDAR_H_

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

// When the reference's calendars are open.
namespace leadclock::reference {

// Instants since 1970-01-01T00:00:00Z, and lengths of time. Both are whole
// steps of the walk wherever they enter.
using Millis = int64_t;

inline constexpr Millis kMinute = 60 * 1000;
inline constexpr Millis kHour = 60 * kMinute;
inline constexpr Millis kDay = 24 * kHour;

// 1970-01-01 is day 0, and a Thursday.
using Day = int64_t;
Day DayOf(int year, unsigned month, unsigned day);

// Local times, as time since the midnight of the day on which it opens.
struct Hours {
  Millis opens = 0;
  Millis closes = 0;

  friend bool operator==(const Hours&, const Hours&) = default;
};

struct Calendar {
  bool always = false;  // the rest is not looked at
  // One of those that OffsetAt knows.
  std::string zone = "UTC";
  std::array<std::vector<Hours>, 7> week;  // Monday first
  std::set<Day> holidays;
  std::map<Day, std::vector<Hours>> special_hours;
  std::string name = {};

  friend bool operator==(const Calendar&, const Calendar&) = default;
};

// Local time less UTC. Knows UTC, Asia/Kolkata, Asia/Tokyo, America/Phoenix,
// Europe/London and America/New_York, by the rules of 2007 and later.
Millis OffsetAt(const std::string& zone, Millis at);

// The first instant of a local time; of one that the zone skips, the jump.
Millis FirstInstantOf(const std::string& zone, Millis local);

// The hours of each day from `first` to `last`, as instants. They may overlap.
// A calendar that is always open has none.
struct Opening {
  Millis opens = 0;
  Millis closes = 0;
};
std::vector<Opening> OpeningsOf(const Calendar& calendar, Day first, Day last);

bool IsOpen(const Calendar& calendar, Millis at);

// All that may be open on the days of UTC from `first` to `last`: local dates
// are up to a day off, and hours may go on into the day after.
std::vector<Opening> OpeningsAround(const Calendar& calendar, Day first,
                                    Day last);

bool IsOpenIn(const std::vector<Opening>& openings, Millis at);

// Rounded down, also below zero.
Millis DivideDown(Millis a, Millis b);

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_CALENDAR_H_
