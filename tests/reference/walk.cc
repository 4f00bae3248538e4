#include "tests/reference/walk.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace leadclock::reference {
namespace {

void NameAll(Policy& policy) {
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    Clock& clock = policy.clocks[i];
    if (clock.name.empty()) clock.name = std::to_string(i);
    for (size_t j = 0; j < clock.ladder.size(); ++j) {
      std::string& name = clock.ladder[j].name;
      if (name.empty()) name = std::to_string(j);
    }
  }
}

}  // namespace

Walk::Walk(const std::vector<Version>& versions, std::vector<Event> events,
           Millis step)
    : events_(std::move(events)), step_(step) {
  for (const Version& version : versions) {
    Rules& rules = rules_.emplace_back();
    rules.version = version;
    NameAll(rules.version.policy);
  }
  for (size_t i = 1; i < rules_.size(); ++i) {
    rules_[i].changes_something = rules_[i].policy() != rules_[i - 1].policy();
  }
}

Life Walk::Go(Millis horizon) {
  if (events_.empty()) return {};
  life_.is_born = true;
  life_.last_event = events_.back().at;
  born_at_ = begun_at_ = events_.front().at;
  born_by_ = events_.front().name;
  Millis earliest = born_at_;
  for (const Event& event : events_) {
    if (event.what != Event::What::kAbsorbed) continue;
    earliest = std::min(earliest, event.absorbed_started_at);
  }
  first_ = DivideDown(earliest, kDay);
  last_ = DivideDown(horizon, kDay);
  for (Rules& rules : rules_) {
    for (const Calendar& calendar : rules.policy().calendars) {
      rules.openings.push_back(OpeningsAround(calendar, first_, last_));
    }
  }

  size_t next = 0;
  for (now_ = born_at_; now_ <= horizon; now_ += step_) {
    CarryOver();
    for (; next < events_.size() && events_[next].at == now_; ++next) {
      ApplyEvent(events_[next], next == 0);
    }
    WhatDatesDecide();
    WhatConditionsDecide();
    Count();
  }
  return life_;
}

// ---------------------------------------------------------------------------
// Versions

// The newest that has taken effect; the first one also governs what was before.
// One that changes nothing leaves the one before it in its place.
const Rules& Walk::InForce() const {
  size_t in_force = 0;
  for (size_t i = 1; i < rules_.size(); ++i) {
    const bool has_taken_effect = rules_[i].version.effective <= now_;
    if (has_taken_effect && rules_[i].changes_something) in_force = i;
  }
  return rules_[in_force];
}

Rules& Walk::RulesOf(int64_t version) {
  for (Rules& rules : rules_) {
    if (rules.version.number == version) return rules;
  }
  throw std::logic_error("a run of a version that there is not");
}

const Clock& Walk::ClockOf(const Run& run) {
  return RulesOf(run.version).policy().clocks[run.clock];
}

bool Walk::IsCarryingNow() const {
  for (size_t i = 1; i < rules_.size(); ++i) {
    const Version& version = rules_[i].version;
    if (version.effective == now_ && version.carries) return true;
  }
  return false;
}

// Before everything else of the instant at which a version takes effect.
void Walk::CarryOver() {
  for (size_t i = 1; i < rules_.size(); ++i) {
    const Version& version = rules_[i].version;
    if (version.effective != now_ || !version.carries) continue;
    const Rules& to = InForce();
    for (Run& run : life_.runs) {
      if (!run.is_open || run.version == to.version.number) continue;
      Carry(run, to);
      if (!run.task) continue;
      if (!run.is_open || !ClockOf(run).task) {
        EndTaskOf(run, "task cancelled", /*by_time=*/true);
      } else {
        ChangeTaskOf(run, /*by_time=*/true);
      }
    }
  }
}

void Walk::Carry(Run& run, const Rules& to) {
  const std::vector<Clock>& clocks = to.policy().clocks;
  size_t clock = 0;
  while (clock < clocks.size() && clocks[clock].name != run.clock_name) {
    ++clock;
  }
  if (clock == clocks.size()) return End(run, "policy", /*by_time=*/true);

  const std::optional<Millis> due_before = ForetellDue(run);
  std::vector<bool> is_over;
  for (const Rung& rung : clocks[clock].ladder) {
    is_over.push_back(rung.mark.from == Mark::From::kStarted ||
                      IsRungOver(rung.name, run));
  }
  run.version = to.version.number;
  run.clock = clock;
  run.rung_is_over = is_over;
  const EligibilityRule* const rule = DecidingRule(to.policy());
  const bool may_go_on = rule == nullptr || ClockOf(run).keeps_when_ineligible;
  if (!may_go_on) return End(run, rule->reason, /*by_time=*/true);

  SetPauseTargetCalendar(run);
  if (run.verdict == "missed") return PassRungsBeforeDue(run);
  const std::optional<Millis> due_after = ForetellDue(run);
  if (due_before && due_after && due_before != due_after) {
    Tell(run, "due changed", -1, /*by_time=*/true).due = *due_after;
  }
}

// Whether the rung of that name fired, or never will.
bool Walk::IsRungOver(const std::string& name, const Run& run) {
  const std::vector<Rung>& ladder = ClockOf(run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (ladder[i].name == name) return run.rung_is_over[i];
  }
  return false;
}

void Walk::PassRungsBeforeDue(Run& run) {
  const std::vector<Rung>& ladder = ClockOf(run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    const Mark& mark = ladder[i].mark;
    if (mark.from == Mark::From::kAfterDue || mark.wall) continue;
    if (ValueOf(mark, run) < run.counted_at_due) run.rung_is_over[i] = true;
  }
}

