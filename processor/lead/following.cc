// What follows from an event once it is known: steps 2 to 11 of
// docs/semantics.md.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "processor/lead/folder.h"
#include "processor/lead/names.h"
#include "processor/lead/recipients.h"
#include "processor/lead/rules.h"
#include "processor/lead/timeline.h"

namespace leadclock {
namespace {

constexpr char kTooSoon[] = "too_soon";
constexpr char kRecycled[] = "recycled";

bool StopsByTouch(const ClockRule& rule) {
  return std::any_of(
      rule.stops.begin(), rule.stops.end(),
      [](const Trigger& stop) { return stop.kind == Trigger::Kind::kTouch; });
}

}  // namespace

void Folder::Follow() {
  Ends ends;
  const size_t runs_before = progress_.runs.size();
  const size_t reviews_before = progress_.open_reviews.size();
  // "": it was not.
  const std::string reviewed_before = ReviewOf(progress_);

  AnswerThoseThatItStops(ends);
  AnswerInTurn(ends);
  if (policies_.uses().cancels) CancelAndResume(ends);
  if (policies_.uses().reentry) Recycle(ends);

  const EligibilityRule* const rule = JudgeEligibility();
  const auto of_other_versions = ThoseThatMayNotRun();
  StartThoseThatItStarts(ends);
  EndThoseThatMayNotRun(of_other_versions, ends);
  const std::string reviewed_now = ReviewOf(progress_);
  if (!reviewed_now.empty() && reviewed_now != reviewed_before) {
    AskForReview(rule->to, rule->reason, /*by_eligibility=*/true);
  }
  JudgeReviews();
  TellOutcomes(ends);
  for (ClockRun& run : progress_.runs) Adjust(run);
  if (policies_.uses().tasks) UpdateTasks(runs_before);
  if (!progress_.open_reviews.empty()) UpdateReviews(reviews_before);
  ForgetOldRuns();
}

void Folder::CountAttempt(std::vector<const ClockRun*>& complete) {
  const Touched& touch = *occasion_.touch;
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    const auto& attempts = RuleOf(policies_, run).attempts;
    if (!attempts || std::none_of(attempts->of.begin(), attempts->of.end(),
                                  [&](const TouchTest& test) {
                                    return Matches(test, touch,
                                                   progress_.people);
                                  })) {
      continue;
    }
    CountUpTo(policies_, progress_.position, run);
    const bool is_too_soon =
        run.last_attempt_at &&
        progress_.position - *run.last_attempt_at < attempts->apart;
    if (!is_too_soon) {
      ++run.attempts;
      run.last_attempt_at = progress_.position;
      std::vector<std::string>& channels = run.attempt_channels;
      const auto place =
          std::lower_bound(channels.begin(), channels.end(), touch.channel);
      if (!touch.channel.empty() &&
          (place == channels.end() || *place != touch.channel)) {
        channels.insert(place, touch.channel);
      }
    }
    Fact& fact = AddFact(run, FactKind::kAttempt);
    fact.by = event_;
    fact.reason = is_too_soon ? kTooSoon : "";
    if (!is_too_soon &&
        run.attempts >= static_cast<uint32_t>(attempts->at_least) &&
        run.attempt_channels.size() >=
            static_cast<size_t>(attempts->channels)) {
      complete.push_back(&run);
    }
  }
}

void Folder::AnswerThoseThatItStops(Ends& ends) {
  std::vector<const ClockRun*> complete;
  if (policies_.uses().attempts && occasion_.touch != nullptr) {
    CountAttempt(complete);
  }
  const size_t first = facts_.size();
  AnswerAll(
      [&](const ClockRule& rule, const ClockRun& run) {
        return (says_first_answer_ && run.from_birth && StopsByTouch(rule)) ||
               std::find(complete.begin(), complete.end(), &run) !=
                   complete.end() ||
               std::any_of(rule.stops.begin(), rule.stops.end(),
                           [&](const Trigger& stop) {
                             return Matches(stop, occasion_, progress_.people,
                                            rule.name, run);
                           });
      },
      ends);
  if (occasion_.activity == nullptr) return;
  for (size_t i = first; i < facts_.size(); ++i) {
    facts_[i].reason = FieldOf(*occasion_.activity, "reason");
    facts_[i].note = FieldOf(*occasion_.activity, "resolution");
  }
}

