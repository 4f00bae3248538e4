#include "processor/verify/verify.h"

#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "processor/job/wire_input.h"
#include "processor/job/wire_output.h"
#include "processor/runtime/remnant.h"
#include "processor/verify/fact_text.h"
#include "processor/verify/known_policies.h"
#include "processor/verify/lead_verifier.h"
#include "processor/verify/quarantine_check.h"

namespace leadclock {
namespace {

class PartitionVerifier {
 public:
  PartitionVerifier(const PolicyBook& policies, const VerifyOptions& options,
                    const PartitionLog& log)
      : policies_(policies), options_(options), log_(log) {}

  VerifyReport Run() {
    for (const WrittenRecord& record : log_.quarantine) {
      const auto offset = HeaderOf(record, "__connect.errors.offset");
      const auto topic = HeaderOf(record, "__connect.errors.topic");
      const auto code = HeaderOf(record, "leadclock.error.code");
      if (offset && topic && code) told_[{*topic, *offset}] = *code;
    }
    for (const InputRecord& record : log_.inputs) TakeInput(record);
    for (size_t i = 0; i < log_.outputs.size(); ++i) {
      for (const WrittenRecord& record : log_.outputs[i]) {
        TakeOutput(record, static_cast<int>(i));
      }
    }
    TakeStates();
    for (auto& [lead, records] : leads_) {
      ReadOutputsOf(lead, records);
      const auto remnant = remnants_.find(RemnantKey(lead));
      if (remnant != remnants_.end()) {
        records.remnant = remnant->second;
        remnants_.erase(remnant);
      }
      VerifyLead(policies_, options_, log_, lead, std::move(records), report_);
      records = LeadRecords();
    }
    for (const auto& [key, record] : remnants_) {
      Differ(key,
             PlaceOf(options_.topics.changelog, log_.partition, record->offset),
             "remembers a lead that was never known");
    }
    CheckSums(CheckQuarantine(options_, log_, rejected_, report_));
    return std::move(report_);
  }

 private:
  using Read = std::variant<Event, Rejection, Ignored, Heartbeat>;

  std::optional<Rejection> CheckKey(const InputRecord& record) const {
    if (!record.key || record.key->empty()) {
      return Rejection{"KEY", "the record has no key"};
    }
    if (record.key->compare(0, kRemnantPrefix.size(), kRemnantPrefix) == 0) {
      return Rejection{"KEY", "the key is kept for what was forgotten"};
    }
    const std::optional<int32_t> partition =
        PartitionOf(options_.partitioner, *record.key, options_.partitions);
    if (partition && *partition != log_.partition) {
      return Rejection{
          "PARTITION",
          absl::StrCat("the key belongs to partition ", *partition)};
    }
    return std::nullopt;
  }

  // What becomes of a record.
  Read ReadInput(const InputRecord& record) const {
    InputRecord readable = record;
    // When it was read is not known: nothing is after that.
    readable.read_at = absl::InfiniteFuture();
    Read read = ReadLeadEvent(readable, options_.job.input);
    if (std::holds_alternative<Heartbeat>(read)) return read;
    if (auto rejection = CheckKey(record)) return *std::move(rejection);
    if (!std::holds_alternative<Event>(read)) return read;

    // Two reasons hang on more than the record: when it was read, and how
    // large its lead was.
    const auto told =
        told_.find({options_.topics.inputs[static_cast<size_t>(record.input)],
                    absl::StrCat(record.offset)});
    if (told == told_.end()) return read;
    if (told->second == "FUTURE" && !record.value) {
      return Rejection{"FUTURE", "it was dated after it was read"};
    }
    if (told->second == "SIZE") {
      return Rejection{"SIZE", "there was no room for it"};
    }
    return read;
  }

  void TakeInput(const InputRecord& record) {
    const bool judged =
        record.offset < log_.judged.next[static_cast<size_t>(record.input)];
    if (judged) ++report_.read;
    Read read = ReadInput(record);
    if (auto* rejection = std::get_if<Rejection>(&read)) {
      if (judged) ++report_.quarantined[rejection->code];
      rejected_[{record.input, record.offset}] = {&record,
                                                  std::move(*rejection)};
    } else if (const auto* ignored = std::get_if<Ignored>(&read)) {
      if (judged) ++report_.ignored[ignored->reason];
    } else if (std::holds_alternative<Heartbeat>(read)) {
      if (judged) ++report_.ignored["HEARTBEAT"];
    } else {
      leads_[*record.key].inputs.push_back(
          {.event = std::get<Event>(std::move(read)),
           .input = record.input,
           .offset = record.offset,
           .timestamp = record.timestamp.value_or(absl::InfinitePast())});
    }
  }

