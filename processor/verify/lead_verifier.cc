#include "processor/verify/lead_verifier.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/job/lead_status.h"
#include "processor/job/wire_output.h"
#include "processor/lead/lead_fold.h"
#include "processor/verify/fact_text.h"
#include "state/ids.h"

namespace leadclock {
namespace {

using google::protobuf::util::MessageDifferencer;

// What is true of the lead, by all records below some offsets, and may be said
// at a now.
struct Truth {
  Standpoint at;
  Lead lead;
  std::vector<Utterance> facts;  // in the order in which they may be said
};

const Utterance* Find(const Truth& truth, const Fact& fact) {
  const auto found = std::find_if(truth.facts.begin(), truth.facts.end(),
                                  [&](const Utterance& utterance) {
                                    return SameIdentity(utterance.fact, fact);
                                  });
  return found == truth.facts.end() ? nullptr : &*found;
}

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

// The fields in which two messages differ, on one line; empty: none.
std::string FieldsThatDiffer(const google::protobuf::Message& stands,
                             const google::protobuf::Message& expected) {
  std::string text;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&text);
  if (differencer.Compare(stands, expected)) return "";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return absl::StrReplaceAll(text, {{"\n", "; "}});
}

class LeadVerifier {
 public:
  LeadVerifier(const Policy& policy, const VerifyOptions& options,
               const PartitionLog& log, const std::string& lead,
               LeadRecords records, VerifyReport& report)
      : policy_(policy),
        options_(options),
        log_(log),
        lead_(lead),
        records_(std::move(records)),
        report_(report) {}

  void Run();

 private:
  using Output = LeadRecords::Output;

  void Hear(const Output& output);
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
  // Whether a fact may be unsaid though its instant has passed.
  bool MayBeOwed(const Fact& fact) const;
  void CheckWhatStands(const Truth& truth);
  void CheckMissing(const std::vector<const Utterance*>& missing);
  void CheckState(const Truth& truth);
  void Count(const Truth& truth);
  ClockSums& SumsOf(const Fact& fact) {
    return report_.clocks[policy_.clocks[fact.clock].name];
  }

  Truth TruthAt(const Standpoint& at) const;
  const Truth& RecentTruthAt(const Standpoint& at);

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

  const Policy& policy_;
  const VerifyOptions& options_;
  const PartitionLog& log_;
  const std::string& lead_;
  LeadRecords records_;
  VerifyReport& report_;

