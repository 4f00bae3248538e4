#include "tests/reference/history.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace leadclock::reference {
namespace {

// One event for each name; what is withdrawn is left out; in order.
std::vector<Event> WhatStands(const std::vector<Event>& events) {
  std::map<EventName, Event> one_each;
  for (const Event& event : events) {
    const auto [there, is_new] = one_each.emplace(event.name, event);
    if (is_new) continue;
    if (std::tie(event.sequence, event.stored_form) >
        std::tie(there->second.sequence, there->second.stored_form)) {
      there->second = event;
    }
  }

  std::set<EventName> withdrawn;
  for (const auto& [name, event] : one_each) {
    if (event.what == Event::What::kWithdrawn) {
      withdrawn.insert(event.withdraws);
    }
  }

  std::vector<Event> standing;
  for (const auto& [name, event] : one_each) {
    const bool may_be_withdrawn = event.what != Event::What::kWithdrawn &&
                                  event.what != Event::What::kErased;
    if (withdrawn.contains(name) && may_be_withdrawn) continue;
    standing.push_back(event);
  }
  std::sort(standing.begin(), standing.end(),
            [](const Event& a, const Event& b) {
              return std::tie(a.at, a.sequence, a.kind, a.name) <
                     std::tie(b.at, b.sequence, b.kind, b.name);
            });
  return standing;
}

// The birth first, and then the rest; what stands before the birth applies at
// its instant. Empty if there is no birth.
std::vector<Event> FromBirth(std::vector<Event> standing) {
  const auto birth =
      std::find_if(standing.begin(), standing.end(), [](const Event& event) {
        return event.what == Event::What::kLeadCreated;
      });
  if (birth == standing.end()) return {};
  for (auto before = standing.begin(); before != birth; ++before) {
    before->at = birth->at;
  }
  std::rotate(standing.begin(), birth, birth + 1);
  return standing;
}

}  // namespace

std::vector<Event> HistoryOf(const std::vector<Event>& events) {
  return FromBirth(WhatStands(events));
}

}  // namespace leadclock::reference
