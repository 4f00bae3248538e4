#include "tests/property/shrink.h"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/policy.h"

namespace leadclock::property {
namespace {

using Simplification = std::function<void(Scenario&)>;

template <typename T>
void Erase(std::vector<T>& list, size_t index) {
  list.erase(list.begin() + static_cast<ptrdiff_t>(index));
}

// One of the list less, each in its turn.
template <typename List, typename Add>
void EraseEach(const Add& add, List ClockRule::*list, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    add([i, list](ClockRule& rule) { Erase(rule.*list, i); });
  }
}

void AddClockSimplifications(const ClockRule& clock, size_t v, size_t c,
                             std::vector<Simplification>* out) {
  const auto add = [&](const std::function<void(ClockRule&)>& simplify) {
    out->push_back([v, c, simplify](Scenario& s) {
      simplify(s.versions[v].policy.clocks[c]);
    });
  };
  for (size_t i = 0; i < clock.ladder.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.ladder, i); });
    if (clock.ladder[i].to.size() > 1) {
      add([i](ClockRule& rule) { rule.ladder[i].to.resize(1); });
    }
    if (clock.ladder[i].when.empty()) continue;
    add([i](ClockRule& rule) { rule.ladder[i].when.clear(); });
  }
  for (size_t i = 0; i < clock.ladder.size(); ++i) {
    if (!clock.ladder[i].mark.wall) continue;
    add([i](ClockRule& rule) { rule.ladder[i].mark.wall = false; });
  }
  for (size_t i = 0; i + 1 < clock.targets.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.targets, i); });
  }
  for (size_t i = 0; i < clock.pauses.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.pauses, i); });
  }
  for (size_t i = 0; i < clock.starts.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.starts, i); });
  }
  if (!clock.starts.empty()) {
    add([](ClockRule& rule) { rule.starts.clear(); });
  }
  for (size_t i = 0; i < clock.stops.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.stops, i); });
    if (clock.stops[i].touch == TouchTest{}) continue;
    add([i](ClockRule& rule) { rule.stops[i].touch = {}; });
  }
  EraseEach(add, &ClockRule::cancels, clock.cancels.size());
  EraseEach(add, &ClockRule::resumes, clock.resumes.size());
  EraseEach(add, &ClockRule::pauses_while, clock.pauses_while.size());
  if (!clock.when.empty()) {
    add([](ClockRule& rule) { rule.when.clear(); });
  }
  if (clock.repeats != ClockRule::Repeats::kNever) {
    add([](ClockRule& rule) { rule.repeats = ClockRule::Repeats::kNever; });
  }
  if (clock.keeps_when_ineligible) {
    add([](ClockRule& rule) { rule.keeps_when_ineligible = false; });
  }
  if (clock.task) {
    add([](ClockRule& rule) { rule.task.reset(); });
  }
  if (!clock.responsible.empty()) {
    add([](ClockRule& rule) { rule.responsible.clear(); });
  }
  if (clock.attempts) {
    add([](ClockRule& rule) { rule.attempts.reset(); });
    if (clock.attempts->of.size() > 1) {
      add([](ClockRule& rule) { rule.attempts->of.pop_back(); });
    }
    if (clock.attempts->of.front() != TouchTest{}) {
      add([](ClockRule& rule) { rule.attempts->of.front() = {}; });
    }
    if (clock.attempts->apart != absl::ZeroDuration()) {
      add([](ClockRule& rule) { rule.attempts->apart = {}; });
    }
  }
  for (size_t i = 0; i < clock.calendars.size(); ++i) {
    add([i](ClockRule& rule) { Erase(rule.calendars, i); });
    if (clock.calendars[i].calendar == 0) continue;
    add([i](ClockRule& rule) { rule.calendars[i].calendar = 0; });
  }
}

// The record is no more, and those behind it move up.
void EraseEvent(size_t index, Scenario& scenario) {
  Erase(scenario.events, index);
  for (Batch& batch : scenario.arrival) {
    std::erase(batch.records, index);
    for (size_t& record : batch.records) {
      if (record > index) --record;
    }
  }
}

void EraseBatch(size_t index, Scenario& scenario) {
  Erase(scenario.arrival, index);
  for (PolicyVersion& version : scenario.versions) {
    if (version.known_at > index) --version.known_at;
  }
}

// Fewer batches and restarts, and no record twice.
void AddArrivalSimplifications(const std::vector<Batch>& arrival,
                               std::vector<Simplification>* out) {
  std::set<size_t> seen;
  for (size_t i = 0; i + 1 < arrival.size(); ++i) {
    if (arrival[i].records.empty()) {
      out->push_back([i](Scenario& s) { EraseBatch(i, s); });
    } else {
      out->push_back([i](Scenario& s) {
        std::vector<size_t> records = std::move(s.arrival[i].records);
        std::vector<size_t>& next = s.arrival[i + 1].records;
        next.insert(next.begin(), records.begin(), records.end());
        EraseBatch(i, s);
      });
    }
    if (arrival[i].restart) {
      out->push_back([i](Scenario& s) { s.arrival[i].restart = false; });
    }
    for (size_t r = 0; r < arrival[i].records.size(); ++r) {
      if (seen.insert(arrival[i].records[r]).second) continue;
      out->push_back([i, r](Scenario& s) { Erase(s.arrival[i].records, r); });
    }
  }
}

