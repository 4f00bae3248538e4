#include "processor/lead/lead_fold.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/lead/timeline.h"
#include "state/codec.h"
#include "state/digest.h"

namespace leadclock {
namespace {

// ---- Taking events into the history ----

bool IsWithdrawn(const std::vector<Event>& history, const EventRef& ref) {
  return std::any_of(history.begin(), history.end(), [&](const Event& event) {
    const auto* body = std::get_if<Withdrawn>(&event.body);
    return body != nullptr && body->event == ref;
  });
}

// Whether an event is dated in the part of the history that is not kept.
bool IsFrozen(const Lead& lead, const Event& event) {
  const std::optional<absl::Time>& up_to = lead.summary.collapsed_up_to;
  return up_to && event.occurred_at <= *up_to;
}

// Whether Advance alone tells what a new event changes.
bool CanAdvance(const Lead& lead, const Event& event) {
  // Else the past would have been read.
  if (lead.unread) return true;
  const std::vector<Event>& history = lead.history;
  const bool is_last = history.empty() ? lead.collapsed.has_value()
                                       : StandsBefore(history.back(), event);
  return is_last && !IsFrozen(lead, event) &&
         !std::holds_alternative<Withdrawn>(event.body) &&
         !IsWithdrawn(history, event.ref);
}

void Insert(Event event, std::vector<Event>& history) {
  const auto place =
      std::upper_bound(history.begin(), history.end(), event, StandsBefore);
  history.insert(place, std::move(event));
}

// Of two contents of one event the greater sequence stands, then the greater
// bytes: the same one whichever was read first.
bool Supersedes(const Event& event, const Event& other) {
  if (event.sequence != other.sequence) return event.sequence > other.sequence;
  return EncodeEvent(event) > EncodeEvent(other);
}

Intake TakeIn(Event event, Lead& lead) {
  // Some speak of events that are kept, wherever they stand themselves.
  const bool is_about_others = std::holds_alternative<Withdrawn>(event.body) ||
                               std::holds_alternative<Erased>(event.body);
  if (IsFrozen(lead, event) && !is_about_others) return Intake::kCollapsed;
  std::vector<Event>& history = lead.history;
  if (lead.unread) {
    AddToSummary(event, lead.summary);
    history.push_back(std::move(event));
    return Intake::kTaken;
  }
  const auto known =
      std::find_if(history.begin(), history.end(),
                   [&](const Event& e) { return e.ref == event.ref; });
  if (known != history.end()) {
    if (*known == event) return Intake::kDuplicate;
    if (!Supersedes(event, *known)) return Intake::kSuperseded;
    history.erase(known);
    Insert(std::move(event), history);
    return Intake::kReplacing;
  }
  Insert(std::move(event), history);
  return Intake::kTaken;
}

// ---- What is true, beside what was said ----

// What is true of a lead and may still have to be said or taken back: the
// facts that do not lie in the settled part of the ledger.
struct Findings {
  std::vector<Fact> settled;
  std::vector<Fact> foretold;
};

absl::Time LatestSaid(const Lead& lead) {
  absl::Time latest = lead.settled_up_to.value_or(absl::InfinitePast());
  for (const Said& said : lead.ledger) {
    if (!said.retracted) latest = std::max(latest, said.fact.at);
  }
  return latest;
}

// Derives the lead anew.
Findings Replay(const Policy& policy, Lead& lead) {
  Timeline timeline = Derive(policy, lead.history, lead.collapsed);
  lead.progress = std::move(timeline.progress);
  lead.replay = false;
  for (Said& said : lead.ledger) said.settled = false;
  lead.settled_up_to.reset();
  return {std::move(timeline.facts), {}};
}

Findings TakeAllIn(const Policy& policy, std::vector<Event> events, Lead& lead,
                   std::vector<Intake>& intakes) {
  Findings findings;
  bool replay = !lead.progress || lead.replay;
  for (Event& event : events) {
    const bool advances = !replay && CanAdvance(lead, event);
    intakes.push_back(TakeIn(std::move(event), lead));
    const bool taken = intakes.back() == Intake::kTaken;
    if (taken && advances) {
      // It stands last.
      std::vector<Fact> settled =
          Advance(policy, lead.history.back(), *lead.progress);
      std::move(settled.begin(), settled.end(),
                std::back_inserter(findings.settled));
    } else if (taken || intakes.back() == Intake::kReplacing) {
      replay = true;
    }
  }
  if (replay) findings = Replay(policy, lead);
  if (!lead.unread && !events.empty()) Summarize(lead);
  return findings;
}

// Where a fact stands in the open part of the ledger; the end: nowhere.
auto FindUnsettled(auto& ledger, const Fact& fact) {
  return std::find_if(ledger.begin(), ledger.end(), [&](const Said& said) {
    return !said.settled && SameIdentity(said.fact, fact);
  });
}

bool IsSaid(const std::vector<Said>& ledger, const Fact& fact) {
  const auto said = FindUnsettled(ledger, fact);
  return said != ledger.end() && !said->retracted;
}

// What time has decided by `now` and nobody was told.
std::vector<Fact> UnsaidByTime(const Findings& findings, absl::Time now,
                               const std::vector<Said>& ledger) {
  std::vector<Fact> unsaid;
  for (const auto* facts : {&findings.settled, &findings.foretold}) {
    for (const Fact& fact : *facts) {
      if (DecidedByTime(fact.kind) && fact.at <= now && !IsSaid(ledger, fact)) {
        unsaid.push_back(fact);
      }
    }
  }
  return unsaid;
}

// What the lead owed about time before its new events are looked at.
std::vector<Fact> UnsaidBefore(const Policy& policy, const Lead& lead,
                               absl::Time now) {
  Findings findings;
  if (lead.progress && !lead.replay) {
    findings.foretold = Foretell(policy, *lead.progress, now).facts;
  } else {
    Timeline timeline = Derive(policy, lead.history, lead.collapsed);
    findings.settled = std::move(timeline.facts);
    if (timeline.progress) {
      findings.foretold = Foretell(policy, *timeline.progress, now).facts;
    }
  }
  return UnsaidByTime(findings, now, lead.ledger);
}

// A due instant that lies before now when a record brings it into being waits
// until now has passed the moment at which that record was read: the answer
// may be on its way on the other topic.
void HoldLateBurst(const std::vector<Fact>& before,
                   const std::vector<Fact>& after, absl::Time read_at,
                   Lead& lead) {
  if (after.empty()) {
    lead.hold_until.reset();
    return;
  }
  const bool burst =
      std::any_of(after.begin(), after.end(), [&](const Fact& fact) {
        return std::none_of(before.begin(), before.end(), [&](const Fact& old) {
          return SameIdentity(old, fact);
        });
      });
  if (burst) {
    lead.hold_until =
        std::max(lead.hold_until.value_or(absl::InfinitePast()), read_at);
  }
}

// ---- Saying it ----

const ClockRun* FindRun(const Lead& lead, const Fact& fact) {
  if (!lead.progress) return nullptr;
  for (const ClockRun& run : lead.progress->runs) {
    if (run.clock == fact.clock && run.started_by == fact.started_by) {
      return &run;
    }
  }
  return nullptr;
}

// Rungs and misses of a run that has ended by the history now known are
// recorded only.
bool ShouldNotify(const Lead& lead, const Fact& fact, absl::Time notify_from) {
  if (fact.at < notify_from) return false;
  if (!DecidedByTime(fact.kind)) return true;
  const ClockRun* run = FindRun(lead, fact);
  return run == nullptr || !run->ended_at.has_value();
}

// Compares what is true with what was said.
class Speaker {
 public:
  Speaker(const Asking& asking, Lead& lead, Answer& answer)
      : asking_(asking), lead_(lead), answer_(answer) {}

