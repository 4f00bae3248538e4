#include "processor/lead/causes.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "processor/lead/counting.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/occasion.h"
#include "processor/lead/rules.h"
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

bool IsByDate(const std::vector<Trigger>& triggers, const KnownDate& date) {
  return std::any_of(triggers.begin(), triggers.end(),
                     [&](const Trigger& trigger) {
                       return trigger.kind == Trigger::Kind::kDate &&
                              trigger.date.date == date.name;
                     });
}

bool StartsWithReturn(const ClockRule& rule) {
  return std::any_of(rule.starts.begin(), rule.starts.end(),
                     [](const Trigger& start) {
                       return start.kind == Trigger::Kind::kReentered;
                     });
}

// Says by which date, of those known then, time started a run, if one did.
void NoteDate(const Policy& policy, const ClockRule& rule, const ClockRun& run,
              const std::vector<KnownDate>& dates, Cause& cause) {
  for (const KnownDate& date : dates) {
    if (date.said_by != run.started_by) continue;
    const bool by_return =
        StartsWithReturn(rule) && IsByDate(policy.reentry.returns, date);
    if (!by_return && !IsByDate(rule.starts, date)) continue;
    cause.kind = Cause::Kind::kDate;
    cause.date = date.name;
    cause.by_return = by_return;
    return;
  }
}

// The rule that keeps such a lead's clocks from running, if it gives that
// reason; null: there is none.
const EligibilityRule* RuleFor(const PolicyBook& policies, const Policy& policy,
                               const Progress& progress,
                               const std::string& reason) {
  for (const EligibilityRule& rule : policy.eligible) {
    if (!Holds(policies, rule.when, progress)) continue;
    return rule.reason == reason ? &rule : nullptr;
  }
  return nullptr;
}

// Of a run that the event ended without an answer.
Cause WhyEnded(const PolicyBook& policies, const Passage& passage,
               const ClockRun& ended) {
  Cause cause;
  cause.event = passage.event->ref;
  const ClockRule& rule = RuleOf(policies, ended);
  const Progress& after = passage.after;
  const bool is_gone = after.erased || after.merged;
  if (is_gone || rule.keeps_when_ineligible ||
      IsDirect(policies, rule.cancels, passage, &ended)) {
    return cause;
  }
  const EligibilityRule* const against =
      RuleFor(policies, policies.Of(ended), after, ended.reason);
  if (against == nullptr) return cause;
  cause.kind = Cause::Kind::kIneligible;
  cause.eligibility = EligibilityBy(against->then);
  cause.when = against->when;
  return cause;
}

// Whether the run is answered by the answer of a lead that is taken over.
std::optional<absl::Time> AnswerTakenOver(const PolicyBook& policies,
                                          const Passage& passage,
                                          const ClockRun& run) {
  const auto* const absorbed = std::get_if<Absorbed>(&passage.event->body);
  const std::vector<Trigger>& stops = RuleOf(policies, run).stops;
  const bool by_touch = std::any_of(
      stops.begin(), stops.end(),
      [](const Trigger& stop) { return stop.kind == Trigger::Kind::kTouch; });
  if (absorbed == nullptr || !run.from_birth || !by_touch) return std::nullopt;
  return absorbed->first_answered_at;
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
  const ClockRule& rule = RuleOf(policies, run);
  const People& people = passage.after.people;
  for (size_t i = 0; i < rule.stops.size(); ++i) {
    if (rule.stops[i].kind != Trigger::Kind::kTouch) continue;
    uncounted.tests.push_back(
        {i, FailedParts(rule.stops[i].touch, touch, people, run)});
  }
  if (!rule.attempts) return uncounted;
  for (const TouchTest& test : rule.attempts->of) {
    uncounted.attempt_tests.push_back(FailedParts(test, touch, people, run));
  }
  return uncounted;
}

