#include "processor/lead/folder.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "processor/lead/names.h"
#include "processor/lead/recipients.h"
#include "processor/lead/rules.h"

namespace leadclock {
namespace {

// Whether the clock at that place has run in this cycle of the lead, by its
// runs of the same version.
bool HasRun(const Progress& progress, const Policy& policy, size_t clock) {
  return std::any_of(
      progress.runs.begin(), progress.runs.end(), [&](const ClockRun& run) {
        return run.clock == clock && run.policy_version == policy.version &&
               run.lead_cycle == progress.cycle;
      });
}

}  // namespace

uint16_t CalendarFor(const PolicyBook& policies, const Policy& policy,
                     const ClockRule& clock, const Progress& progress) {
  for (const CalendarRule& rule : clock.calendars) {
    if (Holds(policies, rule.when, progress)) return rule.calendar;
  }
  return FirstMatch(policies, policy.calendar_for, progress).calendar;
}

bool Escalates(RungAction action) {
  return action == RungAction::kEscalate || action == RungAction::kReassign ||
         action == RungAction::kRequestAlternateOwner;
}

void Folder::MoveTo(absl::Time instant) {
  if (instant == progress_.position) return;
  progress_.position = instant;
  progress_.just_told.clear();
}

// ---- Runs ----

const EligibilityRule* Folder::RuleAgainst(const Policy& policy) const {
  for (const EligibilityRule& rule : policy.eligible) {
    if (Holds(policies_, rule.when, progress_)) return &rule;
  }
  return nullptr;
}

bool Folder::MayStart(const Policy& policy) const {
  return !progress_.erased && !progress_.merged && !progress_.away &&
         RuleAgainst(policy) == nullptr;
}

bool Folder::MayStart(const ClockRule& rule, const EventRef& started_by) const {
  for (const ClockRun& run : progress_.runs) {
    if (RuleOf(policies_, run).name != rule.name) continue;
    const bool is_open = !run.ended_at;
    if (rule.repeats == ClockRule::Repeats::kNever &&
        run.lead_cycle == progress_.cycle) {
      return false;
    }
    if (rule.repeats == ClockRule::Repeats::kAfterEnd && is_open) return false;
    // What is said of two runs at one instant must differ.
    if (run.started_by == started_by &&
        (is_open || run.ended_at == progress_.position)) {
      return false;
    }
  }
  return Holds(policies_, rule.when, progress_);
}

uint32_t Folder::NextCycle(const std::string& clock) const {
  uint32_t last = 0;
  for (const ClockRun& run : progress_.runs) {
    if (run.cycle > last && RuleOf(policies_, run).name == clock) {
      last = run.cycle;
    }
  }
  return last + 1;
}

void Folder::ForgetOldRuns() {
  constexpr size_t kMost = 16;
  std::vector<ClockRun>& runs = progress_.runs;
  if (std::none_of(runs.begin(), runs.end(),
                   [](const ClockRun& run) { return run.cycle > kMost; })) {
    return;
  }
  std::map<std::string, size_t> ended;
  for (size_t i = runs.size(); i > 0; --i) {
    const ClockRun& run = runs[i - 1];
    if (!run.ended_at) continue;
    const std::string& clock = RuleOf(policies_, run).name;
    if (++ended[clock] <= kMost) continue;
    if (run.due && run.lead_cycle == progress_.cycle) {
      AddTo(progress_.missed_clocks, clock);
    }
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
}

void Folder::StartAll(const Policy& policy, const EventRef& started_by,
                      const std::string& channel, TriggerTest is_trigger) {
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    // What most clocks come to at most events.
    if (rule.repeats == ClockRule::Repeats::kNever &&
        HasRun(progress_, policy, i)) {
      continue;
    }
    if (std::any_of(rule.starts.begin(), rule.starts.end(), is_trigger) &&
        MayStart(rule, started_by)) {
      Start(static_cast<uint16_t>(i), started_by, channel);
    }
  }
}

void Folder::Start(uint16_t clock, const EventRef& started_by,
                   const std::string& channel) {
  ClockRun run;
  run.policy_version = InForce().version;
  run.clock = clock;
  run.cycle = NextCycle(RuleOf(policies_, run).name);
  run.lead_cycle = progress_.cycle;
  run.started_by = started_by;
  run.channel = channel;
  run.started_at = progress_.position;
  run.counted_to = progress_.position;
  run.from_birth =
      started_by == progress_.born_by && progress_.position == progress_.birth;
  run.resumed = IsOneOf(RuleOf(policies_, run).name, progress_.resumed_clocks);
  progress_.runs.push_back(std::move(run));
  Adjust(progress_.runs.back());
}

bool Folder::IsPaused(const ClockRule& rule, const ClockRun& run) const {
  if (!run.resumed && !rule.pauses.empty() &&
      IsOneOf(attributes().Get("status"), rule.pauses)) {
    return true;
  }
  return std::any_of(rule.pauses_while.begin(), rule.pauses_while.end(),
                     [&](const Condition& condition) {
                       return Holds(policies_, condition, progress_);
                     });
}

// Pause, calendar and target as what is known now asks for.
bool Folder::Adjust(ClockRun& run) {
  if (run.ended_at) return false;
  const Policy& policy = policies_.Of(run);
  const ClockRule& rule = policy.clocks[run.clock];
  const bool paused = IsPaused(rule, run);
  const uint16_t calendar = CalendarFor(policies_, policy, rule, progress_);
  // Once due, the target that decided it stays.
  const OpenTarget target =
      run.due
          ? OpenTarget{run.target, run.not_due_before}
          : OpenTargetOf(FirstMatch(policies_, rule.targets, progress_).target,
                         policy.calendars[calendar].calendar, run.started_at);
  if (paused == run.paused && calendar == run.calendar &&
      target.length == run.target &&
      target.not_due_before == run.not_due_before) {
    return false;
  }
  CountUpTo(policies_, progress_.position, run);
  run.paused = paused;
  run.calendar = calendar;
  run.target = target.length;
  run.not_due_before = target.not_due_before;
  return true;
}

void Folder::Answer(ClockRun& run) {
  run.answered_at = progress_.position;
  End(run, Verdict::kMet, FactKind::kMet, FactKind::kAnsweredLate);
}

void Folder::Stop(const std::string& reason, ClockRun& run) {
  run.reason = reason;
  End(run, Verdict::kStopped, FactKind::kStopped, FactKind::kClosed);
}

void Folder::StopByTime(const std::string& reason, ClockRun& run) {
  Stop(reason, run);
  facts_.back().ended_by_version = true;
  CloseTask(FactKind::kTaskCancelled, run, Decision::kByTime);
}

void Folder::End(ClockRun& run, Verdict verdict, FactKind in_time,
                 FactKind late) {
  const bool is_late = run.due.has_value();
  CountUpTo(policies_, progress_.position, run);
  // A verdict is fixed at due.
  if (!is_late) run.verdict = verdict;
  AddFact(run, is_late ? late : in_time).by = event_;
  run.ended_at = progress_.position;
}

// ---- Outcomes ----

void Folder::TellOutcomes(const EventRef& started_by, Decision decision,
                          TriggerTest is_trigger) {
  for (const OutcomeRule& rule : InForce().outcomes) {
    const bool is_told = IsOneOf(rule.name, progress_.outcomes);
    if ((rule.repeats || !is_told) &&
        std::any_of(rule.on.begin(), rule.on.end(), is_trigger) &&
        Holds(policies_, rule.when, progress_)) {
      Tell(rule, started_by, decision);
    }
  }
}

void Folder::Tell(const OutcomeRule& rule, const EventRef& started_by,
                  Decision decision) {
  const std::pair<std::string, EventRef> told(rule.name, started_by);
  auto& just_told = progress_.just_told;
  if (std::find(just_told.begin(), just_told.end(), told) != just_told.end()) {
    return;
  }
  just_told.push_back(told);
  AddTo(progress_.outcomes, rule.name);
  Fact& fact = AddFactOfLead(FactKind::kOutcome, started_by);
  fact.outcome = rule.name;
  fact.cycle = progress_.cycle;
  fact.after_escalation = !progress_.escalated_clocks.empty();
  fact.by_time = decision == Decision::kByTime;
}

void Folder::NoteEscalation(const ClockRun& run, const Rung& rung) {
  constexpr size_t kMost = 32;
  const std::string& clock = RuleOf(policies_, run).name;
  AddTo(progress_.escalated_clocks, clock);
  std::vector<PastEscalation>& escalations = progress_.escalations;
  escalations.push_back({progress_.position, clock, rung.name});
  if (escalations.size() > kMost) escalations.erase(escalations.begin());
}

// ---- Facts ----

Fact& Folder::AddFactOfLead(FactKind kind, const EventRef& started_by) {
  Fact& fact = facts_.emplace_back();
  fact.clock = kNoClock;
  fact.cycle = 0;
  fact.started_by = started_by;
  fact.kind = kind;
  fact.at = progress_.position;
  fact.policy_version = InForce().version;
  fact.people = progress_.people;
  fact.autoresponder = progress_.autoresponder;
  fact.attributes = progress_.attributes;
  return fact;
}

Fact& Folder::AddFact(const ClockRun& run, FactKind kind, uint8_t rung) {
  const Policy& policy = policies_.Of(run);
  const ClockRule& rule = policy.clocks[run.clock];
  Fact fact;
  fact.clock = run.clock;
  fact.started_by = run.started_by;
  fact.kind = kind;
  fact.rung = rung;
  fact.at = run.counted_to;
  fact.policy_version = run.policy_version;
  fact.people = progress_.people;
  if (rung != kNoRung) {
    const Rung& of = rule.ladder[rung];
    fact.recipients = of.action == RungAction::kReassign
                          ? WhoTakesOver(policies_, policy, of.to, progress_)
                          : WhoIsMeant(policies_, policy, of.to, progress_);
  }
  if (!rule.responsible.empty()) {
    fact.responsible =
        WhoIsMeant(policies_, policy, {rule.responsible}, progress_).front();
  }
  fact.cycle = run.cycle;
  fact.started_at = run.started_at;
  fact.target = run.target;
  fact.counted = run.counted;
  fact.counted_at_due = run.counted_at_due;
  fact.due = run.due;
  if (!fact.due) {
    const absl::Time due = ForetellDue(policies_, run);
    if (due != absl::InfiniteFuture()) fact.due = due;
  }
  fact.answered_at = run.answered_at;
  fact.reason = run.reason;
  fact.attempts = run.attempts;
  fact.autoresponder = progress_.autoresponder;
  fact.attributes = progress_.attributes;
  facts_.push_back(std::move(fact));
  return facts_.back();
}

}  // namespace leadclock