  void Say(const Findings& findings);

 private:
  void Retract(const std::vector<bool>& stands);
  void Hear(const Fact& fact, bool settled);
  void Settle(bool settled, Said& said);
  void Correct(const Fact& fact, Said& said);
  bool MaySay(const Fact& fact);
  void SayNew(const Fact& fact, bool settled, Said* retracted);
  void Utter(Form form, const Said& said, const Fact& fact);

  const Asking& asking_;
  Lead& lead_;
  Answer& answer_;
  // Set by the first fact that must wait: all behind it waits too.
  bool blocked_ = false;
  bool settled_unsaid_ = false;
};

void Speaker::Say(const Findings& findings) {
  std::vector<bool> stands(lead_.ledger.size());
  for (size_t i = 0; i < stands.size(); ++i) {
    const Said& said = lead_.ledger[i];
    const auto same = [&](const Fact& f) { return SameIdentity(said.fact, f); };
    stands[i] =
        said.settled || said.retracted ||
        std::any_of(findings.settled.begin(), findings.settled.end(), same) ||
        std::any_of(findings.foretold.begin(), findings.foretold.end(), same);
  }
  Retract(stands);
  for (const Fact& fact : findings.settled) Hear(fact, true);
  for (const Fact& fact : findings.foretold) Hear(fact, false);

  lead_.replay = settled_unsaid_;
  if (lead_.replay) {
    for (Said& said : lead_.ledger) said.settled = false;
  }
}

// An order of the facts of a lead that does not depend on when they were said;
// a miss stands before the rungs of its instant, as in a timeline.
bool ComesBefore(const Fact& a, const Fact& b) {
  if (a.at != b.at) return a.at < b.at;
  const auto rank = [](const Fact& fact) {
    return std::tuple(fact.clock, fact.kind != FactKind::kMissed, fact.kind,
                      fact.rung);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return a.started_by < b.started_by;
}

void Speaker::Retract(const std::vector<bool>& stands) {
  std::vector<Said*> wrong;
  for (size_t i = 0; i < stands.size(); ++i) {
    if (!stands[i]) wrong.push_back(&lead_.ledger[i]);
  }
  std::sort(wrong.begin(), wrong.end(), [](const Said* a, const Said* b) {
    return ComesBefore(a->fact, b->fact);
  });
  for (Said* said : wrong) {
    said->retracted = true;
    Utter(Form::kRetracted, *said, said->fact);
  }
}

void Speaker::Hear(const Fact& fact, bool settled) {
  const auto place = FindUnsettled(lead_.ledger, fact);
  Said* const known = place == lead_.ledger.end() ? nullptr : &*place;
  if (known != nullptr && !known->retracted) {
    if (known->fact.people != fact.people) Correct(fact, *known);
    Settle(settled, *known);
  } else if (!blocked_ && MaySay(fact)) {
    SayNew(fact, settled, known);
  } else {
    blocked_ = true;
    settled_unsaid_ = settled_unsaid_ || settled;
  }
}

void Speaker::Settle(bool settled, Said& said) {
  said.settled = settled;
  if (!settled) return;
  lead_.settled_up_to =
      std::max(lead_.settled_up_to.value_or(said.fact.at), said.fact.at);
}

void Speaker::Correct(const Fact& fact, Said& said) {
  ++said.corrections;
  said.fact.people = fact.people;
  Utter(Form::kCorrected, said, fact);
}

bool Speaker::MaySay(const Fact& fact) {
  if (!DecidedByTime(fact.kind)) return true;
  if (fact.at > asking_.now) {
    answer_.next_instant = std::min(answer_.next_instant, fact.at);
    return false;
  }
  if (lead_.hold_until && *lead_.hold_until > asking_.now) {
    answer_.next_instant = std::min(answer_.next_instant, *lead_.hold_until);
    return false;
  }
  return true;
}

void Speaker::SayNew(const Fact& fact, bool settled, Said* retracted) {
  Said said;
  said.fact = fact;
  said.fact.attributes.reset();
  said.notify = ShouldNotify(lead_, fact, asking_.notify_from);
  Settle(settled, said);
  if (retracted == nullptr) {
    lead_.ledger.push_back(said);
  } else {
    said.count = retracted->count + 1;
    *retracted = said;
  }
  Utter(Form::kSaid, said, fact);
}

void Speaker::Utter(Form form, const Said& said, const Fact& fact) {
  answer_.utterances.push_back({.form = form,
                                .fact = fact,
                                .count = said.count,
                                .corrections = said.corrections,
                                .notify = said.notify,
                                .lead_seq = ++lead_.lead_seq});
}

// ---- The end of a lead ----

void NoteReading(const Asking& asking, const std::vector<Intake>& intakes,
                 Lead& lead) {
  const bool is_news =
      std::any_of(intakes.begin(), intakes.end(), [](Intake intake) {
        return intake == Intake::kTaken || intake == Intake::kReplacing;
      });
  if (!is_news || asking.read_at == absl::InfinitePast()) return;
  const absl::Time read_at = absl::FromUnixMillis(
      absl::ToUnixMillis(asking.read_at + absl::Milliseconds(1)));
  lead.last_read = std::max(lead.last_read.value_or(read_at), read_at);
}

// The instant at which the lead is no longer kept, if nothing more happens.
// InfiniteFuture: it is kept.
Departure DepartureOf(const Asking& asking, const Answer& answer,
                      const Lead& lead) {
  if (lead.summary.erased_at) {
    return {.reason = Departure::Reason::kErased,
            .at = *lead.summary.erased_at,
            .lead_seq = 0};
  }
  const bool is_open =
      answer.next_instant != absl::InfiniteFuture() ||
      (lead.progress &&
       std::any_of(lead.progress->runs.begin(), lead.progress->runs.end(),
                   [](const ClockRun& run) { return !run.ended_at; }));
  return {.reason = Departure::Reason::kRetired,
          .at = is_open || !lead.last_read
                    ? absl::InfiniteFuture()
                    : *lead.last_read + asking.retire_after,
          .lead_seq = 0};
}

void DepartIfTime(const Asking& asking, Lead& lead, Answer& answer) {
  Departure departure = DepartureOf(asking, answer, lead);
  if (departure.at == absl::InfiniteFuture()) return;
  const absl::Time ready =
      std::max(departure.at, lead.hold_until.value_or(departure.at));
  if (ready > asking.now) {
    answer.next_instant = std::min(answer.next_instant, ready);
    return;
  }
  departure.lead_seq = ++lead.lead_seq;
  answer.departure = departure;
  answer.next_instant = absl::InfiniteFuture();
}

// ---- A history that became too large ----

// The greatest instant that leaves about half of the events behind it, at
// which the lead was born, and which now has passed. Absent: there is none.
std::optional<absl::Time> InstantToCollapseTo(const Lead& lead,
                                              absl::Time now) {
  if (!lead.progress) return std::nullopt;
  std::optional<absl::Time> instant;
  for (size_t i = 0; i < (lead.history.size() + 1) / 2; ++i) {
    const absl::Time at = lead.history[i].occurred_at;
    if (at <= now && at >= lead.progress->birth) instant = at;
  }
  if (lead.collapsed && instant && *instant <= lead.collapsed->up_to) {
    return std::nullopt;
  }
  return instant;
}

// The part of a history that must be kept: what stands after `instant`, and
// withdrawals of what is not dropped.
std::vector<Event> KeptAfter(absl::Time instant,
                             const std::vector<Event>& history) {
  const auto is_dropped = [&](const EventRef& ref) {
    return std::any_of(history.begin(), history.end(), [&](const Event& event) {
      return event.ref == ref && event.occurred_at <= instant;
    });
  };
  std::vector<Event> kept;
  for (const Event& event : history) {
    const auto* withdrawn = std::get_if<Withdrawn>(&event.body);
    if (event.occurred_at > instant ||
        (withdrawn != nullptr && !is_dropped(withdrawn->event))) {
      kept.push_back(event);
    }
  }
  return kept;
}

// ---- Ids ----

// Half of SHA-256 is unlike enough.
std::string Digest(const std::string& text) {
  return Sha256(text).substr(0, 32);
}

// Length first, so that no two lists of parts have one text.
void AppendPart(std::string_view part, std::string& text) {
  absl::StrAppend(&text, part.size(), ":");
  text.append(part);
}

std::string IdOf(const Policy& policy, std::string_view lead_id,
                 const Utterance& utterance, Form form) {
  const Fact& fact = utterance.fact;
  std::string text;
  AppendPart(lead_id, text);
  AppendPart(policy.clocks[fact.clock].name, text);
  AppendPart(fact.started_by.source, text);
  AppendPart(fact.started_by.id, text);
  AppendPart(RungName(policy, fact), text);
  absl::StrAppend(&text, absl::ToUnixMillis(fact.at), ",", fact.policy_version,
                  ",", static_cast<int>(fact.kind), ",", utterance.count);
  if (form == Form::kRetracted) absl::StrAppend(&text, ",retracted");
  if (form == Form::kCorrected) {
    absl::StrAppend(&text, ",corrected,", utterance.corrections);
  }
  return Digest(text);
}

}  // namespace

std::string_view PolicyMark(const Policy& policy) {
  constexpr size_t kDigits = 16;
  return std::string_view(policy.hash).substr(0, kDigits);
}

bool NeedsPast(const Lead& lead, const std::vector<Event>& events) {
  if (!lead.unread) return false;
  if (lead.replay) return true;
  if (events.empty()) return false;
  const Lead::Summary& summary = lead.summary;
  if (!lead.progress || summary.has_withdrawals || !summary.newest) return true;
  absl::Time newest = *summary.newest;
  for (const Event& event : events) {
    if (event.occurred_at <= newest ||
        std::holds_alternative<Withdrawn>(event.body) ||
        std::find(summary.refs.begin(), summary.refs.end(),
                  RefMark(event.ref)) != summary.refs.end()) {
      return true;
    }
    newest = event.occurred_at;
  }
  // Of several, one may say another again.
  for (size_t i = 1; i < events.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (events[i].ref == events[j].ref) return true;
    }
  }
  return false;
}

Answer FoldLead(const Policy& policy, std::vector<Event> events,
                const Asking& asking, Lead& lead) {
  assert(!NeedsPast(lead, events));
  Answer answer;
  lead.policy_version = policy.version;
  lead.policy_hash = PolicyMark(policy);

  const bool has_news = !events.empty();
  std::vector<Fact> owed_before;
  if (has_news) owed_before = UnsaidBefore(policy, lead, asking.now);

  Findings findings =
      TakeAllIn(policy, std::move(events), lead, answer.intakes);
  if (lead.progress) {
    // Also up to what was said: nothing is taken back because of now.
    Outlook outlook = Foretell(policy, *lead.progress,
                               std::max(asking.now, LatestSaid(lead)));
    findings.foretold = std::move(outlook.facts);
    answer.next_instant = outlook.next;
  }

  if (lead.hold_until && *lead.hold_until <= asking.now) {
    lead.hold_until.reset();
  }
  if (has_news) {
    HoldLateBurst(owed_before, UnsaidByTime(findings, asking.now, lead.ledger),
                  asking.read_at, lead);
  }

  Speaker(asking, lead, answer).Say(findings);
  NoteReading(asking, answer.intakes, lead);
  DepartIfTime(asking, lead, answer);
  return answer;
}

bool Collapse(const Policy& policy, absl::Time now, Lead& lead) {
  const std::optional<absl::Time> instant = InstantToCollapseTo(lead, now);
  if (!instant || lead.hold_until) return false;
  Timeline before =
      Derive(policy, InForceUpTo(lead.history, *instant), lead.collapsed);
  if (!before.progress) return false;
  const bool all_said = std::all_of(
      before.facts.begin(), before.facts.end(), [&](const Fact& fact) {
        return std::any_of(
            lead.ledger.begin(), lead.ledger.end(), [&](const Said& said) {
              return !said.retracted && SameIdentity(said.fact, fact);
            });
      });
  if (!all_said) return false;

  const absl::Time settled_to = before.progress->position;
  std::erase_if(lead.ledger, [&](const Said& said) {
    return (said.retracted && said.fact.at <= settled_to) ||
           std::any_of(
               before.facts.begin(), before.facts.end(),
               [&](const Fact& fact) { return SameIdentity(said.fact, fact); });
  });
  lead.history = KeptAfter(*instant, lead.history);
  lead.collapsed = Collapsed{*instant, *std::move(before.progress)};
  Summarize(lead);
  return true;
}

std::string UtteranceId(const Policy& policy, std::string_view lead_id,
                        const Utterance& utterance) {
  return IdOf(policy, lead_id, utterance, utterance.form);
}

std::string CorrectedId(const Policy& policy, std::string_view lead_id,
                        const Utterance& utterance) {
  return IdOf(policy, lead_id, utterance, Form::kSaid);
}

std::string DepartureId(std::string_view lead_id, const Departure& departure) {
  std::string text;
  AppendPart(lead_id, text);
  absl::StrAppend(&text, "departed,", static_cast<int>(departure.reason), ",",
                  absl::ToUnixMillis(departure.at));
  return Digest(text);
}

const std::string& RungName(const Policy& policy, const Fact& fact) {
  static const auto* const kVerdicts = new std::array<std::string, 6>{
      "met", "missed", "stopped", "answered_late", "closed", ""};
  switch (fact.kind) {
    case FactKind::kReminder:
    case FactKind::kBreach:
    case FactKind::kEscalation:
    case FactKind::kReassignment:
      return policy.clocks[fact.clock].ladder[fact.rung].name;
    case FactKind::kMet:
      return (*kVerdicts)[0];
    case FactKind::kMissed:
      return (*kVerdicts)[1];
    case FactKind::kStopped:
      return (*kVerdicts)[2];
    case FactKind::kAnsweredLate:
      return (*kVerdicts)[3];
    case FactKind::kClosed:
      return (*kVerdicts)[4];
  }
  return (*kVerdicts)[5];
}

}  // namespace leadclock
