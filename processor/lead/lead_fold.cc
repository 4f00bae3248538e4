#include "processor/lead/lead_fold.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/lead/counting.h"
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
Findings Replay(const PolicyBook& policies, Lead& lead) {
  Timeline timeline = Derive(policies, lead.history, lead.collapsed);
  lead.progress = std::move(timeline.progress);
  lead.replay = false;
  for (Said& said : lead.ledger) said.settled = false;
  lead.settled_up_to.reset();
  return {std::move(timeline.facts), {}};
}

Findings TakeAllIn(const PolicyBook& policies, std::vector<Event> events,
                   Lead& lead, std::vector<Intake>& intakes) {
  Findings findings;
  bool replay = !lead.progress || lead.replay;
  for (Event& event : events) {
    const bool advances = !replay && CanAdvance(lead, event);
    intakes.push_back(TakeIn(std::move(event), lead));
    const bool taken = intakes.back() == Intake::kTaken;
    if (taken && advances) {
      // It stands last.
      std::vector<Fact> settled =
          Advance(policies, lead.history.back(), *lead.progress);
      std::move(settled.begin(), settled.end(),
                std::back_inserter(findings.settled));
    } else if (taken || intakes.back() == Intake::kReplacing) {
      replay = true;
    }
  }
  if (replay) findings = Replay(policies, lead);
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
      if (DecidedByTime(fact) && fact.at <= now && !IsSaid(ledger, fact)) {
        unsaid.push_back(fact);
      }
    }
  }
  return unsaid;
}

