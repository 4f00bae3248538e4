#include "processor/lead/timeline.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace leadclock {
namespace {

// ---- Conditions and triggers ----

bool IsOneOf(const std::string& value, const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The first rule that applies. REQUIRES: there is one, as in every list of a
// policy that ends in an empty condition.
template <typename Rule>
const Rule& FirstMatch(const std::vector<Rule>& rules,
                       const Attributes& attributes) {
  return *std::find_if(
      rules.begin(), std::prev(rules.end()),
      [&](const Rule& rule) { return Holds(rule.when, attributes); });
}

// A test that is not given holds.
template <typename T>
bool Agrees(const std::optional<T>& wanted, const std::optional<T>& actual) {
  return !wanted || wanted == actual;
}

bool Matches(const TouchTest& test, const Touched& touch,
             const People& people) {
  const auto is_role = [&](Role role) { return people[role] == touch.actor; };
  return Agrees(test.direction, std::optional(touch.direction)) &&
         Agrees(test.actor_kind, std::optional(touch.actor_kind)) &&
         Agrees(test.meaningful, touch.meaningful) &&
         Agrees(test.personalized, touch.personalized) &&
         Agrees(test.reply_path, touch.reply_path) &&
         (test.channels.empty() || IsOneOf(touch.channel, test.channels)) &&
         (test.by.empty() ||
          (!touch.actor.empty() &&
           std::any_of(test.by.begin(), test.by.end(), is_role)));
}

// What may start or stop a clock, other than another clock.
struct Occasion {
  enum class Kind : uint8_t { kBirth, kAssigned, kTouch, kNone };
  Kind kind = Kind::kNone;
  const Touched* touch = nullptr;  // kTouch
};

bool Matches(const Trigger& trigger, const Occasion& occasion,
             const People& people) {
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      return occasion.kind == Occasion::Kind::kBirth;
    case Trigger::Kind::kAssigned:
      return occasion.kind == Occasion::Kind::kAssigned;
    case Trigger::Kind::kTouch:
      return occasion.kind == Occasion::Kind::kTouch &&
             Matches(trigger.touch, *occasion.touch, people);
    case Trigger::Kind::kClockAnswered:
    case Trigger::Kind::kClockMissed:
      break;
  }
  return false;
}

// ---- Counting ----

const BusinessCalendar& CalendarOf(const Policy& policy, const ClockRun& run) {
  return policy.calendars[run.calendar].calendar;
}

void CountUpTo(const Policy& policy, absl::Time instant, ClockRun& run) {
  if (!run.paused) {
    run.counted += CalendarOf(policy, run).Between(run.counted_to, instant);
  }
  run.counted_to = instant;
}

// The first instant at which the run has counted `mark`.
absl::Time Reaches(const Policy& policy, const ClockRun& run,
                   absl::Duration mark) {
  const absl::Duration left = mark - run.counted;
  if (left <= absl::ZeroDuration() && run.counted > absl::ZeroDuration()) {
    return run.counted_to;
  }
  // The mark zero waits until the clock counts, as Deadline does for nothing.
  if (run.paused) return absl::InfiniteFuture();
  return CalendarOf(policy, run).Deadline(run.counted_to, left);
}

absl::Duration Share(absl::Duration target, int percent) {
  return absl::Ceil(target * percent / 100, absl::Milliseconds(1));
}

// Where a rung stands on the run's count. Absent: after a due that is not yet
// reached.
std::optional<absl::Duration> MarkOf(const Mark& mark, const ClockRun& run) {
  switch (mark.from) {
    case Mark::From::kStart:
      return mark.length;
    case Mark::From::kBeforeDue:
      return std::max(absl::ZeroDuration(), run.target - mark.length);
    case Mark::From::kShare:
      return Share(run.target, mark.percent);
    case Mark::From::kAfterDue:
      break;
  }
  if (!run.due) return std::nullopt;
  return run.counted_at_due + mark.length;
}

constexpr uint64_t Bit(size_t rung) { return uint64_t{1} << rung; }

// What a run comes to next: due, or a rung.
struct Step {
  absl::Time at = absl::InfiniteFuture();
  uint8_t rung = kNoRung;  // kNoRung: due
};

Step NextStep(const Policy& policy, const ClockRun& run) {
  if (run.ended_at) return {};
  // The target fell below what was counted: due is the instant of the change.
  if (!run.due && run.counted > run.target) return {run.counted_to, kNoRung};

  std::optional<absl::Duration> lowest;
  if (!run.due) lowest = run.target;
  Step step;
  const std::vector<Rung>& ladder = policy.clocks[run.clock].ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (run.rungs_passed & Bit(i)) continue;
    const std::optional<absl::Duration> mark = MarkOf(ladder[i].mark, run);
    if (mark && (!lowest || *mark < *lowest)) {
      lowest = mark;
      step.rung = static_cast<uint8_t>(i);
    }
  }
  if (lowest) step.at = Reaches(policy, run, *lowest);
  return step;
}

