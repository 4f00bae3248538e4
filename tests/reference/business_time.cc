#include "tests/reference/business_time.h"

#include <algorithm>
#include <limits>
#include <set>

namespace leadclock::reference {
namespace {

constexpr Millis kNever = std::numeric_limits<Millis>::max() / 2;

std::vector<ZoneFile::Period> PeriodsBetween(const ZoneFile& zone, Millis from,
                                             Millis to) {
  std::vector<ZoneFile::Period> periods = {{-kNever, zone.OffsetAt(from)}};
  for (const ZoneFile::Period& period : zone.periods()) {
    if (period.begins > from && period.begins < to) periods.push_back(period);
  }
  return periods;
}

}  // namespace

BusinessTime::BusinessTime(const Calendar& calendar, const ZoneFile& zone,
                           Day first, Day last, Millis step)
    : calendar_(calendar),
      periods_(PeriodsBetween(zone, (first - 5) * kDay, (last + 5) * kDay)),
      step_(step),
      begin_((first + 2) * kDay),
      end_((last - 1) * kDay),
      open_(static_cast<size_t>((end_ - begin_) / step), 0) {
  for (Day day = first; day <= last; ++day) {
    for (const Range& range : RangesOf(day)) {
      ranges_.push_back(range);
      if (days_.empty() || days_.back() != day) days_.push_back(day);
      std::fill(StepAt(range.opens), StepAt(range.closes), 1);
    }
  }
}

std::vector<char>::iterator BusinessTime::StepAt(Millis at) {
  return open_.begin() + (std::clamp(at, begin_, end_) - begin_) / step_;
}

bool BusinessTime::HasDate(Day day) const {
  for (size_t i = 0; i < periods_.size(); ++i) {
    const Millis begins = periods_[i].begins + periods_[i].offset;
    const Millis ends = EndOf(i) + periods_[i].offset;
    if (begins < (day + 1) * kDay && day * kDay < ends) return true;
  }
  return false;
}

Millis BusinessTime::EndOf(size_t period) const {
  return period + 1 == periods_.size() ? kNever : periods_[period + 1].begins;
}

Millis BusinessTime::LocalTimeOf(Millis at) const {
  size_t i = 0;
  while (at >= EndOf(i)) ++i;
  return at + periods_[i].offset;
}

std::pair<Millis, Millis> BusinessTime::InstantsOf(Millis local) const {
  std::set<Millis> instants;
  Millis jump = 0;
  for (size_t i = 0; i < periods_.size(); ++i) {
    const Millis at = local - periods_[i].offset;
    if (at >= periods_[i].begins && at < EndOf(i)) instants.insert(at);
    if (i == 0) continue;
    const Millis jumps_from = periods_[i].begins + periods_[i - 1].offset;
    const Millis jumps_to = periods_[i].begins + periods_[i].offset;
    if (jumps_from <= local && local < jumps_to) jump = periods_[i].begins;
  }
  if (instants.empty()) return {jump, jump};
  return {*instants.begin(), *instants.rbegin()};
}

std::vector<BusinessTime::Range> BusinessTime::RangesOf(Day day) const {
  std::vector<Range> ranges;
  if (!HasDate(day)) return ranges;
  const auto special = calendar_.special_hours.find(day);
  std::vector<Hours> hours;
  if (special != calendar_.special_hours.end()) {
    hours = special->second;
  } else if (!calendar_.holidays.contains(day)) {
    constexpr Day kThursday = 3;
    hours =
        calendar_.week[static_cast<size_t>(((day + kThursday) % 7 + 7) % 7)];
  }
  std::sort(hours.begin(), hours.end(),
            [](const Hours& a, const Hours& b) { return a.opens < b.opens; });
  for (const Hours& each : hours) {
    const Range range = {.day = day,
                         .hours = each,
                         .opens = InstantsOf(day * kDay + each.opens).first,
                         .closes = InstantsOf(day * kDay + each.closes).second};
    if (range.opens < range.closes) ranges.push_back(range);
  }
  return ranges;
}

bool BusinessTime::IsOpen(Millis at) const {
  return at >= begin_ && at < end_ &&
         open_[static_cast<size_t>((at - begin_) / step_)] != 0;
}

Millis BusinessTime::Between(Millis from, Millis to) const {
  Millis open = 0;
  for (Millis at = from; at < to; at += step_) {
    if (IsOpen(at)) open += step_;
  }
  return open;
}

std::optional<Millis> BusinessTime::Deadline(Millis start,
                                             Millis budget) const {
  Millis open = 0;
  for (Millis at = start; at < end_; at += step_) {
    if (!IsOpen(at)) continue;
    if (budget == 0) return at;
    open += step_;
    if (open == budget) return at + step_;
  }
  return std::nullopt;
}

std::optional<Millis> BusinessTime::StartFor(Millis end, Millis budget) const {
  Millis open = 0;
  for (Millis at = end - step_; at >= begin_; at -= step_) {
    if (!IsOpen(at)) continue;
    if (budget == 0) return at + step_;
    open += step_;
    if (open == budget) return at;
  }
  return std::nullopt;
}

std::optional<BusinessTime::Moment> BusinessTime::MomentOf(Millis start) const {
  const std::optional<Millis> open = Deadline(start, 0);
  if (!open) return std::nullopt;
  // Where nights overlap with what is next, the day that began first.
  for (const Range& range : ranges_) {
    if (*open < range.opens || *open >= range.closes) continue;
    const auto day = std::find(days_.begin(), days_.end(), range.day);
    const bool has_moved = *open != start || start == range.opens;
    return Moment{.day = static_cast<size_t>(day - days_.begin()),
                  .time_of_day = has_moved
                                     ? range.hours.opens
                                     : LocalTimeOf(*open) - range.day * kDay};
  }
  return std::nullopt;
}

std::optional<Millis> BusinessTime::AfterBusinessDays(Millis start,
                                                      int days) const {
  const std::optional<Moment> moment = MomentOf(start);
  if (!moment) return std::nullopt;
  const size_t place = moment->day + static_cast<size_t>(days);
  if (place >= days_.size()) return std::nullopt;
  for (const Range& range : RangesOf(days_[place])) {
    if (moment->time_of_day <= range.hours.opens) return range.opens;
    if (moment->time_of_day > range.hours.closes) continue;
    const Millis at = InstantsOf(range.day * kDay + moment->time_of_day).first;
    return std::clamp(at, range.opens, range.closes);
  }
  if (place + 1 >= days_.size()) return std::nullopt;
  return RangesOf(days_[place + 1]).front().opens;
}

std::optional<Millis> BusinessTime::EndOfBusinessDay(Millis start,
                                                     int days) const {
  const std::optional<Moment> moment = MomentOf(start);
  if (!moment) return std::nullopt;
  const size_t place = moment->day + static_cast<size_t>(days);
  if (place >= days_.size()) return std::nullopt;
  Millis closes = 0;
  for (const Range& range : RangesOf(days_[place])) {
    closes = std::max(closes, range.closes);
  }
  return closes;
}

}  // namespace leadclock::reference
