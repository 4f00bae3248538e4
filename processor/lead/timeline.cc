#include "processor/lead/timeline.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "processor/lead/counting.h"
#include "processor/lead/dates.h"
#include "processor/lead/folder.h"

namespace leadclock {
namespace {

// The earliest instant at which time decides something.
absl::Time NextInstant(const PolicyBook& policies, const Progress& progress) {
  absl::Time next = NextDate(policies, progress);
  next = std::min(next, NextTurn(policies, progress, next));
  for (const ClockRun& run : progress.runs) {
    if (run.ended_at) continue;
    next = std::min(next, NextStep(policies, run).at);
    if (const auto carry = policies.NextCarry(run.policy_version)) {
      next = std::min(next, std::max(carry->at, progress.position));
    }
  }
  return next;
}

// The events that no other one withdraws.
std::vector<const Event*> InForce(const std::vector<Event>& history) {
  std::vector<const EventRef*> withdrawn;
  for (const Event& event : history) {
    if (const auto* body = std::get_if<Withdrawn>(&event.body)) {
      withdrawn.push_back(&body->event);
    }
  }
  std::vector<const Event*> events;
  for (const Event& event : history) {
    const bool stands =
        std::holds_alternative<Withdrawn>(event.body) ||
        std::holds_alternative<Erased>(event.body) ||
        std::none_of(withdrawn.begin(), withdrawn.end(),
                     [&](const EventRef* ref) { return *ref == event.ref; });
    if (stands) events.push_back(&event);
  }
  return events;
}

// Moves the birth to the front; false: there is none.
bool BirthFirst(std::vector<const Event*>& events) {
  const auto birth =
      std::find_if(events.begin(), events.end(), [](const Event* event) {
        return std::holds_alternative<LeadCreated>(event->body);
      });
  if (birth == events.end()) return false;
  std::rotate(events.begin(), birth, birth + 1);
  return true;
}

Progress Born(const Event& birth) {
  Progress progress;
  progress.birth = birth.occurred_at;
  progress.born_by = birth.ref;
  progress.position = birth.occurred_at;
  progress.begun_at = birth.occurred_at;
  progress.dates_done = birth.occurred_at - absl::Milliseconds(1);
  progress.attributes = std::make_shared<Attributes>();
  return progress;
}

// Moves `progress` past an event that applies at `instant`.
void AdvanceTo(const PolicyBook& policies, absl::Time instant,
               const Event& event, Progress& progress,
               std::vector<Fact>& facts) {
  Folder folder(policies, progress, facts);
  folder.SettleBefore(instant);
  folder.Apply(event);
}

// Folds what followed on a part of the history that nothing changes any more.
Timeline DeriveFrom(const PolicyBook& policies, const Collapsed& collapsed,
                    const std::vector<const Event*>& events) {
  Timeline timeline;
  timeline.progress = collapsed.base;
  for (const Event* event : events) {
    const bool frozen = event->occurred_at <= collapsed.up_to;
    if (frozen && std::holds_alternative<Withdrawn>(event->body)) continue;
    AdvanceTo(policies, std::max(event->occurred_at, collapsed.up_to), *event,
              *timeline.progress, timeline.facts);
  }
  return timeline;
}

}  // namespace

Timeline Derive(const PolicyBook& policies, const std::vector<Event>& history,
                const std::optional<Collapsed>& collapsed) {
  std::vector<const Event*> events = InForce(history);
  if (collapsed) return DeriveFrom(policies, *collapsed, events);
  Timeline timeline;
  if (!BirthFirst(events)) return timeline;

  const Event& birth = *events.front();
  timeline.progress = Born(birth);
  Folder(policies, *timeline.progress, timeline.facts)
      .Birth(std::get<LeadCreated>(birth.body), birth.ref);
  for (size_t i = 1; i < events.size(); ++i) {
    AdvanceTo(policies, std::max(events[i]->occurred_at, birth.occurred_at),
              *events[i], *timeline.progress, timeline.facts);
  }
  return timeline;
}

std::vector<Event> InForceUpTo(const std::vector<Event>& history,
                               absl::Time instant) {
  std::vector<Event> events;
  for (const Event* event : InForce(history)) {
    if (event->occurred_at <= instant) events.push_back(*event);
  }
  return events;
}

std::vector<Fact> Advance(const PolicyBook& policies, const Event& event,
                          Progress& progress) {
  std::vector<Fact> facts;
  AdvanceTo(policies, std::max(event.occurred_at, progress.birth), event,
            progress, facts);
  return facts;
}

std::string ReviewOf(const Progress& progress) {
  return progress.eligibility == Eligibility::kUnderReview
             ? progress.eligibility_reason
             : std::string();
}

Outlook Foretell(const PolicyBook& policies, const Progress& progress,
                 absl::Time until) {
  Outlook outlook;
  outlook.next = NextInstant(policies, progress);
  // Most of the time nothing has come due, and nothing need be copied.
  if (outlook.next > until || outlook.next == absl::InfiniteFuture()) {
    return outlook;
  }

  Progress copy = progress;
  outlook.next = Folder(policies, copy, outlook.facts).SettleUpTo(until);
  return outlook;
}

bool IsDue(const PolicyBook& policies, const Progress& progress,
           absl::Time now) {
  const absl::Time next = NextInstant(policies, progress);
  return next <= now && next != absl::InfiniteFuture();
}

Progress At(const PolicyBook& policies, Progress progress, absl::Time now) {
  std::vector<Fact> unused;
  Folder(policies, progress, unused).SettleUpTo(now);
  return progress;
}

}  // namespace leadclock
