package leadclock.streams;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Opening hours, compiled once into sorted open intervals with running sums, so that each question
 * is a binary search. Immutable; threads share one.
 */
final class BusinessCalendar {
  record Hours(LocalTime opens, LocalTime closes, boolean untilMidnight) {}

  private static final int YEARS = 10;

  private final long[] opens;
  private final long[] closes;
  /** Open milliseconds before each interval. */
  private final long[] before;

  BusinessCalendar(
      ZoneId zone,
      LocalDate first,
      Map<DayOfWeek, List<Hours>> week,
      Map<LocalDate, List<Hours>> dates) {
    List<long[]> intervals = new ArrayList<>();
    for (LocalDate day = first; day.isBefore(first.plusYears(YEARS)); day = day.plusDays(1)) {
      List<Hours> hours = dates.get(day);
      if (hours == null) {
        hours = week.getOrDefault(day.getDayOfWeek(), List.of());
      }
      for (Hours range : hours) {
        LocalDate end = range.untilMidnight ? day.plusDays(1) : day;
        add(
            intervals,
            millis(day.atTime(range.opens).atZone(zone).toInstant()),
            millis(end.atTime(range.closes).atZone(zone).toInstant()));
      }
    }
    opens = new long[intervals.size()];
    closes = new long[intervals.size()];
    before = new long[intervals.size()];
    long sum = 0;
    for (int i = 0; i < intervals.size(); ++i) {
      opens[i] = intervals.get(i)[0];
      closes[i] = intervals.get(i)[1];
      before[i] = sum;
      sum += closes[i] - opens[i];
    }
  }

  private static void add(List<long[]> intervals, long opens, long closes) {
    if (!intervals.isEmpty() && intervals.get(intervals.size() - 1)[1] == opens) {
      intervals.get(intervals.size() - 1)[1] = closes;
    } else {
      intervals.add(new long[] {opens, closes});
    }
  }

  private static long millis(Instant instant) {
    return instant.toEpochMilli();
  }

  /** The open time between the calendar's beginning and an instant. */
  private long openUntil(long instant) {
    int i = lastAtOrBefore(opens, instant);
    return i < 0 ? 0 : before[i] + Math.min(instant, closes[i]) - opens[i];
  }

  long between(long from, long to) {
    return to <= from ? 0 : openUntil(to) - openUntil(from);
  }

  /** The first instant at which `budget` of open time has passed since `start`. */
  long deadline(long start, long budget) {
    if (budget == 0) {
      int i = lastAtOrBefore(opens, start);
      return i >= 0 && start < closes[i] ? start : opens[i + 1];
    }
    // Used up exactly at closing time is due at closing time, not at the next opening.
    long sum = openUntil(start) + budget;
    int i = lastAtOrBefore(before, sum - 1);
    return opens[i] + sum - before[i];
  }

  private static int lastAtOrBefore(long[] sorted, long value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