// ---------------------------------------------------------------------------
// Dues

// When the run falls due if nothing changes any more, or when it did; absent:
// it is paused.
std::optional<Millis> Walk::ForetellDue(const Run& run) {
  if (run.verdict == "missed") return run.due_at;
  if (IsReached(run, run.target) && MayFallDue(run)) return now_;
  if (run.paused && run.counted <= run.target) return std::nullopt;
  return std::max(WhenCounted(run, run.target), run.not_due_before);
}

Millis Walk::WhenCounted(const Run& run, Millis mark) {
  if (IsReached(run, mark)) return now_;
  const Calendar& calendar =
      RulesOf(run.version).policy().calendars[run.calendar];
  Millis left = mark - run.counted;
  if (calendar.always) return now_ + left;
  const Day today = DivideDown(now_, kDay);
  for (Day last = today + 30; last < today + 2000; last += last - today) {
    if (const auto at = WhenOpenFor(calendar, left, today, last)) return *at;
  }
  throw std::logic_error("the reference looked ahead too few days");
}

// The first instant from now on by which it was open for so long; for nothing:
// at which it is open.
std::optional<Millis> Walk::WhenOpenFor(const Calendar& calendar, Millis left,
                                        Day first, Day last) const {
  std::vector<Opening> openings = OpeningsAround(calendar, first, last);
  std::sort(openings.begin(), openings.end(),
            [](const Opening& a, const Opening& b) {
              return std::tie(a.opens, a.closes) < std::tie(b.opens, b.closes);
            });
  Millis from = now_;
  for (const Opening& opening : openings) {
    from = std::max(from, opening.opens);
    if (opening.closes <= from) continue;
    if (left <= opening.closes - from) return from + left;
    left -= opening.closes - from;
    from = opening.closes;
  }
  return std::nullopt;
}

// The mark zero is reached when the clock counts for the first time.
bool Walk::IsReached(const Run& run, Millis mark) {
  return mark > 0 ? run.counted >= mark : run.has_begun_to_count;
}

// A due that is an opening is not the closing before it. A pause does not put
// off what a target that fell has decided.
bool Walk::MayFallDue(const Run& run) const {
  return run.not_due_before == 0 || (now_ >= run.not_due_before &&
                                     (!run.paused || run.counted > run.target));
}

// ---------------------------------------------------------------------------
// What a clock counts by

void Walk::SetPauseTargetCalendar(Run& run) {
  const Policy& policy = RulesOf(run.version).policy();
  const Clock& clock = policy.clocks[run.clock];
  const bool by_status = IsIn(clock.pauses, TextOf("status")) && !run.resumed;
  run.paused =
      by_status ||
      std::any_of(clock.pauses_while.begin(), clock.pauses_while.end(),
                  [&](const Condition& condition) { return Holds(condition); });
  run.calendar = CalendarOf(policy, clock);
  for (const TargetRule& rule : clock.targets) {
    if (run.verdict == "missed") break;  // the one that decided due stays
    if (!Holds(rule.when)) continue;
    SetTarget(rule, run);
    break;
  }
}

size_t Walk::CalendarOf(const Policy& policy, const Clock& clock) const {
  for (const CalendarRule& rule : clock.calendars) {
    if (Holds(rule.when)) return rule.calendar;
  }
  for (const CalendarRule& rule : policy.calendar_for) {
    if (Holds(rule.when)) return rule.calendar;
  }
  return 0;
}

// In days, it becomes the open time until the instant that they mean.
void Walk::SetTarget(const TargetRule& rule, Run& run) {
  run.target = rule.target;
  run.not_due_before = 0;
  if (rule.business_days == 0 && !rule.end_of_business_day) return;
  Rules& rules = RulesOf(run.version);
  if (rules.policy().calendars[run.calendar].always) {
    const Millis days = rule.business_days * kDay;
    const Millis midnight = DivideDown(run.started_at, kDay) * kDay;
    run.target = rule.end_of_business_day
                     ? midnight + kDay + days - run.started_at
                     : days;
    return;
  }
  const BusinessTime& time = BusinessTimeOf(rules, run.calendar);
  const std::optional<Millis> at =
      rule.end_of_business_day
          ? time.EndOfBusinessDay(run.started_at, rule.business_days)
          : time.AfterBusinessDays(run.started_at, rule.business_days);
  if (!at) throw std::logic_error("the reference walked too few days");
  run.target = time.Between(run.started_at, *at);
  if (!time.IsOpen(*at - step_)) run.not_due_before = *at;
}

const BusinessTime& Walk::BusinessTimeOf(Rules& rules, size_t calendar) {
  static std::map<std::string, ZoneFile> zones;
  std::unique_ptr<BusinessTime>& time = rules.business_times[calendar];
  if (time == nullptr) {
    constexpr Day kBeyond = 60;
    const Calendar& of = rules.policy().calendars[calendar];
    const ZoneFile& zone = zones.try_emplace(of.zone, of.zone).first->second;
    time = std::make_unique<BusinessTime>(of, zone, first_ - 3, last_ + kBeyond,
                                          step_);
  }
  return *time;
}

bool Walk::IsOpenAt(Millis at, const Run& run) {
  const Rules& rules = RulesOf(run.version);
  return rules.policy().calendars[run.calendar].always ||
         IsOpenIn(rules.openings[run.calendar], at);
}

bool Walk::CountsNow(const Run& run) {
  return run.is_open && !run.paused && IsOpenAt(now_, run);
}

void Walk::Count() {
  for (Run& run : life_.runs) {
    if (CountsNow(run)) run.counted += step_;
  }
}

}  // namespace leadclock::reference
