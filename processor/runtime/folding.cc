#include "processor/runtime/folding.h"

#include <algorithm>
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
  std::map<std::string_view, Records> by_key;
  for (const InputRecord& record : records) {
    ++overlay_.tally.read;
    Decoded made = fold_.Decode(record);
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
      Records& of_key = by_key[*record.key];
      of_key.read.push_back(&record);
      of_key.decoded.push_back(decoded.back().get());
    }
  }

  std::vector<std::string_view> keys;
  keys.reserve(by_key.size());
  for (const auto& [key, of_key] : by_key) keys.push_back(key);
  absl::Status status = Load(moment.partition, keys);
  for (const auto& [key, of_key] : by_key) {
    if (!status.ok()) return status;
    status = Apply(key, of_key, moment);
  }
  return status;
}

absl::Status Folding::FireTimers(const Moment& moment) {
  const absl::StatusOr<std::vector<std::string>> due =
      store_.Due(moment.partition, moment.now, options_.batch_timers);
  if (!due.ok()) return due.status();

  // A state in the overlay has a timer of its own; the store learns it with
  // the commit.
  const Overlay::OfPartition& overlaid = overlay_.partitions[moment.partition];
  std::vector<std::string_view> keys;
  for (const std::string& key : *due) {
    if (!overlaid.states.contains(key)) keys.push_back(key);
  }
  absl::Status status = Load(moment.partition, keys);
  for (const std::string_view key : keys) {
    if (!status.ok()) return status;
    ++overlay_.tally.timers_fired;
    status = Apply(key, {}, moment);
  }
  return status;
}

// Of a key without a state, also the remnant.
absl::Status Folding::Load(int32_t partition,
                           std::span<const std::string_view> keys) {
  absl::Status status = LoadStates(partition, keys);
  if (!status.ok()) return status;
  const auto& states = overlay_.partitions[partition].states;
  std::vector<std::string> remnants;
  for (const std::string_view key : keys) {
    if (states.find(key)->second.state.empty()) {
      remnants.push_back(RemnantKey(key));
    }
  }
  if (remnants.empty()) return status;
  return LoadStates(partition, std::vector<std::string_view>(remnants.begin(),
                                                             remnants.end()));
}

absl::Status Folding::LoadStates(int32_t partition,
                                 std::span<const std::string_view> keys) {
  auto& states = overlay_.partitions[partition].states;
  std::vector<std::string_view> missing;
  for (const std::string_view key : keys) {
    if (!states.contains(key)) missing.push_back(key);
  }
  absl::StatusOr<std::vector<std::optional<Store::Entry>>> stored =
      store_.Get(partition, missing);
  if (!stored.ok()) return stored.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    Overlay::State state;
    if ((*stored)[i]) {
      state.state = std::move((*stored)[i]->state);
      state.due = (*stored)[i]->due;
      state.stored_due = state.due;
    }
    states.emplace(missing[i], std::move(state));
  }
  return absl::OkStatus();
}

absl::Status Folding::Apply(std::string_view key, const Records& records,
                            const Moment& moment) {
  const auto& states = overlay_.partitions[moment.partition].states;
  const std::string* state = &states.find(key)->second.state;
  if (state->empty()) state = &states.find(RemnantKey(key))->second.state;
  const bool is_remnant =
      !state->empty() && state != &states.find(key)->second.state;
  absl::StatusOr<StateChange> change =
      fold_.Apply(key, *state, records.decoded, moment);
  if (!change.ok()) return About(change.status(), moment.partition, key);
  if (change->next_instant <= moment.now) {
    return About(
        absl::InternalError(absl::StrCat("the fold wants to be asked again at ",
                                         absl::FormatTime(change->next_instant),
                                         ", which is not after now, ",
                                         absl::FormatTime(moment.now))),
        moment.partition, key);
  }
  if (is_remnant) {
    // Nothing changes it but time.
    change->state.clear();
    change->next_instant = absl::InfiniteFuture();
  }
  Take(key, *std::move(change), records, moment);
  return absl::OkStatus();
}

void Folding::Take(std::string_view key, StateChange change,
                   const Records& records, const Moment& moment) {
  Overlay::OfPartition& partition = overlay_.partitions[moment.partition];
  Overlay::State& state = partition.states.find(key)->second;
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
    Overlay::State& remnant = partition.states[RemnantKey(key)];
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
    Quarantine(*records.read[index], rejection);
  }
  for (const std::string& reason : change.ignored) {
    ++overlay_.tally.ignored[reason];
  }
  overlay_.tally.folded += static_cast<int64_t>(records.decoded.size()) -
                           static_cast<int64_t>(change.ignored.size()) -
                           static_cast<int64_t>(change.rejected.size());
}

}  // namespace leadclock
