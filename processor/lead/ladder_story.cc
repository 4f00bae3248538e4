#include "processor/lead/ladder_story.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "processor/lead/counting.h"
#include "processor/lead/lead_fold.h"

namespace leadclock {
namespace {

// Of a run, the rungs among some facts, by name.
std::map<std::string, const Fact*> RungsOf(const PolicyBook& policies,
                                           const ClockRun& run,
                                           const std::vector<Fact>& facts) {
  std::map<std::string, const Fact*> rungs;
  for (const Fact& fact : facts) {
    if (IsRung(fact.kind) && IsOf(policies, fact, run)) {
      rungs[RungName(policies, fact)] = &fact;
    }
  }
  return rungs;
}

// Whether a rung of the run, at the moment that passes it, has come by its own
// mark and not because the clock was due.
bool IsReached(const Rung& rung, const ClockRun& run, absl::Time at) {
  if (!run.due) return true;
  const bool is_due_then = *run.due == at;
  if (rung.mark.wall) {
    return rung.action != RungAction::kWarn || at <= *run.due;
  }
  const auto mark = MarkOf(rung.mark, run);
  const bool is_before = mark && *mark < run.counted_at_due;
  // A target that was used up exactly let what stands before it come first.
  if (is_before) return is_due_then && run.counted_at_due <= run.target;
  return rung.action != RungAction::kWarn;
}

// Why a rung that did not fire was passed.
RungStory::Outcome WhyPassed(const Rung& rung, const ClockRun& run,
                             bool is_taken_over, absl::Time at) {
  if (is_taken_over && rung.mark.from == Mark::From::kStarted) {
    return RungStory::Outcome::kTooLate;
  }
  if (!IsReached(rung, run, at)) return RungStory::Outcome::kSkipped;
  if (rung.for_the_rest && (run.at_risk_since || !run.due)) {
    return RungStory::Outcome::kWarnedOtherwise;
  }
  return rung.action == RungAction::kAcknowledge ? RungStory::Outcome::kOpen
                                                 : RungStory::Outcome::kNotTrue;
}

bool HasPassed(const PolicyBook& policies, const ClockRun* run,
               const std::string& rung) {
  if (run == nullptr) return false;
  const std::vector<Rung>& ladder = RuleOf(policies, *run).ladder;
  for (size_t i = 0; i < ladder.size(); ++i) {
    if (ladder[i].name == rung) return (run->rungs_passed & RungBit(i)) != 0;
  }
  return false;
}

// Those that were passed and did not fire, by name: when, by which version, and
// why.
std::map<std::string, RungStory> RungsPassed(const PolicyBook& policies,
                                             const std::vector<Moment>& moments,
                                             const ClockRun& run) {
  std::map<std::string, RungStory> passed;
  const ClockRun* before = nullptr;
  for (const Moment& moment : moments) {
    const ClockRun* const then = SameRun(policies, moment.after, run);
    if (then == nullptr) continue;
    const bool is_taken_over =
        before != nullptr && before->policy_version != then->policy_version;
    const std::vector<Rung>& ladder = RuleOf(policies, *then).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      const bool is_new = (then->rungs_passed & RungBit(i)) != 0 &&
                          (then->rungs_fired & RungBit(i)) == 0 &&
                          !HasPassed(policies, before, ladder[i].name);
      if (!is_new) continue;
      RungStory told;
      told.policy_version = then->policy_version;
      told.rung = static_cast<uint8_t>(i);
      told.outcome = WhyPassed(ladder[i], *then, is_taken_over, moment.at);
      told.at = moment.at;
      passed[ladder[i].name] = std::move(told);
    }
    before = then;
  }
  return passed;
}

// Tells the rungs of one run.
class LadderTeller {
 public:
  LadderTeller(const PolicyBook& policies, const std::vector<Moment>& moments,
               RunStory& story)
      : policies_(policies),
        progress_(moments.back().after),
        passed_(RungsPassed(policies, moments, story.run)),
        story_(story) {}

