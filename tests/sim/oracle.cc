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
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/lead_job.h"
#include "processor/job/wire_input.h"
#include "processor/lead/lead_fold.h"
#include "processor/runtime/offset_metadata.h"
#include "processor/runtime/remnant.h"
#include "processor/verify/fact_text.h"
#include "processor/verify/verify.h"
#include "state/codec.h"
#include "tests/sim/edition_fold.h"
#include "tests/sim/world.h"

namespace leadclock::sim {
namespace {

using v1::SlaEvent;

// An input record that is about a lead.
struct Heard {
  int input = 0;
  int64_t offset = 0;
  absl::Time appended_at;
  Event event;
};

// An event, as far as time decided it.
struct SaidByTime {
  Fact fact;
  absl::Time now;
  std::vector<int64_t> read_up_to;  // by input
  int edition = 0;
  std::string line;
};

// What a partition was read as, and what was said of it.
class PartitionExaminer {
 public:
  PartitionExaminer(const Remains& remains, int32_t partition, Outcome& outcome)
      : remains_(remains), partition_(partition), outcome_(outcome) {}

  void Examine() {
    ReadCommitted();
    for (size_t i = 0; i < remains_.topics.inputs.size(); ++i) ReadInput(i);
    for (size_t i = 0; i < remains_.topics.outputs.size(); ++i) ReadOutput(i);
    log_.changelog = WrittenTo(remains_.topics.changelog);
    log_.quarantine = WrittenTo(remains_.topics.quarantine);
    CheckRejections();
    Verify();
    for (const auto& [lead, said] : said_) CheckNow(lead, said);
    CheckHistories();
    if (remains_.editions > 0) CheckEditions();
  }

 private:
  void Complain(const std::string& what) {
    constexpr size_t kEnough = 20;
    if (outcome_.problems.size() < kEnough) outcome_.problems.push_back(what);
  }
  ModelLog& LogOf(const std::string& topic) {
    return remains_.kafka.log({topic, partition_});
  }
  const std::string& InputTopic(int input) const {
    return remains_.topics.inputs[static_cast<size_t>(input)];
  }
  std::vector<WrittenRecord> WrittenTo(const std::string& topic);
  // Whether leads are put away within a run; then `leadclock verify` alone says
  // which have to be.
  bool MayBePutAway() const {
    return remains_.job.retire_after < absl::Hours(24 * 365);
  }

  void ReadCommitted();
  void ReadInput(size_t input);
  void ReadOutput(size_t output);
  std::string RejectionOf(const InputRecord& record,
                          const std::string& intended, Event& event);
  void CheckRejections();
  void Verify();
  void CheckNow(const std::string& lead, const SaidByTime& said);
  absl::Time EditionTold(int edition);
  void CheckHold(const std::string& lead, const SaidByTime& said);
  absl::Time NowBefore(const Heard& heard);
  void CheckHistories();
  void CheckEditions();

