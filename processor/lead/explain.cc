#include "processor/lead/explain.h"

#include <algorithm>
#include <utility>

#include "processor/lead/causes.h"
#include "processor/lead/counting.h"
#include "processor/lead/ladder_story.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/run_story.h"
#include "processor/lead/timeline.h"

namespace leadclock {
namespace {

// What takes the run over when, if nothing more happens.
std::vector<VersionInForce> VersionsAhead(const PolicyBook& policies,
                                          const Progress& progress,
                                          const ClockRun& run) {
  std::vector<VersionInForce> ahead;
  Progress then = progress;
  const ClockRun* open = &run;
  while (!open->ended_at) {
    const auto carry = policies.NextCarry(open->policy_version);
    if (!carry) break;
    const Progress before =
        At(policies, then, carry->at - absl::Milliseconds(1));
    const std::optional<absl::Time> due_before =
        DueIf(policies, *SameRun(policies, before, run));
    then = At(policies, std::move(then), carry->at);
    open = SameRun(policies, then, run);
    const bool ends = open->ended_at.has_value();
    ahead.push_back({.since = carry->at,
                     .policy_version = carry->to->version,
                     .due = ends ? open->due : DueIf(policies, *open),
                     .due_before = due_before,
                     .ends = ends});
  }
  return ahead;
}

// Of a run that ended before due: as it stood then.
std::optional<absl::Time> DueOf(const PolicyBook& policies, const ClockRun& run,
                                const std::vector<Fact>& facts) {
  if (!run.ended_at || run.due) return DueIf(policies, run);
  for (const Fact& fact : facts) {
    const bool is_end =
        fact.kind == FactKind::kMet || fact.kind == FactKind::kStopped;
    if (is_end && IsOf(policies, fact, run)) return fact.due;
  }
  return std::nullopt;
}

// When it falls due if nothing more happens, also by what only time turns: a
// pause may end on a date.
std::optional<absl::Time> DueAhead(const PolicyBook& policies,
                                   const ClockRun& run,
                                   const std::vector<Fact>& ahead) {
  const auto missed =
      std::find_if(ahead.begin(), ahead.end(), [&](const Fact& fact) {
        return fact.kind == FactKind::kMissed && IsOf(policies, fact, run);
      });
  return missed == ahead.end() ? std::nullopt : std::optional(missed->at);
}

// All that is true by then.
std::vector<Fact> FactsUpTo(const PolicyBook& policies,
                            const std::vector<Passage>& passages,
                            absl::Time until) {
  std::vector<Fact> facts;
  if (passages.empty()) return facts;
  for (const Passage& passage : passages) {
    facts.insert(facts.end(), passage.settled.begin(), passage.settled.end());
  }
  const Outlook now = Foretell(policies, passages.back().after, until);
  facts.insert(facts.end(), now.facts.begin(), now.facts.end());
  return facts;
}

}  // namespace

LeadStory Explain(const PolicyBook& policies, const std::vector<Event>& history,
                  absl::Time until) {
  LeadStory story;
  story.events = InForceUpTo(history, until);
  const std::vector<Passage> passages = PassagesOf(policies, story.events);
  if (passages.empty()) return story;

  const std::vector<Moment> moments = MomentsOf(policies, passages, until);
  story.facts = FactsUpTo(policies, passages, until);
  const std::vector<Fact>& facts = story.facts;
  story.progress = moments.back().after;
  story.eligibility = WhyEligible(policies, moments);
  // What is further away than that nobody waits for.
  const std::vector<Fact> ahead =
      Foretell(policies, *story.progress, until + absl::Hours(24 * 366)).facts;

  for (const ClockRun& run : story.progress->runs) {
    RunStory told;
    told.run = run;
    TellTime(policies, moments, until, told);
    told.versions_ahead = VersionsAhead(policies, *story.progress, run);
    told.due = told.versions_ahead.empty() ? DueOf(policies, run, facts)
                                           : told.versions_ahead.back().due;
    if (const auto due = DueAhead(policies, run, ahead)) told.due = due;
    told.start = StartOf(policies, moments, facts, run);
    told.end = EndOf(policies, passages, run);
    told.attempts = AttemptsOf(policies, passages, run);
    told.uncounted = UncountedTouches(policies, passages, run);
    TellLadder(policies, moments, facts, ahead, told);
    story.runs.push_back(std::move(told));
  }
  story.not_started = ClocksNotStarted(policies, moments, facts);
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::kLeadReview || fact.kind == FactKind::kOutcome) {
      story.outcomes.push_back(fact);
    }
  }
  return story;
}

std::vector<Fact> FactsOf(const PolicyBook& policies,
                          const std::vector<Event>& history, absl::Time until) {
  return FactsUpTo(policies, PassagesOf(policies, InForceUpTo(history, until)),
                   until);
}

bool IsTrue(const Claim& claim, const PolicyBook& policies,
            const std::vector<Fact>& facts) {
  return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
    return fact.at == claim.at && ClockName(policies, fact) == claim.clock &&
           RungName(policies, fact) == claim.rung &&
           (claim.started_by == EventRef{} ||
            claim.started_by == fact.started_by) &&
           (claim.policy_version == 0 ||
            claim.policy_version == fact.policy_version);
  });
}

}  // namespace leadclock