// Of a run of a cadence, what the touch was to it; null: no attempt.
const Fact* AttemptIn(const PolicyBook& policies, const Passage& passage,
                      const ClockRun& run) {
  for (const Fact& fact : passage.settled) {
    if (fact.kind == FactKind::kAttempt && fact.by == passage.event->ref &&
        IsOf(policies, fact, run)) {
      return &fact;
    }
  }
  return nullptr;
}

// The instants between two at which time decides something.
void AddByTime(const PolicyBook& policies, absl::Time until,
               std::vector<Moment>& moments) {
  while (true) {
    const Progress& progress = moments.back().after;
    const absl::Time next =
        Foretell(policies, progress, absl::InfinitePast()).next;
    if (next > until || next == absl::InfiniteFuture()) return;
    moments.push_back({.at = next, .after = At(policies, progress, next)});
  }
}

// The start of another clock, or its end, or its miss, for which a rule waits,
// and which came about in that moment.
bool IsStartedThen(const PolicyBook& policies, const Policy& policy,
                   const ClockRule& rule, const Moment& moment,
                   const std::vector<Fact>& facts) {
  const Passage* const passage = moment.passage;
  if (passage == nullptr) {
    const auto is_miss = [](const Fact& fact) {
      return fact.kind == FactKind::kMissed;
    };
    return !ClockAmong(policies, policy, rule.starts,
                       Trigger::Kind::kClockMissed, facts, moment.at, is_miss)
                .empty();
  }
  return IsDirect(policies, rule.starts, *passage, nullptr) ||
         !ClockAmong(policies, policy, rule.starts,
                     Trigger::Kind::kClockAnswered, passage->settled,
                     passage->at, IsAnswer)
              .empty() ||
         !ClockAmong(policies, policy, rule.starts,
                     Trigger::Kind::kClockStopped, passage->settled,
                     passage->at, IsEnd)
              .empty();
}

