#include "processor/verify/lead_verifier.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/job/lead_status.h"
#include "processor/job/wire_output.h"
#include "processor/lead/lead_fold.h"
#include "processor/verify/event_check.h"
#include "processor/verify/fact_text.h"
#include "processor/verify/truth.h"
#include "state/codec.h"
#include "state/ids.h"

namespace leadclock {
namespace {

// A fact that was said, and what became of it.
struct Stand {
  Fact fact;  // with the people as last said
  std::string id;
  std::string place;
  uint32_t count = 0;
  uint32_t corrections = 0;
  bool notify = false;
  bool stands = true;
  bool justified = false;  // `fact` is whole, as it was true
};
using Stands = std::vector<Stand>;

Stand* Find(Stands& stands, const Fact& fact) {
  const auto found = std::find_if(
      stands.begin(), stands.end(),
      [&](const Stand& stand) { return SameIdentity(stand.fact, fact); });
  return found == stands.end() ? nullptr : &*found;
}

// The last state of the lead, as far as it can be read.
struct StoredState {
  v1::LeadStatus status;
  Lead lead;
  absl::Time as_of = absl::InfinitePast();
};

bool IsVerdict(FactKind kind) {
  return kind == FactKind::kMet || kind == FactKind::kMissed ||
         kind == FactKind::kStopped;
}

class LeadVerifier {
 public:
  LeadVerifier(KnownPolicies& policies, const VerifyOptions& options,
               const PartitionLog& log, const std::string& lead,
               LeadRecords records, VerifyReport& report)
      : policies_(policies),
        options_(options),
        log_(log),
        lead_(lead),
        records_(std::move(records)),
        truths_(policies, options, records_.inputs),
        report_(report) {}

  void Run();

 private:
  using Output = LeadRecords::Output;

  void Hear(const Output& output);
  // Splits what is there at the event that says that the lead was put away.
  void FindDeparture();
  void Depart(const Output& output, const Standpoint& at);
  // When the last record came that made a difference to the history: what comes
  // again, or with a lesser content, keeps no lead.
  absl::Time LastNews(const Truth& truth) const;
  std::optional<Standpoint> WhenSaid(const Output& output);
  void Say(const Output& output, const Fact& fact, const Standpoint& at);
  void Retract(const Output& output, const Fact& fact, const Standpoint& at);
  void Correct(const Output& output, const Fact& fact, const Standpoint& at);
  // What the event takes back or mends.
  Stand* Corrected(const Output& output, const Fact& fact);
  // Whether the event tells just what must be told.
  void Compare(const Output& output, const Utterance& expected,
               const Truth& truth);

  void ReadState();
  bool IsJudged(const LeadRecords::Input& input) const;
  bool StateIsJudged() const;
  // Whether what time decided at `at` may be unsaid.
  bool MayBeOwed(absl::Time at) const;
  // Up to where all must be said: of a lead that was put away, until then.
  const Standpoint& End() const { return departed_ ? *departed_ : log_.judged; }
  // Whether it is so large that the job gives up a part of its history.
  bool IsTooLarge(const Truth& truth);
  void CheckWhatStands(const Truth& truth);
  void CheckMissing(const std::vector<const Utterance*>& missing);
  void CheckDeparture(const Truth& truth);
  void CheckState(const Truth& truth);
  void CompareState(const Truth& truth, const std::string& place);
  void CheckRemnant();
  void CountInputs();
  void Count(const Truth& truth);
  ClockSums& SumsOf(const Fact& fact) {
    return report_.clocks[ClockName(policies_.all(), fact)];
  }

  // As WriteSlaEvent would write it at the place where the last event was said.
  Utterer UttererOf(const LeadId& lead, const Moment& moment,
                    const Truth& truth) const;
  Moment MomentOfLast() const;
  WireOutputOptions Wire() const;
  void Compare(const Output& output, const OutputRecord& expected);

