#include "processor/lead/timeline.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "processor/lead/counting.h"
#include "processor/lead/occasion.h"
#include "processor/lead/recipients.h"

namespace leadclock {
namespace {

// ---- Conditions ----

bool IsOneOf(const std::string& value, const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The first rule that applies. REQUIRES: there is one, as in every list of a
// policy that ends in an empty condition.
template <typename Rule>
const Rule& FirstMatch(const PolicyBook& policies,
                       const std::vector<Rule>& rules,
                       const Progress& progress) {
  return *std::find_if(
      rules.begin(), std::prev(rules.end()),
      [&](const Rule& rule) { return Holds(policies, rule.when, progress); });
}

// The clock's own rules first, then those of all clocks.
uint16_t CalendarFor(const PolicyBook& policies, const Policy& policy,
                     const ClockRule& clock, const Progress& progress) {
  for (const CalendarRule& rule : clock.calendars) {
    if (Holds(policies, rule.when, progress)) return rule.calendar;
  }
  return FirstMatch(policies, policy.calendar_for, progress).calendar;
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

Eligibility EligibilityBy(EligibilityRule::Then then) {
  switch (then) {
    case EligibilityRule::Then::kExclude:
      return Eligibility::kExcluded;
    case EligibilityRule::Then::kStop:
      return Eligibility::kStopped;
    case EligibilityRule::Then::kReview:
      break;
  }
  return Eligibility::kUnderReview;
}

// Why an open run ended whose clock the policy does not have any more.
constexpr char kNoMoreInPolicy[] = "policy";

// Moves a progress forward and collects what that settles.
class Folder {
 public:
  Folder(const PolicyBook& policies, Progress& progress,
         std::vector<Fact>& facts)
      : policies_(policies), progress_(progress), facts_(facts) {}

  void Birth(const LeadCreated& created, const EventRef& ref);
  void Apply(const Event& event);
  // Takes every step of time that stands before an event of that instant.
  void SettleBefore(absl::Time instant);
  // Takes every step of time up to and including the instant; returns the
  // instant of the next.
  absl::Time SettleUpTo(absl::Time instant);

 private:
  // A run that goes over to another version.
  struct Move {
    absl::Time at = absl::InfiniteFuture();
    size_t run = 0;
    const Policy* to = nullptr;  // null: there is none
  };

  void Learn(const AttributeChanges& changes,
             const std::vector<std::string>& flags_added,
             const std::vector<std::string>& flags_removed);
  void Learn(const PeopleChanges& changes);
  void Learn(const RoleHolders& changes);
  // Everything that follows from an event once it is known.
  void Follow(const Occasion& occasion, const EventRef& ref);
  // The first rule that keeps clocks from running; null: there is none.
  const EligibilityRule* RuleAgainst(const Policy& policy) const;
  // The rule that decides, if one does.
  const EligibilityRule* JudgeEligibility();
  // The channel is that of the touch by which it starts; "": none.
  void Start(uint16_t clock, const EventRef& started_by,
             const std::string& channel);
  // Whether a clock of that name has run, by whatever version.
  bool HasRun(const std::string& clock) const;
  // By the version in force, which is `policy`.
  void StartAll(const Policy& policy, const EventRef& started_by,
                const std::string& channel, const auto& is_trigger);
  // Answers the open runs that are stopped so, and appends their clocks.
  void AnswerAll(const auto& is_trigger, std::vector<std::string>& answered);
  void Answer(ClockRun& run);
  // Ends what is open and may not be by its own version.
  void EndThoseThatMayNotRun();
  void Stop(const std::string& reason, ClockRun& run);
  // As a version of the policy takes effect.
  void StopByTime(const std::string& reason, ClockRun& run);
  void End(ClockRun& run, Verdict verdict, FactKind in_time, FactKind late);
  void Adjust(ClockRun& run);
  void Take(const Step& step, size_t run_index);
  void FallDue(size_t run_index);
  Move NextMove() const;
  void Take(const Move& move);
  void Convert(const Policy& policy, uint16_t clock, ClockRun& run);
  void AskForReview(const Policy& policy, const EligibilityRule& rule,
                    const EventRef& ref);
  void AddFact(const ClockRun& run, FactKind kind, uint8_t rung = kNoRung);
  // The run that comes to its next step first; runs.size(): none.
  size_t Earliest(Step& step) const;

  const Attributes& attributes() const { return *progress_.attributes; }
  const Policy& InForce() const {
    return policies_.InForce(progress_.position);
  }

  const PolicyBook& policies_;
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

void Folder::Learn(const RoleHolders& changes) {
  RoleHolders& holders = progress_.holders;
  for (const auto& [role, holder] : changes) {
    auto place =
        std::lower_bound(holders.begin(), holders.end(), role,
                         [](const auto& known, const std::string& name) {
                           return known.first < name;
                         });
    if (place != holders.end() && place->first == role) {
      place = holders.erase(place);
    }
    if (!holder.empty()) holders.insert(place, {role, holder});
  }
}

const EligibilityRule* Folder::RuleAgainst(const Policy& policy) const {
  for (const EligibilityRule& rule : policy.eligible) {
    if (Holds(policies_, rule.when, progress_)) return &rule;
  }
  return nullptr;
}

const EligibilityRule* Folder::JudgeEligibility() {
  if (progress_.erased) {
    progress_.eligibility = Eligibility::kStopped;
    progress_.eligibility_reason = "erased";
    return nullptr;
  }
  const EligibilityRule* const rule = RuleAgainst(InForce());
  if (rule != nullptr) {
    progress_.eligibility = EligibilityBy(rule->then);
    progress_.eligibility_reason = rule->reason;
  } else {
    progress_.eligibility = Eligibility::kEligible;
    progress_.eligibility_reason.clear();
  }
  return rule;
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
      folder.Learn(assigned.holders);
      return AssignedIf(true);
    }
    Occasion operator()(const Touched& touch) const {
      return {Occasion::Kind::kTouch, &touch};
    }
    Occasion operator()(const Withdrawn&) const { return {}; }
    Occasion operator()(const Activity& activity) const {
      folder.Learn(activity.learnt, {}, {});
      return {};
    }
    Occasion operator()(const MergedInto&) const { return {}; }
    Occasion operator()(const Absorbed&) const { return {}; }
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
  // "": it was not.
  const std::string reviewed_before = ReviewOf(progress_);
  const EligibilityRule* const rule = JudgeEligibility();

  std::vector<std::string> answered;  // clocks
  AnswerAll(
      [&](const Trigger& trigger, const ClockRun& run) {
        return Matches(trigger, occasion, progress_.people) &&
               IsOnRightChannel(trigger, occasion, run);
      },
      answered);
  // What they answer in turn. The list grows while it is walked.
  for (size_t i = 0; i < answered.size(); ++i) {
    const std::string clock = answered[i];
    AnswerAll(
        [&](const Trigger& trigger, const ClockRun& run) {
          return trigger.kind == Trigger::Kind::kClockAnswered &&
                 policies_.Of(run).clocks[trigger.clock].name == clock;
        },
        answered);
  }

  const Policy& policy = InForce();
  const std::string channel =
      occasion.touch == nullptr ? "" : occasion.touch->channel;
  if (progress_.eligibility == Eligibility::kEligible) {
    StartAll(policy, ref, channel, [&](const Trigger& trigger) {
      if (trigger.kind == Trigger::Kind::kClockAnswered) {
        return IsOneOf(policy.clocks[trigger.clock].name, answered);
      }
      return Matches(trigger, occasion, progress_.people);
    });
  }

  EndThoseThatMayNotRun();
  const std::string reviewed_now = ReviewOf(progress_);
  if (!reviewed_now.empty() && reviewed_now != reviewed_before) {
    AskForReview(policy, *rule, ref);
  }
  for (ClockRun& run : progress_.runs) Adjust(run);
}

void Folder::AnswerAll(const auto& is_trigger,
                       std::vector<std::string>& answered) {
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    const ClockRule& rule = RuleOf(policies_, run);
    if (std::any_of(
            rule.stops.begin(), rule.stops.end(),
            [&](const Trigger& stop) { return is_trigger(stop, run); })) {
      Answer(run);
      answered.push_back(rule.name);
    }
  }
}

bool Folder::HasRun(const std::string& clock) const {
  return std::any_of(progress_.runs.begin(), progress_.runs.end(),
                     [&](const ClockRun& run) {
                       return RuleOf(policies_, run).name == clock;
                     });
}

void Folder::StartAll(const Policy& policy, const EventRef& started_by,
                      const std::string& channel, const auto& is_trigger) {
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& rule = policy.clocks[i];
    if (std::any_of(rule.starts.begin(), rule.starts.end(), is_trigger) &&
        !HasRun(rule.name)) {
      Start(static_cast<uint16_t>(i), started_by, channel);
    }
  }
}

void Folder::Start(uint16_t clock, const EventRef& started_by,
                   const std::string& channel) {
  ClockRun run;
  run.policy_version = InForce().version;
  run.clock = clock;
  run.started_by = started_by;
  run.channel = channel;
  run.started_at = progress_.position;
  run.counted_to = progress_.position;
  progress_.runs.push_back(std::move(run));
  Adjust(progress_.runs.back());
}

// Pause, calendar and target as the attributes now ask for.
void Folder::Adjust(ClockRun& run) {
  if (run.ended_at) return;
  const Policy& policy = policies_.Of(run);
  const ClockRule& rule = policy.clocks[run.clock];
  const bool paused = IsOneOf(attributes().Get("status"), rule.pauses);
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
    return;
  }
  CountUpTo(policies_, progress_.position, run);
  run.paused = paused;
  run.calendar = calendar;
  run.target = target.length;
  run.not_due_before = target.not_due_before;
}

void Folder::Answer(ClockRun& run) {
  run.answered_at = progress_.position;
  End(run, Verdict::kMet, FactKind::kMet, FactKind::kAnsweredLate);
}

void Folder::EndThoseThatMayNotRun() {
  const bool may_run = progress_.eligibility == Eligibility::kEligible;
  const int64_t in_force = InForce().version;
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    if (progress_.erased || run.policy_version == in_force) {
      if (!may_run) Stop(progress_.eligibility_reason, run);
      continue;
    }
    const EligibilityRule* const rule = RuleAgainst(policies_.Of(run));
    if (rule != nullptr) Stop(rule->reason, run);
  }
}