void Folder::AnswerInTurn(Ends& ends) {
  // The list grows while it is walked.
  for (size_t i = 0; i < ends.answered.size(); ++i) {
    const std::string clock = ends.answered[i];
    AnswerAll(
        [&](const ClockRule& rule, const ClockRun& run) {
          return std::any_of(
              rule.stops.begin(), rule.stops.end(), [&](const Trigger& stop) {
                return stop.kind == Trigger::Kind::kClockAnswered &&
                       policies_.Of(run).clocks[stop.clock].name == clock;
              });
        },
        ends);
  }
}

void Folder::AnswerAll(const auto& is_answered, Ends& ends) {
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    const ClockRule& rule = RuleOf(policies_, run);
    if (!is_answered(rule, run)) continue;
    Answer(run);
    ends.answered.push_back(rule.name);
  }
}

void Folder::CancelAndResume(Ends& ends) {
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    const ClockRule& rule = RuleOf(policies_, run);
    const auto matches = [&](const Trigger& trigger) {
      return Matches(trigger, occasion_, progress_.people, rule.name, run);
    };
    const auto cancel =
        std::find_if(rule.cancels.begin(), rule.cancels.end(), matches);
    if (cancel != rule.cancels.end()) {
      Stop(ReasonOf(*cancel, occasion_), run);
      ends.stopped.push_back(rule.name);
      continue;
    }
    if (says_status_) run.resumed = false;
    if (IsOneOf(attributes().Get("status"), rule.pauses) &&
        std::any_of(rule.resumes.begin(), rule.resumes.end(), matches)) {
      run.resumed = true;
    }
  }
  ResumeThoseToCome();
}

// A run that starts while the status still says that it is to wait goes on, if
// what resumes its clock has happened since that was said.
void Folder::ResumeThoseToCome() {
  std::vector<std::string>& resumed = progress_.resumed_clocks;
  if (says_status_) resumed.clear();
  for (const ClockRule& rule : InForce().clocks) {
    if (!rule.resumes.empty() &&
        IsOneOf(attributes().Get("status"), rule.pauses) &&
        std::any_of(rule.resumes.begin(), rule.resumes.end(),
                    [&](const Trigger& trigger) {
                      return Matches(trigger, occasion_, progress_.people);
                    })) {
      AddTo(resumed, rule.name);
    }
  }
}

void Folder::Recycle(Ends& ends) {
  if (progress_.erased || progress_.merged) return;
  const Reentry& reentry = InForce().reentry;
  const auto matches = [&](const Trigger& trigger) {
    return Matches(trigger, occasion_, progress_.people);
  };
  if (progress_.away) {
    if (std::any_of(reentry.returns.begin(), reentry.returns.end(), matches)) {
      ComeBack();
      occasion_.is_reentry = true;
    }
    return;
  }
  if (std::none_of(reentry.ends.begin(), reentry.ends.end(), matches)) return;
  std::string reason;
  if (occasion_.activity != nullptr) {
    reason = FieldOf(*occasion_.activity, "reason");
  }
  if (reason.empty()) reason = kRecycled;
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at) continue;
    Stop(reason, run);
    ends.stopped.push_back(RuleOf(policies_, run).name);
  }
  progress_.away = true;
}

void Folder::ComeBack() {
  progress_.away = false;
  ++progress_.cycle;
  progress_.missed_clocks.clear();
  progress_.escalated_clocks.clear();
  progress_.outcomes.clear();
  progress_.autoresponder = false;
  progress_.owner_acted = false;
}

