#include <algorithm>
#include <tuple>

#include "tests/reference/walk.h"

// What time decides, after all events of an instant.

namespace leadclock::reference {

// ---------------------------------------------------------------------------
// Dates

void Walk::WhatDatesDecide() {
  if (IsGone()) return;
  const size_t first_new_run = life_.runs.size();
  if (life_.away) ComeBackByDate();
  for (const auto& known : dates_) {
    StartByTime(known.second.said_by, [this, &known](const Trigger& start) {
      return ComesNow(start, known.first, known.second);
    });
  }
  for (size_t i = first_new_run; i < life_.runs.size(); ++i) {
    OpenTaskOf(life_.runs[i], /*by_time=*/true);
  }
}

// By the first one, by their names.
void Walk::ComeBackByDate() {
  const auto is_reentry = [](const Trigger& trigger) {
    return trigger.on == Trigger::On::kReentered;
  };
  const std::vector<Trigger>& returns = InForce().policy().reentry.returns;
  for (const auto& known : dates_) {
    const bool returns_now = std::any_of(
        returns.begin(), returns.end(), [&](const Trigger& trigger) {
          return ComesNow(trigger, known.first, known.second);
        });
    if (!returns_now) continue;
    ComeBack();
    StartByTime(known.second.said_by, is_reentry);
    SayOutcomes(known.second.said_by, "", /*by_time=*/true, is_reentry);
    return;
  }
}

// At the instant that the test means, or when the date is learnt, if that is
// later. It never comes if by then there is nothing left to wait for.
bool Walk::ComesNow(const Trigger& trigger, const std::string& name,
                    const KnownDate& date) {
  const DateTest& test = trigger.date;
  if (trigger.on != Trigger::On::kDate || test.date != name) return false;
  const Millis instant = InstantOf(test, date);
  const bool is_after = test.days < 0 || test.length < 0;
  const Millis last = is_after ? instant : date.at;
  if (last < date.learnt_at) return false;
  return now_ == std::max(instant, date.learnt_at);
}

// Days are local days, in the zone that the lead's clocks go by.
Millis Walk::InstantOf(const DateTest& test, const KnownDate& date) {
  if (test.days == 0) return date.at - test.length;
  const Policy& policy = InForce().policy();
  for (const CalendarRule& rule : policy.calendar_for) {
    if (!Holds(rule.when)) continue;
    const Calendar& calendar = policy.calendars[rule.calendar];
    const std::string zone = calendar.always ? "UTC" : calendar.zone;
    const Millis local = date.at + OffsetAt(zone, date.at);
    return FirstInstantOf(zone, local - test.days * kDay);
  }
  return date.at - test.days * kDay;
}

// ---------------------------------------------------------------------------
// Conditions

// Marks are taken as long as what they bring about changes how runs count.
void Walk::WhatConditionsDecide() {
  bool has_changed = JudgeRuns();
  WhatClocksDecide();
  while (JudgeRuns()) {
    has_changed = true;
    WhatClocksDecide();
  }
  if (has_changed && !IsCarryingNow()) TellOtherDues();
}

// Whether one of them counts otherwise.
bool Walk::JudgeRuns() {
  bool has_changed = false;
  for (Run& run : life_.runs) {
    if (!run.is_open) continue;
    const Run before = run;
    SetPauseTargetCalendar(run);
    if (run.paused == before.paused && run.calendar == before.calendar &&
        run.target == before.target &&
        run.not_due_before == before.not_due_before) {
      continue;
    }
    has_changed = true;
    // It has counted for no time.
    if (run.counted == 0 && !CountsNow(run)) run.has_begun_to_count = false;
  }
  return has_changed;
}

void Walk::TellOtherDues() {
  for (Run& run : life_.runs) {
    if (!run.is_open || !run.task || ForetellDue(run) == run.task->due) {
      continue;
    }
    ChangeTaskOf(run, /*by_time=*/true);
  }
}

// ---------------------------------------------------------------------------
// Marks

// The run that started earlier comes first; a run that starts here comes last.
void Walk::WhatClocksDecide() {
  for (size_t i = 0; i < life_.runs.size(); ++i) {
    if (!life_.runs[i].is_open) continue;
    if (CountsNow(life_.runs[i])) life_.runs[i].has_begun_to_count = true;
    TakeMarks(i);
  }
}

Millis Walk::ValueOf(const Mark& mark, const Run& run) {
  switch (mark.from) {
    case Mark::From::kStart:
      if (mark.percent > 0 && !mark.wall && mark.length >= run.target) {
        return (run.target * mark.percent + 99) / 100;
      }
      return mark.length;
    case Mark::From::kBeforeDue:
      return std::max<Millis>(run.target - mark.length, 0);
    case Mark::From::kShare:
      return (run.target * mark.percent + 99) / 100;  // rounded up
    case Mark::From::kAfterDue:
    case Mark::From::kStarted:
      break;
  }
  return run.counted_at_due + mark.length;
}

void Walk::TakeMarks(size_t index) {
  Run& run = life_.runs[index];
  const std::vector<Rung>& ladder = ClockOf(run).ladder;

  // Marks on the wall come after those that are counted, in their own order.
  struct Step {
    bool wall = false;
    Millis mark = 0;
    int rung = -1;  // -1, that is before all rungs: due
  };
  std::vector<Step> steps;
  const bool falls_due =
      run.verdict.empty() && IsReached(run, run.target) && MayFallDue(run);
  const bool is_past_due = falls_due || !run.verdict.empty();
  // The target, or what was counted if that is more.
  if (falls_due) {
    run.due_at = now_;
    run.counted_at_due = std::max(run.target, run.counted);
    steps.push_back({false, run.counted_at_due, -1});
  }
  const bool target_fell_below = falls_due && run.target < run.counted;

  for (size_t i = 0; i < ladder.size(); ++i) {
    if (run.rung_is_over[i]) continue;
    const Mark& at = ladder[i].mark;
    const int rung = static_cast<int>(i);
    if (at.from == Mark::From::kStarted) {
      run.rung_is_over[i] = true;
      if (target_fell_below || IsOpenAt(now_, run)) continue;
      steps.push_back({false, -1, rung});
      continue;
    }
    const bool after_due = at.from == Mark::From::kAfterDue;
    if (after_due && !is_past_due) continue;
    if (at.wall) {
      const Millis from = after_due ? run.due_at : run.started_at;
      if (now_ < from + at.length) continue;
      steps.push_back({true, 0, rung});
      continue;
    }
    const Millis mark = ValueOf(at, run);
    // The mark `due` itself may be zero, and is reached with due.
    if (after_due ? run.counted < mark : !IsReached(run, mark)) continue;

    if (target_fell_below && !after_due && mark < run.counted_at_due) {
      run.rung_is_over[i] = true;
    } else {
      steps.push_back({false, mark, rung});
    }
  }

  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tie(a.wall, a.mark, a.rung) < std::tie(b.wall, b.mark, b.rung);
  });
  for (const Step& step : steps) {
    if (step.rung >= 0) {
      life_.runs[index].rung_is_over[static_cast<size_t>(step.rung)] = true;
      Fire(index, step.rung);
    } else {
      FallDue(index);
    }
  }
}

