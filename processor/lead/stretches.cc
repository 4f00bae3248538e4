#include "processor/lead/stretches.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

using Ranges = std::vector<OpenRange>;

void Add(Stretch stretch, std::vector<Stretch>& stretches) {
  if (!stretches.empty()) {
    Stretch& last = stretches.back();
    if (last.kind == stretch.kind && last.why == stretch.why &&
        last.other_hours == stretch.other_hours && last.to == stretch.from) {
      last.to = stretch.to;
      return;
    }
  }
  stretches.push_back(std::move(stretch));
}

// How far the day's hours reach past its end; zero: they do not.
absl::Duration PastMidnight(const Ranges& hours) {
  absl::Duration latest = absl::Hours(24);
  for (const OpenRange& range : hours) latest = std::max(latest, range.closes);
  return latest - absl::Hours(24);
}

// The dates of a calendar that is not always open.
class Dates {
 public:
  explicit Dates(const NamedCalendar& calendar)
      : calendar_(calendar),
        spec_(*calendar.calendar.spec()),
        zone_(calendar.calendar.zone()) {}

  // Cut where another day begins, or the night before ends.
  void Add(Stretch::Kind kind, absl::Time from, absl::Time to,
           std::vector<Stretch>& stretches) const {
    while (from < to) {
      const absl::CivilDay date = absl::ToCivilDay(from, zone_);
      const absl::Duration night = Night(kind, date - 1);
      const absl::Time night_ends = ClosingAt(date, night);
      const bool is_night = from < night_ends;
      const absl::Time end =
          std::min({to, absl::FromCivil(date + 1, zone_),
                    is_night ? night_ends : absl::InfiniteFuture()});
      Stretch stretch = {.from = from, .to = end, .kind = kind};
      Name(is_night ? date - 1 : date, stretch);
      leadclock::Add(std::move(stretch), stretches);
      // A zone may skip a midnight.
      from = std::max(end, from + absl::Milliseconds(1));
    }
  }

 private:
  // As calendars mean local times.
  absl::Time ClosingAt(absl::CivilDay date, absl::Duration since) const {
    const int64_t seconds = absl::ToInt64Seconds(since);
    const absl::TimeZone::TimeInfo local =
        zone_.At(absl::CivilSecond(date) + seconds);
    const absl::Duration rest = since - absl::Seconds(seconds);
    switch (local.kind) {
      case absl::TimeZone::TimeInfo::SKIPPED:
        return local.trans;
      case absl::TimeZone::TimeInfo::REPEATED:
        return local.post + rest;
      case absl::TimeZone::TimeInfo::UNIQUE:
        break;
    }
    return local.pre + rest;
  }

  bool IsSpecial(absl::CivilDay date) const {
    return spec_.special_hours.contains(date);
  }

  // How long the next day's early hours belong to that date: those that are
  // open, or those that are closed because of it.
  absl::Duration Night(Stretch::Kind kind, absl::CivilDay date) const {
    const Ranges& usual =
        spec_.week[static_cast<size_t>(absl::GetWeekday(date))];
    if (kind == Stretch::Kind::kCounted) {
      if (IsSpecial(date)) return PastMidnight(spec_.special_hours.at(date));
      return spec_.holidays.contains(date) ? absl::ZeroDuration()
                                           : PastMidnight(usual);
    }
    return IsSpecial(date) || spec_.holidays.contains(date)
               ? PastMidnight(usual)
               : absl::ZeroDuration();
  }

  void Name(absl::CivilDay date, Stretch& stretch) const {
    if (IsSpecial(date)) {
      const Ranges& hours = spec_.special_hours.at(date);
      stretch.other_hours = absl::StrCat(hours.empty() ? "none" : Words(hours),
                                         " on ", absl::FormatCivilTime(date));
    } else if (stretch.kind == Stretch::Kind::kClosed &&
               spec_.holidays.contains(date)) {
      stretch.kind = Stretch::Kind::kHoliday;
      const auto name = calendar_.holidays.find(date);
      if (name != calendar_.holidays.end()) stretch.why = name->second;
    }
  }

  const NamedCalendar& calendar_;
  const CalendarSpec& spec_;
  const absl::TimeZone zone_;
};

}  // namespace

void AddOpenAndClosed(const NamedCalendar& calendar, absl::Time from,
                      absl::Time to, std::vector<Stretch>& stretches) {
  if (calendar.calendar.spec() == nullptr) {
    if (from >= to) return;
    return Add({.from = from, .to = to, .kind = Stretch::Kind::kCounted},
               stretches);
  }
  const Dates dates(calendar);
  absl::Time at = from;
  for (const auto& [opens, closes] :
       calendar.calendar.OpenIntervals(from, to)) {
    dates.Add(Stretch::Kind::kClosed, at, opens, stretches);
    dates.Add(Stretch::Kind::kCounted, opens, closes, stretches);
    at = closes;
  }
  dates.Add(Stretch::Kind::kClosed, at, to, stretches);
}

}  // namespace leadclock