  void TakeStates() {
    for (const WrittenRecord& record : log_.changelog) {
      const std::string key = record.key.value_or("");
      if (key.compare(0, kRemnantPrefix.size(), kRemnantPrefix) != 0) {
        leads_[key].state = &record;
      } else if (record.value) {
        remnants_[key] = &record;
      } else {
        remnants_.erase(key);
      }
    }
  }

  std::optional<v1::SlaEvent> SaidIn(const WrittenRecord& record) const {
    if (!record.value) return std::nullopt;
    return ReadSlaEvent(*record.value, record.headers,
                        options_.job.output.format);
  }

  void TakeOutput(const WrittenRecord& record, int output) {
    const std::string place =
        PlaceOf(options_.topics.outputs[static_cast<size_t>(output)],
                log_.partition, record.offset);
    const std::string key = record.key.value_or("");
    const std::optional<v1::SlaEvent> event = SaidIn(record);
    if (!event) {
      Differ(key, place, "is not a message leadclock.v1.SlaEvent");
      return;
    }
    const auto [other, is_new] = ids_.emplace(event->id(), place);
    if (!is_new) {
      Differ(event->lead_id(), place,
             absl::StrCat("has the id ", event->id(), ", as ", other->second,
                          " has: it is said twice"));
    }
    leads_[event->lead_id()];
    outputs_[event->lead_id()].emplace_back(&record, output);
  }

  // One lead at a time: what is read takes much more room than its bytes.
  void ReadOutputsOf(const std::string& lead, LeadRecords& records) const {
    const auto outputs = outputs_.find(lead);
    if (outputs == outputs_.end()) return;
    for (const auto& [record, output] : outputs->second) {
      records.outputs.push_back({*SaidIn(*record), record, output});
    }
  }

  void CheckSums(int64_t in_quarantine) {
    int64_t ignored = 0;
    for (const auto& [reason, count] : report_.ignored) ignored += count;
    const int64_t taken = report_.events + report_.repeated;
    if (report_.read != taken + ignored + in_quarantine) {
      Differ("", "",
             absl::StrCat("partition ", log_.partition, ": of ", report_.read,
                          " records read, ", taken, " are of leads, ", ignored,
                          " are ignored and ", in_quarantine,
                          " are in quarantine, which is another sum"));
    }
    for (const auto& [clock, sums] : report_.clocks) {
      if (sums.started ==
          sums.met + sums.missed + sums.stopped + sums.running) {
        continue;
      }
      Differ(
          "", "",
          absl::StrCat("partition ", log_.partition, ": the clock ", clock,
                       " started ", sums.started, " times, and met ", sums.met,
                       " + missed ", sums.missed, " + stopped ", sums.stopped,
                       " + running ", sums.running, " is another sum"));
    }
  }

  void Differ(const std::string& lead, const std::string& place,
              const std::string& what) {
    std::string text = what;
    if (!place.empty()) text = absl::StrCat(place, " ", text);
    if (!lead.empty()) text = absl::StrCat("lead ", lead, ": ", text);
    report_.differences.push_back({lead, place, std::move(text)});
  }

  KnownPolicies policies_;
  const VerifyOptions& options_;
  const PartitionLog& log_;
  VerifyReport report_;
  std::map<std::string, LeadRecords> leads_;
  std::map<std::string, std::vector<std::pair<const WrittenRecord*, int>>>
      outputs_;  // by lead
  RejectedRecords rejected_;
  std::map<std::string, std::string> ids_;  // to the place of the event
  std::map<std::string, const WrittenRecord*> remnants_;  // by key
  // By topic and offset, the code that the quarantine gives.
  std::map<std::pair<std::string, std::string>, std::string> told_;
};

}  // namespace

bool AtOrBefore(const Standpoint& a, const Standpoint& b) {
  for (size_t i = 0; i < a.next.size(); ++i) {
    if (a.next[i] > b.next[i]) return false;
  }
  return a.now <= b.now;
}

VerifyReport VerifyPartition(const PolicyBook& policies,
                             const VerifyOptions& options,
                             const PartitionLog& log) {
  return PartitionVerifier(policies, options, log).Run();
}

}  // namespace leadclock
