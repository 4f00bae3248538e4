#include "processor/policy/clock_checks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/policy/describe.h"

namespace leadclock {
namespace {

// Whether it waits for another clock.
bool IsByClock(const Trigger& trigger) {
  return trigger.kind == Trigger::Kind::kClockAnswered ||
         trigger.kind == Trigger::Kind::kClockMissed ||
         trigger.kind == Trigger::Kind::kClockStopped;
}

// The clocks that lead from one to itself by their starts, or none.
class StartCircles {
 public:
  explicit StartCircles(const std::vector<ClockRule>& clocks)
      : clocks_(clocks), seen_(clocks.size(), Seen::kNot) {}

  // A circle that `clock` leads into and that was not found before, as
  // the places of its clocks, the first one again at the end; or nothing.
  std::vector<size_t> Find(size_t clock) {
    if (seen_[clock] == Seen::kDone) return {};
    if (seen_[clock] == Seen::kOnPath) {
      std::vector<size_t> circle(std::find(path_.begin(), path_.end(), clock),
                                 path_.end());
      circle.push_back(clock);
      return circle;
    }
    seen_[clock] = Seen::kOnPath;
    path_.push_back(clock);
    std::vector<size_t> circle;
    for (const Trigger& start : clocks_[clock].starts) {
      if (IsByClock(start) && circle.empty()) circle = Find(start.clock);
    }
    path_.pop_back();
    seen_[clock] = Seen::kDone;
    return circle;
  }

 private:
  enum class Seen : uint8_t { kNot, kOnPath, kDone };
  const std::vector<ClockRule>& clocks_;
  std::vector<Seen> seen_;
  std::vector<size_t> path_;
};

// Clocks that cannot be stopped, because what would stop them lies before
// their start.
class Unstoppable {
 public:
  // REQUIRES: no circles.
  explicit Unstoppable(const std::vector<ClockRule>& clocks)
      : clocks_(clocks) {}

  bool Is(size_t clock) {
    const std::vector<Trigger>& stops = clocks_[clock].stops;
    const std::set<size_t> before = AnsweredBefore(clock);
    return !stops.empty() && !clocks_[clock].attempts.has_value() &&
           std::all_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
             return stop.kind == Trigger::Kind::kClockAnswered &&
                    before.contains(stop.clock);
           });
  }

 private:
  // The clocks that are answered, once and for all, when this one starts.
  const std::set<size_t>& AnsweredBefore(size_t clock) {
    const auto known = answered_before_.find(clock);
    if (known != answered_before_.end()) return known->second;
    std::set<size_t> answered = FindAnsweredBefore(clock);
    return answered_before_[clock] = std::move(answered);
  }

  std::set<size_t> FindAnsweredBefore(size_t clock) {
    std::optional<std::set<size_t>> always;
    for (const Trigger& start : clocks_[clock].starts) {
      std::set<size_t> answered;
      const bool is_answered = start.kind == Trigger::Kind::kClockAnswered;
      if (IsByClock(start)) answered = AnsweredBefore(start.clock);
      // One that repeats may be answered again.
      const bool is_once =
          clocks_[start.clock].repeats == ClockRule::Repeats::kNever;
      if (is_answered && is_once) answered.insert(start.clock);
      if (!always) {
        always = answered;
        continue;
      }
      std::erase_if(*always,
                    [&](size_t each) { return !answered.contains(each); });
    }
    return always.value_or(std::set<size_t>());
  }

  const std::vector<ClockRule>& clocks_;
  std::map<size_t, std::set<size_t>> answered_before_;
};

// What can happen to clocks at all, each by what can happen to the others.
class Possible {
 public:
  explicit Possible(const std::vector<ClockRule>& clocks)
      : clocks_(clocks),
        starts_(clocks.size(), false),
        stops_(clocks.size(), false) {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < clocks.size(); ++i) {
        const bool starts = AnyStarts(clocks[i].starts);
        const bool stops = starts && AnyStops(clocks[i]);
        changed = changed || starts != starts_[i] || stops != stops_[i];
        starts_[i] = starts;
        stops_[i] = stops;
      }
    }
  }

  bool Starts(size_t clock) const { return starts_[clock]; }

  // What could not be read has been reported.
  bool AnyStarts(const std::vector<Trigger>& starts) const {
    return starts.empty() ||
           std::any_of(starts.begin(), starts.end(),
                       [&](const Trigger& start) { return CanBe(start); });
  }

  bool AnyStops(const ClockRule& clock) const {
    return clock.attempts.has_value() || AnyStarts(clock.stops);
  }

 private:
  bool CanBe(const Trigger& trigger) const {
    if (!IsByClock(trigger) || !starts_[trigger.clock]) {
      return !IsByClock(trigger);
    }
    switch (trigger.kind) {
      case Trigger::Kind::kClockAnswered:
        return stops_[trigger.clock];
      // Where a lead is recycled, or not eligible, nothing starts.
      case Trigger::Kind::kClockStopped:
        return !clocks_[trigger.clock].cancels.empty();
      default:
        return true;
    }
  }

  const std::vector<ClockRule>& clocks_;
  std::vector<bool> starts_;
  std::vector<bool> stops_;
};

