#include "state/lead.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace leadclock {
namespace {

auto FindValue(auto& values, std::string_view name) {
  return std::lower_bound(
      values.begin(), values.end(), name,
      [](const auto& entry, std::string_view n) { return entry.first < n; });
}

constexpr std::string_view kSeparator("\0", 1);

// FNV-1a.
struct Fnv {
  uint32_t value = 2'166'136'261;

  void Mix(std::string_view text) {
    for (const char byte : text) {
      value = (value ^ static_cast<uint8_t>(byte)) * 16'777'619;
    }
  }
  void Mix(const Attributes& attributes, const auto& names) {
    for (const char* const name : names) {
      Mix(attributes.Get(name));
      Mix(kSeparator);
    }
  }
};

auto Told(auto& fact) {
  return std::apply(
      [&fact](const auto&... told) { return std::tie(fact.*(told.second)...); },
      kTold);
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

const std::string& Attributes::Get(std::string_view name) const {
  static const std::string* const kUnknown = new std::string;
  const auto place = FindValue(values, name);
  return place != values.end() && place->first == name ? place->second
                                                       : *kUnknown;
}

bool operator==(const Progress& a, const Progress& b) {
  return a.birth == b.birth && a.born_by == b.born_by &&
         a.position == b.position && *a.attributes == *b.attributes &&
         a.people == b.people && a.holders == b.holders &&
         a.eligibility == b.eligibility &&
         a.eligibility_reason == b.eligibility_reason && a.erased == b.erased &&
         a.merged == b.merged && a.cycle == b.cycle && a.away == b.away &&
         a.begun_at == b.begun_at && a.dates == b.dates &&
         a.dates_done == b.dates_done &&
         a.broken_channels == b.broken_channels &&
         a.opted_out_channels == b.opted_out_channels &&
         a.resumed_clocks == b.resumed_clocks &&
         a.owner_acted == b.owner_acted && a.autoresponder == b.autoresponder &&
         a.missed_clocks == b.missed_clocks &&
         a.escalated_clocks == b.escalated_clocks && a.outcomes == b.outcomes &&
         a.just_told == b.just_told && a.open_reviews == b.open_reviews &&
         a.reviews_holding == b.reviews_holding && a.owners == b.owners &&
         a.escalations == b.escalations && a.runs == b.runs;
}

bool SameIdentity(const Fact& a, const Fact& b) {
  const bool same = a.at == b.at && a.clock == b.clock && a.kind == b.kind &&
                    a.rung == b.rung && a.policy_version == b.policy_version &&
                    a.started_by == b.started_by;
  if (!same) return false;
  if (a.kind == FactKind::kLeadReview) return a.reason == b.reason;
  if (a.kind == FactKind::kOutcome) return a.outcome == b.outcome;
  if (a.kind == FactKind::kAttempt) {
    return a.by == b.by && a.reason == b.reason;
  }
  if (!IsOfTask(a.kind)) return true;
  return a.by == b.by && (a.clock != kNoClock || a.reason == b.reason);
}

uint32_t LeadMark(const Fact& fact) {
  if (fact.attributes == nullptr) return fact.lead_mark;
  Fnv hash;
  hash.Mix(*fact.attributes, kToldAttributes);
  if (IsOfTask(fact.kind)) hash.Mix(*fact.attributes, kAttributesOfTasks);
  return hash.value;
}

uint32_t TaskMark(const Attributes& attributes) {
  Fnv hash;
  hash.Mix(attributes, kAttributesOfTasks);
  return hash.value;
}

absl::Duration Overdue(const Fact& fact) {
  return fact.due && fact.at > *fact.due ? fact.counted - fact.counted_at_due
                                         : absl::ZeroDuration();
}

bool TellsTheSame(const Fact& a, const Fact& b) {
  return Told(a) == Told(b) && Overdue(a) == Overdue(b) &&
         LeadMark(a) == LeadMark(b);
}

void Correct(const Fact& by, Fact& fact) {
  Told(fact) = Told(by);
  fact.counted_at_due = by.counted_at_due;
  fact.lead_mark = LeadMark(by);
  fact.attributes.reset();
}

uint16_t RefMark(const EventRef& ref) {
  Fnv hash;
  hash.Mix(ref.source);
  hash.Mix(kSeparator);
  hash.Mix(ref.id);
  return static_cast<uint16_t>(hash.value ^ (hash.value >> 16));
}

void AddToSummary(const Event& event, Lead::Summary& summary) {
  summary.newest =
      std::max(summary.newest.value_or(event.occurred_at), event.occurred_at);
  summary.refs.push_back(RefMark(event.ref));
  if (std::holds_alternative<Withdrawn>(event.body)) {
    summary.has_withdrawals = true;
  }
  if (std::holds_alternative<Erased>(event.body)) {
    summary.erased_at = std::min(summary.erased_at.value_or(event.occurred_at),
                                 event.occurred_at);
  }
}

void Summarize(Lead& lead) {
  lead.summary = {};
  if (lead.collapsed) {
    lead.summary.collapsed_up_to = lead.collapsed->up_to;
    lead.summary.newest = lead.collapsed->up_to;
  }
  for (const Event& event : lead.history) AddToSummary(event, lead.summary);
}

bool DecidedByTime(const Fact& fact) {
  return IsRung(fact.kind) || fact.kind == FactKind::kMissed ||
         fact.kind == FactKind::kDueChanged || fact.ended_by_version ||
         fact.by_time;
}

bool IsRung(FactKind kind) {
  switch (kind) {
    case FactKind::kReminder:
    case FactKind::kBreach:
    case FactKind::kEscalation:
    case FactKind::kReassignment:
    case FactKind::kWarning:
    case FactKind::kReview:
    case FactKind::kPriority:
    case FactKind::kAlternateOwner:
    case FactKind::kAcknowledgement:
      return true;
    case FactKind::kMet:
    case FactKind::kMissed:
    case FactKind::kStopped:
    case FactKind::kAnsweredLate:
    case FactKind::kClosed:
    case FactKind::kLeadReview:
    case FactKind::kDueChanged:
    case FactKind::kAttempt:
    case FactKind::kOutcome:
    case FactKind::kTaskOpened:
    case FactKind::kTaskChanged:
    case FactKind::kTaskDone:
    case FactKind::kTaskCancelled:
      break;
  }
  return false;
}

bool IsOfTask(FactKind kind) {
  switch (kind) {
    case FactKind::kTaskOpened:
    case FactKind::kTaskChanged:
    case FactKind::kTaskDone:
    case FactKind::kTaskCancelled:
      return true;
    default:
      return false;
  }
}

}  // namespace leadclock
