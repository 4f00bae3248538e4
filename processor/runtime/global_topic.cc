#include "processor/runtime/global_topic.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

// Real time.
constexpr absl::Duration kTimeout = absl::Seconds(2);
constexpr absl::Duration kWait = absl::Milliseconds(20);
// Then somebody is told what is waited for.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr size_t kBatch = 1'000;

}  // namespace

absl::StatusOr<std::shared_ptr<const Fold>> GlobalTopic::Read(
    std::shared_ptr<const Fold> fold) {
  if (!exists()) return fold;
  if (!end_) {
    absl::Status begun = Begin();
    if (!begun.ok()) return begun;
  }
  auto records =
      kafka_.PollGlobal(is_whole() ? absl::ZeroDuration() : kWait, kBatch);
  if (!records.ok()) return records.status();
  for (InputRecord& record : *records) {
    if (record.offset < position_) continue;
    record.read_at = clock_.Wall();
    absl::Status learnt = Learn(record, fold);
    if (!learnt.ok()) return learnt;
    position_ = record.offset + 1;
  }
  position_ = std::max(position_, kafka_.GlobalPosition());
  // To learn takes its time, in which nothing was waited for.
  if (!records->empty()) began_ = clock_.Boot();
  if (!is_whole() && records->empty() && clock_.Boot() - began_ > kPatience) {
    return kafka_error::Unavailable(
        absl::StrCat(options_.topics.global, "[0] is to be read up to offset ",
                     *end_, " first, and was up to ", position_,
                     ": perhaps a producer of it has left a transaction open"));
  }
  return fold;
}

absl::StatusOr<int64_t> GlobalTopic::AskEnd() const {
  const TopicPartition at = {options_.topics.global, 0};
  const auto bounds = kafka_.Bounds({at}, kTimeout);
  if (!bounds.ok()) return bounds.status();
  return bounds->at(at).end;
}

absl::Status GlobalTopic::Begin() {
  const TopicPartition at = {options_.topics.global, 0};
  const auto bounds = kafka_.Bounds({at}, kTimeout);
  if (!bounds.ok()) return bounds.status();
  const LogBounds& log = bounds->at(at);
  if (log.start > 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        at.topic, "[0]: the records below offset ", log.start,
        " were deleted, and every worker needs all of them. Set the topic's "
        "retention.ms and retention.bytes to -1 and its cleanup.policy to "
        "delete, and write its records anew on a topic of another name"));
  }
  absl::Status started = kafka_.StartGlobal();
  if (!started.ok()) return started;
  end_ = log.end;
  began_ = clock_.Boot();
  return started;
}

absl::Status GlobalTopic::Learn(const InputRecord& record,
                                std::shared_ptr<const Fold>& fold) {
  const std::string where =
      absl::StrCat(options_.topics.global, "[0] offset ", record.offset);
  absl::StatusOr<Fold::Learnt> learnt = fold->Learn(record);
  if (!learnt.ok()) {
    return absl::Status(learnt.status().code(),
                        absl::StrCat(where, ": ", learnt.status().message()));
  }
  if (const auto* rejection = std::get_if<Rejection>(&*learnt)) {
    metrics_.CountGlobalRejection(rejection->code);
    spdlog::error("{} is left out: {}: {}", where, rejection->code,
                  rejection->message);
    return absl::OkStatus();
  }
  auto& made = std::get<std::shared_ptr<const Fold>>(*learnt);
  if (made != nullptr) fold = std::move(made);
  return absl::OkStatus();
}

}  // namespace leadclock