  std::optional<StoredState> state_;
  std::optional<Truth> recent_;
  Stands stands_;
  int64_t lead_seq_ = 0;
  Standpoint said_at_;  // of the last event
  // What stood at `log_.judged`, from the first event said later on.
  std::optional<Stands> judged_stands_;
  int64_t judged_seq_ = 0;
};

// ---- What is true ----

Truth LeadVerifier::TruthAt(const Standpoint& at) const {
  std::vector<Event> events;
  for (const LeadRecords::Input& input : records_.inputs) {
    if (input.offset < at.next[static_cast<size_t>(input.input)]) {
      events.push_back(input.event);
    }
  }
  Truth truth;
  truth.at = at;
  if (events.empty()) return truth;
  Answer answer = FoldLead(
      policy_, events, {.now = at.now, .notify_from = options_.job.notify_from},
      truth.lead);
  truth.facts = std::move(answer.utterances);
  return truth;
}

const Truth& LeadVerifier::RecentTruthAt(const Standpoint& at) {
  if (!recent_ || recent_->at.next != at.next || recent_->at.now != at.now) {
    recent_ = TruthAt(at);
  }
  return *recent_;
}

// ---- Each event, at the place where it was said ----

void LeadVerifier::Run() {
  std::stable_sort(records_.outputs.begin(), records_.outputs.end(),
                   [](const Output& a, const Output& b) {
                     return a.event.lead_seq() < b.event.lead_seq();
                   });
  said_at_.next.assign(options_.topics.inputs.size(), 0);
  ReadState();
  for (const Output& output : records_.outputs) Hear(output);
  if (!judged_stands_) {
    judged_stands_ = stands_;
    judged_seq_ = lead_seq_;
  }

  const Truth truth = TruthAt(log_.judged);
  CheckWhatStands(truth);
  CheckState(truth);
  Count(truth);
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

  const std::optional<Fact> fact = FactOf(policy_, event);
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
  const Truth& truth = RecentTruthAt(at);
  const Utterance* expected = Find(truth, fact);
  Stand* stand = Find(stands_, fact);
  if (stand == nullptr) {
    stand = &stands_.emplace_back();
  } else {
    if (stand->stands) {
      Differ(output, absl::StrCat("says ", leadclock::LineOf(policy_, fact),
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
    Differ(output, absl::StrCat("says ", leadclock::LineOf(policy_, fact),
                                ", which is not true by what was read below ",
                                LineOf(at)));
    return;
  }
  Utterance utterance = *expected;
  utterance.count = stand->count;
  Compare(output, utterance, truth);
  stand->fact = expected->fact;
  stand->fact.people = fact.people;
  stand->fact.attributes.reset();
}

void LeadVerifier::Retract(const Output& output, const Fact& fact,
                           const Standpoint& at) {
  Stand* stand = Corrected(output, fact);
  if (stand == nullptr) return;
  // Nothing is taken back because of now.
  const Truth& truth =
      RecentTruthAt({.next = at.next, .now = std::max(at.now, fact.at)});
  if (Find(truth, fact) != nullptr) {
    Differ(output,
           absl::StrCat("takes back ", leadclock::LineOf(policy_, fact),
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
  stand->fact.people = fact.people;
  const Truth& truth =
      RecentTruthAt({.next = at.next, .now = std::max(at.now, fact.at)});
  const Utterance* expected = Find(truth, fact);
  if (expected == nullptr) {
    Differ(output, absl::StrCat("corrects ", leadclock::LineOf(policy_, fact),
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
                      " about ", leadclock::LineOf(policy_, fact),
                      ", and no such event stands"));
  return nullptr;
}

void LeadVerifier::Compare(const Output& output, const Utterance& expected,
                           const Truth& truth) {
  Utterance utterance = expected;
  utterance.lead_seq = output.event.lead_seq();
  WireOutputOptions wire = options_.job.output;
  wire.format = WireFormat::kProtobuf;
  const LeadId lead(lead_);
  const Moment moment = {.partition = log_.partition,
                         .now = said_at_.now,
                         .read_at = absl::InfinitePast(),
                         .wall = absl::UnixEpoch(),
                         .read_up_to = said_at_.next};
  const OutputRecord record = WriteSlaEvent(
      utterance,
      {.policy = policy_,
       .lead = lead,
       .attributes = truth.lead.progress ? truth.lead.progress->attributes.get()
                                         : nullptr,
       .moment = moment,
       .traceparent = ""},
      wire);

  v1::SlaEvent must_be;
  must_be.ParseFromString(record.value);
  v1::SlaEvent is = output.event;
  must_be.clear_emitted_at_ms();
  is.clear_emitted_at_ms();
  const std::string fields = FieldsThatDiffer(is, must_be);
  if (!fields.empty()) {
    Differ(output, absl::StrCat("says ", leadclock::LineOf(output.event),
                                ", but tells other things of it than are true "
                                "(what stands -> what must): ",
                                fields));
  }
  if (record.output != output.output) {
    Differ(output,
           absl::StrCat(
               "belongs on ",
               options_.topics.outputs[static_cast<size_t>(record.output)]));
  }
  if (output.record->key != lead_) {
    Differ(output, absl::StrCat("has the key \"",
                                output.record->key.value_or(""), "\""));
  }
  for (const Header& header : record.headers) {
    if (header.first == "content-type") continue;
    const auto& headers = output.record->headers;
    if (std::find(headers.begin(), headers.end(), header) == headers.end()) {
      Differ(output,
             absl::StrCat("has no header ", header.first, ": ", header.second));
    }
  }
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

bool LeadVerifier::MayBeOwed(const Fact& fact) const {
  if (!DecidedByTime(fact.kind) || records_.state == nullptr) return false;
  if (!StateIsJudged()) return true;
  // When it was asked last, as far as can be seen.
  const absl::Time asked = state_->as_of;
  return fact.at > asked ||
         (state_->lead.hold_until && *state_->lead.hold_until > asked);
}

void LeadVerifier::CheckWhatStands(const Truth& truth) {
  std::vector<const Utterance*> missing;
  for (const Utterance& utterance : truth.facts) {
    const Stand* stand = Find(*judged_stands_, utterance.fact);
    if (stand == nullptr || !stand->stands) {
      missing.push_back(&utterance);
    } else if (stand->fact.people != utterance.fact.people) {
      Differ(stand->place,
             absl::StrCat("says ", leadclock::LineOf(policy_, utterance.fact),
                          ", in the end for ",
                          leadclock::LineOf(stand->fact.people),
                          ", and it must be for ",
                          leadclock::LineOf(utterance.fact.people)));
    }
  }
  CheckMissing(missing);
  for (const Stand& stand : *judged_stands_) {
    if (!stand.stands || Find(truth, stand.fact) != nullptr) continue;
    Differ(stand.place,
           absl::StrCat("says ", leadclock::LineOf(policy_, stand.fact),
                        ", which still stands, and is not true by what was "
                        "read below ",
                        LineOf(log_.judged)));
  }
}

void LeadVerifier::CheckMissing(const std::vector<const Utterance*>& missing) {
  if (missing.empty()) return;
  // A fact waits for those that stand before it.
  const bool owed = MayBeOwed(missing.front()->fact);
  for (const Utterance* utterance : missing) {
    const Fact& fact = utterance->fact;
    const std::string line = leadclock::LineOf(policy_, fact);
    if (!owed) {
      Differ("", absl::StrCat(line, ", for ", leadclock::LineOf(fact.people),
                              ", is true by what was read below ",
                              LineOf(log_.judged), ", and is not said"));
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
    if (known) Differ("", absl::StrCat("has no state on ", topic));
    return;
  }
  const std::string place =
      leadclock::PlaceOf(topic, log_.partition, records_.state->offset);
  if (records_.inputs.empty()) {
    Differ(place, "is a state of a lead of which nothing was read");
    return;
  }
  if (!records_.state->value) {
    Differ(place, "says that the lead is put away, and it is not");
    return;
  }
  if (!StateIsJudged()) return;

  Lead lead = truth.lead;
  lead.lead_seq = judged_seq_;
  lead.hold_until = state_->lead.hold_until;
  const std::string fields = FieldsThatDiffer(
      state_->status, StatusOf(policy_, LeadId(lead_), lead, state_->as_of));
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
                               leadclock::LineOf(policy_, said.fact),
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
                               leadclock::LineOf(policy_, stand.fact),
                               " was said, at ", stand.place));
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
  report_.events += static_cast<int64_t>(truth.lead.history.size());
  if (truth.lead.history.empty()) return;
  ++report_.leads;
  if (truth.lead.progress) {
    for (const ClockRun& run : truth.lead.progress->runs) {
      ClockSums& sums = report_.clocks[policy_.clocks[run.clock].name];
      ++sums.started;
      ++sums.running;
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

void VerifyLead(const Policy& policy, const VerifyOptions& options,
                const PartitionLog& log, const std::string& lead,
                LeadRecords records, VerifyReport& report) {
  LeadVerifier(policy, options, log, lead, std::move(records), report).Run();
}

}  // namespace leadclock