// What the lead owed about time before its new events are looked at.
std::vector<Fact> UnsaidBefore(const PolicyBook& policies, const Lead& lead,
                               absl::Time now) {
  Findings findings;
  if (lead.progress && !lead.replay) {
    findings.foretold = Foretell(policies, *lead.progress, now).facts;
  } else {
    Timeline timeline = Derive(policies, lead.history, lead.collapsed);
    findings.settled = std::move(timeline.facts);
    if (timeline.progress) {
      findings.foretold = Foretell(policies, *timeline.progress, now).facts;
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

// ---- The versions of the policy ----

// Whether what the history settled was judged without a version that was in
// force then.
bool IsOutdated(const PolicyBook& policies, const Lead& lead) {
  if (!lead.progress) return false;
  return std::any_of(policies.versions().begin(), policies.versions().end(),
                     [&](const Policy& policy) {
                       return policy.version > lead.policy_version &&
                              policy.effective <= lead.progress->position;
                     });
}

void NotePolicies(const PolicyBook& policies, Lead& lead) {
  lead.policy_version = policies.newest().version;
  lead.policy_hash = PolicyMark(policies.newest());
  // One that is not born any more may be born again.
  int64_t& first = lead.first_policy_version;
  if (lead.progress) {
    const int64_t at_birth = policies.InForce(lead.progress->birth).version;
    first = first == 0 ? at_birth : std::min(first, at_birth);
  }
  if (first == 0) return;
  lead.policy_versions =
      static_cast<uint32_t>(policies.CountFromTo(first, lead.policy_version));
}

// ---- Saying it ----

// A run may have gone over to another version since. Of several that one event
// started one after the other, the newest that had started by then.
const ClockRun* FindRun(const PolicyBook& policies, const Progress& progress,
                        const Fact& fact) {
  const std::string& clock = ClockName(policies, fact);
  const auto& runs = progress.runs;
  const auto run =
      std::find_if(runs.rbegin(), runs.rend(), [&](const ClockRun& each) {
        return each.started_by == fact.started_by &&
               each.started_at <= fact.at &&
               RuleOf(policies, each).name == clock;
      });
  return run == runs.rend() ? nullptr : &*run;
}

// Whether a review is still wanted for that reason.
bool IsWanted(const Progress& progress, const Fact& review) {
  const std::vector<std::string>& holding = progress.reviews_holding;
  return ReviewOf(progress) == review.reason ||
         std::find(holding.begin(), holding.end(), review.reason) !=
             holding.end();
}

// Compares what is true with what was said.
class Speaker {
 public:
  Speaker(const PolicyBook& policies, const Asking& asking, Lead& lead,
          Answer& answer)
      : policies_(policies), asking_(asking), lead_(lead), answer_(answer) {}

  void Say(const Findings& findings);

 private:
  void Retract(const std::vector<bool>& stands);
  void Hear(const Fact& fact, bool settled);
  void Settle(bool settled, Said& said);
  void Correct(const Fact& fact, Said& said);
  bool MaySay(const Fact& fact);
  bool ShouldNotify(const Fact& fact);
  void SayNew(const Fact& fact, bool settled, Said* retracted);
  void Utter(Form form, const Said& said, const Fact& fact);

  const PolicyBook& policies_;
  const Asking& asking_;
  Lead& lead_;
  Answer& answer_;
  // Set by the first fact that must wait: all behind it waits too.
  bool blocked_ = false;
  bool settled_unsaid_ = false;
  // Where the lead stands now, once it was asked for.
  std::optional<Progress> by_now_;
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
    return std::tuple(fact.kind != FactKind::kDueChanged, fact.policy_version,
                      fact.clock, fact.kind != FactKind::kMissed, fact.kind,
                      fact.rung);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return std::tie(a.started_by, a.reason, a.outcome, a.by) <
         std::tie(b.started_by, b.reason, b.outcome, b.by);
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
    if (!TellsTheSame(known->fact, fact)) Correct(fact, *known);
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
  leadclock::Correct(fact, said.fact);
  Utter(Form::kCorrected, said, fact);
}

// Rungs, misses and open tasks of a run that has ended by the history now
// known, or since by a version of the policy, are recorded only, and so is a
// review that is no longer wanted.
bool Speaker::ShouldNotify(const Fact& fact) {
  if (fact.at < asking_.notify_from) return false;
  if (IsRung(fact.kind) &&
      asking_.now - fact.at > policies_.Of(fact).notify_within) {
    return false;
  }
  if (fact.kind == FactKind::kLeadReview) {
    return lead_.progress && IsWanted(*lead_.progress, fact);
  }
  const bool asks_for_work =
      fact.kind == FactKind::kTaskOpened || fact.kind == FactKind::kTaskChanged;
  // An end is news whatever decided it.
  if (fact.ended_by_version || (IsOfTask(fact.kind) && !asks_for_work)) {
    return true;
  }
  if (!asks_for_work && !DecidedByTime(fact)) return true;
  if (!lead_.progress || fact.clock == kNoClock) return true;
  // Time alone ends a run only where there are versions.
  if (policies_.versions().size() == 1) {
    const ClockRun* const run = FindRun(policies_, *lead_.progress, fact);
    if (run != nullptr && !run->ended_at) return true;
  }
  // It does not change while things are said.
  if (!by_now_) by_now_ = At(policies_, *lead_.progress, asking_.now);
  // One that is no longer kept has ended.
  const ClockRun* run = FindRun(policies_, *by_now_, fact);
  return run != nullptr && !run->ended_at.has_value();
}

bool Speaker::MaySay(const Fact& fact) {
  if (!DecidedByTime(fact)) return true;
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
  said.fact.lead_mark = LeadMark(fact);
  said.fact.attributes.reset();
  said.notify = ShouldNotify(fact);
  Settle(settled, said);
  if (retracted == nullptr) {
    lead_.ledger.push_back(std::move(said));
    return Utter(Form::kSaid, lead_.ledger.back(), fact);
  }
  said.count = retracted->count + 1;
  *retracted = std::move(said);
  Utter(Form::kSaid, *retracted, fact);
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
Departure DepartureOf(const PolicyBook& policies, const Asking& asking,
                      const Answer& answer, const Lead& lead) {
  if (lead.summary.erased_at) {
    return {.reason = Departure::Reason::kErased,
            .at = *lead.summary.erased_at,
            .lead_seq = 0};
  }
  const bool is_open = answer.next_instant != absl::InfiniteFuture() ||
                       (lead.progress && IsOpen(policies, *lead.progress));
  return {.reason = Departure::Reason::kRetired,
          .at = is_open || !lead.last_read
                    ? absl::InfiniteFuture()
                    : *lead.last_read + asking.retire_after,
          .lead_seq = 0};
}

void DepartIfTime(const PolicyBook& policies, const Asking& asking, Lead& lead,
                  Answer& answer) {
  Departure departure = DepartureOf(policies, asking, answer, lead);
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

std::string IdOf(const PolicyBook& policies, std::string_view lead_id,
                 const Utterance& utterance, Form form) {
  const Fact& fact = utterance.fact;
  std::string text;
  AppendPart(lead_id, text);
  AppendPart(ClockName(policies, fact), text);
  AppendPart(fact.started_by.source, text);
  AppendPart(fact.started_by.id, text);
  AppendPart(RungName(policies, fact), text);
  absl::StrAppend(&text, absl::ToUnixMillis(fact.at), ",", fact.policy_version,
                  ",", static_cast<int>(fact.kind), ",", utterance.count);
  const bool is_of_review = fact.kind == FactKind::kLeadReview ||
                            (IsOfTask(fact.kind) && fact.clock == kNoClock);
  if (is_of_review || fact.kind == FactKind::kAttempt) {
    text.push_back(',');
    AppendPart(fact.reason, text);
  }
  if (fact.kind == FactKind::kAttempt || IsOfTask(fact.kind)) {
    absl::StrAppend(&text, ",by,");
    AppendPart(fact.by.source, text);
    AppendPart(fact.by.id, text);
  }
  if (form == Form::kRetracted) absl::StrAppend(&text, ",retracted");
  if (form == Form::kCorrected) {
    absl::StrAppend(&text, ",corrected,", utterance.corrections);
  }
  return Digest(text);
}

}  // namespace

bool IsOpen(const PolicyBook& policies, const Progress& progress) {
  // On a date it comes back by itself, as long as that lies ahead.
  const std::vector<Trigger>& returns = policies.newest().reentry.returns;
  if (progress.away &&
      std::any_of(returns.begin(), returns.end(), [](const Trigger& trigger) {
        return trigger.kind != Trigger::Kind::kDate;
      })) {
    return true;
  }
  return std::any_of(progress.runs.begin(), progress.runs.end(),
                     [](const ClockRun& run) { return !run.ended_at; });
}

std::string_view PolicyMark(const Policy& policy) {
  constexpr size_t kDigits = 16;
  return std::string_view(policy.hash).substr(0, kDigits);
}

absl::Status KnowsPolicies(const PolicyBook& policies, const Lead& lead) {
  const Policy* const newest = policies.Find(lead.policy_version);
  if (newest != nullptr && lead.policy_hash != PolicyMark(*newest)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it was judged by version ", lead.policy_version,
        " of the policy with a hash that begins with ", lead.policy_hash,
        "; the one that is named now has ", newest->hash,
        ". What changed must have a version of its own: name the former one "
        "again, and the new one with a greater number beside it"));
  }
  if (lead.first_policy_version == 0) return absl::OkStatus();
  const size_t known =
      policies.CountFromTo(lead.first_policy_version, lead.policy_version);
  if (known == lead.policy_versions &&
      policies.Find(lead.first_policy_version) != nullptr) {
    return absl::OkStatus();
  }
  if (known > lead.policy_versions) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it was judged by all versions of the policy that were known, from ",
        lead.first_policy_version, " to ", lead.policy_version,
        ", and now there is one more between them. A version that becomes "
        "known later has a greater number: give it one"));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "it was judged by ", lead.policy_versions,
      " versions of the policy, from ", lead.first_policy_version, " to ",
      lead.policy_version, ", and of these only ", known,
      " are named now. Name all of them until the last lead that one of them "
      "judged is put away"));
}

