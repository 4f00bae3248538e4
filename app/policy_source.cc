#include "app/policy_source.h"

#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/job/published_policy.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/terminal_text.h"
#include "processor/runtime/topics.h"

namespace leadclock {
namespace {

absl::StatusOr<PolicyBook> FromTopic(const Settings& settings,
                                     absl::Duration patience,
                                     absl::Time published_by) {
  ConnectionOptions connection = WorkerOptionsOf(settings).connection;
  connection.instance = "policy";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return reader.status();
  absl::StatusOr<PublishedPolicies> published = ReadPublishedPolicies(
      **reader, settings.policy_topic, patience, published_by);
  if (!published.ok()) return published.status();
  for (const std::string& record : published->left_out) {
    std::cerr << "leadclock: " << Printable(record) << '\n';
  }
  if (published->book) return *std::move(published->book);
  if (published_by < absl::InfiniteFuture()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no policy was published on ", settings.policy_topic, " by ",
        absl::FormatTime(published_by, absl::UTCTimeZone())));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "no policy is published on ", settings.policy_topic,
      "; publish the first version: leadclock policy publish FILE --config "
      "SETTINGS"));
}

// From where to where the topic is to be read.
absl::StatusOr<LogBounds> BoundsOf(LogReader& reader, const TopicPartition& at,
                                   absl::Duration patience) {
  const auto facts = reader.Topics({at.topic}, patience);
  if (!facts.ok()) return facts.status();
  const auto fact = facts->find(at.topic);
  if (fact == facts->end()) {
    return absl::NotFoundError(
        absl::StrCat("the topic of policies, ", at.topic,
                     ", does not exist; `leadclock topics create` makes it"));
  }
  if (fact->second.partitions != 1) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the topic of policies, ", at.topic, ", has ", fact->second.partitions,
        " partitions; it needs 1, so that versions have an order"));
  }
  const auto bounds = reader.Bounds({at}, patience);
  if (!bounds.ok()) return bounds.status();
  if (bounds->at(at).start > 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the topic of policies, ", at.topic, ", has lost its first records (",
        "it begins at offset ", bounds->at(at).start, "); make a new topic, ",
        "which keeps them (cleanup.policy=delete, retention.ms=-1, "
        "retention.bytes=-1), and publish all versions on it"));
  }
  return bounds->at(at);
}

}  // namespace

absl::StatusOr<PublishedPolicies> ReadPublishedPolicies(
    LogReader& reader, const std::string& topic, absl::Duration patience,
    absl::Time published_by) {
  const TopicPartition at = {topic, 0};
  const absl::StatusOr<LogBounds> bounds = BoundsOf(reader, at, patience);
  if (!bounds.ok()) return bounds.status();
  const auto records = reader.Read({{at, bounds->end}}, patience);
  if (!records.ok()) return records.status();

  PublishedPolicies published;
  CompiledCalendars compiled;
  for (const LogRecord& record : *records) {
    if (record.timestamp && *record.timestamp > published_by) continue;
    const PolicyBook* const known = published.book ? &*published.book : nullptr;
    absl::StatusOr<std::optional<PolicyBook>> book =
        WithPublished(known, record.value.value_or(""), compiled);
    const std::string where = absl::StrCat(topic, "[0]@", record.offset, ": ");
    if (absl::IsInvalidArgument(book.status())) {
      published.left_out.push_back(
          absl::StrCat(where, "counts for nothing: ", book.status().message()));
    } else if (!book.ok()) {
      return absl::Status(book.status().code(),
                          absl::StrCat(where, book.status().message()));
    } else if (book->has_value()) {
      published.book = **std::move(book);
    }
  }
  return published;
}

absl::Status CheckPolicyTopic(LogReader& reader, const std::string& topic,
                              absl::Duration patience) {
  const auto configs = reader.Configs(topic, patience);
  if (configs.ok()) return CheckIsKept(topic, *configs);
  std::cerr << "leadclock: whether " << topic
            << " keeps all of its records could not be found out: "
            << configs.status().message()
            << ". It must have cleanup.policy=delete, retention.ms=-1 and "
               "retention.bytes=-1\n";
  return absl::OkStatus();
}

absl::Status CheckPolicyTopic(const Settings& settings) {
  if (settings.policy_topic.empty()) return absl::OkStatus();
  ConnectionOptions connection = WorkerOptionsOf(settings).connection;
  connection.instance = "policy";
  const auto reader = LogReader::Create(connection);
  if (!reader.ok()) return reader.status();
  return CheckPolicyTopic(**reader, settings.policy_topic, absl::Seconds(30));
}

absl::StatusOr<PolicyBook> LoadPolicyFiles(
    const std::vector<std::string>& paths) {
  std::vector<Policy> versions;
  std::vector<std::string> errors;
  CompiledCalendars compiled;
  for (const std::string& path : paths) {
    absl::StatusOr<Policy> policy = LoadPolicy(path, &compiled);
    if (policy.ok()) {
      versions.push_back(*std::move(policy));
    } else {
      errors.emplace_back(policy.status().message());
    }
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  if (book.ok()) return book;
  return absl::InvalidArgumentError(
      absl::StrCat(absl::StrJoin(paths, ", "), ": ", book.status().message()));
}

absl::StatusOr<PolicyBook> LoadPolicyBook(const Settings& settings,
                                          absl::Duration patience,
                                          absl::Time published_by) {
  return settings.policy_topic.empty()
             ? LoadPolicyFiles(settings.policy_files)
             : FromTopic(settings, patience, published_by);
}

std::string PolicySourceOf(const Settings& settings) {
  if (!settings.policy_topic.empty()) return settings.policy_topic;
  return absl::StrJoin(settings.policy_files, ", ");
}

}  // namespace leadclock