const EligibilityRule* Folder::JudgeEligibility() {
  if (progress_.erased || progress_.merged) {
    progress_.eligibility = Eligibility::kStopped;
    progress_.eligibility_reason = progress_.erased ? "erased" : "merged";
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

std::vector<std::pair<size_t, std::string>> Folder::ThoseThatMayNotRun() const {
  std::vector<std::pair<size_t, std::string>> runs;
  if (policies_.versions().size() == 1) return runs;
  const int64_t in_force = InForce().version;
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    const ClockRun& run = progress_.runs[i];
    if (run.ended_at || run.policy_version == in_force) continue;
    const EligibilityRule* const rule = RuleAgainst(policies_.Of(run));
    if (rule != nullptr) runs.emplace_back(i, rule->reason);
  }
  return runs;
}

void Folder::StartThoseThatItStarts(const Ends& ends) {
  if (progress_.eligibility != Eligibility::kEligible || progress_.away) return;
  const Policy& policy = InForce();
  const std::string channel =
      occasion_.touch == nullptr ? "" : occasion_.touch->channel;
  StartAll(policy, event_, channel, [&](const Trigger& trigger) {
    if (trigger.kind == Trigger::Kind::kClockAnswered) {
      return IsOneOf(policy.clocks[trigger.clock].name, ends.answered);
    }
    if (trigger.kind == Trigger::Kind::kClockStopped) {
      return IsOneOf(policy.clocks[trigger.clock].name, ends.stopped);
    }
    return Matches(trigger, occasion_, progress_.people);
  });
}

void Folder::EndThoseThatMayNotRun(
    const std::vector<std::pair<size_t, std::string>>& of_other_versions,
    Ends& ends) {
  const bool is_gone = progress_.erased || progress_.merged;
  const bool may_run = progress_.eligibility == Eligibility::kEligible;
  if (may_run && of_other_versions.empty()) return;
  const int64_t in_force = InForce().version;
  auto other = of_other_versions.begin();
  for (size_t i = 0; i < progress_.runs.size(); ++i) {
    ClockRun& run = progress_.runs[i];
    const bool may_not = other != of_other_versions.end() && other->first == i;
    const std::string* const reason = may_not ? &(other++)->second : nullptr;
    if (run.ended_at) continue;
    if (!is_gone && RuleOf(policies_, run).keeps_when_ineligible) continue;
    if (is_gone || run.policy_version == in_force) {
      if (may_run) continue;
      Stop(progress_.eligibility_reason, run);
    } else if (reason != nullptr) {
      Stop(*reason, run);
    } else {
      continue;
    }
    ends.stopped.push_back(RuleOf(policies_, run).name);
  }
}

void Folder::AskForReview(const std::vector<std::string>& to,
                          const std::string& reason, bool by_eligibility) {
  Fact& fact = AddFactOfLead(FactKind::kLeadReview, event_);
  fact.recipients = WhoIsMeant(policies_, InForce(), to, progress_);
  fact.reason = reason;
  progress_.open_reviews.push_back({.reason = reason,
                                    .asked_by = event_,
                                    .policy_version = InForce().version,
                                    .by_eligibility = by_eligibility});
}

void Folder::JudgeReviews() {
  const std::vector<ReviewRule>& reviews = InForce().reviews;
  if (reviews.empty() && progress_.reviews_holding.empty()) return;
  if (progress_.erased || progress_.merged) {
    return progress_.reviews_holding.clear();
  }
  std::vector<std::string> holding;
  for (const ReviewRule& rule : reviews) {
    if (!Holds(policies_, rule.when, progress_)) continue;
    holding.push_back(rule.reason);
    const bool is_asked = IsOneOf(rule.reason, progress_.reviews_holding) ||
                          std::any_of(progress_.open_reviews.begin(),
                                      progress_.open_reviews.end(),
                                      [&](const OpenReview& review) {
                                        return review.reason == rule.reason &&
                                               review.asked_by == event_;
                                      });
    if (!is_asked) {
      AskForReview(rule.to, rule.reason, /*by_eligibility=*/false);
    }
  }
  std::sort(holding.begin(), holding.end());
  progress_.reviews_holding = std::move(holding);
}

void Folder::TellOutcomes(const Ends& ends) {
  if (progress_.erased || was_gone_) return;
  const Policy& policy = InForce();
  if (policy.outcomes.empty()) return;
  const size_t first = facts_.size();
  TellOutcomes(event_, Decision::kByEvent, [&](const Trigger& trigger) {
    if (trigger.kind == Trigger::Kind::kClockAnswered) {
      return IsOneOf(policy.clocks[trigger.clock].name, ends.answered);
    }
    if (trigger.kind == Trigger::Kind::kClockStopped) {
      return IsOneOf(policy.clocks[trigger.clock].name, ends.stopped);
    }
    return Matches(trigger, occasion_, progress_.people);
  });
  if (occasion_.activity == nullptr) return;
  for (size_t i = first; i < facts_.size(); ++i) {
    facts_[i].reason = FieldOf(*occasion_.activity, "reason");
  }
}

}  // namespace leadclock
