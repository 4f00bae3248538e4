#include "tests/property/conversation.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "state/codec.h"
#include "tests/property/in_words.h"
#include "tests/property/into_reference.h"
#include "tests/property/shrink.h"

namespace leadclock::property {
namespace {

constexpr char kLeadId[] = "lead-1";

#if defined(__SANITIZE_ADDRESS__)
constexpr int64_t kCases = 100;
#elif defined(NDEBUG)
constexpr int64_t kCases = 2500;
#else
constexpr int64_t kCases = 500;
#endif

std::string Text(FactKind kind) {
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
      return "answered late";
    case FactKind::kClosed:
      return "closed";
    case FactKind::kWarning:
      return "warning";
    case FactKind::kReview:
      return "review";
    case FactKind::kPriority:
      return "priority";
    case FactKind::kAlternateOwner:
      return "alternate owner";
    case FactKind::kLeadReview:
      return "lead review";
    case FactKind::kAcknowledgement:
      return "acknowledgement";
    case FactKind::kAttempt:
      return "attempt";
    case FactKind::kOutcome:
      return "outcome";
    case FactKind::kTaskOpened:
      return "task opened";
    case FactKind::kTaskChanged:
      return "task changed";
    case FactKind::kTaskDone:
      return "task done";
    case FactKind::kTaskCancelled:
      return "task cancelled";
    case FactKind::kDueChanged:
      break;
  }
  return "due changed";
}

std::string Text(Form form) {
  switch (form) {
    case Form::kSaid:
      return "said";
    case Form::kRetracted:
      return "retracted";
    case Form::kCorrected:
      break;
  }
  return "corrected";
}

bool ComesBefore(const NetFact& a, const NetFact& b) {
  const auto order = [](const NetFact& f) {
    return std::tie(f.at, f.version, f.clock, f.kind, f.rung, f.started_by,
                    f.people, f.recipients, f.responsible, f.reason, f.due,
                    f.by, f.outcome, f.after_escalation, f.task_holder,
                    f.task_due);
  };
  return order(a) < order(b);
}

// Whether its reason is compared.
bool TellsReason(const NetFact& fact) {
  return fact.kind == "attempt" ||
         (fact.clock == reference::kNoClock && fact.kind != "outcome");
}

// Whether it is told apart from others by an event that it names.
bool IsByEvent(const NetFact& fact) {
  return fact.kind == "attempt" || fact.kind.starts_with("task ");
}

// Nobody asks to forget it.
void KeepTheLead(Scenario& scenario) {
  for (Event& event : scenario.events) {
    if (std::holds_alternative<Erased>(event.body)) {
      event.body = AttributesChanged{};
    }
  }
}

int64_t NumberFromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

}  // namespace

NetFact NetFactOf(const Fact& fact) {
  const bool is_of_clock = fact.clock != kNoClock;
  NetFact net;
  net.at = fact.at;
  net.version = fact.policy_version;
  net.clock = is_of_clock ? fact.clock : reference::kNoClock;
  net.kind = Text(fact.kind);
  net.rung = fact.rung == kNoRung ? -1 : static_cast<int>(fact.rung);
  net.started_by = fact.started_by;
  net.people = {fact.people.owner.text(), fact.people.backup.text(),
                fact.people.manager.text()};
  for (const Recipient& recipient : fact.recipients) {
    net.recipients.push_back(
        {recipient.role, recipient.fell_to, recipient.id.text()});
  }
  if (fact.responsible) {
    net.responsible = {fact.responsible->role, fact.responsible->fell_to,
                       fact.responsible->id.text()};
  }
  if (TellsReason(net)) net.reason = fact.reason;
  if (fact.kind == FactKind::kDueChanged) {
    net.due = fact.due.value_or(absl::InfiniteFuture());
  }
  if (IsByEvent(net)) net.by = absl::StrCat(fact.by.source, "/", fact.by.id);
  net.outcome = fact.outcome;
  net.after_escalation = fact.after_escalation;
  net.task_holder = fact.task_holder.text();
  net.task_due = fact.task_due;
  return net;
}