// ---- The fold ----

FactKind KindOf(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return FactKind::kReminder;
    case RungAction::kBreach:
      return FactKind::kBreach;
    case RungAction::kEscalate:
      return FactKind::kEscalation;
    case RungAction::kReassign:
      break;
  }
  return FactKind::kReassignment;
}

// Moves a progress forward and collects what that settles.
class Folder {
 public:
  Folder(const Policy& policy, Progress& progress, std::vector<Fact>& facts)
      : policy_(policy), progress_(progress), facts_(facts) {}

  void Birth(const LeadCreated& created, const EventRef& ref);
  void Apply(const Event& event);
  // Takes every step of time that stands before the instant.
  void SettleBefore(absl::Time instant);
  // Takes every step of time up to and including the instant; returns the
  // instant of the next.
  absl::Time SettleUpTo(absl::Time instant);

 private:
  void Learn(const AttributeChanges& changes,
             const std::vector<std::string>& flags_added,
             const std::vector<std::string>& flags_removed);
  void Learn(const PeopleChanges& changes);
  // Everything that follows from an event once it is known.
  void Follow(const Occasion& occasion, const EventRef& ref);
  void JudgeEligibility();
  void Start(uint16_t clock, const EventRef& started_by);
  void StartAll(const EventRef& started_by, const auto& is_trigger);
  // Answers the open runs that are stopped so, and appends their clocks.
  void AnswerAll(const auto& is_trigger, std::vector<uint16_t>& answered);
  void Answer(ClockRun& run);
  void EndAll();
  void End(ClockRun& run, Verdict verdict, FactKind in_time, FactKind late);
  void Adjust(ClockRun& run);
  void Take(const Step& step, size_t run_index);
  void FallDue(size_t run_index);
  void AddFact(const ClockRun& run, FactKind kind, uint8_t rung = kNoRung);
  // The run that comes to its next step first; runs.size(): none.
  size_t Earliest(Step& step) const;

  const Attributes& attributes() const { return *progress_.attributes; }

  const Policy& policy_;
  Progress& progress_;
  std::vector<Fact>& facts_;
};

void Folder::Learn(const AttributeChanges& changes,
                   const std::vector<std::string>& flags_added,
                   const std::vector<std::string>& flags_removed) {
  if (changes.empty() && flags_added.empty() && flags_removed.empty()) return;
  // Facts share what was known at their instant, so it is never changed in
  // place.
  auto known = std::make_shared<Attributes>(attributes());
  for (const auto& [name, value] : changes) known->Set(name, value);
  for (const std::string& flag : flags_added) known->AddFlag(flag);
  for (const std::string& flag : flags_removed) known->RemoveFlag(flag);
  progress_.attributes = std::move(known);
}

void Folder::Learn(const PeopleChanges& changes) {
  People& people = progress_.people;
  if (changes.owner) people.owner = *changes.owner;
  if (changes.backup) people.backup = *changes.backup;
  if (changes.manager) people.manager = *changes.manager;
}

void Folder::JudgeEligibility() {
  if (progress_.erased) {
    progress_.eligibility = Eligibility::kStopped;
    progress_.eligibility_reason = "erased";
    return;
  }
  progress_.eligibility = Eligibility::kEligible;
  progress_.eligibility_reason.clear();
  for (const EligibilityRule& rule : policy_.eligible) {
    if (!Holds(rule.when, attributes())) continue;
    progress_.eligibility = rule.then == EligibilityRule::Then::kExclude
                                ? Eligibility::kExcluded
                                : Eligibility::kStopped;
    progress_.eligibility_reason = rule.reason;
    return;
  }
}

void Folder::Birth(const LeadCreated& created, const EventRef& ref) {
  Learn(created.attributes, created.flags, {});
  Learn(created.people);
  Follow({Occasion::Kind::kBirth}, ref);
  if (!progress_.people.owner.empty()) {
    Follow({Occasion::Kind::kAssigned}, ref);
  }
}

