#include "state/lead.h"

#include <algorithm>

namespace leadclock {
namespace {

auto FindValue(auto& values, const std::string& name) {
  return std::lower_bound(
      values.begin(), values.end(), name,
      [](const auto& entry, const std::string& n) { return entry.first < n; });
}

}  // namespace

void Attributes::Set(const std::string& name, const std::string& value) {
  const auto place = FindValue(values, name);
  const bool known = place != values.end() && place->first == name;
  if (value.empty()) {
    if (known) values.erase(place);
  } else if (known) {
    place->second = value;
  } else {
    values.emplace(place, name, value);
  }
}

void Attributes::AddFlag(const std::string& flag) {
  const auto place = std::lower_bound(flags.begin(), flags.end(), flag);
  if (place == flags.end() || *place != flag) flags.insert(place, flag);
}

void Attributes::RemoveFlag(const std::string& flag) {
  const auto place = std::lower_bound(flags.begin(), flags.end(), flag);
  if (place != flags.end() && *place == flag) flags.erase(place);
}

const std::string& Attributes::Get(const std::string& name) const {
  static const std::string* const kUnknown = new std::string;
  const auto place = FindValue(values, name);
  return place != values.end() && place->first == name ? place->second
                                                       : *kUnknown;
}

bool operator==(const Progress& a, const Progress& b) {
  return a.birth == b.birth && a.born_by == b.born_by &&
         a.position == b.position && *a.attributes == *b.attributes &&
         a.people == b.people && a.eligibility == b.eligibility &&
         a.eligibility_reason == b.eligibility_reason && a.erased == b.erased &&
         a.runs == b.runs;
}

bool SameIdentity(const Fact& a, const Fact& b) {
  return a.at == b.at && a.clock == b.clock && a.kind == b.kind &&
         a.rung == b.rung && a.policy_version == b.policy_version &&
         a.started_by == b.started_by;
}

bool DecidedByTime(FactKind kind) {
  return IsRung(kind) || kind == FactKind::kMissed;
}

bool IsRung(FactKind kind) {
  switch (kind) {
    case FactKind::kReminder:
    case FactKind::kBreach:
    case FactKind::kEscalation:
    case FactKind::kReassignment:
      return true;
    case FactKind::kMet:
    case FactKind::kMissed:
    case FactKind::kStopped:
    case FactKind::kAnsweredLate:
    case FactKind::kClosed:
      break;
  }
  return false;
}

}  // namespace leadclock
