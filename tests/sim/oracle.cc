#include "tests/sim/oracle.h"

#include <openssl/evp.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/lead_status.h"
#include "processor/job/wire_input.h"
#include "processor/job/wire_output.h"
#include "processor/lead/lead_fold.h"
#include "processor/runtime/offset_metadata.h"
#include "processor/runtime/partitioner.h"
#include "state/codec.h"
#include "tests/broker/net_facts.h"
#include "tests/sim/world.h"

namespace leadclock::sim {
namespace {

using broker::NetFacts;
using broker::Standing;
using v1::SlaEvent;

// What stands before a lead in its state.
constexpr size_t kInstantBytes = 8;

// An input record that is about a lead.
struct Heard {
  int input = 0;
  int64_t offset = 0;
  absl::Time appended_at;
  Event event;
};

struct LeadRecords {
  int32_t partition = 0;
  std::vector<Heard> heard;
};

std::string HeaderOf(const Entry& entry, std::string_view name) {
  for (const auto& [key, value] : entry.headers) {
    if (key == name) return value;
  }
  return "";
}

// The events of a lead that a worker would say all at once.
using Plain = std::vector<SlaEvent>;

class Examiner {
 public:
  Examiner(const Remains& remains, Outcome& outcome)
      : remains_(remains), outcome_(outcome) {}

  void Examine() {
    for (const std::string& topic : remains_.topics.inputs) {
      for (int32_t i = 0; i < remains_.partitions; ++i) ReadInput({topic, i});
    }
    CheckQuarantine();
    ReadEvents();
    CheckNetFacts();
    for (const SlaEvent& event : said_) CheckOne(event);
    CheckStates();
    CheckNows();
    outcome_.events = static_cast<int64_t>(said_.size());
  }

 private:
  void Complain(const std::string& what) {
    constexpr size_t kEnough = 20;
    if (outcome_.problems.size() < kEnough) outcome_.problems.push_back(what);
  }

  void ReadInput(const TopicPartition& at);
  std::string RejectionOf(const TopicPartition& at, const InputRecord& record,
                          const std::string& intended, Event& event);
  void CheckQuarantine();
  void ReadEvents();
  void CheckNetFacts();
  void CheckOne(const SlaEvent& event);
  void CheckWatermarks(const SlaEvent& event, const LeadRecords& lead);
  void CheckHold(const SlaEvent& event, const LeadRecords& lead);
  absl::Time NowBefore(const Heard& heard, int32_t partition) const;
  void CheckStates();
  void CheckState(const std::string& name, const Entry& entry);
  void CheckSums();
  void CheckNows();

  absl::Time NowOf(int32_t partition) const;
  // What follows from those records, told at `now`.
  Plain Tell(const std::string& lead, const std::vector<Event>& events,
             absl::Time now, Lead* state = nullptr) const;
  template <typename Test>
  std::vector<Event> EventsOf(const LeadRecords& lead, Test test) const;

