#include "app/verify/snapshot.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/job/policy_fingerprint.h"
#include "processor/runtime/offset_metadata.h"

namespace leadclock {
namespace {

std::vector<TopicPartition> On(int32_t partition,
                               const std::vector<std::string>& topics) {
  std::vector<TopicPartition> places;
  for (const std::string& topic : topics) places.push_back({topic, partition});
  return places;
}

constexpr absl::Duration kLookAgain = absl::Milliseconds(200);

// Not a standpoint yet: states are still being asked by new rules.
constexpr char kSwept[] = "a new version of the policy is taken to its leads";

absl::StatusOr<Standpoint> StandpointOf(
    const std::vector<CommittedOffset>& offsets, const Fold& job) {
  Standpoint standpoint;
  for (const CommittedOffset& offset : offsets) {
    standpoint.next.push_back(offset.offset.value_or(0));
    if (!offset.offset || offset.metadata.empty()) continue;
    const std::string place =
        absl::StrCat(offset.at.topic, "[", offset.at.partition, "]");
    const auto metadata = ParseOffsetMetadata(offset.metadata);
    if (!metadata.ok()) return metadata.status();
    const auto follows = job.Succeed(metadata->fingerprint);
    if (!follows.ok()) {
      return absl::Status(follows.status().code(),
                          absl::StrCat(place,
                                       ": verify with the policy that "
                                       "was in force: ",
                                       follows.status().message()));
    }
    if (metadata->sweep) {
      return absl::UnavailableError(absl::StrCat(place, ": ", kSwept));
    }
    const auto known = ParseFingerprint(metadata->fingerprint);
    if (!known.ok()) return known.status();
    standpoint.policy_version = known->versions.rbegin()->first;
    standpoint.now = std::max(standpoint.now, metadata->now);
  }
  return standpoint;
}

class Snapshot {
 public:
  Snapshot(LogReader& reader, const JobTopics& topics, const Fold& job,
           int32_t partition, absl::Duration patience)
      : reader_(reader),
        topics_(topics),
        job_(job),
        partition_(partition),
        patience_(patience) {}

  // The order of the steps is what makes it right: what follows from `judged`
  // is below the ends of the outputs, and all that is below them follows from
  // `committed`.
  absl::StatusOr<PartitionLog> Take() {
    log_.partition = partition_;
    log_.outputs.resize(topics_.outputs.size());
    absl::Status status = Commit(log_.judged);
    if (status.ok()) status = ReadOutputs();
    if (status.ok()) status = Commit(log_.committed);
    if (status.ok()) status = ReadInputs();
    if (!status.ok()) return status;
    return std::move(log_);
  }

 private:
  absl::Status Commit(Standpoint& standpoint) {
    const absl::Time give_up = absl::Now() + patience_;
    while (true) {
      const auto committed =
          reader_.Committed(On(partition_, topics_.inputs), patience_);
      if (!committed.ok()) return committed.status();
      auto read = StandpointOf(*committed, job_);
      if (read.ok()) {
        standpoint = *std::move(read);
        return absl::OkStatus();
      }
      if (!absl::IsUnavailable(read.status()) || absl::Now() > give_up) {
        return read.status();
      }
      absl::SleepFor(kLookAgain);
    }
  }

  absl::Status ReadOutputs() {
    std::vector<std::string> all = topics_.outputs;
    all.push_back(topics_.changelog);
    all.push_back(topics_.quarantine);
    const auto bounds = reader_.Bounds(On(partition_, all), patience_);
    if (!bounds.ok()) return bounds.status();
    std::map<TopicPartition, int64_t> ends;
    for (const auto& [at, of_log] : *bounds) {
      if (absl::Status status = CheckWhole(at, of_log.start); !status.ok()) {
        return status;
      }
      ends[at] = of_log.end;
    }
    auto records = reader_.Read(ends, patience_);
    if (!records.ok()) return records.status();
    for (LogRecord& record : *records) {
      TopicOf(record.at.topic)
          .push_back({.offset = record.offset,
                      .key = std::move(record.key),
                      .value = std::move(record.value),
                      .headers = std::move(record.headers)});
    }
    return absl::OkStatus();
  }

  absl::Status ReadInputs() {
    const auto bounds =
        reader_.Bounds(On(partition_, topics_.inputs), patience_);
    if (!bounds.ok()) return bounds.status();
    std::map<TopicPartition, int64_t> ends;
    for (size_t input = 0; input < topics_.inputs.size(); ++input) {
      const TopicPartition at = {topics_.inputs[input], partition_};
      const absl::Status status = CheckWhole(at, bounds->at(at).start);
      if (!status.ok()) return status;
      ends[at] = log_.committed.next[input];
    }
    auto records = reader_.Read(ends, patience_);
    if (!records.ok()) return records.status();
    for (LogRecord& record : *records) {
      const auto input = std::find(topics_.inputs.begin(), topics_.inputs.end(),
                                   record.at.topic);
      log_.inputs.push_back(
          {.input = static_cast<int>(input - topics_.inputs.begin()),
           .partition = partition_,
           .offset = record.offset,
           .timestamp = record.timestamp,
           .read_at = absl::InfinitePast(),
           .key = std::move(record.key),
           .value = std::move(record.value),
           .headers = std::move(record.headers)});
    }
    return absl::OkStatus();
  }

  static absl::Status CheckWhole(const TopicPartition& at, int64_t start) {
    if (start == 0) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        at.topic, "[", at.partition, "] begins at offset ", start,
        ": what stood before is deleted (retention), and nothing can be "
        "computed once more without it"));
  }

  std::vector<WrittenRecord>& TopicOf(const std::string& topic) {
    if (topic == topics_.changelog) return log_.changelog;
    if (topic == topics_.quarantine) return log_.quarantine;
    const auto output =
        std::find(topics_.outputs.begin(), topics_.outputs.end(), topic);
    return log_.outputs[static_cast<size_t>(output - topics_.outputs.begin())];
  }

  LogReader& reader_;
  const JobTopics& topics_;
  const Fold& job_;
  const int32_t partition_;
  const absl::Duration patience_;
  PartitionLog log_;
};

}  // namespace

absl::StatusOr<PartitionLog> TakeSnapshot(LogReader& reader,
                                          const JobTopics& topics,
                                          const Fold& job, int32_t partition,
                                          absl::Duration patience) {
  return Snapshot(reader, topics, job, partition, patience).Take();
}

}  // namespace leadclock
