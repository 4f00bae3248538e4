// What time decides, between events: marks on the counts of runs, dates, and
// versions of the policy that take over what is open.

#include <algorithm>
#include <string>
#include <utility>

#include "processor/lead/dates.h"
#include "processor/lead/folder.h"
#include "processor/lead/rules.h"

namespace leadclock {
namespace {

// Why an open run ended whose clock the policy does not have any more.
constexpr char kNoMoreInPolicy[] = "policy";

FactKind KindOf(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return FactKind::kReminder;
    case RungAction::kBreach:
      return FactKind::kBreach;
    case RungAction::kEscalate:
      return FactKind::kEscalation;
    case RungAction::kReassign:
      return FactKind::kReassignment;
    case RungAction::kWarn:
      return FactKind::kWarning;
    case RungAction::kReview:
      return FactKind::kReview;
    case RungAction::kSetPriority:
      return FactKind::kPriority;
    case RungAction::kRequestAlternateOwner:
      return FactKind::kAlternateOwner;
    case RungAction::kAcknowledge:
      break;
  }
  return FactKind::kAcknowledgement;
}

// The place of a clock; Policy::clocks.size(): there is none of that name.
size_t PlaceOf(const std::string& clock, const Policy& policy) {
  const auto same =
      std::find_if(policy.clocks.begin(), policy.clocks.end(),
                   [&](const ClockRule& rule) { return rule.name == clock; });
  return static_cast<size_t>(same - policy.clocks.begin());
}

}  // namespace

size_t Folder::Earliest(const std::vector<Step>& steps, Step& step) const {
  size_t earliest = progress_.runs.size();
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    const Step candidate =
        i < steps.size() ? steps[i] : NextStep(policies_, progress_.runs[i]);
    if (candidate.at < step.at) {
      step = candidate;
      earliest = i;
    }
  }
  return earliest;
}

void Folder::Renew(size_t taken, size_t runs_before,
                   std::vector<Step>& steps) const {
  // Runs may have been forgotten, and then others stand in their places.
  if (progress_.runs.size() < runs_before) steps.clear();
  const size_t known = steps.size();
  for (size_t i = known; i < progress_.runs.size(); ++i) {
    steps.push_back(NextStep(policies_, progress_.runs[i]));
  }
  if (taken < known) steps[taken] = NextStep(policies_, progress_.runs[taken]);
}

void Folder::SettleBefore(absl::Time instant) {
  // Events are whole milliseconds, and so are steps.
  SettleUpTo(instant - absl::Milliseconds(1));
  // A version is in force at its instant, whatever else happens then.
  for (Move move = NextMove(); move.at <= instant; move = NextMove()) {
    Take(move);
  }
  MoveTo(instant);
  progress_.dates_done = instant - absl::Milliseconds(1);
}

absl::Time Folder::SettleUpTo(absl::Time instant) {
  // The next one of each run, for as many as are known. Most of the time there
  // is none to take, and none is kept.
  std::vector<Step> steps;
  Turning turning;
  while (true) {
    Step step;
    const size_t run = Earliest(steps, step);
    const Move move = NextMove();
    const absl::Time date = NextDate(policies_, progress_);
    const absl::Time turn = NextTurn(turning, date, step);
    const absl::Time next = std::min({move.at, date, turn, step.at});
    if (next > progress_.position) {
      if (turning.has_changed && !turning.has_carried) TellOtherDues();
      turning = {};
    }
    if (next > instant || next == absl::InfiniteFuture()) return next;
    const size_t runs_before = progress_.runs.size();
    if (move.at == next) {
      Take(move);
      steps.clear();
      turning.has_carried = true;
      Await(Turning::When::kBeforeMarks, turning);
    } else if (date == next) {
      TakeDates(date);
      steps.clear();
      Await(Turning::When::kBeforeMarks, turning);
    } else if (turn == next) {
      if (Turn(turn, turning)) steps.clear();
    } else {
      // What it brings about changes no other run, but by conditions.
      Take(step, run);
      Renew(run, runs_before, steps);
      Await(Turning::When::kAfterMarks, turning);
    }
  }
}

// ---- Conditions that time changes ----