NetFact NetFactOf(const reference::Fact& fact) {
  NetFact net;
  net.at = InstantOf(fact.at);
  net.version = fact.version;
  net.clock = fact.clock;
  net.kind = fact.kind;
  net.rung = fact.rung;
  net.started_by = {fact.started_by.source, fact.started_by.id};
  net.people = fact.people;
  net.recipients = fact.recipients;
  net.responsible = fact.responsible;
  if (TellsReason(net)) net.reason = fact.reason;
  if (fact.kind == "due changed") net.due = InstantOf(fact.due);
  if (IsByEvent(net)) net.by = absl::StrCat(fact.by.source, "/", fact.by.id);
  net.outcome = fact.outcome;
  net.after_escalation = fact.after_escalation;
  net.task_holder = fact.task_holder;
  if (fact.task_due) net.task_due = InstantOf(*fact.task_due);
  return net;
}

std::vector<NetFact> Sorted(std::vector<NetFact> facts) {
  std::sort(facts.begin(), facts.end(), ComesBefore);
  return facts;
}

bool HasSameIdentity(NetFact a, const NetFact& b) {
  a.people = b.people;
  a.due = b.due;
  a.recipients = b.recipients;
  a.responsible = b.responsible;
  a.after_escalation = b.after_escalation;
  a.task_holder = b.task_holder;
  a.task_due = b.task_due;
  return a == b;
}

bool Contains(const std::vector<NetFact>& facts, const NetFact& fact) {
  return std::find(facts.begin(), facts.end(), fact) != facts.end();
}

std::string Describe(const NetFact& fact) {
  std::string text = absl::StrCat(DescribeInstant(fact.at), " v", fact.version,
                                  " clock ", fact.clock, " ", fact.kind);
  if (fact.due != absl::Time()) {
    absl::StrAppend(&text, " to ", DescribeInstant(fact.due));
  }
  if (fact.rung >= 0) absl::StrAppend(&text, " rung", fact.rung);
  absl::StrAppend(&text, " since ", fact.started_by.source, "/",
                  fact.started_by.id, " (", fact.people.owner, "|",
                  fact.people.backup, "|", fact.people.manager, ")");
  if (!fact.reason.empty()) absl::StrAppend(&text, " because ", fact.reason);
  if (!fact.by.empty()) absl::StrAppend(&text, " by ", fact.by);
  if (!fact.outcome.empty()) {
    absl::StrAppend(&text, " ", fact.outcome,
                    fact.after_escalation ? " after an escalation" : "");
  }
  if (fact.kind.starts_with("task ")) {
    absl::StrAppend(&text, " for '", fact.task_holder, "' due ",
                    fact.task_due ? DescribeInstant(*fact.task_due) : "-");
  }
  for (const reference::Recipient& recipient : fact.recipients) {
    absl::StrAppend(&text, " ", recipient.role, "=", recipient.id, "(",
                    recipient.fell_to, ")");
  }
  if (fact.responsible) {
    absl::StrAppend(&text, " is ", fact.responsible->role, "'s ",
                    fact.responsible->id, "(", fact.responsible->fell_to, ")");
  }
  return text;
}

std::string Difference(const std::vector<NetFact>& product,
                       const std::vector<NetFact>& reference) {
  if (product == reference) return "";
  std::string table;
  for (const NetFact& fact : product) {
    absl::StrAppend(
        &table, Contains(reference, fact) ? "  both       " : "  PRODUCT    ",
        Describe(fact), "\n");
  }
  for (const NetFact& fact : reference) {
    if (Contains(product, fact)) continue;
    absl::StrAppend(&table, "  REFERENCE  ", Describe(fact), "\n");
  }
  return absl::StrCat(
      "product and reference differ (in what is in capitals, else in "
      "number or order):\n",
      table);
}

std::string Listener::Hear(const std::vector<Utterance>& utterances) {
  for (const Utterance& utterance : utterances) {
    const std::string problem = HearOne(utterance);
    if (problem.empty()) continue;
    return absl::StrCat(problem, ": ", Text(utterance.form), " ",
                        Describe(NetFactOf(utterance.fact)),
                        " lead_seq=", utterance.lead_seq,
                        " count=", utterance.count,
                        " corrections=", utterance.corrections, "\n");
  }
  return "";
}

