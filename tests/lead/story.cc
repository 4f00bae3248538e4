#include "tests/lead/story.h"

#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/policy/parse_policy.h"

namespace leadclock::story {
namespace {

absl::TimeZone London() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) {
    throw std::runtime_error("no time zone data");
  }
  return zone;
}

Event Make(const char* kind_name, uint32_t kind, const std::string& at,
           EventBody body) {
  Event event;
  event.ref = {"crm", absl::StrCat(kind_name, " ", at)};
  event.occurred_at = At(at);
  event.kind = kind;
  event.body = std::move(body);
  return event;
}

std::string LineOf(const PolicyBook& policies, const Utterance& utterance) {
  const Fact& fact = utterance.fact;
  std::string line =
      absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M", fact.at, London()), " ",
                   ClockName(policies, fact), fact.clock == kNoClock ? "" : " ",
                   RungName(policies, fact));
  if (utterance.form == Form::kRetracted) line += " retracted";
  if (utterance.form == Form::kCorrected) line += " corrected";
  if (IsRung(fact.kind) || fact.kind == FactKind::kLeadReview) {
    line += " ->";
    for (const Recipient& recipient : fact.recipients) {
      const std::string& id = recipient.id.text();
      absl::StrAppend(&line, " ", id.empty() ? "nobody" : id);
      if (recipient.fell_to.empty()) continue;
      absl::StrAppend(&line, " (", recipient.fell_to, ", for ", recipient.role,
                      ")");
    }
  }
  if (IsOfTask(fact.kind)) {
    const std::string& holder = fact.task_holder.text();
    absl::StrAppend(&line, " -> ", holder.empty() ? "nobody" : holder);
    if (fact.task_due) {
      absl::StrAppend(
          &line, " by ",
          absl::FormatTime("%m-%d %H:%M", *fact.task_due, London()));
    }
  }
  if (!fact.reason.empty()) absl::StrAppend(&line, " (", fact.reason, ")");
  if (fact.after_escalation) line += " after an escalation";
  if (!utterance.notify) line += ", not to be notified";
  return line;
}

}  // namespace

absl::Time At(const std::string& london) {
  absl::Time time;
  std::string error;
  const char* format =
      london.size() > 16 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d %H:%M";
  if (!absl::ParseTime(format, london, London(), &time, &error)) {
    throw std::runtime_error(london + ": " + error);
  }
  return time;
}

// The numbers are those of LeadEvent's oneof.
Event Created(const std::string& at, AttributeChanges attributes,
              PeopleChanges people) {
  return Make("created", 20, at,
              LeadCreated{std::move(attributes), std::move(people), {}});
}

Event AssignedTo(const std::string& at, const std::string& owner) {
  PeopleChanges people;
  people.owner = PersonId(owner);
  people.backup = PersonId("backup-1");
  people.manager = PersonId("manager-1");
  return Make("assigned", 27, at, Assigned{people});
}

Event Changed(const std::string& at, const std::string& attribute,
              const std::string& value) {
  return Make("changed", 22, at, AttributesChanged{{{attribute, value}}});
}

Event CallBy(const std::string& at, const std::string& actor) {
  Touched touch;
  touch.channel = "phone";
  touch.direction = Direction::kOutbound;
  touch.actor_kind = ActorKind::kHuman;
  touch.actor = PersonId(actor);
  touch.meaningful = true;
  return Make("call", 30, at, touch);
}

Event AutoReply(const std::string& at) {
  Touched touch;
  touch.channel = "email";
  touch.direction = Direction::kOutbound;
  touch.actor_kind = ActorKind::kAutoresponder;
  return Make("auto-reply", 30, at, touch);
}

Event TouchOn(const std::string& at, const std::string& channel) {
  Touched touch;
  touch.channel = channel;
  touch.direction = Direction::kOutbound;
  touch.actor_kind = ActorKind::kHuman;
  touch.actor = PersonId("owner-1");
  return Make(channel.c_str(), 30, at, touch);
}

Event Happened(const std::string& at, ActivityKind kind,
               AttributeChanges fields, AttributeChanges learnt) {
  const uint32_t number = kind == ActivityKind::kStageChanged    ? 25
                          : kind == ActivityKind::kStatusChanged ? 26
                          : kind == ActivityKind::kDisposition   ? 37
                          : kind == ActivityKind::kTaskDone      ? 35
                                                                 : 34;
  return Make("activity", number, at,
              Activity{.kind = kind,
                       .fields = std::move(fields),
                       .learnt = std::move(learnt)});
}

