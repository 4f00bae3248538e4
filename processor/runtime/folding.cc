#include "processor/runtime/folding.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/runtime/partitioner.h"
#include "processor/runtime/quarantine.h"
#include "processor/runtime/remnant.h"

namespace leadclock {
namespace {

// What a record costs beside its bytes, about.
constexpr size_t kOverheadBytes = 64;

absl::Status About(const absl::Status& status, int32_t partition,
                   std::string_view key) {
  return absl::Status(
      status.code(),
      absl::StrCat("state of key \"", std::string(key), "\" in partition ",
                   partition, ": ", status.message()));
}

}  // namespace

std::optional<Rejection> Folding::CheckKey(const InputRecord& record) const {
  if (!record.key || record.key->empty()) {
    return Rejection{"KEY", "the record has no key; it must be the lead's id"};
  }
  if (absl::StartsWith(*record.key, absl::string_view(kRemnantPrefix.data(),
                                                      kRemnantPrefix.size()))) {
    return Rejection{"KEY", absl::StrCat("the key begins with \"",
                                         std::string(kRemnantPrefix),
                                         "\", which is kept for what was "
                                         "forgotten")};
  }
  const std::optional<int32_t> expected =
      PartitionOf(options_.partitioner, *record.key, partitions_);
  if (expected && *expected != record.partition) {
    return Rejection{
        "PARTITION",
        absl::StrCat("the key belongs to partition ", *expected, ", not to ",
                     record.partition,
                     ": its producer uses another partitioner than the "
                     "configuration says")};
  }
  return std::nullopt;
}

void Folding::Quarantine(const InputRecord& record, const Rejection& why) {
  const std::string& from =
      options_.topics.inputs[static_cast<size_t>(record.input)];
  overlay_.records.push_back(QuarantineRecord(options_.topics.quarantine, from,
                                              record, why,
                                              options_.quarantine_bytes));
  overlay_.bytes +=
      kOverheadBytes + (record.value ? record.value->size() : size_t{0});
  ++overlay_.tally.quarantined[why.code];
}

absl::Status Folding::FoldRecords(std::span<const InputRecord> records,
                                  const Moment& moment) {
  std::vector<std::unique_ptr<const DecodedRecord>> decoded;
  std::vector<Work> works;
  std::unordered_map<std::string_view, size_t> places;  // in `works`
  for (const InputRecord& record : records) {
    ++overlay_.tally.read;
    Decoded made = fold_->Decode(record);
    if (auto* heartbeat = std::get_if<Heartbeat>(&made)) {
      beats_.push_back({record.input, record.partition, std::move(*heartbeat)});
      ++overlay_.tally.ignored["HEARTBEAT"];
      continue;
    }
    if (const auto rejection = CheckKey(record)) {
      Quarantine(record, *rejection);
    } else if (const auto* undecoded = std::get_if<Rejection>(&made)) {
      Quarantine(record, *undecoded);
    } else if (const auto* ignored = std::get_if<Ignored>(&made)) {
      ++overlay_.tally.ignored[ignored->reason];
    } else {
      decoded.push_back(
          std::get<std::unique_ptr<const DecodedRecord>>(std::move(made)));
      const auto [place, is_new] = places.emplace(*record.key, works.size());
      if (is_new) works.push_back({.key = *record.key});
      Work& work = works[place->second];
      work.read.push_back(&record);
      work.decoded.push_back(decoded.back().get());
    }
  }
  return DoAll(works, moment);
}

absl::Status Folding::FireTimers(const Moment& moment) {
  Overlay::OfPartition& overlaid = overlay_.partitions[moment.partition];
  if (overlaid.timers_fired) return absl::OkStatus();
  const absl::StatusOr<std::vector<std::string>> due =
      store_.Due(moment.partition, moment.now, RoomForTimers());
  if (!due.ok()) return due.status();

  // A state in the overlay has a timer of its own; the store learns it with
  // the commit.
  std::vector<Work> works;
  for (const std::string& key : *due) {
    if (!overlaid.states.contains(key)) works.push_back({.key = key});
  }
  overlaid.timers_fired = !works.empty();
  overlay_.tally.timers_fired += static_cast<int64_t>(works.size());
  return DoAll(works, moment);
}

absl::Status Folding::Ask(std::span<const std::string> keys,
                          const Moment& moment) {
  const auto states =
      LoadStates(moment.partition,
                 std::vector<std::string_view>(keys.begin(), keys.end()));
  if (!states.ok()) return states.status();
  overlay_.tally.swept += static_cast<int64_t>(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    Overlay::State* const state = (*states)[i];
    // It was removed since it was met.
    if (state->state.empty()) continue;
    absl::Status status = Do({.key = keys[i], .state = state}, moment);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Folding::DoAll(std::vector<Work>& works, const Moment& moment) {
  absl::Status status = Load(moment.partition, works);
  for (const Work& work : works) {
    if (!status.ok()) return status;
    status = Do(work, moment);
  }
  return status;
}

// Of a key without a state, also the remnant.
absl::Status Folding::Load(int32_t partition, std::vector<Work>& works) {
  std::vector<std::string_view> keys;
  keys.reserve(works.size());
  for (const Work& work : works) keys.push_back(work.key);
  const auto states = LoadStates(partition, keys);
  if (!states.ok()) return states.status();

  std::vector<std::string> forgotten;
  std::vector<Work*> unknown;
  for (size_t i = 0; i < works.size(); ++i) {
    works[i].state = (*states)[i];
    if (!works[i].state->state.empty()) continue;
    forgotten.push_back(RemnantKey(works[i].key));
    unknown.push_back(&works[i]);
  }
  if (unknown.empty()) return absl::OkStatus();
  const auto remnants = LoadStates(
      partition,
      std::vector<std::string_view>(forgotten.begin(), forgotten.end()));
  if (!remnants.ok()) return remnants.status();
  for (size_t i = 0; i < unknown.size(); ++i) {
    unknown[i]->remnant = (*remnants)[i];
  }
  return absl::OkStatus();
}

// What the overlay has of each key, which it takes from the store if need be.
absl::StatusOr<std::vector<Overlay::State*>> Folding::LoadStates(
    int32_t partition, std::span<const std::string_view> keys) {
  auto& overlaid = overlay_.partitions[partition].states;
  std::vector<Overlay::State*> states;
  std::vector<size_t> missing;
  std::vector<std::string_view> missing_keys;
  states.reserve(keys.size());
  for (const std::string_view key : keys) {
    const auto known = overlaid.find(key);
    states.push_back(known == overlaid.end() ? nullptr : &known->second);
    if (known != overlaid.end()) continue;
    missing.push_back(states.size() - 1);
    missing_keys.push_back(key);
  }
  absl::StatusOr<std::vector<std::optional<Store::Entry>>> stored =
      store_.Get(partition, missing_keys);
  if (!stored.ok()) return stored.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    Overlay::State state;
    if ((*stored)[i]) {
      state.state = std::move((*stored)[i]->state);
      state.due = (*stored)[i]->due;
      state.stored_due = state.due;
    }
    states[missing[i]] =
        &overlaid.emplace(missing_keys[i], std::move(state)).first->second;
  }
  return states;
}

absl::Status Folding::Do(const Work& work, const Moment& moment) {
  const bool is_remnant =
      work.remnant != nullptr && !work.remnant->state.empty();
  const std::string& state = (is_remnant ? work.remnant : work.state)->state;
  absl::StatusOr<StateChange> change =
      fold_->Apply(work.key, state, work.decoded, moment);
  if (!change.ok()) {
    return About(change.status(), moment.partition, work.key);
  }
  if (change->next_instant <= moment.now) {
    return About(
        absl::InternalError(absl::StrCat("the fold wants to be asked again at ",
                                         absl::FormatTime(change->next_instant),
                                         ", which is not after now, ",
                                         absl::FormatTime(moment.now))),
        moment.partition, work.key);
  }
  if (is_remnant) {
    // Nothing changes it but time.
    change->state.clear();
    change->next_instant = absl::InfiniteFuture();
  }
  Take(work, *std::move(change), moment);
  return absl::OkStatus();
}

void Folding::Take(const Work& work, StateChange change, const Moment& moment) {
  Overlay::OfPartition& partition = overlay_.partitions[moment.partition];
  Overlay::State& state = *work.state;
  if (change.changelog_value ||
      (change.state.empty() && !state.state.empty())) {
    state.publish = true;
    state.changelog_value = std::move(change.changelog_value);
    if (change.state.empty()) state.changelog_value.reset();
  }
  state.changed |=
      state.state != change.state || state.due != change.next_instant;
  state.state = std::move(change.state);
  state.due = change.next_instant;
  partition.next_due = std::min(partition.next_due, state.due);
  overlay_.bytes += kOverheadBytes + 2 * state.state.size();

  if (change.remnant) {
    Overlay::State& remnant = partition.states[RemnantKey(work.key)];
    remnant.state = std::move(change.remnant->state);
    remnant.due = change.remnant->next_instant;
    remnant.changed = true;
    remnant.publish = true;
    remnant.changelog_value = std::move(change.remnant->changelog_value);
    partition.next_due = std::min(partition.next_due, remnant.due);
  }
  for (OutputRecord& output : change.outputs) {
    const std::string& topic =
        options_.topics.outputs[static_cast<size_t>(output.output)];
    overlay_.bytes += kOverheadBytes + output.value.size();
    ++overlay_.tally.outputs[topic];
    overlay_.records.push_back({.to = {topic, moment.partition},
                                .key = std::move(output.key),
                                .value = std::move(output.value),
                                .headers = std::move(output.headers)});
  }
  for (const auto& [index, rejection] : change.rejected) {
    Quarantine(*work.read[index], rejection);
  }
  for (const std::string& reason : change.ignored) {
    ++overlay_.tally.ignored[reason];
  }
  overlay_.tally.folded += static_cast<int64_t>(work.decoded.size()) -
                           static_cast<int64_t>(change.ignored.size()) -
                           static_cast<int64_t>(change.rejected.size());
}

}  // namespace leadclock
