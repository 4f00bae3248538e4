#include "processor/job/wire_output.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/job/empty_message.h"
#include "processor/lead/occasion.h"

namespace leadclock {
namespace {

struct Saying {
  v1::SlaEvent::Kind kind;
  const char* type;
  LeadOutput output;
};

Saying SayingOf(FactKind kind) {
  switch (kind) {
    case FactKind::kReminder:
      return {v1::SlaEvent::REMINDER, "reminder", LeadOutput::kWarnings};
    case FactKind::kBreach:
      return {v1::SlaEvent::BREACH, "breach", LeadOutput::kBreaches};
    case FactKind::kEscalation:
      return {v1::SlaEvent::ESCALATION, "escalation", LeadOutput::kEscalations};
    case FactKind::kReassignment:
      return {v1::SlaEvent::REASSIGNMENT, "reassignment",
              LeadOutput::kEscalations};
    case FactKind::kMet:
      return {v1::SlaEvent::MET, "met", LeadOutput::kOutcomes};
    case FactKind::kMissed:
      return {v1::SlaEvent::MISSED, "missed", LeadOutput::kOutcomes};
    case FactKind::kStopped:
      return {v1::SlaEvent::STOPPED, "stopped", LeadOutput::kOutcomes};
    case FactKind::kAnsweredLate:
      return {v1::SlaEvent::ANSWERED_LATE, "answered_late",
              LeadOutput::kOutcomes};
    case FactKind::kClosed:
      return {v1::SlaEvent::CLOSED, "closed", LeadOutput::kOutcomes};
    case FactKind::kWarning:
      return {v1::SlaEvent::WARNING, "warning", LeadOutput::kWarnings};
    case FactKind::kReview:
      return {v1::SlaEvent::REVIEW, "review", LeadOutput::kEscalations};
    case FactKind::kPriority:
      return {v1::SlaEvent::PRIORITY, "priority", LeadOutput::kEscalations};
    case FactKind::kAlternateOwner:
      return {v1::SlaEvent::ALTERNATE_OWNER, "alternate_owner",
              LeadOutput::kEscalations};
    case FactKind::kLeadReview:
      return {v1::SlaEvent::REVIEW, "review", LeadOutput::kEscalations};
    case FactKind::kDueChanged:
      return {v1::SlaEvent::DUE_CHANGED, "due_changed", LeadOutput::kWarnings};
    case FactKind::kAttempt:
      return {v1::SlaEvent::ATTEMPT, "attempt", LeadOutput::kOutcomes};
    case FactKind::kOutcome:
      return {v1::SlaEvent::LEAD_OUTCOME, "lead_outcome",
              LeadOutput::kOutcomes};
    case FactKind::kTaskOpened:
    case FactKind::kTaskChanged:
    case FactKind::kTaskDone:
    case FactKind::kTaskCancelled:
      return {v1::SlaEvent::TASK, "task", LeadOutput::kTasks};
    case FactKind::kAcknowledgement:
      break;
  }
  return {v1::SlaEvent::ACKNOWLEDGEMENT, "acknowledgement",
          LeadOutput::kWarnings};
}

struct Wording {
  v1::SlaEvent::Form form;
  const char* suffix;
};

Wording WordingOf(Form form) {
  switch (form) {
    case Form::kSaid:
      return {v1::SlaEvent::SAID, ""};
    case Form::kRetracted:
      return {v1::SlaEvent::RETRACTED, ".retracted"};
    case Form::kCorrected:
      break;
  }
  return {v1::SlaEvent::CORRECTED, ".corrected"};
}

void AddRecipients(const Fact& fact, v1::SlaEvent& event) {
  for (const Recipient& recipient : fact.recipients) {
    v1::SlaEvent::Recipient& out = *event.add_recipients();
    out.set_role(recipient.role);
    out.set_id(recipient.id.text());
    out.set_fell_to(recipient.fell_to);
  }
}

// By the first rule of that reason that says so: rules of one reason are one
// review.
std::string AdviceOfReview(const Policy& policy, const std::string& reason) {
  for (const ReviewRule& rule : policy.reviews) {
    if (rule.reason == reason) return rule.recommended_action;
  }
  for (const EligibilityRule& rule : policy.eligible) {
    if (rule.reason == reason && !rule.recommended_action.empty()) {
      return rule.recommended_action;
    }
  }
  return "";
}

// What the policy says of the clock, and to whoever is told.
void AddAdvice(const Policy& policy, const Fact& fact, v1::SlaEvent& event) {
  if (fact.clock != kNoClock) event.set_kpi(policy.clocks[fact.clock].kpi);
  if (fact.responsible) {
    event.mutable_responsible()->set_role(fact.responsible->role);
    event.mutable_responsible()->set_id(fact.responsible->id.text());
    event.mutable_responsible()->set_fell_to(fact.responsible->fell_to);
  }
  if (fact.kind == FactKind::kLeadReview) {
    event.set_recommended_action(AdviceOfReview(policy, fact.reason));
  }
  if (!IsRung(fact.kind)) return;
  const Rung& rung = policy.clocks[fact.clock].ladder[fact.rung];
  event.set_recommended_action(rung.recommended_action);
  event.set_priority(rung.priority);
}

void AddTimes(const Fact& fact, v1::SlaEvent& event) {
  event.set_at_ms(absl::ToUnixMillis(fact.at));
  if (fact.clock == kNoClock) return;
  event.set_started_at_ms(absl::ToUnixMillis(fact.started_at));
  if (fact.due) event.set_due_ms(absl::ToUnixMillis(*fact.due));
  if (fact.answered_at) {
    event.set_answered_at_ms(absl::ToUnixMillis(*fact.answered_at));
  }
  event.set_target_ms(absl::ToInt64Milliseconds(fact.target));
  event.set_counted_ms(absl::ToInt64Milliseconds(fact.counted));
  if (fact.due && fact.at > *fact.due) {
    event.set_overdue_business_ms(absl::ToInt64Milliseconds(Overdue(fact)));
    event.set_overdue_wall_ms(absl::ToInt64Milliseconds(fact.at - *fact.due));
  }
}

v1::Task::Status StatusOf(FactKind kind) {
  if (kind == FactKind::kTaskDone) return v1::Task::DONE;
  if (kind == FactKind::kTaskCancelled) return v1::Task::CANCELLED;
  return v1::Task::OPEN;
}

void AddTask(const Policy& policy, const Fact& fact,
             const Attributes* attributes, v1::SlaEvent& event) {
  v1::Task& task = *event.mutable_task();
  task.set_status(StatusOf(fact.kind));
  task.set_owner_id(fact.task_holder.text());
  if (fact.task_due) task.set_due_ms(absl::ToUnixMillis(*fact.task_due));
  if (fact.clock == kNoClock) {
    task.set_id(TaskId(absl::StrCat("review.", fact.reason), fact.started_by));
    task.set_kind("review");
    task.set_recommended_action(AdviceOfReview(policy, fact.reason));
  } else {
    const ClockRule& rule = policy.clocks[fact.clock];
    task.set_id(TaskId(rule.name, fact.started_by));
    // A version that took the clock over may have none.
    if (rule.task) {
      task.set_kind(rule.task->kind);
      task.set_recommended_action(rule.task->recommended_action);
    }
  }
  if (attributes == nullptr) return;
  task.set_lead_name(attributes->Get("name"));
  task.set_lead_source(attributes->Get("source"));
  task.set_service_interest(attributes->Get("service_interest"));
  task.set_intent(attributes->Get("intent"));
  task.set_crm_url(attributes->Get("crm_url"));
}

// What a fact tells beside what every one does.
void AddOwnPart(const Policy& policy, const Fact& fact,
                const Attributes* attributes, v1::SlaEvent& event) {
  event.set_note(fact.note);
  event.set_autoresponder(fact.autoresponder);
  event.set_attempts(static_cast<int32_t>(fact.attempts));
  event.set_by_source(fact.by.source);
  event.set_by_id(fact.by.id);
  event.set_outcome(fact.outcome);
  event.set_after_escalation(fact.after_escalation);
  if (IsOfTask(fact.kind)) AddTask(policy, fact, attributes, event);
}

void AddAttributes(const Attributes& attributes, v1::SlaEvent& event) {
  event.set_market(attributes.Get("market"));
  event.set_lead_source(attributes.Get("source"));
  event.set_intent(attributes.Get("intent"));
  event.set_stage(attributes.Get("stage"));
  event.set_crm_url(attributes.Get("crm_url"));
}

void AddPolicy(const Policy& policy, const PolicyBook& known,
               const WireOutputOptions& options, v1::SlaEvent& event) {
  event.set_policy_version(policy.version);
  event.set_policy_hash(policy.hash);
  event.set_known_policy_version(known.newest().version);
  event.set_time_zone_data(options.time_zone_data);
}

void AddProvenance(const Moment& moment, const WireOutputOptions& options,
                   v1::SlaEvent& event) {
  event.set_emitted_at_ms(absl::ToUnixMillis(moment.wall));
  // Before the first watermark is passed there is no now.
  if (moment.now != absl::InfinitePast()) {
    event.set_now_ms(absl::ToUnixMillis(moment.now));
  }
  assert(moment.read_up_to.size() == options.input_topics.size());
  for (size_t i = 0; i < moment.read_up_to.size(); ++i) {
    v1::SlaEvent::Offset* offset = event.add_read_up_to();
    offset->set_topic(options.input_topics[i]);
    offset->set_partition(moment.partition);
    offset->set_next_offset(moment.read_up_to[i]);
  }
}

std::string Serialize(const v1::SlaEvent& event, WireFormat format) {
  if (format == WireFormat::kProtobuf) return event.SerializeAsString();
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(event, &json);
  assert(status.ok());
  static_cast<void>(status);
  return json;
}

const char* ContentType(WireFormat format) {
  return format == WireFormat::kProtobuf ? "application/protobuf"
                                         : "application/json";
}

// The record that carries an event, which is of the instant `at`.
OutputRecord RecordOf(const v1::SlaEvent& event, absl::Time at,
                      LeadOutput output, const std::string& type,
                      const Utterer& utterer,
                      const WireOutputOptions& options) {
  OutputRecord record;
  record.output = static_cast<int>(output);
  record.key = utterer.lead.text();
  record.value = Serialize(event, options.format);
  std::vector<Header>& headers = record.headers;
  headers.reserve(8);
  headers.emplace_back("ce_specversion", "1.0");
  headers.emplace_back("ce_id", event.id());
  headers.emplace_back("ce_type", absl::StrCat("leadclock.v1.", type));
  headers.emplace_back("ce_source", options.source);
  headers.emplace_back("ce_subject", utterer.lead.text());
  headers.emplace_back("ce_time", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at,
                                                   absl::UTCTimeZone()));
  headers.emplace_back("content-type", ContentType(options.format));
  if (!utterer.traceparent.empty()) {
    headers.emplace_back("traceparent", utterer.traceparent);
  }
  return record;
}

}  // namespace

