#include "processor/lead/counting.h"

#include <algorithm>

namespace leadclock {
namespace {

// The first instant at which the run has counted `mark`.
absl::Time Reaches(const PolicyBook& policies, const ClockRun& run,
                   absl::Duration mark) {
  const absl::Duration left = mark - run.counted;
  if (left <= absl::ZeroDuration() && run.counted > absl::ZeroDuration()) {
    return run.counted_to;
  }
  // The mark zero waits until the clock counts, as Deadline does for nothing.
  if (run.paused) return absl::InfiniteFuture();
  return CalendarOf(policies, run).Deadline(run.counted_to, left);
}

absl::Duration Share(absl::Duration target, int percent) {
  return absl::Ceil(target * percent / 100, absl::Milliseconds(1));
}

// When a rung comes that does not stand on the count. InfiniteFuture: after a
// due that is not yet reached. It never comes before what is known of the run.
absl::Time WallInstantOf(const Mark& mark, const ClockRun& run) {
  if (mark.from == Mark::From::kStart) {
    return std::max(run.started_at + mark.length, run.counted_to);
  }
  return run.due ? std::max(*run.due + mark.length, run.counted_to)
                 : absl::InfiniteFuture();
}

// The instant at which a run falls due if its count goes on.
absl::Time FallsDue(const PolicyBook& policies, const ClockRun& run) {
  const absl::Time used_up = Reaches(policies, run, run.target);
  if (!run.not_due_before) return used_up;
  // A pause may begin between the closing and that opening. It does not put
  // off what a target that fell below the count has decided.
  return run.paused && run.counted <= run.target
             ? absl::InfiniteFuture()
             : std::max(used_up, *run.not_due_before);
}

// Whether the target that was used up means an opening that is yet to come.
bool WaitsForOpening(const ClockRun& run) {
  return run.not_due_before && *run.not_due_before > run.counted_to;
}

}  // namespace

const ClockRule& RuleOf(const PolicyBook& policies, const ClockRun& run) {
  return policies.Of(run).clocks[run.clock];
}

const BusinessCalendar& CalendarOf(const PolicyBook& policies,
                                   const ClockRun& run) {
  return policies.Of(run).calendars[run.calendar].calendar;
}

void CountUpTo(const PolicyBook& policies, absl::Time instant, ClockRun& run) {
  if (!run.paused) {
    run.counted += CalendarOf(policies, run).Between(run.counted_to, instant);
  }
  run.counted_to = instant;
}

Step NextStep(const PolicyBook& policies, const ClockRun& run) {
  if (run.ended_at) return {};
  // The target fell below what was counted: due is the instant of the change.
  if (!run.due && run.counted > run.target && !WaitsForOpening(run)) {
    return {run.counted_to, kNoRung};
  }

  std::optional<absl::Duration> lowest;
  if (!run.due) lowest = run.target;
  Step step;
  Step by_wall;
  const std::vector<Rung>& ladder = RuleOf(policies, run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (run.rungs_passed & RungBit(i)) continue;
    if (ladder[i].mark.from == Mark::From::kStarted) {
      return {run.counted_to, static_cast<uint8_t>(i)};
    }
    if (ladder[i].mark.wall) {
      const absl::Time at = WallInstantOf(ladder[i].mark, run);
      if (at < by_wall.at) by_wall = {at, static_cast<uint8_t>(i)};
      continue;
    }
    const std::optional<absl::Duration> mark = MarkOf(ladder[i].mark, run);
    if (mark && (!lowest || *mark < *lowest)) {
      lowest = mark;
      step.rung = static_cast<uint8_t>(i);
    }
  }
  if (!run.due && step.rung == kNoRung) {
    step.at = FallsDue(policies, run);
  } else if (lowest) {
    step.at = Reaches(policies, run, *lowest);
  }
  // At one instant, what stands on the count goes before.
  return by_wall.at < step.at ? by_wall : step;
}

std::optional<absl::Duration> MarkOf(const Mark& mark, const ClockRun& run) {
  if (mark.wall) return std::nullopt;
  if (IsShareOf(mark, run.target)) return Share(run.target, mark.percent);
  switch (mark.from) {
    case Mark::From::kStart:
      return mark.length;
    case Mark::From::kBeforeDue:
      return std::max(absl::ZeroDuration(), run.target - mark.length);
    case Mark::From::kShare:
    case Mark::From::kStarted:
      return std::nullopt;
    case Mark::From::kAfterDue:
      break;
  }
  if (!run.due) return std::nullopt;
  return run.counted_at_due + mark.length;
}

absl::Time ForetellDue(const PolicyBook& policies, const ClockRun& run) {
  if (run.due) return *run.due;
  if (run.counted > run.target && !WaitsForOpening(run)) return run.counted_to;
  return FallsDue(policies, run);
}

bool ComesBeforeDue(const PolicyBook& policies, const ClockRun& run,
                    const Mark& mark) {
  if (run.due) return false;
  if (mark.wall) {
    return WallInstantOf(mark, run) < ForetellDue(policies, run);
  }
  const std::optional<absl::Duration> place = MarkOf(mark, run);
  return place && *place < run.target;
}

void PassRungsBeforeDue(const std::vector<Rung>& ladder, ClockRun& run) {
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (!ladder[i].mark.wall &&
        MarkOf(ladder[i].mark, run) < run.counted_at_due) {
      run.rungs_passed |= RungBit(i);
    }
  }
}

OpenTarget OpenTargetOf(const Target& target, const BusinessCalendar& calendar,
                        absl::Time started_at) {
  if (target.kind == Target::Kind::kOpenTime) {
    return {target.length, std::nullopt};
  }
  const absl::Time at = DueOf(target, calendar, started_at);
  const absl::Duration length = calendar.Between(started_at, at);
  const bool is_opening = at != absl::InfiniteFuture() &&
                          calendar.Deadline(started_at, length) < at;
  return {length, is_opening ? std::optional(at) : std::nullopt};
}

}  // namespace leadclock
