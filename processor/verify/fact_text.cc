#include "processor/verify/fact_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/lead/lead_fold.h"

namespace leadclock {
namespace {

std::optional<FactKind> KindOf(v1::SlaEvent::Kind kind) {
  switch (kind) {
    case v1::SlaEvent::REMINDER:
      return FactKind::kReminder;
    case v1::SlaEvent::BREACH:
      return FactKind::kBreach;
    case v1::SlaEvent::ESCALATION:
      return FactKind::kEscalation;
    case v1::SlaEvent::REASSIGNMENT:
      return FactKind::kReassignment;
    case v1::SlaEvent::MET:
      return FactKind::kMet;
    case v1::SlaEvent::MISSED:
      return FactKind::kMissed;
    case v1::SlaEvent::STOPPED:
      return FactKind::kStopped;
    case v1::SlaEvent::ANSWERED_LATE:
      return FactKind::kAnsweredLate;
    case v1::SlaEvent::CLOSED:
      return FactKind::kClosed;
    default:
      return std::nullopt;
  }
}

std::string InstantOf(absl::Time at) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone());
}

std::string Line(const std::string& clock, const std::string& rung,
                 absl::Time at, const std::string& source,
                 const std::string& id) {
  return absl::StrCat(clock, " ", rung, " at ", InstantOf(at), ", begun by ",
                      source, " event ", id);
}

}  // namespace

std::optional<Fact> FactOf(const Policy& policy, const v1::SlaEvent& event) {
  const std::optional<FactKind> kind = KindOf(event.kind());
  if (!kind) return std::nullopt;
  Fact fact;
  fact.kind = *kind;
  fact.started_by = {event.started_by_source(), event.started_by_id()};
  fact.at = absl::FromUnixMillis(event.at_ms());
  fact.policy_version = event.policy_version();
  fact.people = {PersonId(event.owner_id()), PersonId(event.backup_id()),
                 PersonId(event.manager_id())};
  for (; fact.clock < policy.clocks.size(); ++fact.clock) {
    const ClockRule& clock = policy.clocks[fact.clock];
    if (clock.name != event.clock()) continue;
    if (!IsRung(*kind)) return fact;
    for (fact.rung = 0; fact.rung < clock.ladder.size(); ++fact.rung) {
      if (clock.ladder[fact.rung].name == event.rung()) return fact;
    }
    break;
  }
  return std::nullopt;
}

std::string LineOf(const Policy& policy, const Fact& fact) {
  return Line(policy.clocks[fact.clock].name, RungName(policy, fact), fact.at,
              fact.started_by.source, fact.started_by.id);
}

std::string LineOf(const v1::SlaEvent& event) {
  return Line(event.clock(), event.rung(), absl::FromUnixMillis(event.at_ms()),
              event.started_by_source(), event.started_by_id());
}

std::string LineOf(const People& people) {
  const auto name = [](const PersonId& id) {
    return id.empty() ? std::string("nobody") : id.text();
  };
  return absl::StrCat("owner ", name(people.owner), ", backup ",
                      name(people.backup), ", manager ", name(people.manager));
}

const char* KindName(FactKind kind) {
  switch (kind) {
    case FactKind::kReminder:
      return "reminder";
    case FactKind::kBreach:
      return "breach";
    case FactKind::kEscalation:
      return "escalation";
    case FactKind::kReassignment:
      return "reassignment";
    case FactKind::kMet:
      return "met";
    case FactKind::kMissed:
      return "missed";
    case FactKind::kStopped:
      return "stopped";
    case FactKind::kAnsweredLate:
      return "answered_late";
    case FactKind::kClosed:
      break;
  }
  return "closed";
}

std::string LineOf(const std::vector<std::string>& topics,
                   const std::vector<int64_t>& next, absl::Time now) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < topics.size() && i < next.size(); ++i) {
    parts.push_back(absl::StrCat(topics[i], "@", next[i]));
  }
  return absl::StrCat(absl::StrJoin(parts, ", "), " and now ", InstantOf(now));
}

std::string PlaceOf(std::string_view topic, int32_t partition, int64_t offset) {
  return absl::StrCat(std::string(topic), "[", partition, "]@", offset);
}

}  // namespace leadclock