bool NeedsPast(const PolicyBook& policies, const Lead& lead,
               const std::vector<Event>& events) {
  if (!lead.unread) return false;
  if (lead.replay || IsOutdated(policies, lead)) return true;
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

Answer FoldLead(const PolicyBook& policies, std::vector<Event> events,
                const Asking& asking, Lead& lead) {
  assert(!NeedsPast(policies, lead, events));
  Answer answer;
  if (IsOutdated(policies, lead)) lead.replay = true;

  const bool has_news = !events.empty();
  std::vector<Fact> owed_before;
  if (has_news) owed_before = UnsaidBefore(policies, lead, asking.now);

  Findings findings =
      TakeAllIn(policies, std::move(events), lead, answer.intakes);
  NotePolicies(policies, lead);
  if (lead.progress) {
    // Also up to what was said: nothing is taken back because of now.
    Outlook outlook = Foretell(policies, *lead.progress,
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

  Speaker(policies, asking, lead, answer).Say(findings);
  NoteReading(asking, answer.intakes, lead);
  DepartIfTime(policies, asking, lead, answer);
  return answer;
}

bool Collapse(const PolicyBook& policies, absl::Time now, Lead& lead) {
  const std::optional<absl::Time> instant = InstantToCollapseTo(lead, now);
  if (!instant || lead.hold_until) return false;
  Timeline before =
      Derive(policies, InForceUpTo(lead.history, *instant), lead.collapsed);
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

std::string UtteranceId(const PolicyBook& policies, std::string_view lead_id,
                        const Utterance& utterance) {
  return IdOf(policies, lead_id, utterance, utterance.form);
}

std::string CorrectedId(const PolicyBook& policies, std::string_view lead_id,
                        const Utterance& utterance) {
  return IdOf(policies, lead_id, utterance, Form::kSaid);
}

std::string DepartureId(std::string_view lead_id, const Departure& departure) {
  std::string text;
  AppendPart(lead_id, text);
  absl::StrAppend(&text, "departed,", static_cast<int>(departure.reason), ",",
                  absl::ToUnixMillis(departure.at));
  return Digest(text);
}

const std::string& ClockName(const PolicyBook& policies, const Fact& fact) {
  static const auto* const kNone = new std::string;
  return fact.clock == kNoClock ? *kNone
                                : policies.Of(fact).clocks[fact.clock].name;
}

const std::string& RungName(const PolicyBook& policies, const Fact& fact) {
  if (IsRung(fact.kind)) {
    return policies.Of(fact).clocks[fact.clock].ladder[fact.rung].name;
  }
  static const auto* const kReview = new std::string("review");
  if (fact.kind == FactKind::kLeadReview) return *kReview;
  static const auto* const kDueChanged = new std::string("due_changed");
  if (fact.kind == FactKind::kDueChanged) return *kDueChanged;
  if (fact.kind == FactKind::kOutcome) return fact.outcome;
  static const auto* const kAttempt = new std::string("attempt");
  if (fact.kind == FactKind::kAttempt) return *kAttempt;
  static const auto* const kTask = new std::array<std::string, 4>{
      "task_opened", "task_changed", "task_done", "task_cancelled"};
  if (IsOfTask(fact.kind)) {
    return (*kTask)[static_cast<size_t>(fact.kind) -
                    static_cast<size_t>(FactKind::kTaskOpened)];
  }
  static const auto* const kVerdicts = new std::array<std::string, 5>{
      "met", "missed", "stopped", "answered_late", "closed"};
  return (*kVerdicts)[static_cast<size_t>(fact.kind) -
                      static_cast<size_t>(FactKind::kMet)];
}

}  // namespace leadclock
