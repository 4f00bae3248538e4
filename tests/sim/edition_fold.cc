// state   := 'L' edition:u8 value_size:u32 value jobs_state    of a lead
//          | 'R' jobs_state                                    of a remnant
// `value` is the last one of the changelog as the job made it, which it needs
// once more when it is asked under another edition. On the changelog the
// edition stands behind it, as a field that its message does not know.

#include "tests/sim/edition_fold.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "processor/runtime/remnant.h"

namespace leadclock::sim {
namespace {

constexpr char kLead = 'L';
constexpr char kRemnant = 'R';
constexpr size_t kSizeBytes = 4;
constexpr size_t kValueAt = 2 + kSizeBytes;
constexpr char kHeader[] = "sim.edition";
constexpr std::string_view kEdition = " edition ";
// Field 1000, a varint; an edition has one byte.
constexpr std::string_view kField = "\xC0\x3E";

struct Parts {
  int edition = 0;
  std::string_view value;
  std::string_view jobs_state;
};

std::string Join(const Parts& parts) {
  std::string state = {kLead, static_cast<char>(parts.edition)};
  for (size_t shift = kSizeBytes * 8; shift > 0; shift -= 8) {
    state.push_back(static_cast<char>(parts.value.size() >> (shift - 8)));
  }
  state.append(parts.value);
  state.append(parts.jobs_state);
  return state;
}

Parts Split(std::string_view state) {
  size_t size = 0;
  for (const char byte : state.substr(2, kSizeBytes)) {
    size = size << 8 | static_cast<unsigned char>(byte);
  }
  return {.edition = state[1],
          .value = state.substr(kValueAt, size),
          .jobs_state = state.substr(kValueAt + size)};
}

std::string WithEdition(std::string_view value, int edition) {
  std::string with(value);
  with.append(kField);
  with.push_back(static_cast<char>(edition));
  return with;
}

std::string OfRemnant(std::string_view jobs_state) {
  return std::string(1, kRemnant).append(jobs_state);
}

bool IsRemnant(std::string_view state) { return state.starts_with(kRemnant); }

}  // namespace

std::string EditionFold::FingerprintOf(const Fold& job, int edition) {
  return absl::StrCat(job.Fingerprint(), std::string(kEdition), edition);
}

std::string EditionFold::Fingerprint() const {
  return FingerprintOf(*job_, edition_);
}

absl::StatusOr<Fold::Succession> EditionFold::Succeed(
    std::string_view fingerprint) const {
  const size_t end = fingerprint.rfind(kEdition);
  int edition = 0;
  if (end == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(fingerprint.substr(end + kEdition.size())),
                        &edition)) {
    return absl::InternalError("it is no fingerprint of an edition");
  }
  if (edition > edition_) {
    return absl::FailedPreconditionError(
        absl::StrCat("edition ", edition, " is not followed by ", edition_));
  }
  auto succession = job_->Succeed(fingerprint.substr(0, end));
  if (succession.ok()) succession->check_states |= edition != edition_;
  return succession;
}

absl::Status EditionFold::CheckState(std::string_view key,
                                     std::string_view state) const {
  if (!IsRemnant(state) && Split(state).edition > edition_) {
    return absl::FailedPreconditionError("its edition is a later one");
  }
  return job_->CheckState(key, JobsState(state));
}

std::string EditionFold::WriteRecord(int edition) {
  return absl::StrCat(edition);
}

absl::StatusOr<Fold::Learnt> EditionFold::Learn(
    const InputRecord& record) const {
  if (*record.value == kNoise) return Rejection{"NOISE", "it is noise"};
  auto fold = std::make_shared<EditionFold>(*this);
  int edition = 0;
  if (absl::SimpleAtoi(*record.value, &edition)) {
    fold->edition_ = std::max(edition_, edition);
    return fold;
  }
  absl::StatusOr<Learnt> learnt = job_->Learn(record);
  if (!learnt.ok() || std::holds_alternative<Rejection>(*learnt)) return learnt;
  fold->job_ = std::get<std::shared_ptr<const Fold>>(*std::move(learnt));
  if (fold->job_ == nullptr) return std::shared_ptr<const Fold>();
  return fold;
}

Decoded EditionFold::Decode(const InputRecord& record) const {
  return job_->Decode(record);
}

absl::StatusOr<StateChange> EditionFold::Apply(
    std::string_view key, std::string_view state,
    std::span<const DecodedRecord* const> records, const Moment& moment) const {
  absl::StatusOr<StateChange> change =
      job_->Apply(key, JobsState(state), records, moment);
  if (!change.ok()) return change;
  if (IsRemnant(state)) {
    if (!change->state.empty()) change->state = OfRemnant(change->state);
    return change;
  }
  for (OutputRecord& output : change->outputs) {
    output.headers.emplace_back(kHeader, absl::StrCat(edition_));
  }
  if (change->remnant) {
    change->remnant->state = OfRemnant(change->remnant->state);
  }
  if (change->state.empty()) return change;

  const Parts before = state.empty() ? Parts{edition_, "", ""} : Split(state);
  const std::string value =
      change->changelog_value.value_or(std::string(before.value));
  if (before.edition != edition_) {
    change->outputs.push_back({.output = output_,
                               .key = std::string(key),
                               .value = absl::StrCat(edition_),
                               .headers = {}});
  }
  if (change->changelog_value || before.edition != edition_) {
    change->changelog_value = WithEdition(value, edition_);
  }
  change->state = Join({edition_, value, change->state});
  return change;
}

absl::StatusOr<Fold::Restored> EditionFold::Restore(
    std::string_view key, std::string_view changelog_value) const {
  const bool is_remnant = key.starts_with(kRemnantPrefix);
  const std::string_view value =
      is_remnant ? changelog_value
                 : changelog_value.substr(
                       0, changelog_value.size() - kField.size() - 1);
  absl::StatusOr<Restored> restored = job_->Restore(key, value);
  if (!restored.ok()) return restored;
  restored->state =
      is_remnant
          ? OfRemnant(restored->state)
          : Join({EditionOfValue(changelog_value), value, restored->state});
  return restored;
}

std::optional<int> EditionFold::EditionOf(std::span<const Header> headers) {
  for (const auto& [name, value] : headers) {
    int edition = 0;
    if (name == kHeader && absl::SimpleAtoi(value, &edition)) return edition;
  }
  return std::nullopt;
}

int EditionFold::EditionOfValue(std::string_view changelog_value) {
  return changelog_value.back();
}

std::string_view EditionFold::JobsState(std::string_view state) {
  if (state.empty()) return state;
  return IsRemnant(state) ? state.substr(1) : Split(state).jobs_state;
}

}  // namespace leadclock::sim
