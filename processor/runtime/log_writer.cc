#include "processor/runtime/log_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {

absl::StatusOr<std::unique_ptr<LogWriter>> LogWriter::Become(
    const std::string& name, const ConnectionOptions& options,
    absl::Duration timeout) {
  // Its transactional.id is what makes the name known to the brokers.
  ConnectionOptions named = options;
  named.group = name;
  named.instance = "writer";
  absl::StatusOr<std::unique_ptr<rdkafka::Producer>> producer =
      rdkafka::Producer::Create(named);
  if (!producer.ok()) return producer.status();
  if (absl::Status begun = (*producer)->Init(timeout); !begun.ok()) {
    return begun;
  }
  return std::unique_ptr<LogWriter>(new LogWriter(name, *std::move(producer)));
}

LogWriter::LogWriter(const std::string& name,
                     std::unique_ptr<rdkafka::Producer> producer)
    : name_(name), producer_(std::move(producer)) {}

absl::Status LogWriter::Write(std::vector<OutgoingRecord> records,
                              absl::Time timestamp, absl::Duration timeout) {
  const rdkafka::GroupMetadata no_group(
      rd_kafka_consumer_group_metadata_new(name_.c_str()));
  const absl::StatusOr<Receipt> receipt = producer_->Commit(
      {.records = std::move(records), .timestamp = timestamp, .offsets = {}},
      no_group, timeout);
  if (!absl::IsAlreadyExists(receipt.status())) return receipt.status();
  return kafka_error::Fenced(absl::StrCat("another process became the writer ",
                                          name_, "; nothing was written"));
}

}  // namespace leadclock
