#include "processor/runtime/agreement.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/offset_metadata.h"

namespace leadclock {
namespace {

absl::Status About(const TopicPartition& at, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(at.topic, "[", at.partition,
                                                  "]: ", status.message()));
}

// It is this worker's settings that are to be mended: another start by itself
// brings nothing.
absl::Status Refusal(const TopicPartition& at, const absl::Status& why) {
  return About(at, absl::InvalidArgumentError(why.message()));
}

}  // namespace

absl::StatusOr<Fold::Succession> Agreement::Ask(const Fold& fold,
                                                const std::string& fingerprint,
                                                const TopicPartition& at) {
  const auto succession = fold.Succeed(fingerprint);
  if (succession.ok()) {
    refused_.erase(fingerprint);
    return succession;
  }
  if (!global_.exists()) return Refusal(at, succession.status());

  if (!refused_.contains(fingerprint)) {
    const absl::StatusOr<int64_t> end = global_.AskEnd();
    if (!end.ok()) return end.status();
    refused_[fingerprint] = *end;
  }
  if (global_.position() < refused_.at(fingerprint)) {
    return kafka_error::Unavailable(absl::StrCat(
        options_.topics.global, " is to be read up to offset ",
        refused_.at(fingerprint),
        " first, because another worker may have read further than this one"));
  }
  return Refusal(at, succession.status());
}

void Agreement::AskIfTime() {
  const absl::Duration boot = clock_.Boot();
  if (asking_ || boot - last_asked_ < options_.idle_commit_interval) return;
  std::vector<TopicPartition> all;
  for (const std::string& topic : options_.topics.inputs) {
    for (int32_t i = 0; i < partitions_; ++i) all.push_back({topic, i});
  }
  kafka_.AskCommitted(all);
  asking_ = true;
  last_asked_ = boot;
}

absl::Status Agreement::Answer(const std::vector<CommittedOffset>& committed) {
  asking_ = false;
  if (committed.empty()) {
    AskSoon();
    return absl::OkStatus();
  }
  answered_ = true;
  for (const CommittedOffset& offset : committed) {
    if (offset.metadata.empty()) continue;
    auto metadata = ParseOffsetMetadata(offset.metadata);
    if (!metadata.ok()) return About(offset.at, metadata.status());
    seen_.emplace(std::move(metadata->fingerprint), offset.at);
  }
  return absl::OkStatus();
}

absl::Status Agreement::Look(const Fold& fold) {
  for (auto each = seen_.begin(); each != seen_.end();) {
    const auto& [fingerprint, at] = *each;
    const auto succession = Ask(fold, fingerprint, at);
    if (!succession.ok()) return succession.status();
    each = seen_.erase(each);
  }
  return absl::OkStatus();
}

}  // namespace leadclock
