#include "processor/job/policy_fingerprint.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "processor/lead/lead_fold.h"

namespace leadclock {
namespace {

// Brokers take 4096 bytes with an offset, and a version needs up to 45.
constexpr size_t kMostVersions = 64;

std::string NumbersOf(const PolicyFingerprint& fingerprint) {
  return absl::StrJoin(fingerprint.versions, ", ",
                       [](std::string* out, const auto& entry) {
                         absl::StrAppend(out, entry.first);
                       });
}

absl::Status OtherContent(int64_t version, const std::string& mine,
                          const std::string& left) {
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", version, " of the policy has the hash ", left,
      "... there, and ", mine,
      "... here. What changed must have a version of its own: name the former "
      "one again, and the new one with a greater number beside it"));
}

absl::Status NotKnown(int64_t version, const PolicyFingerprint& mine) {
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", version, " of the policy is known there and not here, where ",
      NumbersOf(mine),
      " is known. All workers of a group must know the same versions, and one "
      "that was known once stays: name it as well"));
}

absl::Status OtherZones(const PolicyFingerprint& mine,
                        const PolicyFingerprint& left) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the policy's calendars mean other instants there, by time zone data ",
      left.time_zone_data, ", than here, by ", mine.time_zone_data,
      ". Give all workers of the group the same; when they have it, write "
      "policy: {time_zone_data: ",
      mine.time_zone_data,
      "} to go on with it, and what turns out to be wrong is taken back"));
}

}  // namespace

std::string CalendarsHash(const Policy& policy) {
  uint64_t hash = 0;
  for (const NamedCalendar& calendar : policy.calendars) {
    hash = hash * 31 + calendar.calendar.Fingerprint();
  }
  return absl::StrCat(
      absl::Hex(static_cast<uint32_t>(hash ^ (hash >> 32)), absl::kZeroPad8));
}

PolicyFingerprint FingerprintOf(const PolicyBook& policies,
                                const std::string& time_zone_data) {
  PolicyFingerprint fingerprint;
  fingerprint.time_zone_data = time_zone_data;
  const std::vector<Policy>& versions = policies.versions();
  const size_t first =
      versions.size() > kMostVersions ? versions.size() - kMostVersions : 0;
  for (size_t i = first; i < versions.size(); ++i) {
    fingerprint.versions[versions[i].version] = {
        .hash = std::string(PolicyMark(versions[i])),
        .calendars = CalendarsHash(versions[i])};
  }
  return fingerprint;
}

std::string Format(const PolicyFingerprint& fingerprint) {
  std::string text =
      absl::StrCat("zones ", fingerprint.time_zone_data, " policies");
  for (const auto& [version, marks] : fingerprint.versions) {
    absl::StrAppend(&text, " ", version, ":", marks.hash, ":", marks.calendars);
  }
  return text;
}

absl::StatusOr<PolicyFingerprint> ParseFingerprint(const std::string& text) {
  const absl::Status unknown = absl::FailedPreconditionError(absl::StrCat(
      "it was left by another version of leadclock, with \"", text, "\""));
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  if (words.size() < 4 || words[0] != "zones" || words[2] != "policies") {
    return unknown;
  }
  PolicyFingerprint fingerprint;
  fingerprint.time_zone_data = words[1];
  for (size_t i = 3; i < words.size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(words[i], ':');
    int64_t version = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &version)) {
      return unknown;
    }
    fingerprint.versions[version] = {.hash = parts[1], .calendars = parts[2]};
  }
  return fingerprint;
}

absl::Status MayFollow(const PolicyFingerprint& mine,
                       const PolicyFingerprint& left,
                       const std::string& accept_time_zone_data) {
  const int64_t newest = mine.versions.rbegin()->first;
  bool zones_differ = false;
  for (const auto& [version, marks] : left.versions) {
    const auto known = mine.versions.find(version);
    if (known == mine.versions.end()) {
      // One that no lead needs may be left out.
      if (version > newest) return NotKnown(version, mine);
      continue;
    }
    if (known->second.hash != marks.hash) {
      return OtherContent(version, known->second.hash, marks.hash);
    }
    if (known->second.calendars != marks.calendars) zones_differ = true;
  }
  if (zones_differ && accept_time_zone_data != mine.time_zone_data) {
    return OtherZones(mine, left);
  }
  return absl::OkStatus();
}

bool MissesVersions(const PolicyBook& policies, const PolicyFingerprint& left) {
  return std::any_of(
      left.versions.begin(), left.versions.end(),
      [&](const auto& entry) { return policies.Find(entry.first) == nullptr; });
}

}  // namespace leadclock
