#include "app/lead/collect.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/job/lead_job.h"

namespace leadclock {
namespace {

class Collector {
 public:
  Collector(LogReader& reader, const Settings& settings,
            absl::Duration patience)
      : reader_(reader),
        job_(LeadJobOptionsOf(settings)),
        topics_(WorkerOptionsOf(settings).loop.topics),
        partitioner_(settings.partitioner),
        patience_(patience) {}

  absl::StatusOr<LeadFile> Collect(const std::string& lead) {
    file_.lead_id = lead;
    file_.is_said_known = true;
    const auto places = PlacesOf(lead);
    if (!places.ok()) return places.status();
    const auto bounds = reader_.Bounds(*places, patience_);
    if (!bounds.ok()) return bounds.status();
    std::map<TopicPartition, int64_t> ends;
    for (const auto& [at, of_log] : *bounds) {
      ends[at] = of_log.end;
      if (of_log.start > 0) lost_.push_back(at);
    }
    auto records = reader_.Read(ends, patience_, lead);
    if (!records.ok()) return records.status();
    for (LogRecord& record : *records) Take(std::move(record));
    if (absl::Status status = AddQuarantined(); !status.ok()) return status;
    if (state_) {
      if (absl::Status status = AddState(); !status.ok()) return status;
    }
    NoteGaps();
    return std::move(file_);
  }

 private:
  static bool IsIn(const std::vector<std::string>& topics,
                   const std::string& topic) {
    return std::find(topics.begin(), topics.end(), topic) != topics.end();
  }

  // Where records of the lead may stand.
  absl::StatusOr<std::vector<TopicPartition>> PlacesOf(
      const std::string& lead) {
    std::vector<std::string> topics = topics_.inputs;
    topics.insert(topics.end(), topics_.outputs.begin(), topics_.outputs.end());
    topics.push_back(topics_.changelog);
    return PartitionsOf(topics, lead);
  }

  // All of them, or those of a key.
  absl::StatusOr<std::vector<TopicPartition>> PartitionsOf(
      const std::vector<std::string>& topics,
      const std::optional<std::string>& key) {
    const auto facts = reader_.Topics(topics, patience_);
    if (!facts.ok()) return facts.status();
    std::vector<TopicPartition> places;
    for (const std::string& topic : topics) {
      const auto fact = facts->find(topic);
      if (fact == facts->end()) {
        return absl::NotFoundError(absl::StrCat(
            "the topic ", topic,
            " does not exist; `leadclock topics` says which there must be"));
      }
      const int32_t count = fact->second.partitions;
      const auto number =
          key ? PartitionOf(partitioner_, *key, count) : std::nullopt;
      for (int32_t n = 0; n < count; ++n) {
        if (!number || n == *number) places.push_back({topic, n});
      }
    }
    return places;
  }

  // What retention has deleted matters if it may have been of this lead.
  void NoteGaps() {
    const bool is_put_away = std::any_of(
        file_.said.begin(), file_.said.end(),
        [](const auto& said) { return said.kind() == v1::SlaEvent::RETIRED; });
    const bool lacks_events = !state_ && (is_put_away || !IsCreated());
    bool may_lack_words = false;
    for (const TopicPartition& at : lost_) {
      if (IsIn(topics_.outputs, at.topic)) {
        // The state alone knows how much there was, or the last word.
        file_.last_said = last_said_;
        may_lack_words |= !state_ && !is_put_away && IsCreated();
      }
      if (!IsIn(topics_.inputs, at.topic) ||
          !(lacks_events || is_from_state_)) {
        continue;
      }
      file_.gaps.push_back(absl::StrCat(
          at.topic, "[", at.partition,
          "] has lost its beginning by retention; ",
          lacks_events
              ? absl::StrCat(topics_.changelog, " has nothing of it either")
              : absl::StrCat("what is missing is taken from ",
                             topics_.changelog,
                             ", which does not say when it was logged")));
    }
    if (may_lack_words) {
      file_.gaps.push_back(absl::StrCat(
          "output topics have lost their beginning by retention, and ",
          topics_.changelog, " does not say how much was said of it"));
    }
  }

  bool IsCreated() const {
    return std::any_of(
        file_.events.begin(), file_.events.end(), [](const auto& each) {
          return std::holds_alternative<LeadCreated>(each.event.body);
        });
  }

