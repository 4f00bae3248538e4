#include <algorithm>

#include "tests/reference/walk.h"

// What is written down of a lead's life, and whom it means.

namespace leadclock::reference {

std::string TaskIdOf(const Run& run) {
  return run.clock_name + "/" + run.started_by.source + "/" + run.started_by.id;
}

std::string TaskIdOf(const OpenReview& review) {
  return "review." + review.reason + "/" + review.asked_by.source + "/" +
         review.asked_by.id;
}

// ---------------------------------------------------------------------------
// People

std::string Walk::HolderOf(const std::string& role,
                           const Policy& policy) const {
  if (role == "owner") return people_.owner;
  if (role == "backup") return people_.backup;
  if (role == "manager") return people_.manager;
  const auto named = holders_.find(role);
  if (named != holders_.end() && !named->second.empty()) {
    return named->second;
  }
  // Of a role that only events name there are no rules.
  const auto rules = policy.roles.find(role);
  if (rules == policy.roles.end()) return "";
  for (const HolderRule& rule : rules->second) {
    if (Holds(rule.when)) return rule.holder;
  }
  return "";
}

Recipient Walk::WhoIsMeantBy(const std::string& role,
                             const Policy& policy) const {
  return WhoIsMeantBut("", role, policy);
}

Recipient Walk::WhoIsMeantBut(const std::string& person,
                              const std::string& role,
                              const Policy& policy) const {
  const auto is_somebody = [&](const std::string& holder) {
    return !holder.empty() && holder != person;
  };
  std::string holder = HolderOf(role, policy);
  if (is_somebody(holder)) return {role, "", holder};
  for (const std::string& next : policy.fallback) {
    holder = HolderOf(next, policy);
    if (is_somebody(holder)) return {role, next, holder};
  }
  return {role, "", ""};
}

// By the rule that asked for it.
std::string Walk::HolderOf(const OpenReview& review) {
  const Policy& policy = RulesOf(review.version).policy();
  if (review.by_eligibility) {
    for (const EligibilityRule& rule : policy.eligible) {
      if (!rule.reviews || rule.reason != review.reason) continue;
      return WhoIsMeantBy(rule.to.front(), policy).id;
    }
  }
  for (const ReviewRule& rule : policy.reviews) {
    if (rule.reason != review.reason) continue;
    return WhoIsMeantBy(rule.to.front(), policy).id;
  }
  return "";
}

// ---------------------------------------------------------------------------
// Facts

Fact& Walk::Tell(const Run& run, const std::string& kind, int rung,
                 bool by_time) {
  Fact fact;
  fact.kind = kind;
  fact.clock_name = run.clock_name;
  fact.version = run.version;
  fact.clock = run.clock;
  fact.rung = rung;
  fact.started_by = run.started_by;
  fact.at = now_;
  fact.people = people_;
  if (rung >= 0) {
    const Policy& policy = RulesOf(run.version).policy();
    const Rung& of = ClockOf(run).ladder[static_cast<size_t>(rung)];
    for (const std::string& role : of.to) {
      // Who owns the lead does not take it over.
      fact.recipients.push_back(kind == "reassignment"
                                    ? WhoIsMeantBut(people_.owner, role, policy)
                                    : WhoIsMeantBy(role, policy));
    }
  }
  const std::string& responsible = ClockOf(run).responsible;
  if (!responsible.empty()) {
    fact.responsible = WhoIsMeantBy(responsible, RulesOf(run.version).policy());
  }
  fact.by_time = by_time;
  fact.attempts = run.attempts;
  fact.started_at = run.started_at;
  fact.counted = run.counted;
  fact.target = run.target;
  fact.reason = run.reason;
  fact.cycle = run.cycle;
  fact.autoresponder = autoresponder_;
  return life_.facts.emplace_back(fact);
}

Fact& Walk::Tell(const std::string& kind, int64_t version,
                 const EventName& started_by) {
  Fact fact;
  fact.kind = kind;
  fact.version = version;
  fact.clock = kNoClock;
  fact.started_by = started_by;
  fact.at = now_;
  fact.people = people_;
  fact.autoresponder = autoresponder_;
  return life_.facts.emplace_back(fact);
}

// Its reason and its note are those of the activity that answered it, if it is
// that which did.
void Walk::Answer(Run& run, const Event& event, bool by_itself) {
  const bool in_time = run.verdict.empty();
  if (in_time) run.verdict = "met";
  // Whoever is meant is so while the clock is open.
  Fact& fact =
      Tell(run, in_time ? "met" : "answered late", -1, /*by_time=*/false);
  run.is_open = false;
  run.was_answered = true;
  run.ended_at = now_;
  if (!by_itself) return;
  if (event.fields.contains("reason")) fact.reason = event.fields.at("reason");
  if (event.fields.contains("resolution")) {
    fact.note = event.fields.at("resolution");
  }
}

void Walk::End(Run& run, const std::string& reason, bool by_time) {
  const bool in_time = run.verdict.empty();
  if (in_time) run.verdict = "stopped";
  run.reason = reason;
  Tell(run, in_time ? "stopped" : "closed", -1, by_time);
  run.is_open = false;
  run.ended_at = now_;
}

void Walk::TellOfReview(const Rules& rules, const std::vector<std::string>& to,
                        const std::string& reason, const Occasion& occasion,
                        bool by_eligibility) {
  Fact& fact = Tell("lead review", rules.version.number, occasion.event.name);
  for (const std::string& role : to) {
    fact.recipients.push_back(WhoIsMeantBy(role, rules.policy()));
  }
  fact.reason = reason;
  life_.open_reviews.push_back({.reason = reason,
                                .asked_by = occasion.event.name,
                                .version = rules.version.number,
                                .by_eligibility = by_eligibility});
}

void Walk::SayOutcomes(const EventName& started_by, const std::string& reason,
                       bool by_time, const IsTrigger& is_on) {
  const Rules& rules = InForce();
  for (const OutcomeRule& rule : rules.policy().outcomes) {
    if (!rule.repeats && life_.outcomes.contains(rule.name)) continue;
    if (std::none_of(rule.on.begin(), rule.on.end(), is_on)) continue;
    if (!Holds(rule.when)) continue;
    // One event says it once.
    const bool was_said = std::any_of(
        life_.facts.begin(), life_.facts.end(), [&](const Fact& fact) {
          return fact.outcome == rule.name && fact.started_by == started_by &&
                 fact.at == now_ && fact.version == rules.version.number;
        });
    if (was_said) continue;
    Fact& fact = Tell("outcome", rules.version.number, started_by);
    fact.outcome = rule.name;
    fact.cycle = life_.cycle;
    fact.reason = reason;
    fact.by_time = by_time;
    fact.after_escalation = !life_.escalated_clocks.empty();
    life_.outcomes.insert(rule.name);
  }
}

// ---------------------------------------------------------------------------
// Tasks

OpenTask Walk::TaskAsOf(const Run& run, const Task& task) {
  const Policy& policy = RulesOf(run.version).policy();
  return {WhoIsMeantBy(task.to, policy).id, ForetellDue(run),
          WhatTasksTellOfLead()};
}

OpenTask Walk::TaskAsOf(const OpenReview& review) {
  return {HolderOf(review), std::nullopt, WhatTasksTellOfLead()};
}

std::vector<std::string> Walk::WhatTasksTellOfLead() const {
  return {TextOf("name"), TextOf("source"), TextOf("service_interest"),
          TextOf("intent"), TextOf("crm_url")};
}

void Walk::OpenTaskOf(Run& run, bool by_time) {
  const std::optional<Task>& task = ClockOf(run).task;
  if (!task) return;
  run.task = TaskAsOf(run, *task);
  Fact& fact = Tell(run, "task opened", -1, by_time);
  fact.by = applying_;
  fact.task_holder = run.task->holder;
  fact.task_due = run.task->due;
}

void Walk::EndTaskOf(Run& run, const std::string& kind, bool by_time) {
  Fact& fact = Tell(run, kind, -1, by_time);
  fact.by = applying_;
  fact.task_holder = run.task->holder;
  fact.task_due = run.task->due;
  run.task.reset();
}

void Walk::ChangeTaskOf(Run& run, bool by_time) {
  const std::optional<Task>& task = ClockOf(run).task;
  if (!task || TaskAsOf(run, *task) == run.task) return;
  run.task = TaskAsOf(run, *task);
  Fact& fact = Tell(run, "task changed", -1, by_time);
  fact.by = applying_;
  fact.task_holder = run.task->holder;
  fact.task_due = run.task->due;
}

Fact& Walk::TellTask(const OpenReview& review, const std::string& kind) {
  Fact& fact = Tell(kind, review.version, review.asked_by);
  fact.reason = review.reason;
  fact.by = applying_;
  fact.task_holder = review.task.holder;
  return fact;
}

}  // namespace leadclock::reference