// "'a' or 'b' is answered"; "" if no clock is waited for.
std::string Awaited(const std::vector<Trigger>& triggers,
                    const std::vector<ClockRule>& clocks) {
  std::vector<std::string> words;
  for (const Trigger& trigger : triggers) {
    if (!IsByClock(trigger)) continue;
    absl::string_view how = " to be answered";
    if (trigger.kind == Trigger::Kind::kClockMissed) how = " to be missed";
    if (trigger.kind == Trigger::Kind::kClockStopped) how = " to be cancelled";
    words.push_back(absl::StrCat(Quoted(clocks[trigger.clock].name), how));
  }
  return Or(words);
}

// Why no stop of a clock that starts can happen; "" if one can.
std::string WhyNeverStops(size_t clock, const std::vector<ClockRule>& clocks,
                          const Possible& possible) {
  if (Unstoppable(clocks).Is(clock)) {
    return "what would stop it is answered before it starts; write what it "
           "waits for after its start";
  }
  if (possible.AnyStops(clocks[clock])) return "";
  return absl::StrCat("it waits for ", Awaited(clocks[clock].stops, clocks),
                      ", which can never be, as each waits for the other or "
                      "for what never happens; let one of them stop on a "
                      "response or on assigned");
}

void CheckStartsAndStops(const std::vector<YamlValue>& items,
                         const std::vector<ClockRule>& clocks) {
  const Possible possible(clocks);
  for (size_t i = 0; i < clocks.size(); ++i) {
    YamlMap fields = items[i].Map("a clock");
    if (!possible.Starts(i)) {
      fields.Optional("starts").Error(absl::StrCat(
          "this clock can never start: it waits for ",
          Awaited(clocks[i].starts, clocks),
          ", which can never be; let it start on what happens, or mend that "
          "clock"));
    }
    const std::string why = WhyNeverStops(i, clocks, possible);
    if (why.empty()) continue;
    fields.Optional("stops").Error(
        absl::StrCat("this clock can never stop: ", why));
  }
}

// The clocks that a touch may answer, by itself or by way of others.
std::set<size_t> AnsweredByTouches(const std::vector<ClockRule>& clocks) {
  std::set<size_t> answered;
  const auto is_by_touch = [&answered](const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::kTouch ||
           (trigger.kind == Trigger::Kind::kClockAnswered &&
            answered.contains(trigger.clock));
  };
  for (size_t known = clocks.size() + 1; known != answered.size();) {
    known = answered.size();
    for (size_t i = 0; i < clocks.size(); ++i) {
      const std::vector<Trigger>& stops = clocks[i].stops;
      if (clocks[i].attempts.has_value() ||
          std::any_of(stops.begin(), stops.end(), is_by_touch)) {
        answered.insert(i);
      }
    }
  }
  return answered;
}

// A clock that asks for another channel than a touch that never was.
void CheckOtherChannels(const std::vector<YamlValue>& items,
                        const std::vector<ClockRule>& clocks) {
  const std::set<size_t> answered = AnsweredByTouches(clocks);
  for (size_t i = 0; i < clocks.size(); ++i) {
    const auto asks = [](const Trigger& stop) {
      return stop.touch.another_channel;
    };
    const auto is_by_touch = [&answered](const Trigger& start) {
      return start.kind == Trigger::Kind::kTouch ||
             (start.kind == Trigger::Kind::kClockAnswered &&
              answered.contains(start.clock));
    };
    const ClockRule& clock = clocks[i];
    if (std::none_of(clock.stops.begin(), clock.stops.end(), asks) ||
        std::any_of(clock.starts.begin(), clock.starts.end(), is_by_touch)) {
      continue;
    }
    items[i].Map("a clock").Optional("stops").Error(
        "'another' channel is another than that of the touch that started the "
        "clock, and no touch can start this one; name the channels, or let it "
        "start on a response or on CLOCK.answered");
  }
}

// False, and reported, if there are some.
bool CheckStartCircles(const std::vector<YamlValue>& items,
                       const std::vector<ClockRule>& clocks) {
  bool is_good = true;
  StartCircles circles(clocks);
  for (size_t i = 0; i < clocks.size(); ++i) {
    const std::vector<size_t> circle = circles.Find(i);
    if (circle.empty()) continue;
    is_good = false;
    const std::string chain = absl::StrJoin(
        circle, " on ", [&clocks](std::string* out, size_t clock) {
          out->append(clocks[clock].name);
        });
    items[circle.front()].Map("a clock").Optional("starts").Error(
        absl::StrCat("clocks start each other in a circle: ", chain,
                     "; take one of these starts out"));
  }
  return is_good;
}

}  // namespace

void CheckClocks(const std::vector<YamlValue>& items,
                 const std::vector<ClockRule>& clocks) {
  if (CheckStartCircles(items, clocks)) CheckStartsAndStops(items, clocks);
  CheckOtherChannels(items, clocks);
}

}  // namespace leadclock
