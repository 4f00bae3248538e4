#ifndef LEADCLOCK_CALENDARS_BUSINESS_CALENDAR_H_
#define LEADCLOCK_CALENDARS_BUSINESS_CALENDAR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace leadclock {

// When a day is open: local times of day, as time passed since that day's
// midnight. A range that goes past midnight closes after 24 hours
// (22:00-06:00 is {22h, 30h}) and belongs to the day on which it opens.
// Both are whole milliseconds, as every instant that is said is one.
struct OpenRange {
  absl::Duration opens;   // 0 <= opens < 24h
  absl::Duration closes;  // opens < closes <= opens + 24h

  friend bool operator==(const OpenRange&, const OpenRange&) = default;
};

// What a calendar is made of, before it is compiled. The ranges of a day may
// stand in any order.
struct CalendarSpec {
  // IANA name ("Europe/London").
  std::string zone = {};
  // Open ranges by weekday, Monday first. No range: closed on that day.
  std::array<std::vector<OpenRange>, 7> week = {};
  // Closed, whatever the weekday says. Dates in the calendar's own zone.
  std::set<absl::CivilDay> holidays = {};
  // Hours on one date, in place of the weekday's and of a holiday. An empty
  // list is a day that is closed.
  std::map<absl::CivilDay, std::vector<OpenRange>> special_hours = {};

  friend bool operator==(const CalendarSpec&, const CalendarSpec&) = default;
};

// Whether calendars know the time zone: by an IANA name, which means the same
// everywhere.
bool IsTimeZone(const std::string& name);

// The opening hours of one market in its own time zone, less its holidays.
//
// Every answer is an instant or a length of time, never a local date, so
// callers need no time zone of their own. Immutable and cheap to copy: copies
// share what was compiled, and threads may share one.
//
// Compiled once into sorted open intervals with running sums, so each call
// costs O(log n) however far it looks. It knows the hours of the days from
// 1999-12-01 to 2119-12-31, and counts no open time on others: a deadline that
// would fall later is absl::InfiniteFuture().
//
// Local times: one that the zone skips means the instant of the jump; one that
// it repeats means the first for an opening and the second for a closing; a
// date that the zone skipped has no open time. Ranges of neighbouring days
// that overlap once resolved are counted once.
class BusinessCalendar {
 public:
  // Nothing is known of earlier days, nor of later ones.
  static constexpr absl::CivilDay kFirstDay{1999, 12, 1};
  static constexpr absl::CivilDay kLastDay{2119, 12, 31};

  // Open at every instant.
  static BusinessCalendar Always();

  // Fails with InvalidArgument, saying which day and what to change, if the
  // zone is unknown, a range is empty, out of bounds or finer than a
  // millisecond, ranges written on one day overlap, or the calendar never
  // opens (its deadlines would never fall).
  static absl::StatusOr<BusinessCalendar> Create(const CalendarSpec& spec);

  // The first instant at which `budget` of open time has passed since `start`:
  // a budget used up exactly at closing is used up at that closing. With no
  // budget: `start` if open, else the next opening. An instant is rounded up,
  // once, to the millisecond. REQUIRES: budget >= absl::ZeroDuration().
  absl::Time Deadline(absl::Time start, absl::Duration budget) const;

  // The open time in [from, to). Zero if to <= from.
  absl::Duration Between(absl::Time from, absl::Time to) const;

  // The last instant from which `budget` of open time passes up to `end`: the
  // mirror of Deadline, so it is rounded down, once, to the millisecond. With
  // no budget: `end` if it was open just before, else the last closing.
  // absl::InfinitePast() if there is no such instant.
  // REQUIRES: budget >= absl::ZeroDuration().
  absl::Time StartFor(absl::Time end, absl::Duration budget) const;

  // When `days` business days after `start` have come. A business day is a
  // date with open time; a night belongs to the day on which it opens. The
  // result keeps the local time of day of `start`, which first moves to the
  // next opening if it is not open. On a day that is not open at that time it
  // is the day's next opening, or past its last closing the first opening of
  // the business day after. An always open calendar has days of 24 hours.
  // absl::InfiniteFuture(): after the last known day. REQUIRES: days >= 1.
  absl::Time AfterBusinessDays(absl::Time start, int days) const;

  // The last closing of that business day; with no days, of the one on which
  // `start` stands. Of an always open calendar the midnight of UTC.
  // REQUIRES: days >= 0.
  absl::Time EndOfBusinessDay(absl::Time start, int days) const;

  // A hash of all its open time, the same everywhere and for ever: it tells
  // when the same spec comes to mean other instants, as what is known of time
  // zones changes.
  uint64_t Fingerprint() const;

  // What it was made of, with the ranges of each day in order; null: it is
  // always open.
  const CalendarSpec* spec() const;

  // How often it opens in all the days that it knows: its memory grows with
  // that, 16 bytes each time. None: it is always open.
  size_t openings() const;

  // Whether both hold one and the same compiled form.
  bool SharesWith(const BusinessCalendar& other) const {
    return compiled_ == other.compiled_;
  }

  // For showing instants to people; UTC of an always open calendar.
  absl::TimeZone zone() const;

  // Openings are open, closings are not: intervals are half-open.
  bool IsOpen(absl::Time at) const;

  // A maximal stretch of open time.
  struct Interval {
    absl::Time opens;
    absl::Time closes;
    friend bool operator==(const Interval&, const Interval&) = default;
  };
  // The open intervals that meet [from, to), cut to it, in order.
  std::vector<Interval> OpenIntervals(absl::Time from, absl::Time to) const;

 private:
  friend class CompiledCalendars;

  struct Compiled;
  explicit BusinessCalendar(std::shared_ptr<const Compiled> compiled);

  std::shared_ptr<const Compiled> compiled_;  // null: always open
};

// Calendars by what they are made of: what one spec means is compiled once, and
// stands in memory once, however many policies, versions and threads use it.
// Holds none itself: one that nobody uses any more is gone. Threads may share
// one; who asks while another one compiles waits.
class CompiledCalendars {
 public:
  // As BusinessCalendar::Create().
  absl::StatusOr<BusinessCalendar> Create(const CalendarSpec& spec);

  // Lets it be found as well.
  void Add(const BusinessCalendar& calendar);

 private:
  using Compiled = BusinessCalendar::Compiled;

  // Null: there is none.
  std::shared_ptr<const Compiled> Find(const CalendarSpec& spec) const;
  void AddNew(const std::shared_ptr<const Compiled>& compiled);

  std::mutex mutex_;
  std::vector<std::weak_ptr<const Compiled>> known_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_CALENDARS_BUSINESS_CALENDAR_H_
