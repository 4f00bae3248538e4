#include "calendars/business_calendar.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace leadclock {
namespace {

constexpr absl::CivilDay kEndOfDays = BusinessCalendar::kLastDay + 1;

constexpr absl::Duration kWholeDay = absl::Hours(24);
constexpr absl::Duration kMillisecond = absl::Milliseconds(1);

constexpr std::array<absl::string_view, 7> kWeekdays = {
    "Monday", "Tuesday",  "Wednesday", "Thursday",
    "Friday", "Saturday", "Sunday"};

absl::Time RoundUp(absl::Time at) {
  return absl::UnixEpoch() + absl::Ceil(at - absl::UnixEpoch(), kMillisecond);
}

absl::Time RoundDown(absl::Time at) {
  return absl::UnixEpoch() + absl::Floor(at - absl::UnixEpoch(), kMillisecond);
}

bool OpensEarlier(const OpenRange& a, const OpenRange& b) {
  return a.opens < b.opens;
}

// As people write it: "09:00", "09:00:30", and "06:00" for {.., 30h}.
std::string TimeOfDay(absl::Duration since_midnight) {
  if (since_midnight > kWholeDay) since_midnight -= kWholeDay;
  const int64_t seconds = absl::ToInt64Seconds(since_midnight);
  const int64_t millis = absl::ToInt64Milliseconds(since_midnight) % 1000;
  std::string text =
      absl::StrCat(absl::Dec(seconds / 3600, absl::kZeroPad2), ":",
                   absl::Dec(seconds / 60 % 60, absl::kZeroPad2));
  if (seconds % 60 != 0 || millis != 0) {
    absl::StrAppend(&text, ":", absl::Dec(seconds % 60, absl::kZeroPad2));
  }
  if (millis != 0) {
    absl::StrAppend(&text, ".", absl::Dec(millis, absl::kZeroPad3));
  }
  return text;
}

std::string RangeText(const OpenRange& range) {
  return absl::StrCat(TimeOfDay(range.opens), "-", TimeOfDay(range.closes));
}

absl::Status CheckRange(absl::string_view day, const OpenRange& range) {
  if (range.opens < absl::ZeroDuration() || range.opens >= kWholeDay) {
    return absl::InvalidArgumentError(
        absl::StrCat(day, ": a range opens ", absl::FormatDuration(range.opens),
                     " after midnight; it must open at 00:00 or later, and "
                     "before 24:00"));
  }
  if (range.closes <= range.opens) {
    return absl::InvalidArgumentError(absl::StrCat(
        day, ": the range that opens at ", TimeOfDay(range.opens), " closes ",
        absl::FormatDuration(range.closes),
        " after midnight; it must close later than it opens (on the next day: "
        "add 24h to its closing)"));
  }
  if (range.closes > range.opens + kWholeDay) {
    return absl::InvalidArgumentError(absl::StrCat(
        day, ": the range that opens at ", TimeOfDay(range.opens), " lasts ",
        absl::FormatDuration(range.closes - range.opens),
        "; it must close within 24h (write what is beyond on the days after)"));
  }
  if (range.opens % kMillisecond != absl::ZeroDuration() ||
      range.closes % kMillisecond != absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat(day, ": the range that opens at ", TimeOfDay(range.opens),
                     " is finer than a millisecond; round it to one"));
  }
  return absl::OkStatus();
}

