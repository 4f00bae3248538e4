#include "app/dev/situation.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace leadclock {
namespace {

using v1::LeadStatus;
using v1::SlaEvent;

// More than any terminal has room for.
constexpr size_t kRecent = 100;

absl::Time DueOf(const LeadStatus::Clock& clock) {
  return clock.due_ms() == 0 ? absl::InfiniteFuture()
                             : absl::FromUnixMillis(clock.due_ms());
}

// No clock: it does not wait.
WaitingLead MostUrgent(const LeadStatus& lead) {
  WaitingLead waiting{.lead = &lead, .due = absl::InfiniteFuture()};
  for (const LeadStatus::Clock& clock : lead.clocks()) {
    if (clock.phase() == LeadStatus::ENDED) continue;
    if (waiting.clock == nullptr || DueOf(clock) < waiting.due) {
      waiting.clock = &clock;
      waiting.due = DueOf(clock);
    }
  }
  return waiting;
}

bool IsMoreUrgent(const WaitingLead& a, const WaitingLead& b) {
  const auto order = [](const WaitingLead& waiting) {
    return std::tuple(waiting.due, waiting.lead->created_at_ms(),
                      std::string_view(waiting.lead->lead_id()));
  };
  return order(a) < order(b);
}

}  // namespace

void Situation::Take(LeadStatus status) {
  LeadStatus& kept = leads_[status.lead_id()];
  kept = std::move(status);
}

void Situation::Take(SlaEvent event) {
  if (event.form() == SlaEvent::SAID) ++said_[event.kind()];
  if (event.form() == SlaEvent::RETRACTED) ++retracted_;
  recent_.push_front(std::move(event));
  if (recent_.size() > kRecent) recent_.pop_back();
}

std::vector<WaitingLead> Situation::Waiting() const {
  std::vector<WaitingLead> waiting;
  for (const auto& [id, lead] : leads_) {
    const WaitingLead one = MostUrgent(lead);
    if (one.clock != nullptr) waiting.push_back(one);
  }
  std::sort(waiting.begin(), waiting.end(), IsMoreUrgent);
  return waiting;
}

int64_t Situation::Said(SlaEvent::Kind kind) const {
  const auto count = said_.find(kind);
  return count == said_.end() ? 0 : count->second;
}

std::vector<std::string> NotYetSeen(const Situation& situation) {
  std::vector<std::string> missing;
  const auto want = [&](SlaEvent::Kind kind, const char* what) {
    if (situation.Said(kind) == 0) missing.emplace_back(what);
  };
  want(SlaEvent::REMINDER, "a reminder");
  want(SlaEvent::WARNING, "a warning");
  want(SlaEvent::BREACH, "a breach");
  want(SlaEvent::ESCALATION, "an escalation");
  want(SlaEvent::MET, "a met clock");
  return missing;
}

}  // namespace leadclock
