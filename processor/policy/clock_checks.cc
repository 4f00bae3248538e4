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

// The clocks that lead from one to itself by their starts.
class StartCircles {
 public:
  // As the places of its clocks, the first one again at the end.
  using Circle = std::vector<size_t>;

  explicit StartCircles(const std::vector<ClockRule>& clocks)
      : clocks_(clocks),
        seen_(clocks.size(), Seen::kNot),
        on_circle_(clocks.size(), false) {
    for (size_t i = 0; i < clocks.size(); ++i) Follow(i);
  }

  // Not all where many cross, but enough to break: without one start of each
  // there is none. At most kMostCircles.
  const std::vector<Circle>& all() const { return circles_; }

  // Whether one of these circles is of it.
  bool IsOn(size_t clock) const { return on_circle_[clock]; }

  static constexpr size_t kMostCircles = 16;

 private:
  enum class Seen : uint8_t { kNot, kOnPath, kDone };

  void Follow(size_t clock) {
    seen_[clock] = Seen::kOnPath;
    path_.push_back(clock);
    std::set<size_t> followed;
    for (const Trigger& start : clocks_[clock].starts) {
      if (!IsByClock(start) || !followed.insert(start.clock).second) continue;
      if (seen_[start.clock] == Seen::kNot) Follow(start.clock);
      if (seen_[start.clock] == Seen::kOnPath) Note(start.clock);
    }
    path_.pop_back();
    seen_[clock] = Seen::kDone;
  }

  void Note(size_t clock) {
    const auto first = std::find(path_.begin(), path_.end(), clock);
    for (auto each = first; each != path_.end(); ++each) {
      on_circle_[*each] = true;
    }
    if (circles_.size() == kMostCircles) return;
    Circle circle(first, path_.end());
    circle.push_back(clock);
    circles_.push_back(std::move(circle));
  }

  const std::vector<ClockRule>& clocks_;
  std::vector<Seen> seen_;
  std::vector<size_t> path_;
  std::vector<Circle> circles_;
  std::vector<bool> on_circle_;
};

// Clocks that cannot be stopped, because what would stop them lies before
// their start.
class Unstoppable {
 public:
  Unstoppable(const std::vector<ClockRule>& clocks, const StartCircles& circles)
      : clocks_(clocks), circles_(circles) {}

  bool Is(size_t clock) {
    const std::vector<Trigger>& stops = clocks_[clock].stops;
    const std::set<size_t>& before = OverBefore(clock);
    return !stops.empty() && !clocks_[clock].attempts.has_value() &&
           std::all_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
             return stop.kind == Trigger::Kind::kClockAnswered &&
                    before.contains(stop.clock);
           });
  }

 private:
  // The clocks that are answered, or ended without an answer, once and for
  // all, when this one starts.
  const std::set<size_t>& OverBefore(size_t clock) {
    const auto known = over_before_.find(clock);
    if (known != over_before_.end()) return known->second;
    std::set<size_t> over = FindOverBefore(clock);
    return over_before_[clock] = std::move(over);
  }

  std::set<size_t> FindOverBefore(size_t clock) {
    // That it waits for itself is reported apart.
    if (circles_.IsOn(clock)) return {};
    std::optional<std::set<size_t>> always;
    for (const Trigger& start : clocks_[clock].starts) {
      std::set<size_t> over;
      if (IsByClock(start)) over = OverBefore(start.clock);
      // A missed one may be answered late; one that repeats, again.
      const bool is_over = start.kind == Trigger::Kind::kClockAnswered ||
                           start.kind == Trigger::Kind::kClockStopped;
      const bool is_once =
          clocks_[start.clock].repeats == ClockRule::Repeats::kNever;
      if (is_over && is_once) over.insert(start.clock);
      if (!always) {
        always = std::move(over);
        continue;
      }
      std::erase_if(*always, [&](size_t each) { return !over.contains(each); });
    }
    return always.value_or(std::set<size_t>());
  }

  const std::vector<ClockRule>& clocks_;
  const StartCircles& circles_;
  std::map<size_t, std::set<size_t>> over_before_;
};

// What can happen to clocks at all, each by what can happen to the others.
class Possible {
 public:
  // What waits for itself is taken to start: that is reported apart, and mended
  // there.
  Possible(const std::vector<ClockRule>& clocks, const StartCircles& circles)
      : clocks_(clocks),
        starts_(clocks.size(), false),
        stops_(clocks.size(), false) {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < clocks.size(); ++i) {
        const bool starts = circles.IsOn(i) || AnyStarts(clocks[i].starts);
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
                          const Possible& possible, Unstoppable& unstoppable) {
  if (unstoppable.Is(clock)) {
    return "what would stop it is over before it starts; write what it waits "
           "for after its start";
  }
  if (possible.AnyStops(clocks[clock])) return "";
  return absl::StrCat("it waits for ", Awaited(clocks[clock].stops, clocks),
                      ", which can never be, as each waits for the other or "
                      "for what never happens; let one of them stop on a "
                      "response or on assigned");
}

void CheckStartsAndStops(const std::vector<YamlValue>& items,
                         const std::vector<ClockRule>& clocks,
                         const StartCircles& circles) {
  const Possible possible(clocks, circles);
  Unstoppable unstoppable(clocks, circles);
  for (size_t i = 0; i < clocks.size(); ++i) {
    YamlMap fields = items[i].Map("a clock");
    if (!possible.Starts(i)) {
      fields.Optional("starts").Error(absl::StrCat(
          "this clock can never start: it waits for ",
          Awaited(clocks[i].starts, clocks),
          ", which can never be; let it start on what happens, or mend that "
          "clock"));
    }
    const std::string why = WhyNeverStops(i, clocks, possible, unstoppable);
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
    // A touch may set a flag, bring a lead back, and end a clock.
    const auto is_by_touch = [&answered](const Trigger& start) {
      return start.kind == Trigger::Kind::kTouch ||
             start.kind == Trigger::Kind::kFlagAdded ||
             start.kind == Trigger::Kind::kReentered ||
             start.kind == Trigger::Kind::kClockStopped ||
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

void ReportCircles(const std::vector<YamlValue>& items,
                   const std::vector<ClockRule>& clocks,
                   const StartCircles& circles) {
  for (const StartCircles::Circle& circle : circles.all()) {
    const std::string chain = absl::StrJoin(
        circle, " on ", [&clocks](std::string* out, size_t clock) {
          out->append(clocks[clock].name);
        });
    items[circle.front()].Map("a clock").Optional("starts").Error(
        absl::StrCat("clocks start each other in a circle: ", chain,
                     "; take one of these starts out"));
  }
}

}  // namespace

void CheckClocks(const std::vector<YamlValue>& items,
                 const std::vector<ClockRule>& clocks) {
  const StartCircles circles(clocks);
  ReportCircles(items, clocks, circles);
  CheckStartsAndStops(items, clocks, circles);
  CheckOtherChannels(items, clocks);
}

}  // namespace leadclock
