// Random calendars, against a walk in minute steps.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "tests/calendars/calendar_specs.h"

namespace leadclock {
namespace {

using calendar_specs::At;
using calendar_specs::Compile;
using calendar_specs::kMillisecond;
using calendar_specs::kTuesday;
using calendar_specs::kWholeDay;
using calendar_specs::London;
using calendar_specs::Ranges;
using calendar_specs::Utc;
using calendar_specs::Zone;

using Random = std::mt19937;

int RandomInt(Random& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

bool OneIn(Random& random, int n) { return RandomInt(random, 1, n) == 1; }

// Half of the times lie in the small hours, where clocks change.
int RandomMinuteOfDay(Random& random) {
  return OneIn(random, 2) ? 30 * RandomInt(random, 0, 8)
                          : 15 * RandomInt(random, 0, 30 * 4);
}

Ranges RandomRanges(Random& random) {
  std::vector<int> bounds;
  for (int i = RandomInt(random, 0, 3); i > 0; --i) {
    bounds.push_back(RandomMinuteOfDay(random));
    bounds.push_back(RandomMinuteOfDay(random));
  }
  std::sort(bounds.begin(), bounds.end());

  Ranges ranges;
  for (size_t i = 0; i < bounds.size(); i += 2) {
    const OpenRange range = {absl::Minutes(bounds[i]),
                             absl::Minutes(bounds[i + 1])};
    if (range.opens < range.closes && range.opens < absl::Hours(24) &&
        range.closes <= range.opens + absl::Hours(24)) {
      ranges.push_back(range);
    }
  }
  std::shuffle(ranges.begin(), ranges.end(), random);
  return ranges;
}

CalendarSpec RandomSpec(Random& random, const std::string& zone,
                        absl::CivilDay middle) {
  CalendarSpec spec = {.zone = zone};
  for (Ranges& ranges : spec.week) ranges = RandomRanges(random);
  spec.week[kTuesday] = {kWholeDay};  // it opens on some day
  for (absl::CivilDay day = middle - 10; day < middle + 10; ++day) {
    if (OneIn(random, 6)) spec.holidays.insert(day);
    if (OneIn(random, 6)) spec.special_hours[day] = RandomRanges(random);
  }
  return spec;
}

// Some instant near which the zone's clocks change, if they do in those years.
absl::Time RandomMiddle(Random& random, const absl::TimeZone& zone) {
  const absl::Time any = Utc("2005-01-01 00:00") +
                         absl::Hours(24) * RandomInt(random, 0, 365 * 30) +
                         absl::Minutes(RandomInt(random, 0, 24 * 60 - 1));
  absl::TimeZone::CivilTransition change;
  if (OneIn(random, 4) || !zone.NextTransition(any, &change)) return any;
  return absl::FromCivil(absl::CivilMinute(change.to), zone);
}

// What is open, minute by minute, over some three weeks. It only ever asks what
// time a local clock shows, never when it shows it.
class MinuteWalk {
 public:
  MinuteWalk(const CalendarSpec& spec, absl::Time middle)
      : begin_(middle - absl::Minutes(kMinutes / 2)) {
    const absl::TimeZone zone = Zone(spec.zone);
    for (size_t minute = 0; minute < kMinutes; ++minute) {
      shown_.push_back(zone.At(StartOf(minute)).cs - absl::CivilSecond());
    }
    open_.resize(kMinutes);

    // The first and last dates are seen in part only.
    const absl::CivilDay first(zone.At(begin_).cs);
    for (absl::CivilDay day = first + 1; day < first + 18; ++day) {
      if (!IsShown(day)) continue;
      for (const OpenRange& range : HoursOn(spec, day)) MarkOpen(day, range);
    }
  }

  // Where it knows everything.
  absl::Time begin() const { return StartOf(kFirstKnown); }
  absl::Time end() const { return StartOf(kEndOfKnown); }

  bool IsOpen(absl::Time at) const { return open_[MinuteOf(at)]; }

  // Absent: later than it knows.
  std::optional<absl::Time> Deadline(absl::Time start,
                                     absl::Duration budget) const {
    for (size_t minute = MinuteOf(start); minute < kEndOfKnown; ++minute) {
      if (!open_[minute]) continue;
      const absl::Time from = std::max(start, StartOf(minute));
      const absl::Time to = StartOf(minute + 1);
      if (from + budget <= to) return from + budget;
      budget -= to - from;
    }
    return std::nullopt;
  }

  // Absent: earlier than it knows.
  std::optional<absl::Time> StartFor(absl::Time end,
                                     absl::Duration budget) const {
    for (size_t minute = MinuteOf(end); minute >= kFirstKnown; --minute) {
      const absl::Time from = StartOf(minute);
      const absl::Time to = std::min(end, StartOf(minute + 1));
      if (!open_[minute] || from == to) continue;
      if (to - budget >= from) return to - budget;
      budget -= to - from;
    }
    return std::nullopt;
  }

  absl::Duration Between(absl::Time from, absl::Time to) const {
    absl::Duration open;
    for (size_t minute = MinuteOf(from); StartOf(minute) < to; ++minute) {
      if (!open_[minute]) continue;
      open +=
          std::min(to, StartOf(minute + 1)) - std::max(from, StartOf(minute));
    }
    return open;
  }

 private:
  static constexpr size_t kDay = 24 * 60;
  static constexpr size_t kMinutes = 20 * kDay;
  static constexpr size_t kFirstKnown = 4 * kDay;
  static constexpr size_t kEndOfKnown = 16 * kDay;

  static Ranges HoursOn(const CalendarSpec& spec, absl::CivilDay day) {
    if (spec.special_hours.contains(day)) return spec.special_hours.at(day);
    if (spec.holidays.contains(day)) return {};
    return spec.week[static_cast<size_t>(absl::GetWeekday(day))];
  }

  static int64_t Shown(absl::CivilDay day, absl::Duration since_midnight) {
    return absl::CivilSecond(day) + absl::ToInt64Seconds(since_midnight) -
           absl::CivilSecond();
  }

  bool IsShown(absl::CivilDay day) const {
    const int64_t midnight = Shown(day, absl::ZeroDuration());
    const int64_t next_midnight = Shown(day, absl::Hours(24));
    return std::any_of(shown_.begin(), shown_.end(), [&](int64_t shown) {
      return midnight <= shown && shown < next_midnight;
    });
  }

  void MarkOpen(absl::CivilDay day, const OpenRange& range) {
    const int64_t opens = Shown(day, range.opens);
    const int64_t closes = Shown(day, range.closes);
    const auto first_at_or_after = [this](int64_t time) {
      return std::find_if(shown_.begin(), shown_.end(),
                          [time](int64_t shown) { return shown >= time; });
    };
    // Opens when the clock first shows that time or, after a jump, a later one;
    // closes when it last shows that time or, if it never does, at the jump.
    const auto opening = first_at_or_after(opens);
    const auto last_shown = std::find(shown_.rbegin(), shown_.rend(), closes);
    const auto closing = last_shown == shown_.rend() ? first_at_or_after(closes)
                                                     : last_shown.base() - 1;
    for (auto minute = opening; minute < closing; ++minute) {
      open_[static_cast<size_t>(minute - shown_.begin())] = true;
    }
  }

  absl::Time StartOf(size_t minute) const {
    return begin_ + absl::Minutes(minute);
  }

  size_t MinuteOf(absl::Time at) const {
    return static_cast<size_t>((at - begin_) / absl::Minutes(1));
  }

  absl::Time begin_;
  std::vector<int64_t> shown_;  // local time, by minute since begin_
  std::vector<bool> open_;
};

absl::Duration RandomBelowMinute(Random& random) {
  if (OneIn(random, 2)) return absl::ZeroDuration();
  return absl::Nanoseconds(
      std::uniform_int_distribution<int64_t>(0, 59'999'999'999)(random));
}

absl::Time RoundedUp(absl::Time at) {
  const absl::Time down = absl::FromUnixMillis(absl::ToUnixMillis(at));
  return down < at ? down + kMillisecond : down;
}

TEST_CASE("Random calendars agree with a walk in minute steps", "[property]") {
  const std::array<std::string, 10> zones = {
      "UTC",          "Europe/London",       "America/New_York",
      "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana",
      "Asia/Beirut",  "America/Sao_Paulo",   "Africa/Casablanca",
      "Pacific/Apia"};
  constexpr int kCalendars = 70;
  constexpr int kCasesPerCalendar = 50;
  Random random(20260306);
  int deadlines = 0;
  int starts = 0;

  for (int i = 0; i < kCalendars; ++i) {
    const std::string& zone = zones[static_cast<size_t>(i) % zones.size()];
    const absl::Time middle = zone == "Pacific/Apia"
                                  ? Utc("2011-12-30 10:00")
                                  : RandomMiddle(random, Zone(zone));
    const CalendarSpec spec =
        RandomSpec(random, zone, absl::ToCivilDay(middle, Zone(zone)));
    const BusinessCalendar calendar = Compile(spec);
    const MinuteWalk walk(spec, middle);

    for (int j = 0; j < kCasesPerCalendar; ++j) {
      const absl::Time at = walk.begin() +
                            absl::Minutes(RandomInt(random, 0, 11 * 24 * 60)) +
                            RandomBelowMinute(random);
      const absl::Duration budget =
          OneIn(random, 10) ? absl::ZeroDuration()
                            : absl::Minutes(RandomInt(random, 0, 30 * 60)) +
                                  RandomBelowMinute(random);
      INFO("calendar " << i << " in " << zone << ", at " << at << ", budget "
                       << budget);

      CHECK(calendar.IsOpen(at) == walk.IsOpen(at));
      const absl::Time later = std::min(at + 2 * budget, walk.end());
      CHECK(calendar.Between(at, later) == walk.Between(at, later));
      if (const auto due = walk.Deadline(at, budget); due.has_value()) {
        CHECK(calendar.Deadline(at, budget) == RoundedUp(*due));
        ++deadlines;
      }
      if (const auto start = walk.StartFor(at, budget); start.has_value()) {
        CHECK(calendar.StartFor(at, budget) ==
              absl::FromUnixMillis(absl::ToUnixMillis(*start)));
        ++starts;
      }
    }
  }

  CHECK(deadlines > 2000);
  CHECK(starts > 2000);
}

}  // namespace
}  // namespace leadclock