void Walk::FallDue(size_t index) {
  Run& run = life_.runs[index];
  const std::string missed = run.clock_name;
  // The event that started the missed run counts as the one that starts those
  // that follow.
  const EventName started_by = run.started_by;
  run.verdict = "missed";
  life_.missed_clocks.insert(missed);
  Tell(run, "missed", -1, /*by_time=*/true);

  const std::vector<Clock>& clocks = InForce().policy().clocks;
  const auto is_by_this = [&](const Trigger& trigger) {
    return trigger.on == Trigger::On::kMissed &&
           clocks[trigger.clock].name == missed;
  };
  SayOutcomes(started_by, "", /*by_time=*/true, is_by_this);
  const size_t first_new_run = life_.runs.size();
  StartByTime(started_by, is_by_this);
  for (size_t i = first_new_run; i < life_.runs.size(); ++i) {
    OpenTaskOf(life_.runs[i], /*by_time=*/true);
  }
}

void Walk::Fire(size_t index, int place) {
  const Run& run = life_.runs[index];
  const Rung& rung = ClockOf(run).ladder[static_cast<size_t>(place)];
  if (!Holds(rung.when)) return;
  // It is no longer at risk.
  if (rung.fact == "warning") {
    if (run.verdict == "missed") return;
    if (rung.for_the_rest && (run.was_warned_of || WillBeWarnedOf(run))) return;
    life_.runs[index].was_warned_of = true;
  }
  Tell(run, rung.fact, place, /*by_time=*/true);
  if (rung.fact == "escalation" || rung.fact == "reassignment" ||
      rung.fact == "alternate owner") {
    life_.escalated_clocks.insert(run.clock_name);
    life_.escalations.push_back({now_, run.clock_name, rung.name});
  }
  const std::vector<Clock>& clocks = InForce().policy().clocks;
  SayOutcomes(run.started_by, "", /*by_time=*/true,
              [&](const Trigger& trigger) {
                return trigger.on == Trigger::On::kRung &&
                       clocks[trigger.clock].name == run.clock_name &&
                       trigger.rung == rung.name;
              });
}

// By another rung, before it is due, if nothing changes any more.
bool Walk::WillBeWarnedOf(const Run& run) {
  const std::vector<Rung>& ladder = ClockOf(run).ladder;
  const std::optional<Millis> due = ForetellDue(run);
  for (size_t i = 0; i < ladder.size(); ++i) {
    const Rung& rung = ladder[i];
    const bool is_another = rung.fact == "warning" && !rung.for_the_rest;
    if (!is_another || run.rung_is_over[i] || !Holds(rung.when)) continue;
    if (rung.mark.from == Mark::From::kAfterDue) continue;
    if (rung.mark.wall) {
      const Millis at = std::max(run.started_at + rung.mark.length, now_);
      if (!due || at < *due) return true;
    } else if (ValueOf(rung.mark, run) < run.target) {
      return true;
    }
  }
  return false;
}

void Walk::StartByTime(const EventName& started_by, const IsTrigger& is_start) {
  const Rules& in_force = InForce();
  const std::vector<Clock>& clocks = in_force.policy().clocks;
  std::vector<size_t> started;
  for (size_t clock = 0; clock < clocks.size(); ++clock) {
    const std::vector<Trigger>& starts = clocks[clock].starts;
    if (std::any_of(starts.begin(), starts.end(), is_start)) {
      started.push_back(clock);
    }
  }
  if (started.empty() || life_.away) return;
  if (DecidingRule(in_force.policy()) != nullptr) return;
  for (const size_t clock : started) {
    if (!MayStart(clocks[clock], started_by)) continue;
    Start(in_force, clock, started_by, "");
  }
}

}  // namespace leadclock::reference
