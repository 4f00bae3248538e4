#include "processor/runtime/recovery.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/offset_metadata.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);
constexpr size_t kRestoreBatch = 10'000;
constexpr size_t kCheckBatch = 5'000;
// Kafka's default, where the broker does not tell.
constexpr absl::Duration kDefaultTombstoneRetention = absl::Hours(24);

std::string Name(const TopicPartition& at) {
  return absl::StrCat(at.topic, "[", at.partition, "]");
}

absl::Status Lost(const TopicPartition& at, int64_t committed,
                  const LogBounds& bounds) {
  if (committed < bounds.start) {
    return absl::OutOfRangeError(absl::StrCat(
        Name(at), ": the records from offset ", committed, " up to ",
        bounds.start,
        " were deleted before they were read (the topic's retention). Facts "
        "that follow from them cannot be stated. To go on without them, stop "
        "all workers and set the group's offset to the earliest: "
        "kafka-consumer-groups --reset-offsets --to-earliest --topic ",
        at.topic, ":", at.partition, " --execute --group <group>"));
  }
  return absl::OutOfRangeError(absl::StrCat(
      Name(at), ": offset ", committed, " is committed, but the topic ends at ",
      bounds.end,
      ". It was probably deleted and made again. To begin at its start, stop "
      "all workers and set the group's offset to the earliest: "
      "kafka-consumer-groups --reset-offsets --to-earliest --topic ",
      at.topic, ":", at.partition, " --execute --group <group>"));
}

}  // namespace

absl::Status Recovery::Begin(Partitions& partitions) {
  std::vector<TopicPartition> inputs;
  std::vector<TopicPartition> logs;
  for (const auto& [number, partition] : partitions) {
    if (partition.phase != Partition::Phase::kAssigned) continue;
    for (const std::string& topic : options_.topics.inputs) {
      inputs.push_back({topic, number});
    }
    logs.push_back({options_.topics.changelog, number});
  }
  if (inputs.empty()) return absl::OkStatus();

  const auto committed = kafka_.Committed(inputs, kTimeout);
  if (!committed.ok()) return committed.status();
  logs.insert(logs.end(), inputs.begin(), inputs.end());
  const auto bounds = kafka_.Bounds(logs, kTimeout);
  if (!bounds.ok()) return bounds.status();
  const auto topics = kafka_.Topics({options_.topics.changelog}, kTimeout);
  if (!topics.ok()) return topics.status();
  const auto changelog = topics->find(options_.topics.changelog);
  if (changelog == topics->end()) {
    return absl::NotFoundError(absl::StrCat(
        "the topic ", options_.topics.changelog, " does not exist any more"));
  }
  changelog_id_ = changelog->second.id;
  tombstone_retention_ =
      kafka_.TombstoneRetention(options_.topics.changelog, kTimeout)
          .value_or(kDefaultTombstoneRetention);

  std::map<TopicPartition, CommittedOffset> committed_at;
  for (const CommittedOffset& offset : *committed) {
    committed_at[offset.at] = offset;
  }
  for (auto& [number, partition] : partitions) {
    if (partition.phase != Partition::Phase::kAssigned) continue;
    absl::Status status = Place(number, partition, committed_at, *bounds);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Recovery::Place(
    int32_t number, Partition& partition,
    const std::map<TopicPartition, CommittedOffset>& committed,
    const std::map<TopicPartition, LogBounds>& bounds) {
  partition.next.clear();
  partition.committed_now = absl::InfinitePast();
  std::vector<CommittedOffset> left;
  for (const std::string& topic : options_.topics.inputs) {
    const TopicPartition at = {topic, number};
    const CommittedOffset& offset = committed.at(at);
    const LogBounds& log = bounds.at(at);
    if (!offset.offset) {
      partition.next.push_back(log.start);
      continue;
    }
    left.push_back(offset);
    if (*offset.offset < log.start || *offset.offset > log.end) {
      return Lost(at, *offset.offset, log);
    }
    const auto metadata = ParseOffsetMetadata(offset.metadata);
    if (!metadata.ok()) {
      return absl::Status(
          metadata.status().code(),
          absl::StrCat(Name(at), ": ", metadata.status().message()));
    }
    if (!metadata->changelog_id.empty() && !changelog_id_.empty() &&
        metadata->changelog_id != changelog_id_) {
      return absl::FailedPreconditionError(absl::StrCat(
          options_.topics.changelog,
          " was deleted and made again: the states of all that was read up to ",
          Name(at), " offset ", *offset.offset,
          " are lost. To derive everything anew, stop all workers, set the "
          "group's offsets to the earliest (kafka-consumer-groups "
          "--reset-offsets --to-earliest --all-topics --execute --group "
          "<group>), and give the job new output topics, because what was "
          "said would be said again"));
    }
    partition.next.push_back(*offset.offset);
    partition.committed_now = std::max(partition.committed_now, metadata->now);
  }
  if (!left.empty() && left.size() != options_.topics.inputs.size()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "partition ", number,
        " has committed offsets for some of the input topics but not for all: "
        "one of them was probably deleted and made again. Set the missing ones "
        "with kafka-consumer-groups --reset-offsets"));
  }
  partition.begun = !left.empty();
  partition.touched = false;
  partition.said_next.clear();
  absl::Status placed = PlaceFold(left, partition);
  if (!placed.ok()) return placed;
  return PlaceStates(number, partition,
                     bounds.at({options_.topics.changelog, number}));
}