void Folder::Apply(const Event& event) {
  struct Visitor {
    Folder& folder;

    Occasion operator()(const LeadCreated& created) const {
      folder.Learn(created.attributes, created.flags, {});
      folder.Learn(created.people);
      return AssignedIf(created.people.owner.has_value());
    }
    Occasion operator()(const AttributesChanged& changed) const {
      folder.Learn(changed.attributes, {}, {});
      return {};
    }
    Occasion operator()(const FlagsChanged& changed) const {
      folder.Learn({}, changed.added, changed.removed);
      return {};
    }
    Occasion operator()(const Assigned& assigned) const {
      folder.Learn(assigned.people);
      return AssignedIf(true);
    }
    Occasion operator()(const Touched& touch) const {
      return {Occasion::Kind::kTouch, &touch};
    }
    Occasion operator()(const Withdrawn&) const { return {}; }
    Occasion operator()(const Noted&) const { return {}; }
    Occasion operator()(const Erased&) const {
      folder.progress_.erased = true;
      return {};
    }

    Occasion AssignedIf(bool named) const {
      const bool owned = !folder.progress_.people.owner.empty();
      return {named && owned ? Occasion::Kind::kAssigned
                             : Occasion::Kind::kNone};
    }
  };
  Follow(std::visit(Visitor{*this}, event.body), event.ref);
}

void Folder::Follow(const Occasion& occasion, const EventRef& ref) {
  JudgeEligibility();

  std::vector<uint16_t> answered;  // clocks
  AnswerAll(
      [&](const Trigger& trigger) {
        return Matches(trigger, occasion, progress_.people);
      },
      answered);
  // What they answer in turn. The list grows while it is walked.
  for (size_t i = 0; i < answered.size(); ++i) {
    AnswerAll(
        [clock = answered[i]](const Trigger& trigger) {
          return trigger.kind == Trigger::Kind::kClockAnswered &&
                 trigger.clock == clock;
        },
        answered);
  }

  StartAll(ref, [&](const Trigger& trigger) {
    if (trigger.kind == Trigger::Kind::kClockAnswered) {
      return std::find(answered.begin(), answered.end(), trigger.clock) !=
             answered.end();
    }
    return Matches(trigger, occasion, progress_.people);
  });

  if (progress_.eligibility != Eligibility::kEligible) EndAll();
  for (ClockRun& run : progress_.runs) Adjust(run);
}

void Folder::AnswerAll(const auto& is_trigger,
                       std::vector<uint16_t>& answered) {
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    const std::vector<Trigger>& stops = policy_.clocks[run.clock].stops;
    if (std::any_of(stops.begin(), stops.end(), is_trigger)) {
      Answer(run);
      answered.push_back(run.clock);
    }
  }
}

void Folder::StartAll(const EventRef& started_by, const auto& is_trigger) {
  if (progress_.eligibility != Eligibility::kEligible) return;
  for (size_t i = 0; i < policy_.clocks.size(); ++i) {
    const auto clock = static_cast<uint16_t>(i);
    const std::vector<Trigger>& starts = policy_.clocks[i].starts;
    if (std::any_of(progress_.runs.begin(), progress_.runs.end(),
                    [&](const ClockRun& run) { return run.clock == clock; })) {
      continue;
    }
    if (std::any_of(starts.begin(), starts.end(), is_trigger)) {
      Start(clock, started_by);
    }
  }
}

void Folder::Start(uint16_t clock, const EventRef& started_by) {
  ClockRun run;
  run.clock = clock;
  run.started_by = started_by;
  run.started_at = progress_.position;
  run.counted_to = progress_.position;
  progress_.runs.push_back(std::move(run));
  Adjust(progress_.runs.back());
}

// Pause, calendar and target as the attributes now ask for.
void Folder::Adjust(ClockRun& run) {
  if (run.ended_at) return;
  const ClockRule& rule = policy_.clocks[run.clock];
  const bool paused = IsOneOf(attributes().Get("status"), rule.pauses);
  const uint16_t calendar =
      rule.calendar ? *rule.calendar
                    : FirstMatch(policy_.calendar_for, attributes()).calendar;
  // Once due, the target that decided it stays.
  const absl::Duration target =
      run.due ? run.target : FirstMatch(rule.targets, attributes()).target;
  if (paused == run.paused && calendar == run.calendar &&
      target == run.target) {
    return;
  }
  CountUpTo(policy_, progress_.position, run);
  run.paused = paused;
  run.calendar = calendar;
  run.target = target;
}