  // What was refused: also what did not stand where records of the lead do,
  // under another key, or in a wrong partition.
  absl::Status AddQuarantined() {
    const auto places = PartitionsOf({topics_.quarantine}, std::nullopt);
    if (!places.ok()) return places.status();
    const auto bounds = reader_.Bounds(*places, patience_);
    if (!bounds.ok()) return bounds.status();
    std::map<TopicPartition, int64_t> ends;
    for (const auto& [at, of_log] : *bounds) ends[at] = of_log.end;
    const auto records = reader_.Read(ends, patience_);
    if (!records.ok()) return records.status();
    for (const LogRecord& record : *records) {
      const InputRecord refused = {.input = 0,
                                   .partition = record.at.partition,
                                   .offset = record.offset,
                                   .timestamp = record.timestamp,
                                   .read_at = absl::InfiniteFuture(),
                                   .key = record.key,
                                   .value = record.value,
                                   .headers = record.headers};
      AddRefused(refused, job_.input, file_, OriginOf(record.headers));
    }
    return absl::OkStatus();
  }

  // Where a record in quarantine came from.
  static std::string OriginOf(const std::vector<Header>& headers) {
    const auto last = [&](const std::string& name) {
      std::string value;
      for (const auto& [each, text] : headers) {
        if (each == name) value = text;
      }
      return value;
    };
    return PlaceOf(last("__connect.errors.topic"),
                   last("__connect.errors.partition"),
                   last("__connect.errors.offset"));
  }

  static std::string PlaceOf(const std::string& topic,
                             const std::string& partition,
                             const std::string& offset) {
    return absl::StrCat(topic, "[", partition, "]@", offset);
  }

  void Take(LogRecord record) {
    if (record.at.topic == topics_.changelog) {
      state_ = std::move(record.value);
    } else if (IsIn(topics_.inputs, record.at.topic)) {
      const std::string place =
          PlaceOf(record.at.topic, absl::StrCat(record.at.partition),
                  absl::StrCat(record.offset));
      const auto input = std::find(topics_.inputs.begin(), topics_.inputs.end(),
                                   record.at.topic);
      AddInput({.input = static_cast<int>(input - topics_.inputs.begin()),
                .partition = record.at.partition,
                .offset = record.offset,
                .timestamp = record.timestamp,
                .read_at = absl::InfiniteFuture(),
                .key = std::move(record.key),
                .value = std::move(record.value),
                .headers = std::move(record.headers)},
               job_.input, file_, place);
    } else if (record.value) {
      AddOutput(*record.value, record.headers, job_.output.format, file_);
    }
  }

  // Events that only the lead's state still has.
  absl::Status AddState() {
    v1::LeadState value;
    if (!value.ParseFromString(*state_)) {
      return absl::DataLossError(
          absl::StrCat("the value of the lead on ", topics_.changelog,
                       " is not a message leadclock.v1.LeadState"));
    }
    absl::StatusOr<Lead> lead = ReadStoredLead(value.internal());
    if (!lead.ok()) return lead.status();
    last_said_ = value.status().lead_seq();
    std::set<EventRef> known;
    for (const LeadFile::Read& read : file_.events) {
      known.insert(read.event.ref);
    }
    for (Event& event : lead->history) {
      if (known.contains(event.ref)) continue;
      file_.events.push_back({.event = std::move(event), .logged_at = {}});
      is_from_state_ = true;
    }
    if (lead->collapsed) {
      file_.gaps.push_back(absl::StrCat(
          "its history up to ",
          absl::FormatTime(lead->collapsed->up_to, absl::UTCTimeZone()),
          " grew beyond limits.lead_bytes, and ", topics_.changelog,
          " has it no longer"));
    }
    return absl::OkStatus();
  }

  LogReader& reader_;
  const LeadJobOptions job_;
  const JobTopics topics_;
  const Partitioner partitioner_;
  const absl::Duration patience_;
  LeadFile file_;
  std::vector<TopicPartition> lost_;  // logs without their beginning
  std::optional<std::string> state_;
  bool is_from_state_ = false;  // an event is
  int64_t last_said_ = 0;
};

}  // namespace

absl::StatusOr<LeadFile> CollectLead(LogReader& reader,
                                     const Settings& settings,
                                     const std::string& lead,
                                     absl::Duration patience) {
  return Collector(reader, settings, patience).Collect(lead);
}

}  // namespace leadclock