// What was set by hand for one of the inputs says nothing: then all keys are
// asked anew.
absl::Status Recovery::PlaceFold(const std::vector<CommittedOffset>& offsets,
                                 Partition& partition) {
  partition.left_by.reset();
  partition.sweep.reset();
  bool is_first = true;
  for (const CommittedOffset& offset : offsets) {
    const auto metadata = ParseOffsetMetadata(offset.metadata);
    if (!metadata.ok()) return metadata.status();
    std::optional<std::string> left_by;
    if (!offset.metadata.empty()) {
      const auto succession =
          agreement_.Ask(*fold_, metadata->fingerprint, offset.at);
      if (!succession.ok()) return succession.status();
      left_by = metadata->fingerprint;
    }
    if (is_first) {
      partition.left_by = left_by;
      partition.sweep = metadata->sweep;
    } else if (partition.left_by != left_by ||
               partition.sweep != metadata->sweep) {
      partition.left_by.reset();
    }
    is_first = false;
  }
  return absl::OkStatus();
}

absl::Status Recovery::PlaceStates(int32_t number, Partition& partition,
                                   const LogBounds& changelog) {
  const auto local = store_.ReadProgress(number);
  if (!local.ok()) return local.status();

  partition.changelog_id = changelog_id_;
  partition.restore_to = changelog.end;
  if (const auto why = Unusable(*local, partition, changelog)) {
    if (*local) {
      spdlog::warn("partition {}: local states are restored anew: {}", number,
                   *why);
    }
    if (absl::Status status = store_.Drop(number); !status.ok()) return status;
    partition.changelog_position = changelog.start;
  } else {
    partition.changelog_position = (*local)->changelog_position;
  }
  partition.restore_from = partition.changelog_position;
  partition.phase = Partition::Phase::kRestoring;
  if (partition.changelog_position == partition.restore_to) {
    return absl::OkStatus();
  }
  return kafka_.StartRestore(number, partition.changelog_position);
}