void Folder::Answer(ClockRun& run) {
  run.answered_at = progress_.position;
  End(run, Verdict::kMet, FactKind::kMet, FactKind::kAnsweredLate);
}

// Ends what is open because the lead is no longer eligible.
void Folder::EndAll() {
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    run.reason = progress_.eligibility_reason;
    End(run, Verdict::kStopped, FactKind::kStopped, FactKind::kClosed);
  }
}

void Folder::End(ClockRun& run, Verdict verdict, FactKind in_time,
                 FactKind late) {
  const bool is_late = run.due.has_value();
  CountUpTo(policy_, progress_.position, run);
  // A verdict is fixed at due.
  if (!is_late) run.verdict = verdict;
  AddFact(run, is_late ? late : in_time);
  run.ended_at = progress_.position;
}

size_t Folder::Earliest(Step& step) const {
  size_t earliest = progress_.runs.size();
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    const Step candidate = NextStep(policy_, progress_.runs[i]);
    if (candidate.at < step.at) {
      step = candidate;
      earliest = i;
    }
  }
  return earliest;
}

void Folder::SettleBefore(absl::Time instant) {
  // Events are whole milliseconds, and so are steps.
  SettleUpTo(instant - absl::Milliseconds(1));
}

absl::Time Folder::SettleUpTo(absl::Time instant) {
  while (true) {
    Step step;
    const size_t run = Earliest(step);
    if (run == progress_.runs.size() || step.at > instant) return step.at;
    Take(step, run);
  }
}

void Folder::Take(const Step& step, size_t run_index) {
  ClockRun& run = progress_.runs[run_index];
  CountUpTo(policy_, step.at, run);
  progress_.position = step.at;
  if (step.rung == kNoRung) return FallDue(run_index);

  run.rungs_passed |= Bit(step.rung);
  const Rung& rung = policy_.clocks[run.clock].ladder[step.rung];
  if (!Holds(rung.when, attributes())) return;
  run.rungs_fired |= Bit(step.rung);
  AddFact(run, KindOf(rung.action), step.rung);
}

void Folder::FallDue(size_t run_index) {
  ClockRun& run = progress_.runs[run_index];
  run.due = run.counted_to;
  run.counted_at_due = run.counted;
  run.verdict = Verdict::kMissed;
  const std::vector<Rung>& ladder = policy_.clocks[run.clock].ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (MarkOf(ladder[i].mark, run) < run.counted_at_due) {
      run.rungs_passed |= Bit(i);
    }
  }
  AddFact(run, FactKind::kMissed);

  const uint16_t clock = run.clock;
  const EventRef started_by = run.started_by;
  StartAll(started_by, [&](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kClockMissed &&
           trigger.clock == clock;
  });
}

void Folder::AddFact(const ClockRun& run, FactKind kind, uint8_t rung) {
  Fact fact;
  fact.clock = run.clock;
  fact.started_by = run.started_by;
  fact.kind = kind;
  fact.rung = rung;
  fact.at = run.counted_to;
  fact.policy_version = policy_.version;
  fact.people = progress_.people;
  fact.cycle = run.cycle;
  fact.started_at = run.started_at;
  fact.target = run.target;
  fact.counted = run.counted;
  fact.counted_at_due = run.counted_at_due;
  fact.due = run.due;
  if (!fact.due) {
    const absl::Time due = ForetellDue(policy_, run);
    if (due != absl::InfiniteFuture()) fact.due = due;
  }
  fact.answered_at = run.answered_at;
  fact.reason = run.reason;
  fact.attributes = progress_.attributes;
  facts_.push_back(std::move(fact));
}

// The earliest instant at which time decides something.
absl::Time NextInstant(const Policy& policy, const Progress& progress) {
  absl::Time next = absl::InfiniteFuture();
  for (const ClockRun& run : progress.runs) {
    next = std::min(next, NextStep(policy, run).at);
  }
  return next;
}

