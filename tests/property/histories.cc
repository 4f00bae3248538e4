#include "tests/property/histories.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "state/codec.h"

namespace leadclock::property {
namespace {

// Of two contents of one event, the one that stands.
bool Outranks(const Event& a, const Event& b) {
  if (a.sequence != b.sequence) return a.sequence > b.sequence;
  return EncodeEvent(a) > EncodeEvent(b);
}

bool IsWithdrawal(const Event& event) {
  return std::holds_alternative<Withdrawn>(event.body);
}

}  // namespace

std::vector<Event> HistoryOf(const std::vector<Event>& records) {
  std::map<EventRef, Event> one_each;
  for (const Event& event : records) {
    const auto [there, is_new] = one_each.emplace(event.ref, event);
    if (!is_new && Outranks(event, there->second)) there->second = event;
  }
  std::vector<Event> history;
  for (const auto& [ref, event] : one_each) history.push_back(event);
  std::sort(history.begin(), history.end(),
            [](const Event& a, const Event& b) { return StandsBefore(a, b); });
  return history;
}

bool Withdraws(const Event& event, const Event& other) {
  const Withdrawn* withdrawn = std::get_if<Withdrawn>(&event.body);
  return withdrawn != nullptr && withdrawn->event == other.ref;
}

std::vector<Event> WhatStands(const Scenario& scenario) {
  const std::vector<Event> history = HistoryOf(scenario.events);
  std::vector<Event> standing;
  for (const Event& event : history) {
    const bool is_withdrawn = std::any_of(
        history.begin(), history.end(),
        [&](const Event& other) { return Withdraws(other, event); });
    const bool stays = std::holds_alternative<Erased>(event.body);
    if (IsWithdrawal(event) || (is_withdrawn && !stays)) continue;
    standing.push_back(event);
  }
  return standing;
}

}  // namespace leadclock::property
