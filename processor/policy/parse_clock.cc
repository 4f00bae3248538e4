#include "processor/policy/parse_clock.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_ladder.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_trigger.h"

namespace leadclock {
namespace {

constexpr size_t kMostClocks = 1000;

std::optional<absl::Duration> ReadTarget(const YamlValue& value) {
  if (value.IsText() && absl::StrContains(*value.Text(), "business day")) {
    value.Error(absl::StrCat("the target in business days, ",
                             NotSupported(*value.Text()), "; write hours"));
    return std::nullopt;
  }
  return ReadDuration(value);
}

std::vector<ClockRule::TargetRule> ReadTargets(const YamlValue& value) {
  // A single target is what holds otherwise, and always.
  const std::vector<Rule> rules =
      value.IsList() ? ReadRules(value, "target", "is")
                     : std::vector<Rule>{{.when = {}, .then = value}};
  std::vector<ClockRule::TargetRule> targets;
  for (const Rule& rule : rules) {
    const std::optional<absl::Duration> target = ReadTarget(rule.then);
    if (target.has_value()) targets.push_back({rule.when, *target});
  }
  return targets;
}

std::vector<std::string> ReadStatuses(const YamlValue& value) {
  std::vector<std::string> statuses;
  for (const YamlValue& item : value.OneOrMore()) {
    std::optional<std::string> status = item.Text();
    if (status.has_value()) statuses.push_back(*std::move(status));
  }
  return statuses;
}

ClockRule ReadClock(const YamlValue& value, size_t place,
                    const Glossary& glossary) {
  YamlMap fields = value.Map("a clock");
  ClockRule clock;
  clock.name = ReadName(fields.Required("name")).value_or("");
  clock.starts = ReadTriggers(fields.Required("starts"), place, glossary);
  clock.stops = ReadStops(fields.Required("stops"), place, glossary);
  clock.pauses = ReadStatuses(fields.Optional("pauses"));
  clock.targets = ReadTargets(fields.Required("target"));
  clock.calendar =
      ReadCalendarName(fields.Optional("calendar"), glossary.calendars);
  clock.ladder = ReadLadder(fields.Optional("ladder"));
  RefuseNotSupported(&fields, {"open_clocks"});
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

void CheckStartCircles(const std::vector<YamlValue>& items,
                       const std::vector<ClockRule>& clocks) {
  StartCircles circles(clocks);
  for (size_t i = 0; i < clocks.size(); ++i) {
    const std::vector<size_t> circle = circles.Find(i);
    if (circle.empty()) continue;
    const std::string chain = absl::StrJoin(
        circle, " on ", [&clocks](std::string* out, size_t clock) {
          out->append(clocks[clock].name);
        });
    items[circle.front()].Map("a clock").Optional("starts").Error(
        absl::StrCat("clocks start each other in a circle: ", chain,
                     "; let one of them start on something else"));
  }
}

}  // namespace

std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary) {
  const std::vector<YamlValue> items = value.Items(kMostClocks);
  glossary->clocks = ReadClockNames(items);
  std::vector<ClockRule> clocks;
  for (size_t i = 0; i < items.size(); ++i) {
    clocks.push_back(ReadClock(items[i], i, *glossary));
  }
  CheckStartCircles(items, clocks);
  return clocks;
}

}  // namespace leadclock
