#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "calendars/business_calendar.h"
#include "tests/property/dice.h"
#include "tests/reference/business_time.h"
#include "tests/reference/zone_file.h"

// Business time against a walk in steps of a minute or of a second, which
// shares no code with it, and reads the files of the time zones by itself.

namespace leadclock::property {
namespace {

using reference::Day;
using reference::kDay;
using reference::kHour;
using reference::kMinute;
using reference::Millis;

constexpr Millis kSecond = 1000;
constexpr int kCases = 100'000;
constexpr int kCasesOfAWindow = 50;
constexpr int kWindowsOfACalendar = 4;
constexpr Day kDaysOfAWindow = 45;

// Offsets of half hours and of quarters, summer time that begins at midnight
// or lasts half an hour, a winter time, Ramadan, days that were skipped.
const std::vector<std::string>& Zones() {
  static const std::vector<std::string> zones = {
      "UTC",
      "Europe/London",
      "Europe/Dublin",
      "America/New_York",
      "America/St_Johns",
      "America/Sao_Paulo",
      "America/Havana",
      "America/Asuncion",
      "Asia/Kolkata",
      "Asia/Kathmandu",
      "Asia/Tehran",
      "Asia/Beirut",
      "Asia/Gaza",
      "Africa/Cairo",
      "Africa/Casablanca",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "Pacific/Chatham",
      "Antarctica/Troll",
  };
  return zones;
}

class Calendars {
 public:
  explicit Calendars(uint64_t seed) : dice_(seed) {}

  reference::Calendar Draw(const std::vector<Day>& windows) {
    reference::Calendar calendar;
    const int kind = static_cast<int>(dice_.Below(5));
    for (std::vector<reference::Hours>& day : calendar.week) {
      const bool is_closed = dice_.Chance(kind == 4 ? 80 : 20);
      if (!is_closed) day = Hours(kind);
    }
    auto& one_day = calendar.week[static_cast<size_t>(dice_.Below(7))];
    if (one_day.empty()) one_day = Hours(kind);
    for (const Day window : windows) {
      for (int64_t i = dice_.Below(8); i > 0; --i) {
        calendar.holidays.insert(window + dice_.Below(kDaysOfAWindow));
      }
      for (int64_t i = dice_.Below(5); i > 0; --i) {
        calendar.special_hours[window + dice_.Below(kDaysOfAWindow)] =
            dice_.Chance(20) ? std::vector<reference::Hours>()
                             : Hours(static_cast<int>(dice_.Below(5)));
      }
    }
    return calendar;
  }

 private:
  // Of a day: whole, a night, one with lunch, or any.
  std::vector<reference::Hours> Hours(int kind) {
    const auto minutes = [this](Millis from, Millis to) {
      return dice_.Between(from / kMinute, to / kMinute) * kMinute;
    };
    if (kind == 0 && dice_.Chance(50)) return {{0, kDay}};
    if (kind == 1) {
      const Millis opens = minutes(14 * kHour, 23 * kHour);
      return {{opens, minutes(opens + kMinute, opens + 12 * kHour)}};
    }
    if (kind == 2) {
      const Millis lunch = minutes(11 * kHour, 13 * kHour);
      return {{minutes(0, 10 * kHour), lunch},
              {lunch + minutes(0, 2 * kHour), minutes(16 * kHour, kDay)}};
    }
    const Millis opens = minutes(0, 20 * kHour);
    return {{opens, minutes(opens + kMinute, kDay)}};
  }

  Dice dice_;
};

absl::CivilDay DateOf(Day day) { return absl::CivilDay(1970, 1, 1) + day; }

CalendarSpec SpecOf(const reference::Calendar& calendar,
                    const std::string& zone) {
  const auto ranges = [](const std::vector<reference::Hours>& hours) {
    std::vector<OpenRange> result;
    for (const reference::Hours& each : hours) {
      result.push_back(
          {absl::Milliseconds(each.opens), absl::Milliseconds(each.closes)});
    }
    return result;
  };
  CalendarSpec spec;
  spec.zone = zone;
  for (size_t i = 0; i < spec.week.size(); ++i) {
    spec.week[i] = ranges(calendar.week[i]);
  }
  for (const Day day : calendar.holidays) spec.holidays.insert(DateOf(day));
  for (const auto& [day, hours] : calendar.special_hours) {
    spec.special_hours[DateOf(day)] = ranges(hours);
  }
  return spec;
}

absl::Time TimeOf(Millis millis) { return absl::FromUnixMillis(millis); }

std::string Text(absl::Time at) {
  return absl::FormatTime(absl::RFC3339_full, at, absl::UTCTimeZone());
}

// One window of one calendar: the reference has walked through it.
class Window {
 public:
  Window(const BusinessCalendar& calendar,
         const reference::BusinessTime& reference, Millis step, Dice& dice)
      : calendar_(calendar), reference_(reference), step_(step), dice_(dice) {}

