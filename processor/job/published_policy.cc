#include "processor/job/published_policy.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "leadclock/v1/policy.pb.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

std::optional<int64_t> EffectiveMillis(const Policy& policy) {
  if (policy.effective == absl::InfinitePast()) return std::nullopt;
  return absl::ToUnixMillis(policy.effective);
}

// Whether the record says of its text what the text says.
bool IsOf(const Policy& policy, const v1::PublishedPolicy& message) {
  const std::optional<int64_t> effective = EffectiveMillis(policy);
  return policy.version == message.version() && policy.hash == message.hash() &&
         effective.has_value() == message.has_effective_ms() &&
         effective.value_or(0) == message.effective_ms();
}

std::map<std::string, std::string> FilesOf(const v1::PublishedPolicy& message) {
  return {message.files().begin(), message.files().end()};
}

absl::Status NotUnderstood(const v1::PublishedPolicy& message,
                           const absl::Status& why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", message.version(), " of the policy, which was published at ",
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ",
                       absl::FromUnixMillis(message.published_at_ms()),
                       absl::UTCTimeZone()),
      ", is not understood by this program, and it cannot go on without it; "
      "run a leadclock that is as new as the one that published it:\n",
      why.message()));
}

// What a record says that holds what it says it holds.
absl::StatusOr<v1::PublishedPolicy> ReadMessage(std::string_view value) {
  v1::PublishedPolicy message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return absl::InvalidArgumentError(
        "the value is not a Protobuf message leadclock.v1.PublishedPolicy");
  }
  if (PolicyHash(message.text(), FilesOf(message)) != message.hash()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "version ", message.version(), " of the policy was changed after it ",
        "was published: the hash ", Quoted(message.hash()),
        " is not that of its text and its files"));
  }
  return message;
}

absl::StatusOr<Policy> PolicyOf(const v1::PublishedPolicy& message,
                                CompiledCalendars* known) {
  absl::StatusOr<Policy> policy =
      ParsePolicy(message.text(),
                  absl::StrCat("version ", message.version(), " of the policy"),
                  FilesOf(message), known);
  if (!policy.ok()) return NotUnderstood(message, policy.status());
  if (!IsOf(*policy, message)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the record says of itself that it holds version ", message.version(),
        " of the policy, but its text says otherwise (version ",
        policy->version, ")"));
  }
  return policy;
}

}  // namespace

std::string WritePublished(const Policy& policy, absl::Time now, bool correct) {
  v1::PublishedPolicy message;
  message.set_version(policy.version);
  if (const auto effective = EffectiveMillis(policy)) {
    message.set_effective_ms(*effective);
  }
  message.set_hash(policy.hash);
  message.set_text(policy.text);
  message.mutable_files()->insert(policy.files.begin(), policy.files.end());
  message.set_published_at_ms(absl::ToUnixMillis(now));
  message.set_correct(correct);
  return message.SerializeAsString();
}

std::string PublishedKey(const Policy& policy) {
  return absl::StrCat(policy.version);
}

absl::StatusOr<Policy> ReadPublished(std::string_view value,
                                     CompiledCalendars* known) {
  const absl::StatusOr<v1::PublishedPolicy> message = ReadMessage(value);
  if (!message.ok()) return message.status();
  return PolicyOf(*message, known);
}

absl::StatusOr<std::optional<PolicyBook>> WithPublished(
    const PolicyBook* published, std::string_view value,
    CompiledCalendars& compiled) {
  const absl::StatusOr<v1::PublishedPolicy> message = ReadMessage(value);
  if (!message.ok()) return message.status();
  const Policy* const same =
      published == nullptr ? nullptr : published->Find(message->version());
  // What is known need not be understood once more, which takes its time.
  if (same != nullptr && IsOf(*same, *message)) return std::nullopt;
  absl::StatusOr<Policy> policy = PolicyOf(*message, &compiled);
  if (!policy.ok()) return policy.status();
  std::vector<Policy> versions;
  if (published != nullptr) {
    // So that who has read less knows that there is more.
    if (same == nullptr && policy->version < published->newest().version) {
      return absl::InvalidArgumentError(
          absl::StrCat("version ", policy->version, " stands behind version ",
                       published->newest().version, "; numbers only grow"));
    }
    versions = published->versions();
  }
  versions.push_back(*std::move(policy));
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  if (!book.ok()) return book.status();
  return *std::move(book);
}

}  // namespace leadclock