  const Remains& remains_;
  const int32_t partition_;
  Outcome& outcome_;
  PartitionLog log_;
  std::map<std::string, std::vector<Heard>> leads_;
  std::multiset<std::string> rejected_;
  std::vector<std::pair<std::string, SaidByTime>> said_;
};

std::string HeaderOf(const WrittenRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

// ---- What is there ----

std::vector<WrittenRecord> PartitionExaminer::WrittenTo(
    const std::string& topic) {
  std::vector<WrittenRecord> written;
  for (const Entry* const entry : LogOf(topic).Committed()) {
    written.push_back(
        {entry->offset, entry->key, entry->value, entry->headers});
  }
  return written;
}

// A partition's now never goes back, whoever has it, and neither do offsets.
void PartitionExaminer::ReadCommitted() {
  log_.partition = partition_;
  for (const std::string& topic : remains_.topics.inputs) {
    absl::Time now = absl::InfinitePast();
    int64_t next = 0;
    for (const CommittedOffset& committed :
         remains_.kafka.HistoryOf({topic, partition_})) {
      const auto metadata = ParseOffsetMetadata(committed.metadata);
      if (!metadata.ok()) {
        Complain(std::string(metadata.status().message()));
        continue;
      }
      if (metadata->now < now) {
        Complain(absl::StrCat("now of partition ", partition_,
                              " went back from ", absl::FormatTime(now), " to ",
                              absl::FormatTime(metadata->now)));
      }
      if (*committed.offset < next) {
        Complain(absl::StrCat("the offset of ", topic, "[", partition_,
                              "] went back from ", next, " to ",
                              *committed.offset));
      }
      now = metadata->now;
      next = *committed.offset;
    }
    log_.judged.next.push_back(next);
    log_.judged.now = std::max(log_.judged.now, now);
  }
  log_.committed = log_.judged;
}

void PartitionExaminer::ReadInput(size_t input) {
  const std::string& topic = remains_.topics.inputs[input];
  const TopicPartition at = {topic, partition_};
  for (const Entry* const entry : LogOf(topic).Committed()) {
    ++outcome_.records;
    InputRecord& record = log_.inputs.emplace_back();
    record.input = static_cast<int>(input);
    record.partition = partition_;
    record.offset = entry->offset;
    record.timestamp = entry->timestamp;
    record.key = entry->key;
    record.value = entry->value;
    record.headers = entry->headers;
    Event event;
    const std::string rejection = RejectionOf(
        record, remains_.upstream.RejectionOf(at, entry->offset), event);
    if (rejection.empty()) {
      leads_[*entry->key].push_back(
          {record.input, entry->offset, entry->appended_at, std::move(event)});
    } else {
      rejected_.insert(absl::StrCat(topic, "@", entry->offset, " ", rejection));
    }
  }
}

// As the workload meant it, not as the product takes it.
std::string PartitionExaminer::RejectionOf(const InputRecord& record,
                                           const std::string& intended,
                                           Event& event) {
  if (!intended.empty()) return intended;
  v1::LeadEvent message;
  if (!message.ParseFromString(*record.value)) return "DECODE";
  const absl::Time happened = absl::FromUnixMillis(message.occurred_at_ms());
  if (happened > *record.timestamp + absl::Minutes(5)) return "FUTURE";
  auto read = ReadLeadEvent(record, {});
  if (!std::holds_alternative<Event>(read)) {
    Complain("a good record is refused: " + message.ShortDebugString());
    return "REFUSED";
  }
  event = std::get<Event>(std::move(read));
  return "";
}

void PartitionExaminer::CheckRejections() {
  std::multiset<std::string> quarantined;
  for (const WrittenRecord& record : log_.quarantine) {
    quarantined.insert(
        absl::StrCat(HeaderOf(record, "__connect.errors.topic"), "@",
                     HeaderOf(record, "__connect.errors.offset"), " ",
                     HeaderOf(record, "leadclock.error.code")));
  }
  for (const std::string& one : rejected_) {
    if (quarantined.count(one) != 1) {
      Complain(absl::StrCat("meant for quarantine, and ",
                            quarantined.count(one), " times there: ", one));
    }
  }
  for (const std::string& one : quarantined) {
    if (!rejected_.contains(one)) Complain("in quarantine for nothing: " + one);
  }
}

void PartitionExaminer::ReadOutput(size_t output) {
  log_.outputs.push_back(WrittenTo(remains_.topics.outputs[output]));
  for (const WrittenRecord& record : log_.outputs.back()) {
    ++outcome_.events;
    SlaEvent event;
    if (!event.ParseFromString(*record.value)) continue;
    const std::optional<Fact> fact = FactOf(remains_.policies, event);
    if (!fact || !DecidedByTime(*fact)) continue;
    if (event.form() != SlaEvent::SAID) {
      if (remains_.is_punctual) {
        Complain("taken back or mended though every record came in time: " +
                 event.ShortDebugString());
      }
      continue;
    }
    SaidByTime said = {
        .fact = *fact,
        .now = absl::FromUnixMillis(event.now_ms()),
        .read_up_to = {},
        .edition = EditionFold::EditionOf(record.headers).value_or(0),
        .line = event.ShortDebugString()};
    for (const auto& offset : event.read_up_to()) {
      said.read_up_to.push_back(offset.next_offset());
    }
    said_.emplace_back(event.lead_id(), std::move(said));
  }
}

// ---- What `leadclock verify` checks ----

void PartitionExaminer::Verify() {
  const VerifyReport report =
      VerifyPartition(remains_.policies,
                      {.job = remains_.job,
                       .topics = remains_.topics,
                       .partitions = remains_.partitions},
                      log_);
  for (const Difference& difference : report.differences) {
    Complain(difference.text);
  }
  for (const std::string& owed : report.owed) Complain("not said: " + owed);
}

// ---- What only the simulator can know ----

// That now was not ahead of what had been read: whatever was written before
// the watermarks were asked for.
void PartitionExaminer::CheckNow(const std::string& lead,
                                 const SaidByTime& said) {
  const absl::Time asked_at =
      said.now + remains_.settle - 2 * remains_.clock_error;
  for (const Heard& heard : leads_[lead]) {
    const auto input = static_cast<size_t>(heard.input);
    if (heard.appended_at < asked_at &&
        heard.offset >= said.read_up_to[input]) {
      Complain(absl::StrCat("now was ahead of what had been read (",
                            InputTopic(heard.input), " had ", heard.offset,
                            "): ", said.line));
    }
  }
  for (int edition = said.edition + 1; edition <= remains_.editions;
       ++edition) {
    if (EditionTold(edition) >= asked_at) continue;
    Complain(absl::StrCat("now was ahead of edition ", edition,
                          ", which had been told of: ", said.line));
  }
  if (!remains_.has_corrections) CheckHold(lead, said);
}

// When its record was written.
absl::Time PartitionExaminer::EditionTold(int edition) {
  for (const Entry* const entry :
       remains_.kafka.log({kGlobalTopic, 0}).Committed()) {
    if (entry->value == EditionFold::WriteRecord(edition)) {
      return entry->appended_at;
    }
  }
  return absl::InfiniteFuture();
}

// That each state was asked under the last edition, and said each one once.
void PartitionExaminer::CheckEditions() {
  std::map<std::string, int> last;
  for (const WrittenRecord& record : WrittenTo(kEditionsTopic)) {
    int edition = 0;
    const bool is_number = absl::SimpleAtoi(*record.value, &edition);
    if (!is_number || edition <= last[*record.key]) {
      Complain(absl::StrCat(*record.key, " said edition ", *record.value,
                            " after ", last[*record.key]));
    }
    last[*record.key] = edition;
  }
  std::map<std::string, const WrittenRecord*> states;
  for (const WrittenRecord& record : log_.changelog) {
    states[*record.key] = &record;
  }
  for (const auto& [key, record] : states) {
    if (!record->value || key.starts_with(kRemnantPrefix)) continue;
    const int edition = EditionFold::EditionOfValue(*record->value);
    if (edition == remains_.editions) continue;
    Complain(absl::StrCat(key, " was asked under edition ", edition,
                          ", but not under the last one, ", remains_.editions));
  }
}

// A due instant that lay before now already when a record brought it into being
// waits until now has passed that record's coming.
void PartitionExaminer::CheckHold(const std::string& lead,
                                  const SaidByTime& said) {
  std::vector<Event> in_time;
  absl::Time now_at_reading = absl::InfiniteFuture();
  for (const Heard& heard : leads_[lead]) {
    if (heard.offset >= said.read_up_to[static_cast<size_t>(heard.input)]) {
      continue;
    }
    if (heard.appended_at <= said.now + 2 * remains_.clock_error) {
      in_time.push_back(heard.event);
    } else {
      now_at_reading = std::min(now_at_reading, NowBefore(heard));
    }
  }
  if (now_at_reading == absl::InfiniteFuture() ||
      said.fact.at > now_at_reading) {
    return;
  }
  Lead folded;
  const Answer answer =
      FoldLead(remains_.policies, in_time, {.now = said.now}, folded);
  const bool was_true_before = std::any_of(
      answer.utterances.begin(), answer.utterances.end(),
      [&](const Utterance& u) { return SameIdentity(u.fact, said.fact); });
  if (!was_true_before) {
    Complain("said at once what a late record brought into being: " +
             said.line);
  }
}

// A now that was reached before the record was read, as far as is known.
absl::Time PartitionExaminer::NowBefore(const Heard& heard) {
  absl::Time now = absl::InfinitePast();
  for (const CommittedOffset& committed :
       remains_.kafka.HistoryOf({InputTopic(heard.input), partition_})) {
    if (*committed.offset > heard.offset) break;
    const auto metadata = ParseOffsetMetadata(committed.metadata);
    if (metadata.ok()) now = std::max(now, metadata->now);
  }
  return now;
}

// That each history is that of the lead's records, one event for each name:
// by no code of the product but what gives an event its bytes.
void PartitionExaminer::CheckHistories() {
  std::map<std::string, const WrittenRecord*> states;
  for (const WrittenRecord& record : log_.changelog) {
    states[*record.key] = &record;
  }
  for (const auto& [name, heard] : leads_) {
    using Rank = std::pair<int64_t, std::string>;
    std::map<EventRef, Rank> expected;
    for (const Heard& one : heard) {
      Rank& rank = expected[one.event.ref];
      rank = std::max(rank, Rank(one.event.sequence, EncodeEvent(one.event)));
    }
    const auto state = states.find(name);
    v1::LeadState value;
    if (state == states.end() || !state->second->value ||
        !value.ParseFromString(*state->second->value)) {
      if (!MayBePutAway()) Complain("there is no state of " + name);
      continue;
    }
    const auto lead = ReadStoredLead(value.internal());
    std::multiset<std::string> remembered;
    if (lead.ok()) {
      for (const Event& event : lead->history) {
        remembered.insert(EncodeEvent(event));
      }
    }
    std::multiset<std::string> wanted;
    for (const auto& [ref, rank] : expected) wanted.insert(rank.second);
    if (remembered != wanted) {
      Complain("the history remembered is not what was read: " + name);
    }
  }
}

// A lead's state without what only says when to look again, which the store
// may have newer.
std::string WhatIsRemembered(std::string_view state) {
  absl::StatusOr<Lead> lead = ReadStoredLead(state);
  if (!lead.ok()) return std::string(state);
  lead->hold_until.reset();
  lead->last_read.reset();
  return EncodeLead(*lead);
}

void AppendTo(EVP_MD_CTX* hash, std::string_view part) {
  const std::string length = absl::StrCat(part.size(), ":");
  EVP_DigestUpdate(hash, length.data(), length.size());
  EVP_DigestUpdate(hash, part.data(), part.size());
}

}  // namespace

void Examine(const Remains& remains, Outcome& outcome) {
  for (int32_t i = 0; i < remains.partitions; ++i) {
    PartitionExaminer(remains, i, outcome).Examine();
  }
}

std::string DifferenceOfStore(const Store& store, int32_t partition,
                              const ModelLog& changelog, bool has_editions) {
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
    const std::string kept = stored->front() ? stored->front()->state : "";
    const std::string there(has_editions ? EditionFold::JobsState(kept) : kept);
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
