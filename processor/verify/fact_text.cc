#include "processor/verify/fact_text.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/lead/lead_fold.h"

namespace leadclock {
namespace {

std::optional<FactKind> KindOf(v1::SlaEvent::Kind kind) {
  switch (kind) {
    case v1::SlaEvent::REMINDER:
      return FactKind::kReminder;
    case v1::SlaEvent::BREACH:
      return FactKind::kBreach;
    case v1::SlaEvent::ESCALATION:
      return FactKind::kEscalation;
    case v1::SlaEvent::REASSIGNMENT:
      return FactKind::kReassignment;
    case v1::SlaEvent::MET:
      return FactKind::kMet;
    case v1::SlaEvent::MISSED:
      return FactKind::kMissed;
    case v1::SlaEvent::STOPPED:
      return FactKind::kStopped;
    case v1::SlaEvent::ANSWERED_LATE:
      return FactKind::kAnsweredLate;
    case v1::SlaEvent::CLOSED:
      return FactKind::kClosed;
    case v1::SlaEvent::WARNING:
      return FactKind::kWarning;
    case v1::SlaEvent::REVIEW:
      return FactKind::kReview;
    case v1::SlaEvent::PRIORITY:
      return FactKind::kPriority;
    case v1::SlaEvent::ALTERNATE_OWNER:
      return FactKind::kAlternateOwner;
    case v1::SlaEvent::ACKNOWLEDGEMENT:
      return FactKind::kAcknowledgement;
    case v1::SlaEvent::DUE_CHANGED:
      return FactKind::kDueChanged;
    case v1::SlaEvent::ATTEMPT:
      return FactKind::kAttempt;
    case v1::SlaEvent::LEAD_OUTCOME:
      return FactKind::kOutcome;
    case v1::SlaEvent::TASK:
      return FactKind::kTaskOpened;  // or another, by its rung
    default:
      return std::nullopt;
  }
}

// What became of the task.
std::optional<FactKind> KindOfTask(const std::string& rung) {
  for (const FactKind kind : {FactKind::kTaskOpened, FactKind::kTaskChanged,
                              FactKind::kTaskDone, FactKind::kTaskCancelled}) {
    if (rung == KindName(kind)) return kind;
  }
  return std::nullopt;
}

void ReadTimes(const v1::SlaEvent& event, Fact& fact) {
  const auto instant = [](int64_t millis) -> std::optional<absl::Time> {
    if (millis == 0) return std::nullopt;
    return absl::FromUnixMillis(millis);
  };
  if (event.clock().empty()) return;
  fact.started_at = absl::FromUnixMillis(event.started_at_ms());
  fact.due = instant(event.due_ms());
  fact.answered_at = instant(event.answered_at_ms());
  fact.target = absl::Milliseconds(event.target_ms());
  fact.counted = absl::Milliseconds(event.counted_ms());
  fact.counted_at_due =
      fact.counted - absl::Milliseconds(event.overdue_business_ms());
}

void ReadAttributes(const v1::SlaEvent& event, Fact& fact) {
  auto attributes = std::make_shared<Attributes>();
  attributes->Set("market", event.market());
  attributes->Set("source", event.lead_source());
  attributes->Set("intent", event.intent());
  attributes->Set("stage", event.stage());
  attributes->Set("crm_url", event.crm_url());
  if (IsOfTask(fact.kind)) {
    attributes->Set("name", event.task().lead_name());
    attributes->Set("service_interest", event.task().service_interest());
  }
  fact.attributes = std::move(attributes);
}

// What few events tell.
void ReadOwnPart(const v1::SlaEvent& event, Fact& fact) {
  fact.note = event.note();
  fact.autoresponder = event.autoresponder();
  fact.attempts = static_cast<uint32_t>(event.attempts());
  fact.by = {event.by_source(), event.by_id()};
  fact.outcome = event.outcome();
  fact.after_escalation = event.after_escalation();
  if (event.has_responsible()) {
    fact.responsible = {.role = event.responsible().role(),
                        .fell_to = event.responsible().fell_to(),
                        .id = PersonId(event.responsible().id())};
  }
  if (!IsOfTask(fact.kind)) return;
  fact.task_holder = PersonId(event.task().owner_id());
  if (event.task().due_ms() != 0) {
    fact.task_due = absl::FromUnixMillis(event.task().due_ms());
  }
}

std::string InstantOf(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

// One for each type that facts tell something of.

std::string TextOf(const std::string& text) { return text; }
std::string TextOf(bool yes) { return yes ? "yes" : "no"; }
std::string TextOf(uint32_t number) { return absl::StrCat(number); }
std::string TextOf(absl::Duration length) {
  return absl::FormatDuration(length);
}
std::string TextOf(absl::Time at) { return InstantOf(at); }
std::string TextOf(const std::optional<absl::Time>& at) {
  return at ? InstantOf(*at) : "none";
}
std::string TextOf(const EventRef& ref) {
  return absl::StrCat(ref.source, " event ", ref.id);
}
std::string TextOf(const PersonId& id) {
  return id.empty() ? "nobody" : id.text();
}
std::string TextOf(const People& people) {
  return absl::StrCat("owner ", TextOf(people.owner), ", backup ",
                      TextOf(people.backup), ", manager ",
                      TextOf(people.manager));
}
std::string TextOf(const Recipient& recipient) {
  return absl::StrCat("the ", recipient.role, " ", TextOf(recipient.id),
                      recipient.fell_to.empty()
                          ? ""
                          : absl::StrCat(" (the ", recipient.fell_to, ")"));
}
std::string TextOf(const std::vector<Recipient>& recipients) {
  if (recipients.empty()) return "nobody";
  return absl::StrJoin(recipients, ", to ",
                       [](std::string* out, const Recipient& recipient) {
                         out->append(TextOf(recipient));
                       });
}
std::string TextOf(const std::optional<Recipient>& recipient) {
  return recipient ? TextOf(*recipient) : "nobody";
}

std::string Line(const std::string& clock, const std::string& rung,
                 absl::Time at, const std::string& source,
                 const std::string& id) {
  return absl::StrCat(clock, clock.empty() ? "" : " ", rung, " at ",
                      InstantOf(at), ", begun by ", source, " event ", id);
}

}  // namespace

std::optional<Fact> FactOf(const PolicyBook& policies,
                           const v1::SlaEvent& event) {
  std::optional<FactKind> kind = KindOf(event.kind());
  if (kind && IsOfTask(*kind)) kind = KindOfTask(event.rung());
  if (!kind) return std::nullopt;
  Fact fact;
  fact.kind = *kind;
  fact.started_by = {event.started_by_source(), event.started_by_id()};
  fact.at = absl::FromUnixMillis(event.at_ms());
  fact.policy_version = event.policy_version();
  fact.people = {PersonId(event.owner_id()), PersonId(event.backup_id()),
                 PersonId(event.manager_id())};
  for (const v1::SlaEvent::Recipient& recipient : event.recipients()) {
    fact.recipients.push_back({.role = recipient.role(),
                               .fell_to = recipient.fell_to(),
                               .id = PersonId(recipient.id())});
  }
  fact.cycle = static_cast<uint32_t>(event.cycle());
  ReadTimes(event, fact);
  ReadAttributes(event, fact);
  ReadOwnPart(event, fact);
  if (!event.reasons().empty()) fact.reason = event.reasons(0);
  if (event.clock().empty()) {
    if (*kind == FactKind::kReview) fact.kind = FactKind::kLeadReview;
    const bool is_of_lead = fact.kind == FactKind::kLeadReview ||
                            fact.kind == FactKind::kOutcome ||
                            IsOfTask(fact.kind);
    if (!is_of_lead) return std::nullopt;
    fact.clock = kNoClock;
    return fact;
  }
  const Policy* const policy = policies.Find(fact.policy_version);
  if (policy == nullptr) return std::nullopt;
  for (; fact.clock < policy->clocks.size(); ++fact.clock) {
    const ClockRule& clock = policy->clocks[fact.clock];
    if (clock.name != event.clock()) continue;
    if (!IsRung(*kind)) return fact;
    for (fact.rung = 0; fact.rung < clock.ladder.size(); ++fact.rung) {
      if (clock.ladder[fact.rung].name == event.rung()) return fact;
    }
    break;
  }
  return std::nullopt;
}

std::string LineOf(const PolicyBook& policies, const Fact& fact) {
  return Line(ClockName(policies, fact), RungName(policies, fact), fact.at,
              fact.started_by.source, fact.started_by.id);
}

std::string LineOf(const v1::SlaEvent& event) {
  return Line(event.clock(), event.rung(), absl::FromUnixMillis(event.at_ms()),
              event.started_by_source(), event.started_by_id());
}

std::string WhomItNames(const Fact& fact) {
  std::string text = TextOf(fact.people);
  if (!fact.recipients.empty()) {
    absl::StrAppend(&text, ", to ", TextOf(fact.recipients));
  }
  if (fact.responsible) {
    absl::StrAppend(&text, ", responsible ", TextOf(fact.responsible));
  }
  if (IsOfTask(fact.kind)) {
    absl::StrAppend(&text, ", as a task for ", TextOf(fact.task_holder));
    if (fact.task_due) absl::StrAppend(&text, ", due ", TextOf(fact.task_due));
  }
  return text;
}

std::string WhatDiffers(const Fact& said, const Fact& true_one) {
  std::vector<std::string> differences;
  const auto compare = [&](const char* what, const auto& a, const auto& b) {
    if (a != b) {
      differences.push_back(
          absl::StrCat(what, " ", TextOf(a), " in place of ", TextOf(b)));
    }
  };
  std::apply(
      [&](const auto&... told) {
        (compare(told.first, said.*(told.second), true_one.*(told.second)),
         ...);
      },
      kTold);
  compare("overdue", Overdue(said), Overdue(true_one));
  if (LeadMark(said) != LeadMark(true_one)) {
    differences.emplace_back("other attributes of the lead");
  }
  return absl::StrJoin(differences, ", ");
}

const char* KindName(FactKind kind) {
  switch (kind) {
    case FactKind::kReminder:
      return "reminder";
    case FactKind::kBreach:
      return "breach";
    case FactKind::kEscalation:
      return "escalation";
    case FactKind::kReassignment:
      return "reassignment";
    case FactKind::kMet:
      return "met";
    case FactKind::kMissed:
      return "missed";
    case FactKind::kStopped:
      return "stopped";
    case FactKind::kAnsweredLate:
      return "answered_late";
    case FactKind::kClosed:
      return "closed";
    case FactKind::kWarning:
      return "warning";
    case FactKind::kReview:
      return "review";
    case FactKind::kPriority:
      return "priority";
    case FactKind::kAlternateOwner:
      return "alternate_owner";
    case FactKind::kLeadReview:
      return "lead_review";
    case FactKind::kDueChanged:
      return "due_changed";
    case FactKind::kAttempt:
      return "attempt";
    case FactKind::kOutcome:
      return "outcome";
    case FactKind::kTaskOpened:
      return "task_opened";
    case FactKind::kTaskChanged:
      return "task_changed";
    case FactKind::kTaskDone:
      return "task_done";
    case FactKind::kTaskCancelled:
      return "task_cancelled";
    case FactKind::kAcknowledgement:
      break;
  }
  return "acknowledgement";
}

std::string LineOf(const std::vector<std::string>& topics,
                   const std::vector<int64_t>& next, absl::Time now) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < topics.size() && i < next.size(); ++i) {
    parts.push_back(absl::StrCat(topics[i], "@", next[i]));
  }
  return absl::StrCat(absl::StrJoin(parts, ", "), " and now ", InstantOf(now));
}

std::string PlaceOf(std::string_view topic, int32_t partition, int64_t offset) {
  return absl::StrCat(std::string(topic), "[", partition, "]@", offset);
}

}  // namespace leadclock