OutputRecord WriteSlaEvent(const Utterance& utterance, const Utterer& utterer,
                           const WireOutputOptions& options) {
  const Fact& fact = utterance.fact;
  const PolicyBook& policies = utterer.policies;
  const Saying saying = SayingOf(fact.kind);
  const Wording wording = WordingOf(utterance.form);

  v1::SlaEvent& event = EmptyMessage<v1::SlaEvent>();
  event.set_id(UtteranceId(policies, utterer.lead.text(), utterance));
  event.set_source(options.source);
  event.set_kind(saying.kind);
  event.set_form(wording.form);
  event.set_lead_id(utterer.lead.text());
  event.set_lead_seq(utterance.lead_seq);
  event.set_clock(ClockName(policies, fact));
  event.set_cycle(static_cast<int32_t>(fact.cycle));
  event.set_started_by_source(fact.started_by.source);
  event.set_started_by_id(fact.started_by.id);
  event.set_rung(RungName(policies, fact));
  AddTimes(fact, event);
  event.set_owner_id(fact.people.owner.text());
  event.set_backup_id(fact.people.backup.text());
  event.set_manager_id(fact.people.manager.text());
  AddRecipients(fact, event);
  AddAdvice(policies.Of(fact), fact, event);
  const Attributes* attributes =
      fact.attributes ? fact.attributes.get() : utterer.attributes;
  if (attributes != nullptr) AddAttributes(*attributes, event);
  AddOwnPart(policies.Of(fact), fact, attributes, event);
  if (!fact.reason.empty()) event.add_reasons(fact.reason);
  if (utterance.form != Form::kSaid) {
    event.set_corrects(CorrectedId(policies, utterer.lead.text(), utterance));
  }
  event.set_notify(utterance.notify);
  AddPolicy(policies.Of(fact), policies, options, event);
  AddProvenance(utterer.moment, options, event);

  return RecordOf(event, fact.at, saying.output,
                  absl::StrCat(saying.type, wording.suffix), utterer, options);
}