  std::string PlaceOf(const Output& output) const {
    return leadclock::PlaceOf(
        options_.topics.outputs[static_cast<size_t>(output.output)],
        log_.partition, output.record->offset);
  }
  std::string LineOf(const Standpoint& at) const {
    return leadclock::LineOf(options_.topics.inputs, at.next, at.now);
  }
  void Differ(const std::string& place, const std::string& text) {
    report_.differences.push_back(
        {lead_, place,
         absl::StrCat("lead ", lead_, ": ", place, place.empty() ? "" : " ",
                      text)});
  }
  void Differ(const Output& output, const std::string& text) {
    Differ(PlaceOf(output), text);
  }

  KnownPolicies& policies_;
  const VerifyOptions& options_;
  const PartitionLog& log_;
  const std::string& lead_;
  LeadRecords records_;
  Truths truths_;
  VerifyReport& report_;

  std::optional<StoredState> state_;
  Stands stands_;
  int64_t lead_seq_ = 0;
  Standpoint said_at_;  // of the last event
  // What stood at `log_.judged`, from the first event said later on.
  std::optional<Stands> judged_stands_;
  int64_t judged_seq_ = 0;
  // Where it was put away, if that is judged.
  std::optional<Standpoint> departed_;
  // Also if it is not.
  bool departs_ = false;
  bool too_large_ = false;
};

// ---- Each event, at the place where it was said ----

void LeadVerifier::Run() {
  FindDeparture();
  std::stable_sort(records_.outputs.begin(), records_.outputs.end(),
                   [](const Output& a, const Output& b) {
                     return a.event.lead_seq() < b.event.lead_seq();
                   });
  said_at_.next.assign(options_.topics.inputs.size(), 0);
  ReadState();
  too_large_ = IsTooLarge(truths_.At(log_.committed));
  for (const Output& output : records_.outputs) Hear(output);
  if (!judged_stands_) {
    judged_stands_ = stands_;
    judged_seq_ = lead_seq_;
  }

  const Truth truth = truths_.At(End());
  CountInputs();
  Count(truth);
  if (too_large_) {
    ++report_.too_large;
    return;
  }
  CheckWhatStands(truth);
  CheckDeparture(truth);
  CheckState(truth);
}

void LeadVerifier::Hear(const Output& output) {
  const v1::SlaEvent& event = output.event;
  if (event.lead_seq() != ++lead_seq_) {
    Differ(output, absl::StrCat("has the number ", event.lead_seq(),
                                " among the events of its lead, and ",
                                lead_seq_, " comes next"));
    lead_seq_ = event.lead_seq();
  }
  const std::optional<Standpoint> at = WhenSaid(output);
  if (!at) return;

  if (AtOrBefore(*at, log_.judged)) {
    judged_seq_ = lead_seq_;
  } else {
    if (!judged_stands_) judged_stands_ = stands_;
    ++report_.not_judged;
  }
  if (!AtOrBefore(*at, log_.committed)) {
    Differ(output, absl::StrCat("was said at ", LineOf(*at),
                                ", and the group has committed only ",
                                LineOf(log_.committed)));
    return;
  }

  if (event.kind() == v1::SlaEvent::RETIRED) {
    Depart(output, *at);
    return;
  }
  if (departs_) Differ(output, "was said after the lead was put away");
  const std::optional<Fact> fact = FactOf(policies_.all(), event);
  if (!fact) {
    Differ(output, absl::StrCat("says ", leadclock::LineOf(event),
                                ", which the policy does not know"));
    return;
  }
  switch (event.form()) {
    case v1::SlaEvent::SAID:
      Say(output, *fact, *at);
      break;
    case v1::SlaEvent::RETRACTED:
      Retract(output, *fact, *at);
      break;
    case v1::SlaEvent::CORRECTED:
      Correct(output, *fact, *at);
      break;
    default:
      Differ(output, "is neither said, nor retracted, nor corrected");
  }
}

std::optional<Standpoint> LeadVerifier::WhenSaid(const Output& output) {
  const v1::SlaEvent& event = output.event;
  const std::vector<std::string>& topics = options_.topics.inputs;
  Standpoint at;
  if (event.now_ms() != 0) at.now = absl::FromUnixMillis(event.now_ms());
  at.policy_version = event.known_policy_version();
  for (int i = 0; i < event.read_up_to_size(); ++i) {
    const v1::SlaEvent::Offset& offset = event.read_up_to(i);
    const auto input = static_cast<size_t>(i);
    if (input < topics.size() && offset.topic() == topics[input] &&
        offset.partition() == log_.partition) {
      at.next.push_back(offset.next_offset());
    }
  }
  if (at.next.size() != topics.size()) {
    Differ(output,
           absl::StrCat("does not say up to where ",
                        absl::StrJoin(topics, " and "), " had been read"));
    return std::nullopt;
  }
  if (!AtOrBefore(said_at_, at)) {
    Differ(output,
           absl::StrCat("was said at ", LineOf(at), ", and the one before it ",
                        "at ", LineOf(said_at_)));
  }
  said_at_ = at;
  return at;
}

void LeadVerifier::Say(const Output& output, const Fact& fact,
                       const Standpoint& at) {
  const Truth& truth = truths_.At(at);
  const Utterance* expected = truth.Find(fact);
  Stand* stand = Find(stands_, fact);
  if (stand == nullptr) {
    stand = &stands_.emplace_back();
  } else {
    if (stand->stands) {
      Differ(output,
             absl::StrCat("says ", leadclock::LineOf(policies_.all(), fact),
                          ", which stands already, by ", stand->place));
    }
    ++stand->count;
  }
  stand->fact = fact;
  stand->id = output.event.id();
  stand->place = PlaceOf(output);
  stand->corrections = 0;
  stand->notify = output.event.notify();
  stand->stands = true;
  stand->justified = expected != nullptr;
  if (expected == nullptr) {
    if (too_large_) return;
    Differ(output,
           absl::StrCat("says ", leadclock::LineOf(policies_.all(), fact),
                        ", which is not true by what was read below ",
                        LineOf(at)));
    return;
  }
  Utterance utterance = *expected;
  utterance.count = stand->count;
  Compare(output, utterance, truth);
  stand->fact = expected->fact;
  leadclock::Correct(fact, stand->fact);
}

void LeadVerifier::Retract(const Output& output, const Fact& fact,
                           const Standpoint& at) {
  Stand* stand = Corrected(output, fact);
  if (stand == nullptr) return;
  // Nothing is taken back because of now.
  const Truth& truth = truths_.At({.next = at.next,
                                   .now = std::max(at.now, fact.at),
                                   .policy_version = at.policy_version});
  if (truth.Find(fact) != nullptr && !too_large_) {
    Differ(output,
           absl::StrCat("takes back ", leadclock::LineOf(policies_.all(), fact),
                        ", which is true by what was read below ", LineOf(at)));
  }
  stand->stands = false;
  if (!stand->justified) return;
  Compare(output,
          {.form = Form::kRetracted,
           .fact = stand->fact,
           .count = stand->count,
           .corrections = stand->corrections,
           .notify = stand->notify},
          truth);
}

void LeadVerifier::Correct(const Output& output, const Fact& fact,
                           const Standpoint& at) {
  Stand* stand = Corrected(output, fact);
  if (stand == nullptr) return;
  ++stand->corrections;
  leadclock::Correct(fact, stand->fact);
  const Truth& truth = truths_.At({.next = at.next,
                                   .now = std::max(at.now, fact.at),
                                   .policy_version = at.policy_version});
  const Utterance* expected = truth.Find(fact);
  if (expected == nullptr) {
    if (too_large_) return;
    Differ(output,
           absl::StrCat("corrects ", leadclock::LineOf(policies_.all(), fact),
                        ", which is not true by what was read below ",
                        LineOf(at)));
    return;
  }
  Compare(output,
          {.form = Form::kCorrected,
           .fact = expected->fact,
           .count = stand->count,
           .corrections = stand->corrections,
           .notify = stand->notify},
          truth);
}

Stand* LeadVerifier::Corrected(const Output& output, const Fact& fact) {
  Stand* stand = Find(stands_, fact);
  if (stand != nullptr && stand->stands &&
      stand->id == output.event.corrects()) {
    return stand;
  }
  Differ(output,
         absl::StrCat("takes back or mends the event ", output.event.corrects(),
                      " about ", leadclock::LineOf(policies_.all(), fact),
                      ", and no such event stands"));
  return nullptr;
}

Moment LeadVerifier::MomentOfLast() const {
  return {.partition = log_.partition,
          .now = said_at_.now,
          .read_at = absl::InfinitePast(),
          .wall = absl::UnixEpoch(),
          .read_up_to = said_at_.next};
}

WireOutputOptions LeadVerifier::Wire() const {
  WireOutputOptions wire = options_.job.output;
  wire.format = WireFormat::kProtobuf;
  return wire;
}

Utterer LeadVerifier::UttererOf(const LeadId& lead, const Moment& moment,
                                const Truth& truth) const {
  static const auto& kNoTrace = *new std::string;
  return {.policies = policies_.UpTo(said_at_.policy_version),
          .lead = lead,
          .attributes = truth.lead.progress
                            ? truth.lead.progress->attributes.get()
                            : nullptr,
          .moment = moment,
          .traceparent = kNoTrace};
}

void LeadVerifier::Compare(const Output& output, const Utterance& expected,
                           const Truth& truth) {
  if (too_large_) return;
  Utterance utterance = expected;
  utterance.lead_seq = output.event.lead_seq();
  const LeadId lead(lead_);
  const Moment moment = MomentOfLast();
  Compare(output,
          WriteSlaEvent(utterance, UttererOf(lead, moment, truth), Wire()));
}

void LeadVerifier::Compare(const Output& output, const OutputRecord& expected) {
  for (const std::string& what : WhatDiffers(options_, output, expected)) {
    Differ(output, what);
  }
}

// ---- Leads that are no longer kept ----

void LeadVerifier::FindDeparture() {
  const auto departure = std::find_if(
      records_.outputs.begin(), records_.outputs.end(),
      [](const Output& o) { return o.event.kind() == v1::SlaEvent::RETIRED; });
  if (departure == records_.outputs.end()) return;
  const v1::SlaEvent event = departure->event;

  // What was read later is ignored, as long as it is remembered.
  std::vector<int64_t> next;
  for (const v1::SlaEvent::Offset& offset : event.read_up_to()) {
    next.push_back(offset.next_offset());
  }
  if (next.size() != options_.topics.inputs.size()) return;
  const std::string reason =
      event.reasons_size() == 1 && event.reasons(0) == "erased" ? "ERASED"
                                                                : "RETIRED";
  std::erase_if(records_.inputs, [&](const LeadRecords::Input& input) {
    if (input.offset < next[static_cast<size_t>(input.input)]) return false;
    if (IsJudged(input)) ++report_.ignored[reason];
    return true;
  });

  const int64_t forgotten_ms =
      event.at_ms() + absl::ToInt64Milliseconds(options_.job.remember_for);
  const size_t before = records_.outputs.size();
  std::erase_if(records_.outputs, [&](const Output& output) {
    return event.now_ms() < forgotten_ms &&
           output.event.now_ms() >= forgotten_ms;
  });
  report_.returned += before == records_.outputs.size() ? 0 : 1;
}

void LeadVerifier::Depart(const Output& output, const Standpoint& at) {
  if (departs_) Differ(output, "says for a second time that it is put away");
  departs_ = true;
  if (AtOrBefore(at, log_.judged)) departed_ = at;
  const Truth truth = truths_.At(at);
  Departure departure = {.reason = output.event.reasons_size() == 1 &&
                                           output.event.reasons(0) == "erased"
                                       ? Departure::Reason::kErased
                                       : Departure::Reason::kRetired,
                         .at = absl::FromUnixMillis(output.event.at_ms()),
                         .lead_seq = output.event.lead_seq()};
  if (departure.reason == Departure::Reason::kErased) {
    if (!truth.departure && !too_large_) {
      Differ(output, absl::StrCat("says that it was erased, which nothing says "
                                  "that was read below ",
                                  LineOf(at)));
    } else if (truth.departure) {
      departure.at = truth.departure->at;
    }
  } else {
    if (truth.IsOpen(policies_.all()) || truth.departure) {
      Differ(output, "says that it was put away, and a clock of it was open");
    }
    const absl::Time earliest =
        LastNews(truth) - options_.job.input.skew + options_.job.retire_after;
    if (departure.at > at.now || departure.at < earliest) {
      Differ(output,
             "says that it was put away, and it was too early for that");
    }
  }
  const LeadId lead(lead_);
  const Moment moment = MomentOfLast();
  Compare(output,
          WriteDeparture(departure, UttererOf(lead, moment, truth), Wire()));
}

absl::Time LeadVerifier::LastNews(const Truth& truth) const {
  std::map<std::string, absl::Time> came;
  for (const LeadRecords::Input& input : records_.inputs) {
    const auto [first, is_new] =
        came.try_emplace(EncodeEvent(input.event), input.timestamp);
    if (!is_new) first->second = std::min(first->second, input.timestamp);
  }
  absl::Time last = absl::InfinitePast();
  for (const Event& event : truth.lead.history) {
    last = std::max(last, came.at(EncodeEvent(event)));
  }
  return last;
}

void LeadVerifier::CheckDeparture(const Truth& truth) {
  if (departs_) {
    CheckRemnant();
    return;
  }
  absl::Time at = absl::InfiniteFuture();
  if (truth.departure) {
    at = truth.departure->at;
  } else if (StateIsJudged() && state_->lead.last_read &&
             !truth.IsOpen(policies_.all())) {
    at = *state_->lead.last_read + options_.job.retire_after;
  }
  if (at > log_.judged.now) return;
  const std::string what =
      absl::StrCat("the lead must be put away as of ",
                   absl::FormatTime(at, absl::UTCTimeZone()));
  if (MayBeOwed(at)) {
    report_.owed.push_back(absl::StrCat("lead ", lead_, ": ", what));
  } else {
    Differ("", absl::StrCat(what, ", and nothing says so"));
  }
}

void LeadVerifier::CheckRemnant() {
  const v1::SlaEvent& event = records_.outputs.back().event;
  const absl::Time until =
      absl::FromUnixMillis(event.at_ms()) + options_.job.remember_for;
  if (until <= log_.committed.now || records_.remnant != nullptr) return;
  Differ("", absl::StrCat("was put away, and nothing on ",
                          options_.topics.changelog, " remembers that"));
}

bool LeadVerifier::IsTooLarge(const Truth& truth) {
  // What was taken back is remembered beside what is true.
  const size_t bytes = EncodeLead(truth.lead).size();
  const bool may_be = bytes > options_.job.lead_bytes / 4;
  const bool is = state_ && state_->lead.collapsed.has_value();
  if (is && !may_be) {
    Differ("", absl::StrCat("was collapsed, and all that was read of it has ",
                            bytes, " bytes"));
  }
  return is || may_be;
}

// ---- What stands in the end ----

bool LeadVerifier::IsJudged(const LeadRecords::Input& input) const {
  return input.offset < log_.judged.next[static_cast<size_t>(input.input)];
}

void LeadVerifier::ReadState() {
  if (records_.state == nullptr || !records_.state->value) return;
  const std::string place = leadclock::PlaceOf(
      options_.topics.changelog, log_.partition, records_.state->offset);
  v1::LeadState value;
  if (!value.ParseFromString(*records_.state->value)) {
    Differ(place, "is not a message leadclock.v1.LeadState");
    return;
  }
  absl::StatusOr<Lead> lead = ReadStoredLead(value.internal());
  if (!lead.ok()) {
    Differ(place, std::string(lead.status().message()));
    return;
  }
  StoredState state = {.status = value.status(), .lead = *std::move(lead)};
  if (state.status.as_of_ms() != 0) {
    state.as_of = absl::FromUnixMillis(state.status.as_of_ms());
  }
  state_ = std::move(state);
}

// Else it may be of a later moment, and not comparable.
bool LeadVerifier::StateIsJudged() const {
  return state_ && state_->as_of <= log_.judged.now &&
         std::all_of(records_.inputs.begin(), records_.inputs.end(),
                     [this](const auto& input) { return IsJudged(input); });
}

bool LeadVerifier::MayBeOwed(absl::Time at) const {
  // It says that it is put away when all is said.
  if (departed_ || records_.state == nullptr || !records_.state->value) {
    return false;
  }
  if (!StateIsJudged()) return true;
  // When it was asked last, as far as can be seen.
  const absl::Time asked = state_->as_of;
  return at > asked ||
         (state_->lead.hold_until && *state_->lead.hold_until > asked);
}

void LeadVerifier::CheckWhatStands(const Truth& truth) {
  std::vector<const Utterance*> missing;
  for (const Utterance& utterance : truth.facts) {
    const Stand* stand = Find(*judged_stands_, utterance.fact);
    if (stand == nullptr || !stand->stands) {
      missing.push_back(&utterance);
    } else if (!TellsTheSame(stand->fact, utterance.fact)) {
      Differ(stand->place,
             absl::StrCat("says ",
                          leadclock::LineOf(policies_.all(), utterance.fact),
                          ", in the end with ",
                          WhatDiffers(stand->fact, utterance.fact)));
    }
  }
  CheckMissing(missing);
  for (const Stand& stand : *judged_stands_) {
    if (!stand.stands || truth.Find(stand.fact) != nullptr) continue;
    Differ(stand.place,
           absl::StrCat("says ", leadclock::LineOf(policies_.all(), stand.fact),
                        ", which still stands, and is not true by what was "
                        "read below ",
                        LineOf(End())));
  }
}

void LeadVerifier::CheckMissing(const std::vector<const Utterance*>& missing) {
  if (missing.empty()) return;
  // A fact waits for those that stand before it.
  const Fact& first = missing.front()->fact;
  const bool owed = DecidedByTime(first) && MayBeOwed(first.at);
  for (const Utterance* utterance : missing) {
    const Fact& fact = utterance->fact;
    const std::string line = leadclock::LineOf(policies_.all(), fact);
    if (!owed) {
      Differ("", absl::StrCat(line, ", for ", WhomItNames(fact),
                              ", is true by what was read below ",
                              LineOf(End()), ", and is not said"));
      continue;
    }
    if (IsVerdict(fact.kind)) ++SumsOf(fact).running;
    const Stand* later = Find(stands_, fact);
    if (later != nullptr && later->stands) continue;
    report_.owed.push_back(absl::StrCat("lead ", lead_, ": ", line));
  }
}

void LeadVerifier::CheckState(const Truth& truth) {
  const bool known =
      std::any_of(records_.inputs.begin(), records_.inputs.end(),
                  [this](const auto& input) { return IsJudged(input); });
  const std::string& topic = options_.topics.changelog;
  if (records_.state == nullptr) {
    // A compacted topic forgets also that it was put away.
    if (known && !departs_) Differ("", absl::StrCat("has no state on ", topic));
    return;
  }
  const std::string place =
      leadclock::PlaceOf(topic, log_.partition, records_.state->offset);
  if (records_.inputs.empty()) {
    Differ(place, "is a state of a lead of which nothing was read");
    return;
  }
  if (!records_.state->value) {
    if (!departs_) {
      Differ(place, "says that the lead is put away, and it is not");
    }
    return;
  }
  if (departed_) {
    Differ(place, "is a state of a lead that was put away");
    return;
  }
  if (StateIsJudged() && !departs_) CompareState(truth, place);
}

void LeadVerifier::CompareState(const Truth& truth, const std::string& place) {
  // By what was known when it was written.
  const PolicyBook& policies = policies_.UpTo(state_->lead.policy_version);
  Standpoint at = truth.at;
  at.policy_version = policies.newest().version;
  const bool knew_as_much =
      &policies == &policies_.UpTo(truth.at.policy_version);
  Lead lead = knew_as_much ? truth.lead : truths_.Compute(at).lead;
  lead.lead_seq = judged_seq_;
  lead.hold_until = state_->lead.hold_until;
  v1::LeadStatus status;
  WriteStatus(policies, LeadId(lead_), lead, state_->as_of, status);
  const std::string fields = FieldsThatDiffer(state_->status, status);
  if (!fields.empty()) {
    Differ(place, absl::StrCat("shows the lead other than it stands (what "
                               "stands -> what must): ",
                               fields));
  }
  if (state_->lead.history != truth.lead.history) {
    Differ(place,
           absl::StrCat("remembers ", state_->lead.history.size(),
                        " events of the lead, which are not the ",
                        truth.lead.history.size(), " that were read of it"));
  }
  for (const Said& said : state_->lead.ledger) {
    const Stand* stand = Find(*judged_stands_, said.fact);
    const bool stands = stand != nullptr && stand->stands;
    if (stands == !said.retracted) continue;
    Differ(place, absl::StrCat("remembers that ",
                               leadclock::LineOf(policies_.all(), said.fact),
                               said.retracted ? " was taken back" : " was said",
                               ", and it was not"));
  }
  for (const Stand& stand : *judged_stands_) {
    const auto& ledger = state_->lead.ledger;
    if (!stand.stands ||
        std::any_of(ledger.begin(), ledger.end(), [&](const Said& said) {
          return SameIdentity(said.fact, stand.fact);
        })) {
      continue;
    }
    Differ(place, absl::StrCat("does not remember that ",
                               leadclock::LineOf(policies_.all(), stand.fact),
                               " was said, at ", stand.place));
  }
}

void LeadVerifier::CountInputs() {
  std::set<EventRef> refs;
  for (const LeadRecords::Input& input : records_.inputs) {
    if (!IsJudged(input)) continue;
    if (refs.insert(input.event.ref).second) {
      ++report_.events;
    } else {
      ++report_.repeated;
    }
  }
}

void LeadVerifier::Count(const Truth& truth) {
  for (const LeadRecords::Output& output : records_.outputs) {
    if (output.event.lead_seq() > judged_seq_) break;
    switch (output.event.form()) {
      case v1::SlaEvent::RETRACTED:
        ++report_.retracted;
        break;
      case v1::SlaEvent::CORRECTED:
        ++report_.corrected;
        break;
      default:
        ++report_.said;
    }
  }
  if (truth.lead.history.empty()) return;
  ++report_.leads;
  if (truth.lead.progress) {
    // Of a clock with many runs only the newest are kept.
    std::map<std::string, int64_t> started;
    for (const ClockRun& run : truth.lead.progress->runs) {
      int64_t& runs = started[policies_.all().Of(run).clocks[run.clock].name];
      runs = std::max<int64_t>(runs, run.cycle);
    }
    for (const auto& [clock, runs] : started) {
      report_.clocks[clock].started += runs;
      report_.clocks[clock].running += runs;
    }
  }
  for (const Utterance& utterance : truth.facts) {
    if (IsVerdict(utterance.fact.kind)) --SumsOf(utterance.fact).running;
  }
  for (const Stand& stand : *judged_stands_) {
    if (!stand.stands) continue;
    const Fact& fact = stand.fact;
    ++report_.facts[KindName(fact.kind)];
    if (fact.kind == FactKind::kMet) ++SumsOf(fact).met;
    if (fact.kind == FactKind::kMissed) ++SumsOf(fact).missed;
    if (fact.kind == FactKind::kStopped) ++SumsOf(fact).stopped;
  }
}

}  // namespace

void VerifyLead(KnownPolicies& policies, const VerifyOptions& options,
                const PartitionLog& log, const std::string& lead,
                LeadRecords records, VerifyReport& report) {
  LeadVerifier(policies, options, log, lead, std::move(records), report).Run();
}

}  // namespace leadclock