// Fewer versions, and less of what they do to open clocks.
void AddVersionSimplifications(const std::vector<PolicyVersion>& versions,
                               std::vector<Simplification>* out) {
  for (size_t v = 0; v < versions.size(); ++v) {
    if (versions.size() > 1) {
      out->push_back([v](Scenario& s) {
        Erase(s.versions, v);
        s.versions.front().known_at = 0;
      });
    }
    if (versions[v].known_at > 0) {
      out->push_back([v](Scenario& s) {
        for (size_t i = 0; i <= v; ++i) s.versions[i].known_at = 0;
      });
    }
    if (versions[v].policy.open_clocks == Policy::OpenClocks::kCarry) {
      out->push_back([v](Scenario& s) {
        s.versions[v].policy.open_clocks = Policy::OpenClocks::kKeep;
      });
    }
  }
}

void AddPolicySimplifications(const Policy& policy, size_t v,
                              std::vector<Simplification>* out) {
  const auto add = [&](const std::function<void(Policy&)>& simplify) {
    out->push_back(
        [v, simplify](Scenario& s) { simplify(s.versions[v].policy); });
  };
  for (size_t i = 0; i < policy.eligible.size(); ++i) {
    add([i](Policy& p) { Erase(p.eligible, i); });
  }
  for (size_t i = 0; i < policy.reviews.size(); ++i) {
    add([i](Policy& p) { Erase(p.reviews, i); });
  }
  for (size_t i = 0; i < policy.reentry.ends.size(); ++i) {
    add([i](Policy& p) { Erase(p.reentry.ends, i); });
  }
  for (size_t i = 0; i < policy.reentry.returns.size(); ++i) {
    add([i](Policy& p) { Erase(p.reentry.returns, i); });
  }
  for (size_t i = 0; i < policy.outcomes.size(); ++i) {
    add([i](Policy& p) { Erase(p.outcomes, i); });
    if (!policy.outcomes[i].when.empty()) {
      add([i](Policy& p) { p.outcomes[i].when.clear(); });
    }
    if (policy.outcomes[i].repeats) {
      add([i](Policy& p) { p.outcomes[i].repeats = false; });
    }
    for (size_t j = 0; j < policy.outcomes[i].on.size(); ++j) {
      add([i, j](Policy& p) { Erase(p.outcomes[i].on, j); });
    }
  }
  if (policy.notify_within != absl::InfiniteDuration()) {
    add([](Policy& p) { p.notify_within = absl::InfiniteDuration(); });
  }
  for (size_t i = 0; i < policy.roles.size(); ++i) {
    if (policy.roles[i].rules.size() == 1) continue;
    add([i](Policy& p) { Erase(p.roles[i].rules, 0); });
  }
  if (policy.fallback.size() > 1) {
    add([](Policy& p) { p.fallback.pop_back(); });
  }
  for (size_t i = 0; i + 1 < policy.calendar_for.size(); ++i) {
    add([i](Policy& p) { Erase(p.calendar_for, i); });
  }
  if (policy.calendar_for.back().calendar != 0) {
    add([](Policy& p) { p.calendar_for.back().calendar = 0; });
  }
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    AddClockSimplifications(policy.clocks[i], v, i, out);
  }
}

// Each leaves one thing out.
std::vector<Simplification> Simplifications(const Scenario& scenario) {
  std::vector<Simplification> out;
  for (size_t i = scenario.events.size(); i-- > 0;) {
    out.push_back([i](Scenario& s) { EraseEvent(i, s); });
  }
  AddArrivalSimplifications(scenario.arrival, &out);
  AddVersionSimplifications(scenario.versions, &out);
  for (size_t v = 0; v < scenario.versions.size(); ++v) {
    AddPolicySimplifications(scenario.versions[v].policy, v, &out);
  }
  for (size_t i = 0; i < scenario.events.size(); ++i) {
    if (scenario.events[i].sequence == 0) continue;
    out.push_back([i](Scenario& s) { s.events[i].sequence = 0; });
  }
  return out;
}

}  // namespace

Scenario Shrink(Scenario scenario,
                const std::function<bool(const Scenario&)>& fails) {
  bool found = true;
  while (found) {
    found = false;
    for (const Simplification& simplify : Simplifications(scenario)) {
      Scenario smaller = scenario;
      simplify(smaller);
      if (!fails(smaller)) continue;
      scenario = std::move(smaller);
      found = true;
      break;
    }
  }
  return scenario;
}

}  // namespace leadclock::property
