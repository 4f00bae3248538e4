#ifndef LEADCLOCK_TESTS_REFERENCE_BUSINESS_TIME_H_
#define LEADCLOCK_TESTS_REFERENCE_BUSINESS_TIME_H_

#include <optional>
#include <utility>
#include <vector>

#include "tests/reference/calendar.h"
#include "tests/reference/zone_file.h"

namespace leadclock::reference {

// The time that a calendar is open, found by walking through it in small
// steps. Whatever is asked about must be whole steps, as must be all hours and
// all offsets of the zone.
//
// Answers are absent where the walk comes to the end of the days that it was
// given.
class BusinessTime {
 public:
  // `zone` is that of the calendar. The first and the last two
  // days are not walked on, because hours go on past midnight and local dates
  // are off from those of UTC.
  BusinessTime(const Calendar& calendar, const ZoneFile& zone, Day first,
               Day last, Millis step);

  Millis begin() const { return begin_; }
  Millis end() const { return end_; }

  bool IsOpen(Millis at) const;
  Millis Between(Millis from, Millis to) const;
  std::optional<Millis> Deadline(Millis start, Millis budget) const;
  std::optional<Millis> StartFor(Millis end, Millis budget) const;
  std::optional<Millis> AfterBusinessDays(Millis start, int days) const;
  std::optional<Millis> EndOfBusinessDay(Millis start, int days) const;

 private:
  // Hours of one date, as instants.
  struct Range {
    Day day = 0;
    Hours hours;
    Millis opens = 0;
    Millis closes = 0;
  };
  // A start, as the business day to which it belongs has it.
  struct Moment {
    size_t day = 0;  // place in days_
    Millis time_of_day = 0;
  };

  std::vector<char>::iterator StepAt(Millis at);
  // One that the zone skips is in none of its periods.
  bool HasDate(Day day) const;
  Millis EndOf(size_t period) const;
  Millis LocalTimeOf(Millis at) const;
  // The first and the last instant at which it is that time there; twice the
  // jump, if the zone skips it.
  std::pair<Millis, Millis> InstantsOf(Millis local) const;
  std::vector<Range> RangesOf(Day day) const;
  std::optional<Moment> MomentOf(Millis start) const;

  const Calendar& calendar_;
  const std::vector<ZoneFile::Period> periods_;  // of the zone, near these days
  const Millis step_;
  const Millis begin_;
  const Millis end_;
  std::vector<Range> ranges_;  // in the order of days, and then of hours
  std::vector<Day> days_;      // with open time
  std::vector<char> open_;     // by step
};

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_BUSINESS_TIME_H_
