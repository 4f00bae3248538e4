#include "processor/policy/parse_clock.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "processor/policy/describe.h"
#include "processor/policy/parse_ladder.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_trigger.h"
#include "processor/policy/target.h"

namespace leadclock {
namespace {

constexpr size_t kMostClocks = 1000;

std::optional<Target> ReadTarget(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<Target> target = ParseTarget(*text);
  if (target.ok()) return *target;
  value.Error(target.status().message());
  return std::nullopt;
}

std::vector<ClockRule::TargetRule> ReadTargets(const YamlValue& value) {
  // A single target is what holds otherwise, and always.
  const std::vector<Rule> rules =
      value.IsList() ? ReadRules(value, "target", "is", LastRule::kOtherwise)
                     : std::vector<Rule>{{.when = {}, .then = value}};
  std::vector<ClockRule::TargetRule> targets;
  for (const Rule& rule : rules) {
    const std::optional<Target> target = ReadTarget(rule.then);
    if (target.has_value()) targets.push_back({rule.when, *target});
  }
  return targets;
}

std::vector<CalendarRule> ReadCalendars(const YamlValue& value,
                                        const Names& calendars) {
  if (!value.present()) return {};
  // A single calendar holds always; where no rule of a list does, that is for
  // 'calendar_for' to say.
  const std::vector<Rule> rules =
      value.IsList() ? ReadRules(value, "calendar", "use", LastRule::kAny)
                     : std::vector<Rule>{{.when = {}, .then = value}};
  return ReadCalendarRules(rules, calendars);
}

std::vector<std::string> ReadStatuses(const YamlValue& value) {
  std::vector<std::string> statuses;
  for (const YamlValue& item : value.OneOrMore()) {
    std::optional<std::string> status = item.Text();
    if (status.has_value()) statuses.push_back(*std::move(status));
  }
  return statuses;
}

// `acknowledge` is for clocks that start while their calendar is closed.
void CheckMayBeClosed(const YamlValue& acknowledge, const ClockRule& clock,
                      const Glossary& glossary) {
  const auto is_of_always = [](const CalendarRule& rule) {
    return rule.calendar == 0;
  };
  const bool has_others = glossary.calendars.All().size() > 1;
  const bool is_complete =
      !clock.calendars.empty() && clock.calendars.back().when.empty();
  const bool is_always = std::all_of(clock.calendars.begin(),
                                     clock.calendars.end(), is_of_always) &&
                         (is_complete || !has_others);
  if (!acknowledge.present() || !is_always) return;
  acknowledge.Error(
      "nothing is ever acknowledged: the calendar 'always' is never closed; "
      "let "
      "the clock count by another one, or leave this out");
}

ClockRule ReadClock(const YamlValue& value, size_t place,
                    const Glossary& glossary) {
  YamlMap fields = value.Map("a clock");
  ClockRule clock;
  clock.name = ReadName(fields.Required("name")).value_or("");
  clock.starts = ReadStarts(fields.Required("starts"), place, glossary);
  clock.stops = ReadStops(fields.Required("stops"), place, glossary);
  clock.pauses = ReadStatuses(fields.Optional("pauses"));
  clock.targets = ReadTargets(fields.Required("target"));
  clock.calendars =
      ReadCalendars(fields.Optional("calendar"), glossary.calendars);
  const YamlValue acknowledge = fields.Optional("acknowledge");
  clock.ladder = ReadLadder({.ladder = fields.Optional("ladder"),
                             .at_risk = fields.Optional("at_risk"),
                             .acknowledge = acknowledge},
                            clock.targets, glossary);
  CheckMayBeClosed(acknowledge, clock, glossary);
  fields.Refuse("remove",
                "'remove' takes a clock of the base out, and there is no base "
                "that has this one; leave it out");
  fields.Refuse("open_clocks",
                "'open_clocks' is said once, of all clocks: write it at the "
                "top of the policy");
  fields.NothingElse();
  return clock;
}

// The names of all clocks, which each of them may use.
Names ReadClockNames(const std::vector<YamlValue>& clocks) {
  Names names;
  for (const YamlValue& clock : clocks) {
    const YamlValue name = clock.Map("a clock").Optional("name");
    const std::string text = name.IsText() ? *name.Text() : "";
    if (!text.empty() && names.Find(text).has_value()) {
      name.Error(absl::StrCat("two clocks are named ", Quoted(text),
                              "; choose another name for one of them"));
    }
    names.Add(text);
  }
  return names;
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
      const bool is_clock = start.kind == Trigger::Kind::kClockAnswered ||
                            start.kind == Trigger::Kind::kClockMissed;
      if (is_clock && circle.empty()) circle = Find(start.clock);
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
    return !stops.empty() &&
           std::all_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
             return stop.kind == Trigger::Kind::kClockAnswered &&
                    before.contains(stop.clock);
           });
  }

 private:
  // The clocks that are answered, once and for all, when this one starts.
  std::set<size_t> AnsweredBefore(size_t clock) {
    std::optional<std::set<size_t>> always;
    for (const Trigger& start : clocks_[clock].starts) {
      std::set<size_t> answered;
      const bool is_answered = start.kind == Trigger::Kind::kClockAnswered;
      if (is_answered || start.kind == Trigger::Kind::kClockMissed) {
        answered = AnsweredBefore(start.clock);
      }
      if (is_answered) answered.insert(start.clock);
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
};

// What can happen to clocks at all, each by what can happen to the others.
class Possible {
 public:
  explicit Possible(const std::vector<ClockRule>& clocks)
      : starts_(clocks.size(), false), stops_(clocks.size(), false) {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < clocks.size(); ++i) {
        const bool starts = AnyStarts(clocks[i].starts);
        const bool stops = starts && AnyStops(clocks[i].stops);
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
           std::any_of(starts.begin(), starts.end(), [&](const Trigger& start) {
             return start.kind == Trigger::Kind::kClockMissed
                        ? starts_[start.clock]
                        : start.kind != Trigger::Kind::kClockAnswered ||
                              stops_[start.clock];
           });
  }

  // A lead comes in before any of its clocks runs.
  bool AnyStops(const std::vector<Trigger>& stops) const {
    return stops.empty() ||
           std::any_of(stops.begin(), stops.end(), [&](const Trigger& stop) {
             return stop.kind == Trigger::Kind::kClockAnswered
                        ? stops_[stop.clock]
                        : stop.kind != Trigger::Kind::kLeadCreated;
           });
  }

 private:
  std::vector<bool> starts_;
  std::vector<bool> stops_;
};

// "'a' or 'b' is answered"; "" if no clock is waited for.
std::string Awaited(const std::vector<Trigger>& triggers,
                    const std::vector<ClockRule>& clocks) {
  std::vector<std::string> words;
  for (const Trigger& trigger : triggers) {
    if (trigger.kind == Trigger::Kind::kLeadCreated) continue;
    words.push_back(absl::StrCat(Quoted(clocks[trigger.clock].name),
                                 trigger.kind == Trigger::Kind::kClockMissed
                                     ? " to be missed"
                                     : " to be answered"));
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
  const std::vector<Trigger>& stops = clocks[clock].stops;
  if (possible.AnyStops(stops)) return "";
  const std::string awaited = Awaited(stops, clocks);
  if (awaited.empty()) {
    return "a lead comes in once, before any of its clocks runs; write what "
           "people do then, such as a response or assigned";
  }
  return absl::StrCat("it waits for ", awaited,
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
      if (std::any_of(stops.begin(), stops.end(), is_by_touch)) {
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

std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary) {
  const std::vector<YamlValue> items = value.Items(kMostClocks);
  glossary->clocks = ReadClockNames(items);
  std::vector<ClockRule> clocks;
  for (size_t i = 0; i < items.size(); ++i) {
    clocks.push_back(ReadClock(items[i], i, *glossary));
  }
  if (CheckStartCircles(items, clocks)) CheckStartsAndStops(items, clocks);
  CheckOtherChannels(items, clocks);
  return clocks;
}

}  // namespace leadclock