  // What differs; "" if nothing does.
  std::string Ask(Millis middle) {
    const Millis start = Near(middle);
    switch (dice_.Below(7)) {
      case 0: {
        const Millis budget = Budget();
        return Later(
            absl::StrCat("Deadline of ", budget, " ms"), start,
            {calendar_.Deadline(TimeOf(start), absl::Milliseconds(budget)),
             reference_.Deadline(start, budget)});
      }
      case 1:
        return Earlier(start, Budget());
      case 2: {
        // The wrong way round there is none: asked seldom.
        const auto [first, last] = std::minmax({start, Near(middle)});
        return dice_.Chance(10) ? Between(last, first) : Between(first, last);
      }
      case 3: {
        const int days = static_cast<int>(dice_.Between(1, 6));
        return Later(absl::StrCat(days, " business days"), start,
                     {calendar_.AfterBusinessDays(TimeOf(start), days),
                      reference_.AfterBusinessDays(start, days)});
      }
      case 4: {
        const int days = static_cast<int>(dice_.Below(6));
        return Later(absl::StrCat("end of ", days, " business days"), start,
                     {calendar_.EndOfBusinessDay(TimeOf(start), days),
                      reference_.EndOfBusinessDay(start, days)});
      }
      case 5:
        return IsOpen(start);
      default: {
        const auto [first, last] = std::minmax({start, Near(middle)});
        return OpenIntervals(first, last);
      }
    }
  }

 private:
  Millis Near(Millis middle) {
    const Millis reach = step_ == kMinute ? 4 * kDay : 6 * kHour;
    const Millis at = middle + dice_.Between(-reach, reach) / step_ * step_;
    return std::clamp(at, reference_.begin(), reference_.end() - step_);
  }
  Millis Budget() {
    if (dice_.Chance(10)) return 0;
    const Millis most = step_ == kMinute ? 40 * kHour : 3 * kHour;
    return dice_.Between(1, (dice_.Chance(50) ? kHour : most) / step_) * step_;
  }

  // Beyond what was walked through the reference has no answer.
  std::string Later(const std::string& what, Millis start,
                    const std::pair<absl::Time, std::optional<Millis>>& both) {
    const auto& [product, reference] = both;
    const bool same = reference ? product == TimeOf(*reference)
                                : product >= TimeOf(reference_.end() - kDay);
    if (same) return "";
    return absl::StrCat(what, " from ", Text(TimeOf(start)), ": ",
                        Text(product), ", by steps ",
                        reference ? Text(TimeOf(*reference)) : "none");
  }

  std::string Earlier(Millis end, Millis budget) {
    const absl::Time product =
        calendar_.StartFor(TimeOf(end), absl::Milliseconds(budget));
    const std::optional<Millis> reference = reference_.StartFor(end, budget);
    const bool same = reference ? product == TimeOf(*reference)
                                : product < TimeOf(reference_.begin());
    if (same) return "";
    return absl::StrCat("StartFor ", budget, " ms up to ", Text(TimeOf(end)),
                        ": ", Text(product), ", by steps ",
                        reference ? Text(TimeOf(*reference)) : "none");
  }

  std::string Between(Millis from, Millis to) {
    const absl::Duration product = calendar_.Between(TimeOf(from), TimeOf(to));
    const Millis reference = reference_.Between(from, to);
    if (product == absl::Milliseconds(reference)) return "";
    return absl::StrCat("Between ", Text(TimeOf(from)), " and ",
                        Text(TimeOf(to)), ": ", absl::FormatDuration(product),
                        ", by steps ", reference, " ms");
  }