void Folder::Stop(const std::string& reason, ClockRun& run) {
  run.reason = reason;
  End(run, Verdict::kStopped, FactKind::kStopped, FactKind::kClosed);
}

void Folder::StopByTime(const std::string& reason, ClockRun& run) {
  Stop(reason, run);
  facts_.back().ended_by_version = true;
}

void Folder::End(ClockRun& run, Verdict verdict, FactKind in_time,
                 FactKind late) {
  const bool is_late = run.due.has_value();
  CountUpTo(policies_, progress_.position, run);
  // A verdict is fixed at due.
  if (!is_late) run.verdict = verdict;
  AddFact(run, is_late ? late : in_time);
  run.ended_at = progress_.position;
}

size_t Folder::Earliest(Step& step) const {
  size_t earliest = progress_.runs.size();
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    const Step candidate = NextStep(policies_, progress_.runs[i]);
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
  progress_.dates_done = instant - absl::Milliseconds(1);
  // A version is in force at its instant, whatever else happens then.
  for (Move move = NextMove(); move.at <= instant; move = NextMove()) {
    Take(move);
  }
}

absl::Time Folder::SettleUpTo(absl::Time instant) {
  while (true) {
    Step step;
    const size_t run = Earliest(step);
    const Move move = NextMove();
    if (std::min(move.at, step.at) > instant) {
      return std::min(move.at, step.at);
    }
    if (move.at == absl::InfiniteFuture() &&
        step.at == absl::InfiniteFuture()) {
      return step.at;
    }
    if (move.at <= step.at) {
      Take(move);
    } else {
      Take(step, run);
    }
  }
}

