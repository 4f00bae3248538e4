#include "app/policy/lead_diff.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/policy/open_clocks.h"
#include "app/policy_source.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/log_reader.h"

namespace leadclock {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

// The versions that the job has, up to the one before `after`.
absl::StatusOr<PolicyBook> VersionsBefore(const Settings& settings,
                                          const Policy& before,
                                          const Policy& after, absl::Time now) {
  const absl::StatusOr<PolicyBook> known = LoadPolicyBook(settings);
  if (!known.ok()) return known.status();
  if (known->Find(after.version) != nullptr && after.effective <= now) {
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", after.version,
        " is in force already: the clocks that are open are judged by it. What "
        "it changed for one of them, leadclock lead explain tells"));
  }
  std::vector<Policy> versions;
  for (const Policy& policy : known->versions()) {
    if (policy.version < after.version) versions.push_back(policy);
  }
  if (versions.empty() || versions.back().hash != before.hash) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the old policy (version ", before.version, ", hash ", before.hash,
        ") is not the one that stands before version ", after.version, " in ",
        PolicySourceOf(settings), ", which is ",
        versions.empty() ? std::string("none")
                         : absl::StrCat("version ", versions.back().version,
                                        ", hash ", versions.back().hash)));
  }
  return PolicyBook::Create(std::move(versions));
}

absl::StatusOr<PolicyBook> With(const PolicyBook& before, const Policy& after) {
  std::vector<Policy> versions = before.versions();
  versions.push_back(after);
  return PolicyBook::Create(std::move(versions));
}

// The last value of each key on a partition of a compacted topic.
absl::StatusOr<std::map<std::string, std::string>> LastValues(
    LogReader& reader, const TopicPartition& at) {
  const auto bounds = reader.Bounds({at}, kPatience);
  if (!bounds.ok()) return bounds.status();
  auto records = reader.Read({{at, bounds->at(at).end}}, kPatience);
  if (!records.ok()) return records.status();
  std::map<std::string, std::string> values;
  for (LogRecord& record : *records) {
    if (!record.key) continue;
    if (record.value) {
      values[*record.key] = *std::move(record.value);
    } else {
      values.erase(*record.key);
    }
  }
  return values;
}

absl::Status AddLead(const std::string& key, const std::string& value,
                     OpenClocks& clocks) {
  v1::LeadState state;
  absl::Status status = absl::DataLossError("it is no leadclock.v1.LeadState");
  if (state.ParseFromString(value)) {
    // What is remembered of a lead that is not kept has no status.
    if (!state.has_status()) return absl::OkStatus();
    const absl::StatusOr<Lead> lead = ReadStoredLead(state.internal());
    status = lead.ok() ? clocks.Add(*lead) : lead.status();
  }
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("lead ", key, ": ", status.message()));
}

absl::Status AddAll(LogReader& reader, const std::string& topic,
                    OpenClocks& clocks) {
  const auto facts = reader.Topics({topic}, kPatience);
  if (!facts.ok()) return facts.status();
  const auto fact = facts->find(topic);
  if (fact == facts->end()) {
    return absl::NotFoundError(
        absl::StrCat("the topic ", topic, " does not exist"));
  }
  // One by one, so that not all leads need be held at once.
  for (int32_t n = 0; n < fact->second.partitions; ++n) {
    const auto values = LastValues(reader, {topic, n});
    if (!values.ok()) return values.status();
    for (const auto& [key, value] : *values) {
      if (absl::Status status = AddLead(key, value, clocks); !status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DifferenceForLeads(
    const Settings& settings, const Policy& before, const Policy& after,
    absl::Time now) {
  const absl::StatusOr<PolicyBook> known =
      VersionsBefore(settings, before, after, now);
  if (!known.ok()) return known.status();
  const absl::StatusOr<PolicyBook> with = With(*known, after);
  if (!with.ok()) return with.status();
  ConnectionOptions connection = WorkerOptionsOf(settings).connection;
  connection.instance = "diff";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return reader.status();
  OpenClocks clocks(*known, *with, now);
  absl::Status read = AddAll(**reader, settings.topics.leads, clocks);
  if (!read.ok()) return read;
  return clocks.Sentences();
}

}  // namespace leadclock