  // From what fired, and from what will if nothing more happens.
  void Tell(const std::vector<Fact>& facts, const std::vector<Fact>& ahead) {
    auto fired = RungsOf(policies_, story_.run, facts);
    auto to_fire = RungsOf(policies_, story_.run, ahead);
    const std::vector<Rung>& ladder = RuleOf(policies_, story_.run).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (const auto was = fired.extract(ladder[i].name)) {
        Add(RungStory::Outcome::kFired, *was.mapped());
        // By whatever version it fired, it stands on the ladder there is now.
        story_.rungs.back().policy_version = story_.run.policy_version;
        story_.rungs.back().rung = static_cast<uint8_t>(i);
      } else if (const auto will = to_fire.extract(ladder[i].name)) {
        Add(RungStory::Outcome::kAhead, *will.mapped());
      } else {
        AddUnfired(static_cast<uint8_t>(i));
      }
    }
    for (const auto& [name, fact] : fired) {
      Add(RungStory::Outcome::kFired, *fact);
    }
    for (const auto& [name, fact] : to_fire) {
      Add(RungStory::Outcome::kAhead, *fact);
    }
    Sort();
  }

 private:
  void Add(RungStory::Outcome outcome, const Fact& fact) {
    story_.rungs.push_back({.policy_version = fact.policy_version,
                            .rung = fact.rung,
                            .outcome = outcome,
                            .at = fact.at,
                            .recipients = fact.recipients});
  }

  void AddUnfired(uint8_t rung) {
    RungStory told;
    told.policy_version = story_.run.policy_version;
    told.rung = rung;
    const auto passed = passed_.find(RungOf(told).name);
    if (passed != passed_.end()) {
      told = passed->second;
    } else if (!story_.run.ended_at) {
      WhyNotForetold(told);
    }
    story_.rungs.push_back(std::move(told));
  }

  // By the version that the run has at last.
  void WhyNotForetold(RungStory& told) const {
    if (!story_.versions_ahead.empty()) {
      const VersionInForce& last = story_.versions_ahead.back();
      const std::string& name = RungOf(told).name;
      const std::optional<uint8_t> place = PlaceIn(last, name);
      if (!place) {
        told.outcome = RungStory::Outcome::kDropped;
        return;
      }
      told.policy_version = last.policy_version;
      told.rung = *place;
    }
    told.outcome = Holds(policies_, RungOf(told).when, progress_)
                       ? RungStory::Outcome::kWaits
                       : RungStory::Outcome::kNotTrueNow;
  }

  // Where a version that takes the run over has a rung.
  std::optional<uint8_t> PlaceIn(const VersionInForce& version,
                                 const std::string& name) const {
    if (version.ends) return std::nullopt;
    const std::vector<Rung>& ladder = ClockOf(version.policy_version).ladder;
    for (size_t i = 0; i < ladder.size(); ++i) {
      if (ladder[i].name == name) return static_cast<uint8_t>(i);
    }
    return std::nullopt;
  }

  // The clock by a version that judges the run at some time.
  const ClockRule& ClockOf(int64_t version) const {
    const std::vector<ClockRule>& clocks = policies_.Of(version).clocks;
    const std::string& name = RuleOf(policies_, story_.run).name;
    return *std::find_if(
        clocks.begin(), clocks.end(),
        [&](const ClockRule& clock) { return clock.name == name; });
  }

  const Rung& RungOf(const RungStory& told) const {
    return ClockOf(told.policy_version).ladder[told.rung];
  }

  // By their instants; those that have none stand last, as their marks do.
  void Sort() {
    const absl::Duration due = story_.run.target;
    std::stable_sort(
        story_.rungs.begin(), story_.rungs.end(),
        [&](const RungStory& a, const RungStory& b) {
          const absl::Time at = a.at.value_or(absl::InfiniteFuture());
          const absl::Time other = b.at.value_or(absl::InfiniteFuture());
          if (at != other) return at < other;
          return PlaceOf(RungOf(a).mark, due) < PlaceOf(RungOf(b).mark, due);
        });
  }

  const PolicyBook& policies_;
  const Progress& progress_;  // now
  const std::map<std::string, RungStory> passed_;
  RunStory& story_;
};

}  // namespace

void TellLadder(const PolicyBook& policies, const std::vector<Moment>& moments,
                const std::vector<Fact>& facts, const std::vector<Fact>& ahead,
                RunStory& story) {
  LadderTeller(policies, moments, story).Tell(facts, ahead);
}

}  // namespace leadclock
