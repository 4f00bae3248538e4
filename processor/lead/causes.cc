#include "processor/lead/causes.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "processor/lead/counting.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/occasion.h"
#include "processor/lead/timeline.h"

namespace leadclock {
namespace {

std::vector<std::string> FlagsOf(const Event& event) {
  if (const auto* const created = std::get_if<LeadCreated>(&event.body)) {
    return created->flags;
  }
  if (const auto* const changed = std::get_if<FlagsChanged>(&event.body)) {
    return changed->added;
  }
  return {};
}

uint8_t NewHolders(const People& before, const People& after) {
  uint8_t roles = 0;
  for (const Role role : {Role::kOwner, Role::kBackup, Role::kManager}) {
    if (!after[role].empty() && after[role] != before[role]) {
      roles |= RoleBit(role);
    }
  }
  return roles;
}

// What the event may have been to clocks.
Occasion OccasionOf(const Passage& passage) {
  Occasion occasion;
  const Event& event = *passage.event;
  occasion.touch = std::get_if<Touched>(&event.body);
  occasion.activity = std::get_if<Activity>(&event.body);
  const bool is_creation = std::holds_alternative<LeadCreated>(event.body);
  occasion.is_birth = is_creation && event.ref == passage.after.born_by;
  if (is_creation || std::holds_alternative<Assigned>(event.body)) {
    occasion.assigned = passage.new_holders;
  }
  occasion.flags_added = FlagsOf(event);
  return occasion;
}

// Whether the event itself is what one of the triggers waits for.
bool IsDirect(const PolicyBook& policies, const std::vector<Trigger>& triggers,
              const Passage& passage, const ClockRun* stopped) {
  const Occasion occasion = OccasionOf(passage);
  const People& people = passage.after.people;
  return std::any_of(
      triggers.begin(), triggers.end(), [&](const Trigger& trigger) {
        return stopped == nullptr
                   ? Matches(trigger, occasion, people)
                   : Matches(trigger, occasion, people,
                             RuleOf(policies, *stopped).name, *stopped);
      });
}

bool IsEnd(const Fact& fact) {
  return fact.kind == FactKind::kStopped || fact.kind == FactKind::kClosed;
}

bool IsAnswer(const Fact& fact) {
  return fact.kind == FactKind::kMet || fact.kind == FactKind::kAnsweredLate;
}

// Of the other clocks that are triggers, the first one of which such a fact is
// true at that instant; "": none.
std::string ClockAmong(const PolicyBook& policies, const Policy& policy,
                       const std::vector<Trigger>& triggers, Trigger::Kind kind,
                       const std::vector<Fact>& facts, absl::Time at,
                       const auto& is_kind) {
  for (const Trigger& trigger : triggers) {
    if (trigger.kind != kind) continue;
    const std::string& clock = policy.clocks[trigger.clock].name;
    for (const Fact& fact : facts) {
      if (fact.at == at && is_kind(fact) &&
          ClockName(policies, fact) == clock) {
        return clock;
      }
    }
  }
  return "";
}

const ClockRule* RuleNamed(const Policy& policy, const std::string& clock) {
  for (const ClockRule& rule : policy.clocks) {
    if (rule.name == clock) return &rule;
  }
  return nullptr;
}

// By itself, or by the clock that it answered.
Cause CauseBy(const PolicyBook& policies, const Policy& policy,
              const std::vector<Trigger>& triggers, const Passage& passage,
              const ClockRun* stopped) {
  Cause cause;
  cause.event = passage.event->ref;
  if (IsDirect(policies, triggers, passage, stopped)) return cause;
  cause.clock =
      ClockAmong(policies, policy, triggers, Trigger::Kind::kClockAnswered,
                 passage.settled, passage.at, IsAnswer);
  if (!cause.clock.empty()) cause.kind = Cause::Kind::kAnswered;
  if (!cause.clock.empty() || stopped != nullptr) return cause;
  cause.clock =
      ClockAmong(policies, policy, triggers, Trigger::Kind::kClockStopped,
                 passage.settled, passage.at, IsEnd);
  if (!cause.clock.empty()) cause.kind = Cause::Kind::kStopped;
  return cause;
}

// The date by which time started a run; "": none.
std::string DateOf(const ClockRule& rule, const ClockRun& run,
                   const std::vector<Passage>& passages) {
  for (const KnownDate& date : passages.back().after.dates) {
    if (date.said_by != run.started_by) continue;
    for (const Trigger& start : rule.starts) {
      if (start.kind == Trigger::Kind::kDate && start.date.date == date.name) {
        return date.name;
      }
    }
  }
  return "";
}

// Whether a version of the policy ended the run, by what was settled.
bool IsEndedByVersion(const PolicyBook& policies,
                      const std::vector<Fact>& settled, const ClockRun& run) {
  return std::any_of(settled.begin(), settled.end(), [&](const Fact& fact) {
    return fact.ended_by_version && IsOf(policies, fact, run);
  });
}

UncountedTouch UncountedOf(const PolicyBook& policies, const Passage& passage,
                           const Touched& touch, const ClockRun& run) {
  UncountedTouch uncounted;
  uncounted.event = passage.event->ref;
  uncounted.at = passage.event->occurred_at;
  uncounted.touch = touch;
  uncounted.people = passage.after.people;
  uncounted.policy_version = run.policy_version;
  uncounted.clock = run.clock;
  const std::vector<Trigger>& stops = RuleOf(policies, run).stops;
  for (size_t i = 0; i < stops.size(); ++i) {
    if (stops[i].kind != Trigger::Kind::kTouch) continue;
    uncounted.tests.push_back(
        {i, FailedParts(stops[i].touch, touch, passage.after.people, run)});
  }
  return uncounted;
}

}  // namespace

std::vector<Passage> PassagesOf(const PolicyBook& policies,
                                const std::vector<Event>& history) {
  const auto birth =
      std::find_if(history.begin(), history.end(), [](const Event& event) {
        return std::holds_alternative<LeadCreated>(event.body);
      });
  std::vector<Passage> passages;
  if (birth == history.end()) return passages;

  Timeline timeline = Derive(policies, {*birth});
  Progress progress = *std::move(timeline.progress);
  passages.push_back({.event = &*birth,
                      .at = progress.birth,
                      .after = progress,
                      .new_holders = NewHolders(People(), progress.people),
                      .settled = std::move(timeline.facts)});
  for (const Event& event : history) {
    if (&event == &*birth) continue;
    const People before = progress.people;
    std::vector<Fact> settled = Advance(policies, event, progress);
    passages.push_back({.event = &event,
                        .at = progress.position,
                        .after = progress,
                        .new_holders = NewHolders(before, progress.people),
                        .settled = std::move(settled)});
  }
  return passages;
}

const ClockRun* SameRun(const PolicyBook& policies, const Progress& progress,
                        const ClockRun& run) {
  for (const ClockRun& other : progress.runs) {
    if (other.cycle == run.cycle &&
        RuleOf(policies, other).name == RuleOf(policies, run).name) {
      return &other;
    }
  }
  return nullptr;
}

bool IsOf(const PolicyBook& policies, const Fact& fact, const ClockRun& run) {
  return fact.cycle == run.cycle &&
         ClockName(policies, fact) == RuleOf(policies, run).name;
}

Cause StartOf(const PolicyBook& policies, const std::vector<Passage>& passages,
              const std::vector<Fact>& facts, const ClockRun& run) {
  Cause cause;
  cause.event = run.started_by;
  // As it began; a lead that is absorbed may move its start.
  const ClockRun* then = &run;
  for (const Passage& passage : passages) {
    const ClockRun* const first = SameRun(policies, passage.after, run);
    if (first == nullptr) continue;
    then = first;
    break;
  }
  const Policy& policy = policies.InForce(then->started_at);
  const ClockRule* const rule = RuleNamed(policy, RuleOf(policies, run).name);
  if (rule == nullptr) return cause;
  for (const Passage& passage : passages) {
    if (SameRun(policies, passage.after, run) == nullptr) continue;
    const bool by_event =
        passage.event->ref == run.started_by && passage.at == then->started_at;
    if (!by_event) break;
    return CauseBy(policies, policy, rule->starts, passage, nullptr);
  }
  cause.clock = ClockAmong(
      policies, policy, rule->starts, Trigger::Kind::kClockMissed, facts,
      then->started_at,
      [](const Fact& fact) { return fact.kind == FactKind::kMissed; });
  if (!cause.clock.empty()) {
    cause.kind = Cause::Kind::kMissed;
    return cause;
  }
  cause.date = DateOf(*rule, run, passages);
  if (!cause.date.empty()) cause.kind = Cause::Kind::kDate;
  return cause;
}

std::optional<Cause> EndOf(const PolicyBook& policies,
                           const std::vector<Passage>& passages,
                           const ClockRun& run) {
  if (!run.ended_at) return std::nullopt;
  for (const Passage& passage : passages) {
    const ClockRun* const ended = SameRun(policies, passage.after, run);
    if (ended == nullptr || !ended->ended_at) continue;
    if (IsEndedByVersion(policies, passage.settled, run)) break;
    if (!run.answered_at) {
      Cause cause;
      cause.event = passage.event->ref;
      return cause;
    }
    return CauseBy(policies, policies.Of(*ended),
                   RuleOf(policies, *ended).stops, passage, ended);
  }
  Cause cause;
  cause.kind = Cause::Kind::kVersion;
  cause.policy_version = policies.InForce(*run.ended_at).version;
  return cause;
}

std::vector<UncountedTouch> UncountedTouches(
    const PolicyBook& policies, const std::vector<Passage>& passages,
    const ClockRun& run) {
  std::vector<UncountedTouch> uncounted;
  bool was_there = false;
  for (const Passage& passage : passages) {
    const ClockRun* const then = SameRun(policies, passage.after, run);
    if (then == nullptr) continue;
    // What starts a run is not asked whether it answers it.
    const bool is_asked = was_there || then->started_at < passage.at;
    was_there = true;
    const auto* const touch = std::get_if<Touched>(&passage.event->body);
    if (touch == nullptr || !is_asked || then->ended_at) continue;
    uncounted.push_back(UncountedOf(policies, passage, *touch, *then));
  }
  return uncounted;
}

}  // namespace leadclock