std::optional<std::string> Recovery::Unusable(
    const std::optional<Store::Progress>& local, const Partition& partition,
    const LogBounds& changelog) const {
  if (!local) return "there are none";
  // Then the changelog must be empty, which reading it shows.
  if (!partition.begun) return "no offsets are committed";
  if (local->changelog_id != partition.changelog_id) {
    return "the changelog was deleted and made again";
  }
  if (local->changelog_position < changelog.start) {
    return "the changelog does not go back to where they stand";
  }
  if (local->changelog_position > changelog.end) {
    return "the changelog ends before they do";
  }
  if (clock_.Wall() - local->written_at > tombstone_retention_) {
    return "they are older than the changelog's tombstones, so that erased "
           "ones would return";
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<int32_t>> Recovery::Continue(
    Partitions& partitions, absl::Duration timeout) {
  const auto records = kafka_.PollRestore(timeout, kRestoreBatch);
  if (!records.ok()) return records.status();
  absl::Status status = Restore(*records, partitions);
  if (!status.ok()) return status;

  std::vector<int32_t> done;
  for (auto& [number, partition] : partitions) {
    if (partition.phase != Partition::Phase::kRestoring) continue;
    const int64_t position =
        std::max(partition.changelog_position, kafka_.RestorePosition(number));
    metrics_.SetRestored(
        number,
        std::min(position, partition.restore_to) - partition.restore_from,
        partition.restore_to - partition.restore_from, clock_.Boot());
    partition.changelog_position = position;
    if (position < partition.restore_to) continue;
    const absl::StatusOr<bool> may = MaySucceed(number, partition);
    if (!may.ok()) return may.status();
    if (!*may) continue;
    status = Finish(number, partition);
    if (!status.ok()) return status;
    done.push_back(number);
  }
  return done;
}

absl::StatusOr<bool> Recovery::HasBegun(int32_t number) {
  std::vector<TopicPartition> inputs;
  for (const std::string& topic : options_.topics.inputs) {
    inputs.push_back({topic, number});
  }
  const auto committed = kafka_.Committed(inputs, kTimeout);
  if (!committed.ok()) return committed.status();
  return std::any_of(
      committed->begin(), committed->end(),
      [](const CommittedOffset& offset) { return offset.offset.has_value(); });
}

absl::Status Recovery::Restore(const std::vector<ChangelogRecord>& records,
                               Partitions& partitions) {
  // The last value of each key.
  std::map<int32_t, std::map<std::string_view, const ChangelogRecord*>> last;
  for (const ChangelogRecord& record : records) {
    const auto partition = partitions.find(record.partition);
    if (partition == partitions.end() ||
        partition->second.phase != Partition::Phase::kRestoring) {
      continue;
    }
    if (!partition->second.begun) {
      // Whoever took the partition over meanwhile may have begun.
      const auto begun = HasBegun(record.partition);
      if (kafka_error::IsUnavailable(begun.status()) ||
          (begun.ok() && *begun)) {
        Stop(record.partition, partition->second);
        continue;
      }
      if (!begun.ok()) return begun.status();
      return absl::FailedPreconditionError(absl::StrCat(
          "partition ", record.partition, " has no committed offsets, but ",
          options_.topics.changelog,
          " has states of it: the offsets expired, or the consumer group's "
          "name was changed. Restore the offsets with kafka-consumer-groups "
          "--reset-offsets, or name the former group; to begin from nothing, "
          "give the job new topics"));
    }
    last[record.partition][record.key] = &record;
  }

  for (const auto& [number, of_partition] : last) {
    std::vector<std::string_view> keys;
    for (const auto& [key, record] : of_partition) keys.push_back(key);
    const auto stored = store_.Get(number, keys);
    if (!stored.ok()) return stored.status();

    std::vector<Fold::Restored> restored(keys.size());
    std::vector<Store::Change> changes;
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto& value = of_partition.at(keys[i])->value;
      Store::Change change;
      change.partition = number;
      change.key = keys[i];
      if ((*stored)[i]) change.old_due = (*stored)[i]->due;
      if (value) {
        auto state = fold_->Restore(keys[i], *value);
        if (!state.ok()) {
          return absl::Status(
              state.status().code(),
              absl::StrCat(options_.topics.changelog, "[", number, "], key \"",
                           std::string(keys[i]),
                           "\": ", state.status().message()));
        }
        restored[i] = *std::move(state);
        change.state = restored[i].state;
        change.due = restored[i].next_instant;
      }
      changes.push_back(change);
    }
    absl::Status status = store_.Write(changes, {});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Recovery::MaySucceed(int32_t number,
                                          Partition& partition) {
  bool check_states = partition.begun;
  if (partition.left_by) {
    const auto succession = agreement_.Ask(
        *fold_, *partition.left_by, {options_.topics.inputs.front(), number});
    if (kafka_error::IsUnavailable(succession.status())) return false;
    if (!succession.ok()) return succession.status();
    check_states = succession->check_states;
  }
  if (!check_states) return true;
  return CheckStates(number, partition);
}

absl::StatusOr<bool> Recovery::CheckStates(int32_t number,
                                           Partition& partition) {
  if (!partition.walk) partition.walk = store_.WalkBehind(number, "");
  const auto keys = partition.walk->Next(kCheckBatch);
  if (!keys.ok()) return keys.status();
  const auto states = store_.Get(
      number, std::vector<std::string_view>(keys->begin(), keys->end()));
  if (!states.ok()) return states.status();
  for (size_t i = 0; i < keys->size(); ++i) {
    const auto& state = (*states)[i];
    if (!state) continue;
    const absl::Status checked = fold_->CheckState((*keys)[i], state->state);
    if (checked.ok()) continue;
    return absl::Status(
        checked.code(),
        absl::StrCat(Name({options_.topics.changelog, number}), ", key \"",
                     (*keys)[i], "\": ", checked.message()));
  }
  return keys->empty();
}

absl::Status Recovery::Finish(int32_t number, Partition& partition) {
  kafka_.StopRestore(number);
  partition.walk.reset();
  if (!partition.begun) {
    partition.sweep.reset();
  } else if (partition.left_by != fold_->Fingerprint()) {
    partition.sweep = "";
  }
  Store::Progress progress = {
      .offsets = partition.next,
      .now = partition.committed_now,
      .changelog_position = partition.changelog_position,
      .changelog_id = partition.changelog_id,
      .written_at = clock_.Wall()};
  const absl::Status status = store_.Write({}, {{number, progress}});
  if (status.ok()) partition.phase = Partition::Phase::kRunning;
  return status;
}

void Recovery::Stop(int32_t number, Partition& partition) {
  if (partition.phase == Partition::Phase::kRestoring) {
    kafka_.StopRestore(number);
  }
  partition = Partition();
}

}  // namespace leadclock
