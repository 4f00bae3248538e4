#include "tests/reference/calendar.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>

namespace leadclock::reference {
namespace {

// ---------------------------------------------------------------------------
// Time zones, by their rules

std::chrono::year YearOf(Millis at) {
  const std::chrono::sys_days day{std::chrono::days{DivideDown(at, kDay)}};
  return std::chrono::year_month_day{day}.year();
}

Millis MidnightOf(std::chrono::sys_days day) {
  return day.time_since_epoch().count() * kDay;
}

// When summer time begins and ends, and what it is.
struct SummerTime {
  Millis begins;
  Millis ends;
  Millis offset;
};

struct Zone {
  Millis standard_offset;
  std::optional<SummerTime> summer;  // of the year that is asked about
};

Zone ZoneIn(const std::string& name, std::chrono::year year) {
  using std::chrono::March;
  using std::chrono::November;
  using std::chrono::October;
  using std::chrono::Sunday;

  if (name == "UTC") return {0, std::nullopt};
  if (name == "Asia/Kolkata") return {5 * kHour + 30 * kMinute, std::nullopt};
  if (name == "Asia/Tokyo") return {9 * kHour, std::nullopt};
  if (name == "America/Phoenix") return {-7 * kHour, std::nullopt};
  if (name == "Europe/London") {
    // From the last Sunday of March to that of October, both at 01:00 UTC.
    const SummerTime summer = {
        MidnightOf(year / March / Sunday[std::chrono::last]) + 1 * kHour,
        MidnightOf(year / October / Sunday[std::chrono::last]) + 1 * kHour,
        1 * kHour};
    return {0, summer};
  }
  if (name == "America/New_York") {
    // From the second Sunday of March, 02:00 standard time (07:00 UTC), to the
    // first Sunday of November, 02:00 summer time (06:00 UTC).
    const SummerTime summer = {
        MidnightOf(year / March / Sunday[2]) + 7 * kHour,
        MidnightOf(year / November / Sunday[1]) + 6 * kHour, -4 * kHour};
    return {-5 * kHour, summer};
  }
  throw std::invalid_argument("the reference does not know the zone " + name);
}

// The instant of a local time. One that the zone repeats means the first for
// an opening and the second for a closing; one that it skips means the instant
// of the jump.
enum class Repeated { kFirst, kSecond };

Millis InstantOf(const std::string& zone_name, Millis local,
                 Repeated repeated) {
  // No zone here changes its offset within a day of New Year.
  const Zone zone = ZoneIn(zone_name, YearOf(local));
  const Millis by_standard_time = local - zone.standard_offset;
  if (!zone.summer) return by_standard_time;

  const Millis by_summer_time = local - zone.summer->offset;
  const bool is_standard_time =
      OffsetAt(zone_name, by_standard_time) == zone.standard_offset;
  const bool is_summer_time =
      OffsetAt(zone_name, by_summer_time) == zone.summer->offset;
  if (is_standard_time && is_summer_time) {
    return repeated == Repeated::kFirst ? by_summer_time : by_standard_time;
  }
  if (is_standard_time) return by_standard_time;
  if (is_summer_time) return by_summer_time;
  return zone.summer->begins;
}

const std::vector<Hours>& HoursOn(const Calendar& calendar, Day day) {
  static const std::vector<Hours> closed;
  const auto special = calendar.special_hours.find(day);
  if (special != calendar.special_hours.end()) return special->second;
  if (calendar.holidays.contains(day)) return closed;
  constexpr Day kThursday = 3;
  const Day weekday = ((day + kThursday) % 7 + 7) % 7;
  return calendar.week[static_cast<size_t>(weekday)];
}

}  // namespace

Millis DivideDown(Millis a, Millis b) { return a / b - (a % b < 0 ? 1 : 0); }

Day DayOf(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days days =
      std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
  return days.time_since_epoch().count();
}

Millis OffsetAt(const std::string& zone_name, Millis at) {
  const Zone zone = ZoneIn(zone_name, YearOf(at));
  if (!zone.summer) return zone.standard_offset;
  const bool is_summer = zone.summer->begins <= at && at < zone.summer->ends;
  return is_summer ? zone.summer->offset : zone.standard_offset;
}

Millis FirstInstantOf(const std::string& zone, Millis local) {
  return InstantOf(zone, local, Repeated::kFirst);
}

std::vector<Opening> OpeningsOf(const Calendar& calendar, Day first, Day last) {
  std::vector<Opening> openings;
  for (Day day = first; day <= last; ++day) {
    for (const Hours& hours : HoursOn(calendar, day)) {
      openings.push_back(
          {InstantOf(calendar.zone, day * kDay + hours.opens, Repeated::kFirst),
           InstantOf(calendar.zone, day * kDay + hours.closes,
                     Repeated::kSecond)});
    }
  }
  return openings;
}

bool IsOpen(const Calendar& calendar, Millis at) {
  const Day today = DivideDown(at, kDay);
  return calendar.always ||
         IsOpenIn(OpeningsAround(calendar, today, today), at);
}

std::vector<Opening> OpeningsAround(const Calendar& calendar, Day first,
                                    Day last) {
  return OpeningsOf(calendar, first - 2, last + 1);
}

bool IsOpenIn(const std::vector<Opening>& openings, Millis at) {
  return std::any_of(openings.begin(), openings.end(), [at](const Opening& o) {
    return o.opens <= at && at < o.closes;
  });
}

}  // namespace leadclock::reference