Event StatusIs(const std::string& at, const std::string& status) {
  return Happened(at, ActivityKind::kStatusChanged, {{"status", status}},
                  {{"status", status}});
}

Event StageIs(const std::string& at, const std::string& stage) {
  return Happened(at, ActivityKind::kStageChanged, {{"stage", stage}},
                  {{"stage", stage}});
}

Event Flagged(const std::string& at, const std::string& flag) {
  return Make("flagged", 24, at, FlagsChanged{{flag}, {}});
}

Event MergedIn(const std::string& at, const std::string& lead) {
  return Make("merged", 21, at, MergedInto{lead});
}

Event Absorbing(const std::string& at, const std::string& started_at,
                const std::string& first_answered_at) {
  Absorbed absorbed = {.lead = "loser", .started_at = At(started_at)};
  if (!first_answered_at.empty()) {
    absorbed.first_answered_at = At(first_answered_at);
  }
  return Make("absorbed", 21, at, absorbed);
}

std::string Millis(const std::string& at) {
  return absl::StrCat(absl::ToUnixMillis(At(at)));
}

Event WithdrawalOf(const Event& event, const std::string& at) {
  return Make("withdrawn", 38, at, Withdrawn{event.ref});
}

Event Erasure(const std::string& at) {
  return Make("erased", 39, at, Erased{});
}

Lines Listener::Read(const std::vector<Event>& events, const std::string& now,
                     const std::string& read_at) {
  Answer answer = FoldLead(
      policies_, events,
      {.now = At(now), .read_at = At(read_at), .retire_after = retire_after_},
      lead_);
  next_instant_ = answer.next_instant;
  departure_ = answer.departure;
  intakes_ = answer.intakes;
  Lines lines;
  for (Utterance& utterance : answer.utterances) {
    lines.push_back(LineOf(policies_, utterance));
    said_.push_back(std::move(utterance));
  }
  return lines;
}

Lines Listener::Read(const std::vector<Event>& events, const std::string& now) {
  return Read(events, now, now);
}

Lines FactsAt(const PolicyBook& policies, const std::string& now,
              const std::vector<Event>& history) {
  return Listener(policies).Read(history, now);
}

Lines FactsAt(const Policy& policy, const std::string& now,
              const std::vector<Event>& history) {
  return FactsAt(PolicyBook(policy), now, history);
}

Policy PolicyOf(const std::string& clocks, const std::string& parts) {
  const std::string text = absl::StrCat(R"(
version: 1
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30"}
calendar_for:
  - {otherwise: london}
responses:
  call: {direction: outbound, actor: human}
  reply: {direction: inbound}
)",
                                        parts, "clocks:\n", clocks);
  absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  if (!policy.ok()) {
    throw std::runtime_error(std::string(policy.status().message()));
  }
  return *std::move(policy);
}

Policy ExamplePolicy() {
  absl::StatusOr<Policy> policy = ParsePolicy(R"(
version: 1
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30"}
    holidays: [2026-05-04]
calendar_for:
  - {otherwise: london}
eligible:
  - {when: {customer: existing}, then: exclude, reason: existing_customer}
  - {when: {consent: [withdrawn, unclear]}, then: stop, reason: consent}
responses:
  owned_touch: {direction: outbound, actor: human, by: [owner, backup, manager], meaningful: true}
clocks:
  - name: assignment
    starts: lead_created
    stops: assigned
    target: 2m
    at_risk: never
    calendar: always
  - name: first_response
    starts: lead_created
    stops: owned_touch
    pauses: [on_hold, waiting_on_customer]
    target:
      - {when: {intent: high}, is: 15m}
      - {otherwise: 4h}
    at_risk: never
    ladder:
      - {at: 10m,       do: remind,   to: owner}
      - {at: due,       do: breach,   to: [owner, backup]}
      - {at: due + 5m,  do: escalate, to: manager}
      - {at: due + 15m, do: reassign, to: backup}
  - name: second_touch
    starts: first_response.answered
    stops: owned_touch
    target: 30m
    at_risk: never
)",
                                              "example.yaml");
  if (!policy.ok()) {
    throw std::runtime_error(std::string(policy.status().message()));
  }
  return *std::move(policy);
}

}  // namespace leadclock::story