void Folder::Await(Turning::When when, Turning& turning) {
  if (!policies_.uses().turns) return;
  turning.when = when;
  // A calendar that changes may move the instants that triggers mean by dates;
  // those that lie behind do not come any more.
  const absl::Time looked_at = when == Turning::When::kAfterMarks
                                   ? progress_.position
                                   : progress_.position - absl::Milliseconds(1);
  progress_.dates_done = std::max(progress_.dates_done, looked_at);
}

absl::Time Folder::NextTurn(const Turning& turning, absl::Time date,
                            const Step& step) const {
  switch (turning.when) {
    case Turning::When::kNotYet:
      break;
    case Turning::When::kBeforeMarks:
      return progress_.position;
    case Turning::When::kAfterMarks:
      if (step.at > progress_.position) return progress_.position;
      break;
  }
  return leadclock::NextTurn(policies_, progress_, date);
}

bool Folder::Turn(absl::Time at, Turning& turning) {
  if (turning.when == Turning::When::kNotYet) {
    // A date passes, by which another one may come at this very instant.
    MoveTo(at);
    Await(Turning::When::kBeforeMarks, turning);
    return false;
  }
  progress_.dates_done = at;
  turning.when = Turning::When::kNotYet;
  bool has_changed = false;
  for (ClockRun& run : progress_.runs) has_changed |= Adjust(run);
  turning.has_changed |= has_changed;
  return has_changed;
}

// ---- Marks ----

void Folder::Take(const Step& step, size_t run_index) {
  ClockRun& run = progress_.runs[run_index];
  CountUpTo(policies_, step.at, run);
  MoveTo(step.at);
  if (step.rung == kNoRung) return FallDue(run_index);

  run.rungs_passed |= RungBit(step.rung);
  const Rung& rung = RuleOf(policies_, run).ladder[step.rung];
  // A clock that is due is not at risk any more.
  if (rung.action == RungAction::kWarn && run.due) return;
  if (rung.for_the_rest && IsWarnedOtherwise(run)) return;
  if (rung.action == RungAction::kAcknowledge &&
      CalendarOf(policies_, run).IsOpen(step.at)) {
    return;
  }
  if (!Holds(policies_, rung.when, progress_)) return;
  run.rungs_fired |= RungBit(step.rung);
  if (rung.action == RungAction::kWarn && !run.at_risk_since) {
    run.at_risk_since = step.at;
  }
  AddFact(run, KindOf(rung.action), step.rung);
  if (Escalates(rung.action)) NoteEscalation(run, rung);
  const Policy& policy = InForce();
  if (policy.outcomes.empty()) return;
  const std::string& clock = RuleOf(policies_, run).name;
  TellOutcomes(run.started_by, Decision::kByTime, [&](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kRungFired &&
           trigger.rung == rung.name &&
           policy.clocks[trigger.clock].name == clock;
  });
}

bool Folder::IsWarnedOtherwise(const ClockRun& run) const {
  if (run.at_risk_since) return true;
  const std::vector<Rung>& ladder = RuleOf(policies_, run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    const Rung& rung = ladder[i];
    if (rung.action == RungAction::kWarn && !rung.for_the_rest &&
        (run.rungs_passed & RungBit(i)) == 0 &&
        ComesBeforeDue(policies_, run, rung.mark) &&
        Holds(policies_, rung.when, progress_)) {
      return true;
    }
  }
  return false;
}

void Folder::FallDue(size_t run_index) {
  ClockRun& run = progress_.runs[run_index];
  run.due = run.counted_to;
  run.counted_at_due = run.counted;
  run.verdict = Verdict::kMissed;
  const ClockRule& rule = RuleOf(policies_, run);
  PassRungsBeforeDue(rule.ladder, run);
  AddFact(run, FactKind::kMissed);

  const Policy& policy = InForce();
  const EventRef started_by = run.started_by;
  const size_t runs_before = progress_.runs.size();
  const auto is_trigger = [&](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kClockMissed &&
           policy.clocks[trigger.clock].name == rule.name;
  };
  if (!policy.outcomes.empty()) {
    TellOutcomes(started_by, Decision::kByTime, is_trigger);
  }
  if (!MayStart(policy)) return;
  StartAll(policy, started_by, "", is_trigger);
  StartTasksByTime(runs_before);
  ForgetOldRuns();
}

// ---- Dates ----