// `ranges` are sorted by opening.
absl::Status CheckDay(absl::string_view day,
                      const std::vector<OpenRange>& ranges) {
  for (const OpenRange& range : ranges) {
    if (absl::Status status = CheckRange(day, range); !status.ok()) {
      return status;
    }
  }
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].opens < ranges[i - 1].closes) {
      return absl::InvalidArgumentError(absl::StrCat(
          day, ": ", RangeText(ranges[i - 1]), " and ", RangeText(ranges[i]),
          " overlap; write them as one range, or let the first close by ",
          TimeOfDay(ranges[i].opens)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHours(const CalendarSpec& spec) {
  for (size_t weekday = 0; weekday < spec.week.size(); ++weekday) {
    if (absl::Status status = CheckDay(kWeekdays[weekday], spec.week[weekday]);
        !status.ok()) {
      return status;
    }
  }
  for (const auto& [date, ranges] : spec.special_hours) {
    if (absl::Status status = CheckDay(absl::FormatCivilTime(date), ranges);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// The zone loader also takes file names, and names that mean whatever this
// machine is set to, or that not every machine has. Those are not the same zone
// on every worker.
bool IsPortableZoneName(absl::string_view name) {
  const auto may_stand_in_a_name = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
           c == '+' || c == '-' || c == '/';
  };
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  // These folders have each zone once more, the latter with leap seconds.
  const bool is_copy = parts[0] == "posix" || parts[0] == "right";
  const bool is_of_the_machine =
      name == "localtime" || name == "posixrules" || name == "Factory";
  return std::all_of(name.begin(), name.end(), may_stand_in_a_name) &&
         std::find(parts.begin(), parts.end(), "") == parts.end() && !is_copy &&
         !is_of_the_machine;
}

bool FindZone(const std::string& name, absl::TimeZone& zone) {
  return IsPortableZoneName(name) && absl::LoadTimeZone(name, &zone);
}

absl::StatusOr<absl::TimeZone> LoadZone(const std::string& name) {
  absl::TimeZone zone;
  if (!FindZone(name, zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown time zone \"", name,
                     "\"; write an IANA name, such as Europe/London or UTC"));
  }
  return zone;
}

CalendarSpec WithSortedRanges(CalendarSpec spec) {
  for (std::vector<OpenRange>& ranges : spec.week) {
    std::sort(ranges.begin(), ranges.end(), OpensEarlier);
  }
  for (auto& [date, ranges] : spec.special_hours) {
    std::sort(ranges.begin(), ranges.end(), OpensEarlier);
  }
  return spec;
}

std::span<const OpenRange> HoursOn(const CalendarSpec& spec,
                                   absl::CivilDay day) {
  const auto special = spec.special_hours.find(day);
  if (special != spec.special_hours.end()) return special->second;
  if (spec.holidays.contains(day)) return {};
  return spec.week[static_cast<size_t>(absl::GetWeekday(day))];
}

// A local time of a day, in the zone: the civil second, and what is below it.
struct LocalTime {
  absl::TimeZone::TimeInfo second;
  absl::Duration below_second;
};

LocalTime LocalTimeOn(absl::CivilDay day, absl::Duration since_midnight,
                      const absl::TimeZone& zone) {
  const int64_t seconds = absl::ToInt64Seconds(since_midnight);
  return {zone.At(absl::CivilSecond(day) + seconds),
          since_midnight - absl::Seconds(seconds)};
}

bool IsSkipped(const LocalTime& local) {
  return local.second.kind == absl::TimeZone::TimeInfo::SKIPPED;
}

absl::Time OpeningAt(const LocalTime& local) {
  return IsSkipped(local) ? local.second.trans
                          : local.second.pre + local.below_second;
}

absl::Time ClosingAt(const LocalTime& local) {
  return IsSkipped(local) ? local.second.trans
                          : local.second.post + local.below_second;
}

bool IsDateSkipped(absl::CivilDay day, const absl::TimeZone& zone) {
  return IsSkipped(LocalTimeOn(day, absl::ZeroDuration(), zone)) &&
         IsSkipped(LocalTimeOn(day, kWholeDay - absl::Seconds(1), zone));
}

// A range of a day, and the instants that it means, in Unix milliseconds.
struct ResolvedRange {
  OpenRange range;
  int64_t opens = 0;
  int64_t closes = 0;
};

// FNV-1a, by numbers in place of bytes.
constexpr uint64_t kEmptyHash = 0xcbf2'9ce4'8422'2325;

uint64_t Mix(uint64_t hash, int64_t number) {
  hash = (hash ^ static_cast<uint64_t>(number)) * 0x0000'0100'0000'01b3;
  return hash ^ (hash >> 32);
}

// Passes the ranges of a day that have open time, in order.
void ForEachRange(absl::CivilDay day, std::span<const OpenRange> ranges,
                  const absl::TimeZone& zone, const auto& take) {
  for (const OpenRange& range : ranges) {
    const LocalTime opening = LocalTimeOn(day, range.opens, zone);
    // An overnight range would last beyond the jump over its date.
    if (IsSkipped(opening) && IsDateSkipped(day, zone)) return;
    const LocalTime closing = LocalTimeOn(day, range.closes, zone);
    const ResolvedRange resolved = {range,
                                    absl::ToUnixMillis(OpeningAt(opening)),
                                    absl::ToUnixMillis(ClosingAt(closing))};
    if (resolved.opens < resolved.closes) take(resolved);
  }
}

}  // namespace

// The open intervals, apart and in order, in Unix milliseconds. A closing is
// not stored: an interval is as long as the step between its two sums.
struct BusinessCalendar::Compiled {
  std::vector<int64_t> opens;
  // The open time before each of `opens`; at the end, all there is.
  std::vector<int64_t> open_before = {0};

  // Of both.
  uint64_t fingerprint = kEmptyHash;

  // For questions about days. The ranges of each day are sorted.
  CalendarSpec spec;
  absl::TimeZone zone;
  // The days with open time, in order, as days since kFirstDay.
  std::vector<int32_t> business_days;

  int64_t Closes(size_t interval) const {
    return opens[interval] + open_before[interval + 1] - open_before[interval];
  }

  // Appends, or joins to the last interval what touches it. Must be called in
  // the order of openings.
  void Add(int64_t opening, int64_t closing) {
    assert(opens.empty() || opens.back() <= opening);
    if (opens.empty() || Closes(opens.size() - 1) < opening) {
      opens.push_back(opening);
      open_before.push_back(open_before.back() + closing - opening);
      return;
    }
    const size_t last = opens.size() - 1;
    open_before.back() =
        std::max(open_before.back(), open_before[last] + closing - opens[last]);
  }

  uint64_t FingerprintOfAll() const {
    uint64_t hash = kEmptyHash;
    for (size_t i = 0; i < opens.size(); ++i) {
      hash = Mix(Mix(hash, opens[i]), open_before[i]);
    }
    return hash;
  }

  void AddDay(absl::CivilDay day) {
    bool is_business_day = false;
    ForEachRange(day, HoursOn(spec, day), zone,
                 [&](const ResolvedRange& range) {
                   Add(range.opens, range.closes);
                   is_business_day = true;
                 });
    if (is_business_day) {
      business_days.push_back(static_cast<int32_t>(day - kFirstDay));
    }
  }

  // How many intervals open at or before `millis`.
  size_t OpenedBy(int64_t millis) const {
    return static_cast<size_t>(
        std::upper_bound(opens.begin(), opens.end(), millis) - opens.begin());
  }

  bool IsOpen(absl::Time at) const {
    // Bounds are whole milliseconds, so what is below one decides nothing.
    const int64_t millis = absl::ToUnixMillis(at);
    const size_t opened = OpenedBy(millis);
    return opened > 0 && millis < Closes(opened - 1);
  }

  absl::Duration OpenBefore(absl::Time at) const {
    const int64_t millis = absl::ToUnixMillis(at);
    const size_t opened = OpenedBy(millis);
    if (opened == 0) return absl::ZeroDuration();
    if (millis >= Closes(opened - 1)) {
      return absl::Milliseconds(open_before[opened]);
    }
    return absl::Milliseconds(open_before[opened - 1]) +
           (at - absl::FromUnixMillis(opens[opened - 1]));
  }

  // When, in this interval, `open` milliseconds of all open time have passed.
  absl::Time InstantWithin(size_t interval, int64_t open) const {
    return absl::FromUnixMillis(opens[interval] + open - open_before[interval]);
  }

  // The first instant, rounded up, before which there was `open` > 0.
  absl::Time FirstAfter(absl::Duration open) const {
    if (open > absl::Milliseconds(open_before.back())) {
      return absl::InfiniteFuture();
    }
    int64_t millis = absl::ToInt64Milliseconds(open);
    if (absl::Milliseconds(millis) < open) ++millis;
    const auto end =
        std::lower_bound(open_before.begin(), open_before.end(), millis);
    const auto interval = static_cast<size_t>(end - open_before.begin()) - 1;
    return InstantWithin(interval, millis);
  }

  // The last instant, rounded down, before which there was `open`, which is
  // less than all there is.
  absl::Time LastAfter(absl::Duration open) const {
    if (open < absl::ZeroDuration()) return absl::InfinitePast();
    const int64_t millis = absl::ToInt64Milliseconds(open);
    const auto next =
        std::upper_bound(open_before.begin(), open_before.end(), millis);
    const auto interval = static_cast<size_t>(next - open_before.begin()) - 1;
    return InstantWithin(interval, millis);
  }

  absl::Time FirstOpenFrom(absl::Time at) const {
    if (IsOpen(at)) return RoundUp(at);
    const size_t next = OpenedBy(absl::ToUnixMillis(at));
    return next < opens.size() ? absl::FromUnixMillis(opens[next])
                               : absl::InfiniteFuture();
  }

  absl::Time LastOpenUpTo(absl::Time at) const {
    const auto opened_before = std::partition_point(
        opens.begin(), opens.end(),
        [at](int64_t opening) { return absl::FromUnixMillis(opening) < at; });
    if (opened_before == opens.begin()) return absl::InfinitePast();
    const auto interval =
        static_cast<size_t>(opened_before - opens.begin()) - 1;
    return RoundDown(std::min(at, absl::FromUnixMillis(Closes(interval))));
  }

  // An instant as its business day (a place in `business_days`) has it. A
  // night goes on past 24 hours.
  struct LocalMoment {
    size_t day = 0;
    absl::Duration since_midnight;
  };

  absl::CivilDay BusinessDay(size_t place) const {
    return kFirstDay + business_days[place];
  }

  std::vector<ResolvedRange> RangesOf(size_t place) const {
    std::vector<ResolvedRange> ranges;
    const absl::CivilDay day = BusinessDay(place);
    ForEachRange(day, HoursOn(spec, day), zone,
                 [&](const ResolvedRange& range) { ranges.push_back(range); });
    return ranges;
  }

  // Of an instant that is not open: the next opening. No day: there is none.
  LocalMoment LocalMomentOf(absl::Time at) const {
    at = std::max(at, absl::FromUnixMillis(opens.front()));
    if (at >= absl::FromUnixMillis(Closes(opens.size() - 1))) {
      return {business_days.size(), absl::ZeroDuration()};
    }
    const absl::TimeZone::CivilInfo local = zone.At(at);
    // A night that is still open began on the day before.
    const absl::CivilDay yesterday = absl::CivilDay(local.cs) - 1;
    auto day = static_cast<size_t>(std::lower_bound(business_days.begin(),
                                                    business_days.end(),
                                                    yesterday - kFirstDay) -
                                   business_days.begin());
    for (; day < business_days.size(); ++day) {
      for (const ResolvedRange& range : RangesOf(day)) {
        if (at >= absl::FromUnixMillis(range.closes)) continue;
        if (at <= absl::FromUnixMillis(range.opens)) {
          return {day, range.range.opens};
        }
        return {day,
                absl::Seconds(local.cs - absl::CivilSecond(BusinessDay(day))) +
                    local.subsecond};
      }
    }
    return {day, absl::ZeroDuration()};
  }

  // The same time of another business day, or what is open next after it.
  absl::Time InstantOf(const LocalMoment& moment) const {
    if (moment.day >= business_days.size()) return absl::InfiniteFuture();
    for (const ResolvedRange& range : RangesOf(moment.day)) {
      if (moment.since_midnight > range.range.closes) continue;
      const absl::Time opening = absl::FromUnixMillis(range.opens);
      if (moment.since_midnight <= range.range.opens) return opening;
      const LocalTime local =
          LocalTimeOn(BusinessDay(moment.day), moment.since_midnight, zone);
      return std::clamp(RoundUp(OpeningAt(local)), opening,
                        absl::FromUnixMillis(range.closes));
    }
    if (moment.day + 1 == business_days.size()) return absl::InfiniteFuture();
    return absl::FromUnixMillis(RangesOf(moment.day + 1).front().opens);
  }

  absl::Time LastClosingOf(size_t day) const {
    if (day >= business_days.size()) return absl::InfiniteFuture();
    return absl::FromUnixMillis(RangesOf(day).back().closes);
  }
};

BusinessCalendar::BusinessCalendar(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

bool IsTimeZone(const std::string& name) {
  absl::TimeZone zone;
  return FindZone(name, zone);
}

BusinessCalendar BusinessCalendar::Always() {
  return BusinessCalendar(nullptr);
}

absl::StatusOr<BusinessCalendar> BusinessCalendar::Create(
    const CalendarSpec& spec) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(spec.zone);
  if (!zone.ok()) return zone.status();

  auto compiled = std::make_shared<Compiled>();
  compiled->spec = WithSortedRanges(spec);
  compiled->zone = *zone;
  absl::Status status = CheckHours(compiled->spec);
  if (!status.ok()) return status;

  for (absl::CivilDay day = kFirstDay; day < kEndOfDays; ++day) {
    compiled->AddDay(day);
  }
  if (compiled->opens.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the calendar never opens (from ", absl::FormatCivilTime(kFirstDay),
        " to ", absl::FormatCivilTime(kEndOfDays - 1),
        "), so nothing would ever fall due; give open hours to at "
        "least one weekday that is not always a holiday"));
  }
  compiled->opens.shrink_to_fit();
  compiled->open_before.shrink_to_fit();
  compiled->business_days.shrink_to_fit();
  compiled->fingerprint = compiled->FingerprintOfAll();
  return BusinessCalendar(std::move(compiled));
}

absl::Time BusinessCalendar::Deadline(absl::Time start,
                                      absl::Duration budget) const {
  assert(budget >= absl::ZeroDuration());
  if (compiled_ == nullptr) return RoundUp(start + budget);
  if (budget == absl::ZeroDuration()) return compiled_->FirstOpenFrom(start);
  return compiled_->FirstAfter(compiled_->OpenBefore(start) + budget);
}

absl::Duration BusinessCalendar::Between(absl::Time from, absl::Time to) const {
  if (to <= from) return absl::ZeroDuration();
  if (compiled_ == nullptr) return to - from;
  return compiled_->OpenBefore(to) - compiled_->OpenBefore(from);
}

absl::Time BusinessCalendar::StartFor(absl::Time end,
                                      absl::Duration budget) const {
  assert(budget >= absl::ZeroDuration());
  if (compiled_ == nullptr) return RoundDown(end - budget);
  if (budget == absl::ZeroDuration()) return compiled_->LastOpenUpTo(end);
  return compiled_->LastAfter(compiled_->OpenBefore(end) - budget);
}

absl::Time BusinessCalendar::AfterBusinessDays(absl::Time start,
                                               int days) const {
  assert(days >= 1);
  if (compiled_ == nullptr) return RoundUp(start + days * kWholeDay);
  Compiled::LocalMoment moment = compiled_->LocalMomentOf(start);
  moment.day += static_cast<size_t>(days);
  return compiled_->InstantOf(moment);
}

absl::Time BusinessCalendar::EndOfBusinessDay(absl::Time start,
                                              int days) const {
  assert(days >= 0);
  if (compiled_ == nullptr) {
    const absl::Time midnight =
        absl::UnixEpoch() + absl::Floor(start - absl::UnixEpoch(), kWholeDay);
    return midnight + (days + 1) * kWholeDay;
  }
  return compiled_->LastClosingOf(compiled_->LocalMomentOf(start).day +
                                  static_cast<size_t>(days));
}

uint64_t BusinessCalendar::Fingerprint() const {
  return compiled_ == nullptr ? kEmptyHash : compiled_->fingerprint;
}

const CalendarSpec* BusinessCalendar::spec() const {
  return compiled_ == nullptr ? nullptr : &compiled_->spec;
}

size_t BusinessCalendar::openings() const {
  return compiled_ == nullptr ? 0 : compiled_->opens.size();
}

absl::TimeZone BusinessCalendar::zone() const {
  return compiled_ == nullptr ? absl::UTCTimeZone() : compiled_->zone;
}

bool BusinessCalendar::IsOpen(absl::Time at) const {
  return compiled_ == nullptr || compiled_->IsOpen(at);
}

std::vector<BusinessCalendar::Interval> BusinessCalendar::OpenIntervals(
    absl::Time from, absl::Time to) const {
  if (to <= from) return {};
  if (compiled_ == nullptr) return {{from, to}};

  std::vector<Interval> intervals;
  size_t i = compiled_->OpenedBy(absl::ToUnixMillis(from));
  if (compiled_->IsOpen(from)) --i;
  for (; i < compiled_->opens.size(); ++i) {
    const absl::Time opens = absl::FromUnixMillis(compiled_->opens[i]);
    const absl::Time closes = absl::FromUnixMillis(compiled_->Closes(i));
    if (opens >= to) break;
    intervals.push_back({std::max(opens, from), std::min(closes, to)});
  }
  return intervals;
}

absl::StatusOr<BusinessCalendar> CompiledCalendars::Create(
    const CalendarSpec& spec) {
  const CalendarSpec sorted = WithSortedRanges(spec);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (auto known = Find(sorted); known != nullptr) {
    return BusinessCalendar(std::move(known));
  }
  absl::StatusOr<BusinessCalendar> calendar = BusinessCalendar::Create(sorted);
  if (calendar.ok()) AddNew(calendar->compiled_);
  return calendar;
}

void CompiledCalendars::Add(const BusinessCalendar& calendar) {
  if (calendar.compiled_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Find(calendar.compiled_->spec) == nullptr) AddNew(calendar.compiled_);
}

std::shared_ptr<const BusinessCalendar::Compiled> CompiledCalendars::Find(
    const CalendarSpec& spec) const {
  for (const std::weak_ptr<const Compiled>& known : known_) {
    auto compiled = known.lock();
    if (compiled != nullptr && compiled->spec == spec) return compiled;
  }
  return nullptr;
}

void CompiledCalendars::AddNew(
    const std::shared_ptr<const Compiled>& compiled) {
  std::erase_if(known_, [](const std::weak_ptr<const Compiled>& known) {
    return known.expired();
  });
  known_.push_back(compiled);
}

}  // namespace leadclock