void Folder::Take(const Step& step, size_t run_index) {
  ClockRun& run = progress_.runs[run_index];
  CountUpTo(policies_, step.at, run);
  progress_.position = step.at;
  if (step.rung == kNoRung) return FallDue(run_index);

  run.rungs_passed |= RungBit(step.rung);
  const Rung& rung = RuleOf(policies_, run).ladder[step.rung];
  // A clock that is due is not at risk any more.
  if (rung.action == RungAction::kWarn && run.due) return;
  if (rung.action == RungAction::kAcknowledge &&
      CalendarOf(policies_, run).IsOpen(step.at)) {
    return;
  }
  if (!Holds(policies_, rung.when, progress_)) return;
  run.rungs_fired |= RungBit(step.rung);
  AddFact(run, KindOf(rung.action), step.rung);
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
  if (progress_.erased || RuleAgainst(policy) != nullptr) return;
  const EventRef started_by = run.started_by;
  StartAll(policy, started_by, "", [&](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kClockMissed &&
           policy.clocks[trigger.clock].name == rule.name;
  });
}

// ---- From one version of the policy to another ----

Folder::Move Folder::NextMove() const {
  Move next;
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

// The place of a clock; Policy::clocks.size(): there is none of that name.
size_t PlaceOf(const std::string& clock, const Policy& policy) {
  const auto same =
      std::find_if(policy.clocks.begin(), policy.clocks.end(),
                   [&](const ClockRule& rule) { return rule.name == clock; });
  return static_cast<size_t>(same - policy.clocks.begin());
}

void Folder::Take(const Move& move) {
  ClockRun& run = progress_.runs[move.run];
  progress_.position = move.at;
  CountUpTo(policies_, move.at, run);
  const size_t clock = PlaceOf(RuleOf(policies_, run).name, *move.to);
  if (clock == move.to->clocks.size()) return StopByTime(kNoMoreInPolicy, run);

  const absl::Time due_before = ForetellDue(policies_, run);
  Convert(*move.to, static_cast<uint16_t>(clock), run);
  if (const EligibilityRule* const rule = RuleAgainst(*move.to)) {
    return StopByTime(rule->reason, run);
  }
  Adjust(run);
  if (run.due) {
    return PassRungsBeforeDue(RuleOf(policies_, run).ladder, run);
  }
  const absl::Time due_after = ForetellDue(policies_, run);
  const bool is_told = due_before != absl::InfiniteFuture() &&
                       due_after != absl::InfiniteFuture();
  if (is_told && due_before != due_after) AddFact(run, FactKind::kDueChanged);
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

void Folder::AskForReview(const Policy& policy, const EligibilityRule& rule,
                          const EventRef& ref) {
  Fact fact;
  fact.clock = kNoClock;
  fact.cycle = 0;
  fact.started_by = ref;
  fact.kind = FactKind::kLeadReview;
  fact.at = progress_.position;
  fact.policy_version = policy.version;
  fact.people = progress_.people;
  fact.recipients = WhoIsMeant(policies_, policy, rule.to, progress_);
  fact.reason = rule.reason;
  fact.attributes = progress_.attributes;
  facts_.push_back(std::move(fact));
}

void Folder::AddFact(const ClockRun& run, FactKind kind, uint8_t rung) {
  Fact fact;
  fact.clock = run.clock;
  fact.started_by = run.started_by;
  fact.kind = kind;
  fact.rung = rung;
  fact.at = run.counted_to;
  fact.policy_version = run.policy_version;
  fact.people = progress_.people;
  if (rung != kNoRung) {
    fact.recipients =
        WhoIsMeant(policies_, policies_.Of(run),
                   RuleOf(policies_, run).ladder[rung].to, progress_);
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
  fact.attributes = progress_.attributes;
  facts_.push_back(std::move(fact));
}

// The earliest instant at which time decides something.
absl::Time NextInstant(const PolicyBook& policies, const Progress& progress) {
  absl::Time next = absl::InfiniteFuture();
  for (const ClockRun& run : progress.runs) {
    if (run.ended_at) continue;
    next = std::min(next, NextStep(policies, run).at);
    if (const auto carry = policies.NextCarry(run.policy_version)) {
      next = std::min(next, std::max(carry->at, progress.position));
    }
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
  progress.begun_at = birth.occurred_at;
  progress.dates_done = birth.occurred_at - absl::Milliseconds(1);
  progress.attributes = std::make_shared<Attributes>();
  return progress;
}

// Moves `progress` past an event that applies at `instant`.
void AdvanceTo(const PolicyBook& policies, absl::Time instant,
               const Event& event, Progress& progress,
               std::vector<Fact>& facts) {
  Folder folder(policies, progress, facts);
  folder.SettleBefore(instant);
  progress.position = instant;
  folder.Apply(event);
}

// Folds what followed on a part of the history that nothing changes any more.
Timeline DeriveFrom(const PolicyBook& policies, const Collapsed& collapsed,
                    const std::vector<const Event*>& events) {
  Timeline timeline;
  timeline.progress = collapsed.base;
  for (const Event* event : events) {
    const bool frozen = event->occurred_at <= collapsed.up_to;
    if (frozen && std::holds_alternative<Withdrawn>(event->body)) continue;
    AdvanceTo(policies, std::max(event->occurred_at, collapsed.up_to), *event,
              *timeline.progress, timeline.facts);
  }
  return timeline;
}

}  // namespace

Timeline Derive(const PolicyBook& policies, const std::vector<Event>& history,
                const std::optional<Collapsed>& collapsed) {
  std::vector<const Event*> events = InForce(history);
  if (collapsed) return DeriveFrom(policies, *collapsed, events);
  Timeline timeline;
  if (!BirthFirst(events)) return timeline;

  const Event& birth = *events.front();
  timeline.progress = Born(birth);
  Folder(policies, *timeline.progress, timeline.facts)
      .Birth(std::get<LeadCreated>(birth.body), birth.ref);
  for (size_t i = 1; i < events.size(); ++i) {
    AdvanceTo(policies, std::max(events[i]->occurred_at, birth.occurred_at),
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

std::vector<Fact> Advance(const PolicyBook& policies, const Event& event,
                          Progress& progress) {
  std::vector<Fact> facts;
  AdvanceTo(policies, std::max(event.occurred_at, progress.birth), event,
            progress, facts);
  return facts;
}

std::string ReviewOf(const Progress& progress) {
  return progress.eligibility == Eligibility::kUnderReview
             ? progress.eligibility_reason
             : std::string();
}

Outlook Foretell(const PolicyBook& policies, const Progress& progress,
                 absl::Time until) {
  Outlook outlook;
  outlook.next = NextInstant(policies, progress);
  // Most of the time nothing has come due, and nothing need be copied.
  if (outlook.next > until || outlook.next == absl::InfiniteFuture()) {
    return outlook;
  }

  Progress copy = progress;
  outlook.next = Folder(policies, copy, outlook.facts).SettleUpTo(until);
  return outlook;
}

bool IsDue(const PolicyBook& policies, const Progress& progress,
           absl::Time now) {
  const absl::Time next = NextInstant(policies, progress);
  return next <= now && next != absl::InfiniteFuture();
}

Progress At(const PolicyBook& policies, Progress progress, absl::Time now) {
  std::vector<Fact> unused;
  Folder(policies, progress, unused).SettleUpTo(now);
  return progress;
}

}  // namespace leadclock