void Folder::TakeDates(absl::Time at) {
  MoveTo(at);
  progress_.dates_done = at;
  const Policy& policy = InForce();
  const size_t runs_before = progress_.runs.size();
  if (progress_.away) ComeBackByDate(policy);
  // The list does not change by what time decides.
  const std::vector<KnownDate>& dates = progress_.dates;
  const auto means = [&](const Trigger& trigger, const KnownDate& date) {
    return trigger.kind == Trigger::Kind::kDate &&
           trigger.date.date == date.name &&
           InstantOf(policies_, policy, progress_, trigger.date, date) == at;
  };
  if (MayStart(policy)) {
    for (const KnownDate& date : dates) {
      StartAll(policy, date.said_by, "",
               [&](const Trigger& trigger) { return means(trigger, date); });
    }
  }
  StartTasksByTime(runs_before);
  ForgetOldRuns();
}

void Folder::ComeBackByDate(const Policy& policy) {
  const auto returns = [&](const KnownDate& date) {
    return std::any_of(
        policy.reentry.returns.begin(), policy.reentry.returns.end(),
        [&](const Trigger& trigger) {
          return trigger.kind == Trigger::Kind::kDate &&
                 trigger.date.date == date.name &&
                 InstantOf(policies_, policy, progress_, trigger.date, date) ==
                     progress_.position;
        });
  };
  const auto date =
      std::find_if(progress_.dates.begin(), progress_.dates.end(), returns);
  if (date == progress_.dates.end()) return;
  ComeBack();
  const auto is_reentry = [](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kReentered;
  };
  if (MayStart(policy)) StartAll(policy, date->said_by, "", is_reentry);
  TellOutcomes(date->said_by, Decision::kByTime, is_reentry);
}

// ---- From one version of the policy to another ----

Folder::Move Folder::NextMove() const {
  Move next;
  if (policies_.versions().size() == 1) return next;
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    const ClockRun& run = progress_.runs[i];
    if (run.ended_at) continue;
    const auto carry = policies_.NextCarry(run.policy_version);
    if (!carry) continue;
    const absl::Time at = std::max(carry->at, progress_.position);
    if (at < next.at) next = {at, i, carry->to};
  }
  return next;
}

void Folder::Take(const Move& move) {
  ClockRun& run = progress_.runs[move.run];
  MoveTo(move.at);
  CountUpTo(policies_, move.at, run);
  const size_t clock = PlaceOf(RuleOf(policies_, run).name, *move.to);
  if (clock == move.to->clocks.size()) return StopByTime(kNoMoreInPolicy, run);

  const absl::Time due_before = ForetellDue(policies_, run);
  Convert(*move.to, static_cast<uint16_t>(clock), run);
  const EligibilityRule* const rule = RuleAgainst(*move.to);
  if (rule != nullptr && !RuleOf(policies_, run).keeps_when_ineligible) {
    return StopByTime(rule->reason, run);
  }
  Adjust(run);
  if (run.due) {
    PassRungsBeforeDue(RuleOf(policies_, run).ladder, run);
  } else {
    const absl::Time due_after = ForetellDue(policies_, run);
    const bool is_told = due_before != absl::InfiniteFuture() &&
                         due_after != absl::InfiniteFuture();
    if (is_told && due_before != due_after) {
      AddFact(run, FactKind::kDueChanged);
    }
  }
  if (run.task) CarryTask(run);
}

// What the run has come to is kept, rungs by their names.
void Folder::Convert(const Policy& policy, uint16_t clock, ClockRun& run) {
  const std::vector<Rung>& before = RuleOf(policies_, run).ladder;
  const std::vector<Rung>& after = policy.clocks[clock].ladder;
  uint64_t passed = 0;
  uint64_t fired = 0;
  for (size_t i = 0; i < after.size(); ++i) {
    // Its time is over.
    if (after[i].mark.from == Mark::From::kStarted) passed |= RungBit(i);
    for (size_t j = 0; j < before.size(); ++j) {
      if (before[j].name != after[i].name) continue;
      if (run.rungs_passed & RungBit(j)) passed |= RungBit(i);
      if (run.rungs_fired & RungBit(j)) fired |= RungBit(i);
    }
  }
  run.rungs_passed = passed;
  run.rungs_fired = fired;
  run.policy_version = policy.version;
  run.clock = clock;
  run.calendar =
      CalendarFor(policies_, policy, policy.clocks[clock], progress_);
}

}  // namespace leadclock