// The events that no other one withdraws.
std::vector<const Event*> InForce(const std::vector<Event>& history) {
  std::vector<const EventRef*> withdrawn;
  for (const Event& event : history) {
    if (const auto* body = std::get_if<Withdrawn>(&event.body)) {
      withdrawn.push_back(&body->event);
    }
  }
  std::vector<const Event*> events;
  for (const Event& event : history) {
    const bool stands =
        std::holds_alternative<Withdrawn>(event.body) ||
        std::holds_alternative<Erased>(event.body) ||
        std::none_of(withdrawn.begin(), withdrawn.end(),
                     [&](const EventRef* ref) { return *ref == event.ref; });
    if (stands) events.push_back(&event);
  }
  return events;
}

// Moves the birth to the front; false: there is none.
bool BirthFirst(std::vector<const Event*>& events) {
  const auto birth =
      std::find_if(events.begin(), events.end(), [](const Event* event) {
        return std::holds_alternative<LeadCreated>(event->body);
      });
  if (birth == events.end()) return false;
  std::rotate(events.begin(), birth, birth + 1);
  return true;
}

Progress Born(const Event& birth) {
  Progress progress;
  progress.birth = birth.occurred_at;
  progress.born_by = birth.ref;
  progress.position = birth.occurred_at;
  progress.attributes = std::make_shared<Attributes>();
  return progress;
}

// Moves `progress` past an event that applies at `instant`.
void AdvanceTo(const Policy& policy, absl::Time instant, const Event& event,
               Progress& progress, std::vector<Fact>& facts) {
  Folder folder(policy, progress, facts);
  folder.SettleBefore(instant);
  progress.position = instant;
  folder.Apply(event);
}

// Folds what followed on a part of the history that nothing changes any more.
Timeline DeriveFrom(const Policy& policy, const Collapsed& collapsed,
                    const std::vector<const Event*>& events) {
  Timeline timeline;
  timeline.progress = collapsed.base;
  for (const Event* event : events) {
    const bool frozen = event->occurred_at <= collapsed.up_to;
    if (frozen && std::holds_alternative<Withdrawn>(event->body)) continue;
    AdvanceTo(policy, std::max(event->occurred_at, collapsed.up_to), *event,
              *timeline.progress, timeline.facts);
  }
  return timeline;
}

}  // namespace

Timeline Derive(const Policy& policy, const std::vector<Event>& history,
                const std::optional<Collapsed>& collapsed) {
  std::vector<const Event*> events = InForce(history);
  if (collapsed) return DeriveFrom(policy, *collapsed, events);
  Timeline timeline;
  if (!BirthFirst(events)) return timeline;

  const Event& birth = *events.front();
  timeline.progress = Born(birth);
  Folder(policy, *timeline.progress, timeline.facts)
      .Birth(std::get<LeadCreated>(birth.body), birth.ref);
  for (size_t i = 1; i < events.size(); ++i) {
    AdvanceTo(policy, std::max(events[i]->occurred_at, birth.occurred_at),
              *events[i], *timeline.progress, timeline.facts);
  }
  return timeline;
}

std::vector<Event> InForceUpTo(const std::vector<Event>& history,
                               absl::Time instant) {
  std::vector<Event> events;
  for (const Event* event : InForce(history)) {
    if (event->occurred_at <= instant) events.push_back(*event);
  }
  return events;
}

std::vector<Fact> Advance(const Policy& policy, const Event& event,
                          Progress& progress) {
  std::vector<Fact> facts;
  AdvanceTo(policy, std::max(event.occurred_at, progress.birth), event,
            progress, facts);
  return facts;
}

Outlook Foretell(const Policy& policy, const Progress& progress,
                 absl::Time until) {
  Outlook outlook;
  outlook.next = NextInstant(policy, progress);
  // Most of the time nothing has come due, and nothing need be copied.
  if (outlook.next > until || outlook.next == absl::InfiniteFuture()) {
    return outlook;
  }

  Progress copy = progress;
  outlook.next = Folder(policy, copy, outlook.facts).SettleUpTo(until);
  return outlook;
}

bool IsDue(const Policy& policy, const Progress& progress, absl::Time now) {
  const absl::Time next = NextInstant(policy, progress);
  return next <= now && next != absl::InfiniteFuture();
}

Progress At(const Policy& policy, Progress progress, absl::Time now) {
  std::vector<Fact> unused;
  Folder(policy, progress, unused).SettleUpTo(now);
  return progress;
}

absl::Time ForetellDue(const Policy& policy, const ClockRun& run) {
  if (run.due) return *run.due;
  if (run.counted > run.target) return run.counted_to;
  return Reaches(policy, run, run.target);
}

}  // namespace leadclock