bool HasStarted(const PolicyBook& policies, const Progress& progress,
                const std::string& clock) {
  return std::any_of(
      progress.runs.begin(), progress.runs.end(),
      [&](const ClockRun& run) { return RuleOf(policies, run).name == clock; });
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

std::vector<Moment> MomentsOf(const PolicyBook& policies,
                              const std::vector<Passage>& passages,
                              absl::Time until) {
  std::vector<Moment> moments;
  for (size_t i = 0; i < passages.size(); ++i) {
    const Passage& passage = passages[i];
    moments.push_back(
        {.at = passage.at, .after = passage.after, .passage = &passage});
    // What comes at the instant of an event comes after it.
    AddByTime(policies,
              i + 1 < passages.size()
                  ? passages[i + 1].at - absl::Milliseconds(1)
                  : until,
              moments);
  }
  return moments;
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

Cause StartOf(const PolicyBook& policies, const std::vector<Moment>& moments,
              const std::vector<Fact>& facts, const ClockRun& run) {
  Cause cause;
  cause.event = run.started_by;
  // As it began; a lead that is absorbed may move its start.
  const auto began =
      std::find_if(moments.begin(), moments.end(), [&](const Moment& moment) {
        return SameRun(policies, moment.after, run) != nullptr;
      });
  if (began == moments.end()) return cause;
  const ClockRun& then = *SameRun(policies, began->after, run);
  const Policy& policy = policies.InForce(then.started_at);
  const ClockRule* const rule = RuleNamed(policy, RuleOf(policies, run).name);
  if (rule == nullptr) return cause;
  if (began->passage != nullptr &&
      began->passage->event->ref == run.started_by) {
    cause = CauseBy(policies, policy, rule->starts, *began->passage, nullptr);
  } else {
    cause.clock = ClockAmong(
        policies, policy, rule->starts, Trigger::Kind::kClockMissed, facts,
        then.started_at,
        [](const Fact& fact) { return fact.kind == FactKind::kMissed; });
    if (!cause.clock.empty()) {
      cause.kind = Cause::Kind::kMissed;
    } else {
      NoteDate(policy, *rule, run, began->after.dates, cause);
    }
  }
  if (then.started_at <= run.started_at) return cause;
  for (auto moment = began; moment != moments.end(); ++moment) {
    if (SameRun(policies, moment->after, run)->started_at > run.started_at) {
      continue;
    }
    cause.began_at = then.started_at;
    if (moment->passage != nullptr) {
      cause.absorbed_by = moment->passage->event->ref;
    }
    break;
  }
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
    if (!run.answered_at) return WhyEnded(policies, passage, *ended);
    const auto answered_at = AnswerTakenOver(policies, passage, *ended);
    if (answered_at) {
      Cause cause;
      cause.kind = Cause::Kind::kAbsorbed;
      cause.event = passage.event->ref;
      cause.answered_at = *answered_at;
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

std::vector<AttemptStory> AttemptsOf(const PolicyBook& policies,
                                     const std::vector<Passage>& passages,
                                     const ClockRun& run) {
  std::vector<AttemptStory> attempts;
  std::optional<EventRef> last;
  for (const Passage& passage : passages) {
    const Fact* const fact = AttemptIn(policies, passage, run);
    const ClockRun* const then = SameRun(policies, passage.after, run);
    if (fact == nullptr || then == nullptr) continue;
    AttemptStory attempt;
    attempt.event = passage.event->ref;
    attempt.at = passage.event->occurred_at;
    attempt.touch = std::get<Touched>(passage.event->body);
    attempt.policy_version = then->policy_version;
    attempt.clock = then->clock;
    attempt.count = then->attempts;
    attempt.channels = then->attempt_channels.size();
    // One that did not count left the last that did as it was.
    if (fact->reason.empty()) {
      last = attempt.event;
    } else {
      attempt.too_soon_after = last;
      attempt.after = passage.at - then->last_attempt_at.value_or(passage.at);
    }
    attempts.push_back(std::move(attempt));
  }
  return attempts;
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
    if (touch == nullptr || !is_asked || then->ended_at ||
        AttemptIn(policies, passage, run) != nullptr) {
      continue;
    }
    uncounted.push_back(UncountedOf(policies, passage, *touch, *then));
  }
  return uncounted;
}

EligibilityStory WhyEligible(const PolicyBook& policies,
                             const std::vector<Moment>& moments) {
  const Progress& now = moments.back().after;
  auto since = std::prev(moments.end());
  while (since != moments.begin()) {
    const Progress& before = std::prev(since)->after;
    if (before.eligibility != now.eligibility ||
        before.eligibility_reason != now.eligibility_reason) {
      break;
    }
    --since;
  }
  EligibilityStory story;
  story.since = since->at;
  if (since->passage != nullptr) story.by = since->passage->event->ref;
  if (now.eligibility == Eligibility::kEligible || now.erased || now.merged) {
    return story;
  }
  const EligibilityRule* const rule =
      RuleFor(policies, policies.InForce(since->at), since->after,
              now.eligibility_reason);
  if (rule != nullptr) story.when = rule->when;
  return story;
}

std::vector<ClockNotStarted> ClocksNotStarted(
    const PolicyBook& policies, const std::vector<Moment>& moments,
    const std::vector<Fact>& facts) {
  std::vector<ClockNotStarted> clocks;
  for (const Moment& moment : moments) {
    const Progress& after = moment.after;
    if (after.eligibility != Eligibility::kEligible || after.away) continue;
    const Policy& policy = policies.InForce(moment.at);
    for (const ClockRule& rule : policy.clocks) {
      if (rule.when.empty() ||
          HasStarted(policies, moments.back().after, rule.name) ||
          Holds(policies, rule.when, after) ||
          !IsStartedThen(policies, policy, rule, moment, facts)) {
        continue;
      }
      std::erase_if(clocks, [&](const ClockNotStarted& other) {
        return other.clock == rule.name;
      });
      ClockNotStarted& clock = clocks.emplace_back();
      clock.clock = rule.name;
      clock.policy_version = policy.version;
      clock.at = moment.at;
      if (moment.passage != nullptr) clock.by = moment.passage->event->ref;
      clock.when = rule.when;
    }
  }
  return clocks;
}

}  // namespace leadclock