OutputRecord WriteDeparture(const Departure& departure, const Utterer& utterer,
                            const WireOutputOptions& options) {
  v1::SlaEvent& event = EmptyMessage<v1::SlaEvent>();
  event.set_id(DepartureId(utterer.lead.text(), departure));
  event.set_source(options.source);
  event.set_kind(v1::SlaEvent::RETIRED);
  event.set_form(v1::SlaEvent::SAID);
  event.set_lead_id(utterer.lead.text());
  event.set_lead_seq(departure.lead_seq);
  event.set_at_ms(absl::ToUnixMillis(departure.at));
  event.add_reasons(departure.reason == Departure::Reason::kErased ? "erased"
                                                                   : "retired");
  AddPolicy(utterer.policies.newest(), utterer.policies, options, event);
  AddProvenance(utterer.moment, options, event);
  return RecordOf(event, departure.at, LeadOutput::kOutcomes, "retired",
                  utterer, options);
}

std::optional<v1::SlaEvent> ReadSlaEvent(const std::string& value,
                                         const std::vector<Header>& headers,
                                         WireFormat otherwise) {
  WireFormat format = otherwise;
  for (const auto& [name, content] : headers) {
    if (name != "content-type") continue;
    format = absl::StartsWith(content, "application/json")
                 ? WireFormat::kJson
                 : WireFormat::kProtobuf;
  }
  v1::SlaEvent event;
  const bool read =
      format == WireFormat::kProtobuf
          ? event.ParseFromString(value)
          : google::protobuf::util::JsonStringToMessage(value, &event).ok();
  if (!read) return std::nullopt;
  return event;
}

}  // namespace leadclock
