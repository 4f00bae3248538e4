#include "processor/verify/verify.h"

#include <google/protobuf/util/json_util.h>

#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/wire_input.h"
#include "processor/verify/fact_text.h"
#include "processor/verify/lead_verifier.h"
#include "processor/verify/quarantine_check.h"

namespace leadclock {
namespace {

std::optional<v1::SlaEvent> ReadSlaEvent(const WrittenRecord& record,
                                         WireFormat format) {
  if (!record.value) return std::nullopt;
  for (const auto& [name, value] : record.headers) {
    if (name != "content-type") continue;
    format = absl::StartsWith(value, "application/json")
                 ? WireFormat::kJson
                 : WireFormat::kProtobuf;
  }
  v1::SlaEvent event;
  const bool read =
      format == WireFormat::kProtobuf
          ? event.ParseFromString(*record.value)
          : google::protobuf::util::JsonStringToMessage(*record.value, &event)
                .ok();
  if (!read) return std::nullopt;
  return event;
}

class PartitionVerifier {
 public:
  PartitionVerifier(const Policy& policy, const VerifyOptions& options,
                    const PartitionLog& log)
      : policy_(policy), options_(options), log_(log) {}

  VerifyReport Run() {
    for (const InputRecord& record : log_.inputs) TakeInput(record);
    for (size_t i = 0; i < log_.outputs.size(); ++i) {
      for (const WrittenRecord& record : log_.outputs[i]) {
        TakeOutput(record, static_cast<int>(i));
      }
    }
    for (const WrittenRecord& record : log_.changelog) {
      leads_[record.key.value_or("")].state = &record;
    }
    for (auto& [lead, records] : leads_) {
      VerifyLead(policy_, options_, log_, lead, std::move(records), report_);
    }
    report_.repeated = taken_ - report_.events;
    CheckSums(CheckQuarantine(options_, log_, rejected_, report_));
    return std::move(report_);
  }

 private:
  // As docs/configuration.md says what becomes of a record.
  std::variant<Event, Rejection, Ignored, Heartbeat> Read(
      const InputRecord& record) const {
    auto result = ReadLeadEvent(record, options_.job.input);
    if (std::holds_alternative<Heartbeat>(result)) return result;
    if (!record.key || record.key->empty()) {
      return Rejection{"KEY", "the record has no key"};
    }
    const std::optional<int32_t> partition =
        PartitionOf(options_.partitioner, *record.key, options_.partitions);
    if (partition && *partition != log_.partition) {
      return Rejection{
          "PARTITION",
          absl::StrCat("the key belongs to partition ", *partition)};
    }
    return result;
  }

  void TakeInput(const InputRecord& record) {
    const bool judged =
        record.offset < log_.judged.next[static_cast<size_t>(record.input)];
    if (judged) ++report_.read;
    auto result = Read(record);
    if (auto* rejection = std::get_if<Rejection>(&result)) {
      if (judged) ++report_.quarantined[rejection->code];
      rejected_[{record.input, record.offset}] = {&record,
                                                  std::move(*rejection)};
    } else if (const auto* ignored = std::get_if<Ignored>(&result)) {
      if (judged) ++report_.ignored[ignored->reason];
    } else if (std::holds_alternative<Heartbeat>(result)) {
      if (judged) ++report_.ignored["HEARTBEAT"];
    } else {
      if (judged) ++taken_;
      leads_[*record.key].inputs.push_back(
          {std::get<Event>(std::move(result)), record.input, record.offset});
    }
  }

  void TakeOutput(const WrittenRecord& record, int output) {
    const std::string place =
        PlaceOf(options_.topics.outputs[static_cast<size_t>(output)],
                log_.partition, record.offset);
    const std::string key = record.key.value_or("");
    std::optional<v1::SlaEvent> event =
        ReadSlaEvent(record, options_.job.output.format);
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
    LeadRecords& lead = leads_[event->lead_id()];
    lead.outputs.push_back({*std::move(event), &record, output});
  }

  void CheckSums(int64_t in_quarantine) {
    int64_t ignored = 0;
    for (const auto& [reason, count] : report_.ignored) ignored += count;
    if (report_.read != taken_ + ignored + in_quarantine) {
      Differ("", "",
             absl::StrCat("partition ", log_.partition, ": of ", report_.read,
                          " records read, ", taken_, " are of leads, ", ignored,
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

  const Policy& policy_;
  const VerifyOptions& options_;
  const PartitionLog& log_;
  VerifyReport report_;
  std::map<std::string, LeadRecords> leads_;
  RejectedRecords rejected_;
  std::map<std::string, std::string> ids_;  // to the place of the event
  int64_t taken_ = 0;
};

}  // namespace

bool AtOrBefore(const Standpoint& a, const Standpoint& b) {
  for (size_t i = 0; i < a.next.size(); ++i) {
    if (a.next[i] > b.next[i]) return false;
  }
  return a.now <= b.now;
}

VerifyReport VerifyPartition(const Policy& policy, const VerifyOptions& options,
                             const PartitionLog& log) {
  return PartitionVerifier(policy, options, log).Run();
}

}  // namespace leadclock