  // Also at a point within a step, where nothing opens or closes.
  std::string IsOpen(Millis at) {
    const bool reference = reference_.IsOpen(at);
    const Millis within = at + dice_.Below(step_);
    for (const Millis instant : {at, within}) {
      if (calendar_.IsOpen(TimeOf(instant)) != reference) {
        return absl::StrCat("IsOpen at ", Text(TimeOf(instant)),
                            ": by steps it is ", reference ? "open" : "closed");
      }
    }
    return "";
  }

  std::string OpenIntervals(Millis from, Millis to) {
    std::vector<BusinessCalendar::Interval> reference;
    bool was_open = false;
    for (Millis at = from; at < to; at += step_) {
      const bool is_open = reference_.IsOpen(at);
      if (is_open && !was_open) reference.push_back({TimeOf(at), TimeOf(at)});
      if (is_open) reference.back().closes = TimeOf(at + step_);
      was_open = is_open;
    }
    const std::vector<BusinessCalendar::Interval> product =
        calendar_.OpenIntervals(TimeOf(from), TimeOf(to));
    if (product == reference) return "";
    const auto text = [](const auto& intervals) {
      std::string all;
      for (const BusinessCalendar::Interval& each : intervals) {
        absl::StrAppend(&all, " ", Text(each.opens), "/", Text(each.closes));
      }
      return all;
    };
    return absl::StrCat("OpenIntervals from ", Text(TimeOf(from)), " to ",
                        Text(TimeOf(to)), ":", text(product), ", by steps",
                        text(reference));
  }

  const BusinessCalendar& calendar_;
  const reference::BusinessTime& reference_;
  const Millis step_;
  Dice& dice_;
};

// The middle of a window: often where the zone changes its offset.
Millis Middle(const reference::ZoneFile& zone, Dice& dice) {
  const Millis first = reference::DayOf(2000, 2, 1) * kDay;
  const Millis last = reference::DayOf(2040, 11, 1) * kDay;
  std::vector<Millis> changes;
  for (const reference::ZoneFile::Period& period : zone.periods()) {
    if (period.begins >= first && period.begins < last) {
      changes.push_back(period.begins);
    }
  }
  if (!changes.empty() && dice.Chance(60)) return dice.OneOf(changes);
  return dice.Between(first / kMinute, last / kMinute) * kMinute;
}

int Cases() {
  int cases = kCases;
  const char* given = std::getenv("LEADCLOCK_CALENDAR_CASES");
  if (given != nullptr) REQUIRE(absl::SimpleAtoi(given, &cases));
  return cases;
}

uint64_t FirstSeed() {
  uint64_t seed = 1;
  const char* given = std::getenv("LEADCLOCK_PROPERTY_SEED");
  if (given != nullptr) REQUIRE(absl::SimpleAtoi(given, &seed));
  return seed;
}

void AskOneCalendar(uint64_t seed) {
  Dice dice(seed);
  const std::string& name = Zones()[seed % Zones().size()];
  const reference::ZoneFile zone(name);
  const Millis step = seed % 20 == 0 ? kSecond : kMinute;
  std::vector<Millis> middles;
  std::vector<Day> windows;
  for (int i = 0; i < kWindowsOfACalendar; ++i) {
    middles.push_back(Middle(zone, dice));
    windows.push_back(middles.back() / kDay - kDaysOfAWindow / 2);
  }
  const reference::Calendar calendar = Calendars(seed).Draw(windows);
  const absl::StatusOr<BusinessCalendar> product =
      BusinessCalendar::Create(SpecOf(calendar, name));
  INFO("zone " << name << ", seed " << seed);
  REQUIRE(product.ok());
  for (int i = 0; i < kWindowsOfACalendar; ++i) {
    const Day first = windows[static_cast<size_t>(i)];
    const reference::BusinessTime walked(calendar, zone, first,
                                         first + kDaysOfAWindow, step);
    Window window(*product, walked, step, dice);
    for (int j = 0; j < kCasesOfAWindow; ++j) {
      const std::string difference =
          window.Ask(middles[static_cast<size_t>(i)]);
      INFO(difference);
      REQUIRE(difference.empty());
    }
  }
}

TEST_CASE("Business time is what walking through it by steps finds",
          "[property]") {
  const int calendars = Cases() / kCasesOfAWindow / kWindowsOfACalendar;
  const uint64_t first = FirstSeed();
  for (int i = 0; i < calendars; ++i) {
    AskOneCalendar(first + static_cast<uint64_t>(i));
  }
}

}  // namespace
}  // namespace leadclock::property