  const Remains& remains_;
  Outcome& outcome_;
  std::map<std::string, LeadRecords> leads_;
  // Where each record came from, and its code.
  std::multiset<std::string> rejected_;
  std::vector<SlaEvent> said_;
  std::map<std::string, int64_t> statuses_;
};

// ---- Input ----

void Examiner::ReadInput(const TopicPartition& at) {
  const auto& inputs = remains_.topics.inputs;
  for (const Entry* const entry : remains_.kafka.log(at).Committed()) {
    ++outcome_.records;
    InputRecord record;
    record.input = static_cast<int>(
        std::find(inputs.begin(), inputs.end(), at.topic) - inputs.begin());
    record.partition = at.partition;
    record.timestamp = entry->timestamp;
    record.key = entry->key;
    record.value = entry->value;
    Event event;
    const std::string rejection = RejectionOf(
        at, record, remains_.upstream.RejectionOf(at, entry->offset), event);
    if (!rejection.empty()) {
      rejected_.insert(absl::StrCat(at.topic, "[", at.partition, "] at ",
                                    entry->offset, ": ", rejection));
      continue;
    }
    LeadRecords& lead = leads_[*entry->key];
    lead.partition = at.partition;
    lead.heard.push_back(
        {record.input, entry->offset, entry->appended_at, std::move(event)});
  }
}

// As the workload meant it, not as the product takes it.
std::string Examiner::RejectionOf(const TopicPartition& at,
                                  const InputRecord& record,
                                  const std::string& intended, Event& event) {
  if (!intended.empty()) return intended;
  v1::LeadEvent message;
  if (!message.ParseFromString(*record.value)) return "DECODE";
  const absl::Time happened = absl::FromUnixMillis(message.occurred_at_ms());
  if (happened > *record.timestamp + absl::Minutes(5)) return "FUTURE";
  auto read = ReadLeadEvent(record, {});
  if (!std::holds_alternative<Event>(read)) {
    Complain(absl::StrCat("a good record is refused: ", at.topic, " ",
                          message.ShortDebugString()));
    return "REFUSED";
  }
  event = std::get<Event>(std::move(read));
  return "";
}

void Examiner::CheckQuarantine() {
  std::multiset<std::string> quarantined;
  for (int32_t i = 0; i < remains_.partitions; ++i) {
    const ModelLog& log = remains_.kafka.log({remains_.topics.quarantine, i});
    for (const Entry* const entry : log.Committed()) {
      quarantined.insert(
          absl::StrCat(HeaderOf(*entry, "__connect.errors.topic"), "[",
                       HeaderOf(*entry, "__connect.errors.partition"), "] at ",
                       HeaderOf(*entry, "__connect.errors.offset"), ": ",
                       HeaderOf(*entry, "leadclock.error.code")));
    }
  }
  if (quarantined == rejected_) return;
  for (const std::string& one : rejected_) {
    if (quarantined.count(one) == 0) Complain("not quarantined: " + one);
  }
  for (const std::string& one : quarantined) {
    if (rejected_.count(one) != quarantined.count(one)) {
      Complain("quarantined wrongly, or twice: " + one);
    }
  }
}

// ---- What was said ----

void Examiner::ReadEvents() {
  for (const std::string& topic : remains_.topics.outputs) {
    for (int32_t i = 0; i < remains_.partitions; ++i) {
      for (const Entry* const entry :
           remains_.kafka.log({topic, i}).Committed()) {
        SlaEvent& event = said_.emplace_back();
        if (!event.ParseFromString(*entry->value)) {
          Complain("an event cannot be read");
          continue;
        }
        const auto lead = leads_.find(event.lead_id());
        if (lead == leads_.end() || lead->second.partition != i) {
          Complain("said of nobody, or in the wrong partition: " +
                   event.ShortDebugString());
        }
      }
    }
  }
}

absl::Time Examiner::NowOf(int32_t partition) const {
  absl::Time now = absl::InfinitePast();
  for (const std::string& topic : remains_.topics.inputs) {
    const auto committed = remains_.kafka.CommittedAt({topic, partition});
    if (!committed) continue;
    const auto metadata = ParseOffsetMetadata(committed->metadata);
    if (metadata.ok()) now = std::max(now, metadata->now);
  }
  return now;
}

Plain Examiner::Tell(const std::string& lead, const std::vector<Event>& events,
                     absl::Time now, Lead* state) const {
  Lead folded;
  const Answer answer = FoldLead(remains_.policy, events, {.now = now}, folded);
  const LeadId id{std::string(lead)};
  const std::vector<int64_t> nowhere(remains_.topics.inputs.size());
  Moment moment;
  moment.now = now;
  moment.read_up_to = nowhere;
  Plain plain;
  for (const Utterance& utterance : answer.utterances) {
    const OutputRecord record = WriteSlaEvent(
        utterance,
        {.policy = remains_.policy,
         .lead = id,
         .attributes =
             folded.progress ? folded.progress->attributes.get() : nullptr,
         .moment = moment,
         .traceparent = ""},
        {.input_topics = remains_.topics.inputs});
    plain.emplace_back().ParseFromString(record.value);
  }
  if (state != nullptr) *state = std::move(folded);
  return plain;
}

template <typename Test>
std::vector<Event> Examiner::EventsOf(const LeadRecords& lead,
                                      Test test) const {
  std::vector<Event> events;
  for (const Heard& heard : lead.heard) {
    if (test(heard)) events.push_back(heard.event);
  }
  return events;
}

void Examiner::CheckNetFacts() {
  std::vector<SlaEvent> plain;
  for (const auto& [name, lead] : leads_) {
    const auto all = [](const Heard&) { return true; };
    for (SlaEvent& event :
         Tell(name, EventsOf(lead, all), NowOf(lead.partition))) {
      plain.push_back(std::move(event));
    }
  }
  const Standing expected = broker::StandingOf(plain);
  const Standing standing = broker::StandingOf(said_);
  for (const std::string& problem : standing.problems) Complain(problem);
  const std::string difference =
      broker::Difference(standing.facts, expected.facts);
  if (!difference.empty()) Complain(difference);
}

// ---- Whether each was justified when it was said ----

bool DecidedByTime(SlaEvent::Kind kind) {
  return kind == SlaEvent::REMINDER || kind == SlaEvent::BREACH ||
         kind == SlaEvent::ESCALATION || kind == SlaEvent::REASSIGNMENT ||
         kind == SlaEvent::MISSED;
}

const SlaEvent* FindFact(const Plain& plain, const SlaEvent& event) {
  for (const SlaEvent& other : plain) {
    if (other.kind() == event.kind() && other.clock() == event.clock() &&
        other.rung() == event.rung() && other.at_ms() == event.at_ms() &&
        other.started_by_source() == event.started_by_source() &&
        other.started_by_id() == event.started_by_id()) {
      return &other;
    }
  }
  return nullptr;
}

bool SamePeople(const SlaEvent& a, const SlaEvent& b) {
  return a.owner_id() == b.owner_id() && a.backup_id() == b.backup_id() &&
         a.manager_id() == b.manager_id();
}

absl::Time ToldNow(const SlaEvent& event) {
  return event.now_ms() == 0 ? absl::InfinitePast()
                             : absl::FromUnixMillis(event.now_ms());
}

void Examiner::CheckOne(const SlaEvent& event) {
  const auto found = leads_.find(event.lead_id());
  if (found == leads_.end()) return;
  const LeadRecords& lead = found->second;
  const auto was_read = [&](const Heard& heard) {
    return heard.offset < event.read_up_to(heard.input).next_offset();
  };
  // What was said before stays said when something else must be said first.
  const bool is_new = event.form() == SlaEvent::SAID;
  const absl::Time at = absl::FromUnixMillis(event.at_ms());
  const absl::Time now = is_new ? ToldNow(event) : std::max(ToldNow(event), at);
  const Plain plain = Tell(event.lead_id(), EventsOf(lead, was_read), now);
  const SlaEvent* const fact = FindFact(plain, event);
  if (event.form() == SlaEvent::RETRACTED) {
    if (fact != nullptr) {
      Complain("takes back what was true by what had been read: " +
               event.ShortDebugString());
    }
    return;
  }
  if (fact == nullptr) {
    Complain("says what was not true by what had been read: " +
             event.ShortDebugString());
  } else if (!SamePeople(*fact, event)) {
    Complain("names the wrong people by what had been read: " +
             event.ShortDebugString());
  }
  if (is_new && DecidedByTime(event.kind())) {
    CheckWatermarks(event, lead);
  }
}

// That now was not ahead of what had been read.
void Examiner::CheckWatermarks(const SlaEvent& event, const LeadRecords& lead) {
  const absl::Duration error = 2 * remains_.clock_error;
  const absl::Time asked_at = ToldNow(event) + remains_.settle - error;
  for (const Heard& heard : lead.heard) {
    const auto& up_to = event.read_up_to(heard.input);
    if (heard.appended_at < asked_at && heard.offset >= up_to.next_offset()) {
      Complain(absl::StrCat("now is ahead of what had been read (",
                            up_to.topic(), " has ", heard.offset,
                            "): ", event.ShortDebugString()));
    }
  }
  CheckHold(event, lead);
}

// A due instant that lay before now already when a record brought it into being
// waits until now has passed that record's coming.
void Examiner::CheckHold(const SlaEvent& event, const LeadRecords& lead) {
  const absl::Duration error = 2 * remains_.clock_error;
  absl::Time now_at_reading = absl::InfiniteFuture();
  const auto came_in_time = [&](const Heard& heard) {
    if (heard.offset >= event.read_up_to(heard.input).next_offset()) {
      return false;
    }
    if (heard.appended_at <= ToldNow(event) + error) return true;
    now_at_reading = std::min(now_at_reading, NowBefore(heard, lead.partition));
    return false;
  };
  const std::vector<Event> in_time = EventsOf(lead, came_in_time);
  if (absl::FromUnixMillis(event.at_ms()) > now_at_reading ||
      now_at_reading == absl::InfiniteFuture()) {
    return;
  }
  const Plain plain = Tell(event.lead_id(), in_time, ToldNow(event));
  if (FindFact(plain, event) == nullptr) {
    Complain("says at once what a late record brought into being: " +
             event.ShortDebugString());
  }
}

// A now that was reached before the record was read, as far as is known.
absl::Time Examiner::NowBefore(const Heard& heard, int32_t partition) const {
  absl::Time now = absl::InfinitePast();
  const auto& input = remains_.topics.inputs[static_cast<size_t>(heard.input)];
  for (const CommittedOffset& committed :
       remains_.kafka.HistoryOf({input, partition})) {
    if (*committed.offset > heard.offset) break;
    const auto metadata = ParseOffsetMetadata(committed.metadata);
    if (metadata.ok()) now = std::max(now, metadata->now);
  }
  return now;
}

// ---- What is remembered ----

void Examiner::CheckStates() {
  std::map<std::string, const Entry*> last;
  for (int32_t i = 0; i < remains_.partitions; ++i) {
    const ModelLog& log = remains_.kafka.log({remains_.topics.changelog, i});
    for (const Entry* const entry : log.Committed()) {
      last[*entry->key] = entry;
      const auto lead = leads_.find(*entry->key);
      if (lead == leads_.end() || lead->second.partition != i) {
        Complain("a state of nobody, or in the wrong partition: " +
                 *entry->key);
      }
    }
  }
  for (const auto& [name, lead] : leads_) {
    if (!last.contains(name)) Complain("there is no state of " + name);
  }
  for (const auto& [name, entry] : last) {
    if (leads_.contains(name)) CheckState(name, *entry);
  }
  CheckSums();
}

void Examiner::CheckState(const std::string& name, const Entry& entry) {
  v1::LeadState value;
  if (!entry.value || !value.ParseFromString(*entry.value)) {
    return Complain("the state cannot be read: " + name);
  }
  const auto stored =
      DecodeLead(std::string_view(value.internal()).substr(kInstantBytes));
  if (!stored.ok()) {
    return Complain(
        absl::StrCat(name, ": ", std::string(stored.status().message())));
  }
  const LeadRecords& records = leads_.at(name);
  Lead lead;
  Tell(name, EventsOf(records, [](const Heard&) { return true; }),
       NowOf(records.partition), &lead);
  if (stored->history != lead.history) {
    Complain("the history remembered is not the one that was read: " + name);
  }
  if (stored->progress != lead.progress) {
    Complain("the progress remembered does not follow from the history: " +
             name);
  }
  const v1::LeadStatus& status = value.status();
  lead.lead_seq = stored->lead_seq;
  lead.hold_until = stored->hold_until;
  const absl::Time as_of = status.as_of_ms() == 0
                               ? absl::InfinitePast()
                               : absl::FromUnixMillis(status.as_of_ms());
  const v1::LeadStatus derived =
      StatusOf(remains_.policy, LeadId(std::string(name)), lead, as_of);
  if (derived.SerializeAsString() != status.SerializeAsString()) {
    Complain(absl::StrCat("the public status is ", status.ShortDebugString(),
                          ", but follows to be ", derived.ShortDebugString()));
  }
  for (const v1::LeadStatus::Clock& clock : status.clocks()) {
    ++statuses_["started"];
    ++statuses_[v1::LeadStatus::Verdict_Name(clock.verdict())];
  }
}

// started = met + missed + stopped + running, by states and by events.
void Examiner::CheckSums() {
  std::map<SlaEvent::Kind, int64_t> stand;
  for (const SlaEvent& event : said_) {
    if (event.form() == SlaEvent::SAID) ++stand[event.kind()];
    if (event.form() == SlaEvent::RETRACTED) --stand[event.kind()];
  }
  const auto check = [&](SlaEvent::Kind kind, const char* verdict) {
    if (stand[kind] == statuses_[verdict]) return;
    Complain(absl::StrCat(stand[kind], " clocks are ", verdict,
                          " by what was said, but ", statuses_[verdict],
                          " by what is remembered"));
  };
  check(SlaEvent::MET, "MET");
  check(SlaEvent::MISSED, "MISSED");
  check(SlaEvent::STOPPED, "STOPPED_BEFORE_DUE");
  const int64_t decided =
      statuses_["MET"] + statuses_["MISSED"] + statuses_["STOPPED_BEFORE_DUE"];
  if (statuses_["started"] != decided + statuses_["VERDICT_UNSPECIFIED"]) {
    Complain("started is not met + missed + stopped + running");
  }
}

// A partition's now never goes back, whoever has it.
void Examiner::CheckNows() {
  for (const std::string& topic : remains_.topics.inputs) {
    for (int32_t i = 0; i < remains_.partitions; ++i) {
      absl::Time last = absl::InfinitePast();
      int64_t next = 0;
      for (const CommittedOffset& committed :
           remains_.kafka.HistoryOf({topic, i})) {
        const auto metadata = ParseOffsetMetadata(committed.metadata);
        if (!metadata.ok() || metadata->now < last) {
          Complain(absl::StrCat("now of partition ", i, " went back from ",
                                absl::FormatTime(last), ": ",
                                committed.metadata));
        } else {
          last = metadata->now;
        }
        if (*committed.offset < next) {
          Complain(absl::StrCat("the offset of ", topic, "[", i,
                                "] went back from ", next, " to ",
                                *committed.offset));
        }
        next = *committed.offset;
      }
    }
  }
}

// A lead's state without what only says when to look again, which the store
// may have newer.
std::string WhatIsRemembered(std::string_view state) {
  if (state.size() < kInstantBytes) return std::string(state);
  absl::StatusOr<Lead> lead = DecodeLead(state.substr(kInstantBytes));
  if (!lead.ok()) return std::string(lead.status().message());
  lead->hold_until.reset();
  return EncodeLead(*lead);
}

void AppendTo(EVP_MD_CTX* hash, std::string_view part) {
  const std::string length = absl::StrCat(part.size(), ":");
  EVP_DigestUpdate(hash, length.data(), length.size());
  EVP_DigestUpdate(hash, part.data(), part.size());
}

}  // namespace

void Examine(const Remains& remains, Outcome& outcome) {
  Examiner(remains, outcome).Examine();
}

std::string DifferenceOfStore(const Store& store, int32_t partition,
                              const ModelLog& changelog) {
  std::map<std::string, const Entry*> last;
  for (const Entry* const entry : changelog.Committed()) {
    last[*entry->key] = entry;
  }
  for (const auto& [key, entry] : last) {
    const std::vector<std::string_view> keys = {key};
    const auto stored = store.Get(partition, keys);
    if (!stored.ok()) return std::string(stored.status().message());
    v1::LeadState value;
    if (entry->value) value.ParseFromString(*entry->value);
    const std::string there = stored->front() ? stored->front()->state : "";
    if (WhatIsRemembered(there) != WhatIsRemembered(value.internal())) {
      return absl::StrCat("its store and the changelog differ about ", key);
    }
  }
  return "";
}

std::string HashOfCommitted(const ModelKafka& kafka) {
  EVP_MD_CTX* const hash = EVP_MD_CTX_new();
  EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
  for (const auto& [name, topic] : kafka.topics()) {
    AppendTo(hash, name);
    for (const ModelLog& log : topic.logs) {
      for (const Entry* const entry : log.Committed()) {
        AppendTo(hash, absl::StrCat(entry->offset));
        AppendTo(hash, entry->key.value_or("(none)"));
        AppendTo(hash, entry->value.value_or("(none)"));
        for (const auto& [header, value] : entry->headers) {
          AppendTo(hash, header);
          AppendTo(hash, value);
        }
      }
    }
  }
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_DigestFinal_ex(hash, reinterpret_cast<unsigned char*>(digest.data()),
                     &size);
  EVP_MD_CTX_free(hash);
  return absl::BytesToHexString(digest.substr(0, 16));
}

}  // namespace leadclock::sim
