#include "processor/job/lead_status.h"

#include <algorithm>
#include <optional>

#include "processor/lead/counting.h"
#include "processor/lead/timeline.h"

namespace leadclock {
namespace {

using v1::LeadStatus;

bool IsPastDue(const ClockRun& run) { return !run.ended_at && run.due; }

bool IsAtRisk(const ClockRun& run) {
  return !run.ended_at && !run.due && run.at_risk_since;
}

LeadStatus::Standing StandingOf(const Progress& progress) {
  const auto& runs = progress.runs;
  const auto any = [&](auto test) {
    return std::any_of(runs.begin(), runs.end(), test);
  };
  if (any(IsPastDue)) return LeadStatus::BREACHED;
  if (any(IsAtRisk)) return LeadStatus::AT_RISK;
  if (any([](const ClockRun& run) { return !run.ended_at; })) {
    return LeadStatus::ON_TRACK;
  }
  switch (progress.eligibility) {
    case Eligibility::kExcluded:
      return LeadStatus::EXCLUDED;
    case Eligibility::kStopped:
      return LeadStatus::STOPPED;
    case Eligibility::kUnderReview:
      return LeadStatus::UNDER_REVIEW;
    case Eligibility::kEligible:
      break;
  }
  return LeadStatus::IDLE;
}

LeadStatus::Verdict VerdictOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      break;
    case Verdict::kMet:
      return LeadStatus::MET;
    case Verdict::kMissed:
      return LeadStatus::MISSED;
    case Verdict::kStopped:
      return LeadStatus::STOPPED_BEFORE_DUE;
  }
  return LeadStatus::VERDICT_UNSPECIFIED;
}

// How a clock stands when it has counted up to `now`.
void AddClock(const PolicyBook& policies, const ClockRun& run, absl::Time now,
              LeadStatus& status) {
  LeadStatus::Clock* clock = status.add_clocks();
  clock->set_name(RuleOf(policies, run).name);
  clock->set_cycle(static_cast<int32_t>(run.cycle));
  clock->set_phase(run.ended_at ? LeadStatus::ENDED
                   : run.paused ? LeadStatus::PAUSED
                                : LeadStatus::RUNNING);
  clock->set_verdict(VerdictOf(run.verdict));
  clock->set_started_at_ms(absl::ToUnixMillis(run.started_at));
  clock->set_target_ms(absl::ToInt64Milliseconds(run.target));
  absl::Duration counted = run.counted;
  if (!run.ended_at && !run.paused && now > run.counted_to) {
    counted += CalendarOf(policies, run).Between(run.counted_to, now);
  }
  clock->set_counted_ms(absl::ToInt64Milliseconds(counted));
  const absl::Time due = run.ended_at ? run.due.value_or(absl::InfiniteFuture())
                                      : ForetellDue(policies, run);
  if (due != absl::InfiniteFuture()) {
    clock->set_due_ms(absl::ToUnixMillis(due));
    const bool waits = !run.ended_at && !run.due;
    if (waits && (status.next_due_ms() == 0 ||
                  absl::ToUnixMillis(due) < status.next_due_ms())) {
      status.set_next_due_ms(absl::ToUnixMillis(due));
    }
  }
  if (run.answered_at) {
    clock->set_answered_at_ms(absl::ToUnixMillis(*run.answered_at));
  }
  if (run.ended_at) clock->set_ended_at_ms(absl::ToUnixMillis(*run.ended_at));
  clock->set_reason(run.reason);
  if (run.at_risk_since) {
    const int64_t since = absl::ToUnixMillis(*run.at_risk_since);
    clock->set_at_risk_since_ms(since);
    if (IsAtRisk(run) &&
        (status.at_risk_since_ms() == 0 || since < status.at_risk_since_ms())) {
      status.set_at_risk_since_ms(since);
    }
  }
  clock->set_attempts(static_cast<int32_t>(run.attempts));
  clock->set_has_task(run.task.has_value());
}

void AddStory(const Progress& progress, LeadStatus& status) {
  status.set_cycle(static_cast<int32_t>(progress.cycle));
  status.set_away(progress.away);
  status.mutable_outcomes()->Assign(progress.outcomes.begin(),
                                    progress.outcomes.end());
  for (const PastEscalation& past : progress.escalations) {
    LeadStatus::Escalation& out = *status.add_escalations();
    out.set_at_ms(absl::ToUnixMillis(past.at));
    out.set_clock(past.clock);
    out.set_rung(past.rung);
  }
  for (const OwnerChange& change : progress.owners) {
    LeadStatus::OwnerChange& out = *status.add_owners();
    out.set_at_ms(absl::ToUnixMillis(change.at));
    out.set_owner_id(change.owner.text());
  }
}

void AddProgress(const PolicyBook& policies, const Progress& progress,
                 absl::Time now, LeadStatus& status) {
  status.set_standing(StandingOf(progress));
  status.set_reason(progress.eligibility_reason);
  status.set_owner_id(progress.people.owner.text());
  status.set_backup_id(progress.people.backup.text());
  status.set_manager_id(progress.people.manager.text());
  status.set_created_at_ms(absl::ToUnixMillis(progress.birth));
  const Attributes& attributes = *progress.attributes;
  status.set_market(attributes.Get("market"));
  status.set_lead_source(attributes.Get("source"));
  status.set_intent(attributes.Get("intent"));
  status.set_stage(attributes.Get("stage"));
  status.set_crm_url(attributes.Get("crm_url"));
  for (const ClockRun& run : progress.runs) {
    AddClock(policies, run, now, status);
  }
  AddStory(progress, status);
}

}  // namespace

void WriteStatus(const PolicyBook& policies, const LeadId& id, const Lead& lead,
                 absl::Time now, LeadStatus& status) {
  status.set_lead_id(id.text());
  status.set_lead_seq(lead.lead_seq);
  status.set_policy_version(lead.policy_version);
  const bool has_now = now != absl::InfinitePast();
  if (has_now) status.set_as_of_ms(absl::ToUnixMillis(now));
  if (const auto& up_to = lead.summary.collapsed_up_to) {
    status.set_collapsed_up_to_ms(absl::ToUnixMillis(*up_to));
  }
  if (!lead.progress) {
    status.set_standing(LeadStatus::WAITING);
    return;
  }

  // What time decided after the last event and is held back from being said
  // is not shown either. (What a later event has settled already is.)
  const bool held = lead.hold_until && *lead.hold_until > now;
  if (!held && has_now && IsDue(policies, *lead.progress, now)) {
    AddProgress(policies, At(policies, *lead.progress, now), now, status);
  } else {
    AddProgress(policies, *lead.progress, now, status);
  }
}

}  // namespace leadclock