std::string Listener::HearOne(const Utterance& utterance) {
  if (utterance.lead_seq != ++lead_seq_) {
    return absl::StrCat("lead_seq should be ", lead_seq_);
  }
  const std::string id = UtteranceId(policies_, kLeadId, utterance);
  if (id.size() != 32) return "the id has not 32 digits";
  if (by_id_.contains(id)) return "an id was used twice";

  const NetFact fact = NetFactOf(utterance.fact);
  if (utterance.form == Form::kSaid) {
    for (const NetFact& standing : Standing()) {
      if (HasSameIdentity(standing, fact)) return "it stands already";
    }
    by_id_[id] = utterance.fact;
    return "";
  }

  const auto corrected =
      by_id_.find(CorrectedId(policies_, kLeadId, utterance));
  if (corrected == by_id_.end()) return "what it corrects was never said";
  if (!corrected->second) return "what it corrects does not stand any more";
  if (!HasSameIdentity(NetFactOf(*corrected->second), fact)) {
    return "what it corrects is another fact";
  }
  by_id_[id] = std::nullopt;
  if (utterance.form == Form::kRetracted) {
    corrected->second = std::nullopt;
    return "";
  }
  if (TellsTheSame(*corrected->second, utterance.fact)) {
    return "it corrects nothing";
  }
  corrected->second = utterance.fact;
  return "";
}

std::vector<Fact> Listener::Facts() const {
  std::vector<Fact> facts;
  for (const auto& [id, fact] : by_id_) {
    if (fact) facts.push_back(*fact);
  }
  return facts;
}

std::vector<NetFact> Listener::Standing() const {
  return Sorted(NetFactsOf(Facts()));
}

std::vector<Event> EventsOf(const Batch& batch, const Scenario& scenario) {
  std::vector<Event> events;
  for (const size_t record : batch.records) {
    events.push_back(scenario.events[record]);
  }
  return events;
}

Asking AskingOf(const Batch& batch) {
  return {.now = batch.now, .read_at = batch.read_at};
}

std::string Restart(Lead* lead) {
  const std::string bytes = EncodeLead(*lead);
  absl::StatusOr<Lead> read = DecodeLead(bytes);
  if (!read.ok()) {
    return absl::StrCat("its bytes are refused: ", read.status().ToString(),
                        "\n");
  }
  if (EncodeLead(*read) != bytes)
    return "its bytes change when written again\n";
  if (read->history != lead->history) return "its history was not kept\n";
  if (read->progress.has_value() != lead->progress.has_value()) {
    return "whether it has progress was not kept\n";
  }
  if (read->progress && !(*read->progress == *lead->progress)) {
    return "its progress was not kept\n";
  }
  *lead = *std::move(read);
  return "";
}

std::string TakeUp(const std::string& bytes, const PolicyBook& policies,
                   const std::vector<Event>& events, Lead* lead) {
  absl::StatusOr<Lead> recent = DecodeRecent(bytes);
  if (!recent.ok()) return "its bytes are refused\n";
  if (EncodeLead(*recent) != bytes) {
    return "its bytes change when written again with the past unread\n";
  }
  *lead = *std::move(recent);
  if (NeedsPast(policies, *lead, events) && !ReadPast(*lead).ok()) {
    return "its past cannot be read\n";
  }
  return "";
}

void HoldsForAll(const Property& property, Leads leads) {
  const int64_t many =
      NumberFromEnvironment("LEADCLOCK_PROPERTY_CASES", kCases);
  const int64_t first = NumberFromEnvironment("LEADCLOCK_PROPERTY_SEED", 1);
  for (int64_t seed = first; seed < first + many; ++seed) {
    INFO("seed " << seed);  // Catch tells it also where the product aborts.
    Scenario scenario = MakeScenario(static_cast<uint64_t>(seed));
    if (leads == Leads::kThatAreKept) KeepTheLead(scenario);
    if (property(scenario).empty()) continue;
    const Scenario smallest = Shrink(
        scenario, [&](const Scenario& s) { return !property(s).empty(); });
    // Catch would break the lines of the table.
    std::cerr << "\n" << property(smallest) << Describe(smallest) << "\n";
    FAIL("the scenario of seed " << seed << ", made as small as it goes");
  }
  SUCCEED();
}

}  // namespace leadclock::property
