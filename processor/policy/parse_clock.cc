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
#include "processor/policy/clock_checks.h"
#include "processor/policy/duration.h"
#include "processor/policy/never_checks.h"
#include "processor/policy/parse_ladder.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_trigger.h"
#include "processor/policy/target.h"
#include "state/event.h"

namespace leadclock {
namespace {

constexpr size_t kMostClocks = 1000;
constexpr int kMostAttempts = 100;

std::optional<Target> ReadTarget(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<Target> target = ParseTarget(*text);
  if (target.ok()) return *target;
  value.Error(target.status().message());
  return std::nullopt;
}

std::vector<ClockRule::TargetRule> ReadTargets(const YamlValue& value,
                                               const Glossary& glossary) {
  if (IsMapForRules(value, "target", "is")) return {};
  // A single target is what holds otherwise, and always.
  const std::vector<Rule> rules =
      value.IsList()
          ? ReadRules(value, "target", "is", LastRule::kOtherwise, &glossary)
          : std::vector<Rule>{{.when = {}, .then = value}};
  std::vector<ClockRule::TargetRule> targets;
  for (const Rule& rule : rules) {
    const std::optional<Target> target = ReadTarget(rule.then);
    if (target.has_value()) targets.push_back({rule.when, *target});
  }
  return targets;
}

std::vector<CalendarRule> ReadCalendars(const YamlValue& value,
                                        const Glossary& glossary) {
  if (!value.present() || IsMapForRules(value, "calendar", "use")) return {};
  // A single calendar holds always; where no rule of a list does, that is for
  // 'calendar_for' to say.
  const std::vector<Rule> rules =
      value.IsList()
          ? ReadRules(value, "calendar", "use", LastRule::kAny, &glossary)
          : std::vector<Rule>{{.when = {}, .then = value}};
  return ReadCalendarRules(rules, glossary.calendars);
}

// STATUS, {when: CONDITION}, or a list of these.
void ReadPauses(const YamlValue& value, const Glossary& glossary,
                ClockRule* clock) {
  for (const YamlValue& item : value.OneOrMore()) {
    if (item.IsMap()) {
      YamlMap fields = item.Map("a pause");
      clock->pauses_while.push_back(
          ReadCondition(fields.Required("when"), &glossary));
      fields.NothingElse();
      continue;
    }
    std::optional<std::string> status = item.Text();
    if (status.has_value()) clock->pauses.push_back(*std::move(status));
  }
}

// `resumes`: what ends a pause by status.
void ReadResumes(const YamlValue& value, size_t place, const Glossary& glossary,
                 ClockRule* clock) {
  clock->resumes = ReadTriggers(value, TriggerPlace::kResumes, place, glossary);
  if (value.present() && clock->pauses.empty()) {
    value.Error(absl::StrCat(
        "no status pauses this clock, so that nothing can resume it; ",
        clock->pauses_while.empty()
            ? "write 'pauses', or leave this out"
            : "a pause that has a 'when' ends when that does not hold any "
              "more"));
  }
}

// The channels that these touches may be on; nothing: any.
std::optional<std::set<std::string>> ChannelsOf(
    const std::vector<TouchTest>& touches) {
  std::set<std::string> channels;
  for (const TouchTest& touch : touches) {
    if (touch.channels.empty()) return std::nullopt;
    channels.insert(touch.channels.begin(), touch.channels.end());
  }
  return channels;
}

// A cadence on more channels than its attempts may be on.
void CheckHasChannels(const YamlValue& value, const YamlValue& of,
                      const ClockRule::Attempts& attempts) {
  if (of.IsWrong() || attempts.of.empty()) return;
  const auto possible = ChannelsOf(attempts.of);
  const auto asked = static_cast<size_t>(attempts.channels);
  if (!possible.has_value() || possible->size() >= asked) return;
  value.Error(absl::StrCat(
      "these attempts can never be enough: what stands in 'of' is on ",
      absl::StrJoin(*possible, ", "), " and on no other channel, and ", asked,
      " different ones are asked for; write ", possible->size(),
      " at most, or responses on further channels into 'of'"));
}

// {of: RESPONSES, at_least: 6, channels: 2, apart: 4h}
std::optional<ClockRule::Attempts> ReadAttempts(const YamlValue& value,
                                                const Glossary& glossary) {
  if (!value.present()) return std::nullopt;
  YamlMap fields = value.Map("'attempts'");
  ClockRule::Attempts attempts;
  const YamlValue of = fields.Required("of");
  attempts.of = ReadTouches(of, glossary);
  attempts.at_least = static_cast<int>(fields.Required("at_least")
                                           .Integer(1, kMostAttempts)
                                           .value_or(kMostAttempts));
  const YamlValue channels = fields.Optional("channels");
  if (channels.present()) {
    attempts.channels =
        static_cast<int>(channels.Integer(1, kMostAttempts).value_or(1));
  }
  const YamlValue apart = fields.Optional("apart");
  attempts.apart = ReadDuration(apart).value_or(attempts.apart);
  fields.NothingElse();
  if (attempts.at_least == 1) {
    apart.Error(
        "a single attempt is apart from no other, so that this has no effect; "
        "leave it out, or ask for more attempts");
  }
  if (attempts.channels > attempts.at_least) {
    channels.Error(absl::StrCat(attempts.at_least, " attempts cannot be on ",
                                attempts.channels, " channels; write ",
                                attempts.at_least,
                                " at most, or a greater "
                                "'at_least'"));
  } else {
    CheckHasChannels(channels, of, attempts);
  }
  return attempts;
}

std::optional<std::string> ReadRole(const YamlValue& value,
                                    const Glossary& glossary) {
  if (!value.present()) return std::nullopt;
  return ReadRecipient(value, glossary.roles);
}

// KIND, or {kind: KIND, to: ROLE, recommended_action: TEXT}
std::optional<ClockRule::Task> ReadTask(const YamlValue& value,
                                        const Glossary& glossary) {
  if (!value.present()) return std::nullopt;
  ClockRule::Task task;
  if (!value.IsMap()) {
    task.kind = ReadName(value).value_or("");
    return task;
  }
  YamlMap fields = value.Map("'task'");
  task.kind = ReadName(fields.Required("kind")).value_or("");
  task.to = ReadRole(fields.Optional("to"), glossary).value_or(task.to);
  task.recommended_action =
      ReadWords(fields.Optional("recommended_action"), "Call now");
  fields.NothingElse();
  return task;
}

bool IsOfTask(const Trigger& trigger) {
  return trigger.kind == Trigger::Kind::kActivity &&
         trigger.activity.kind == ActivityKind::kTaskDone;
}

// What waits for the clock's own task, of which there is none.
void CheckHasTask(const YamlValue& value, const std::vector<Trigger>& triggers,
                  const ClockRule& clock) {
  if (clock.task.has_value() ||
      std::none_of(triggers.begin(), triggers.end(), IsOfTask)) {
    return;
  }
  value.Error(
      "'task_done' is of this clock's own task, and it has none; write "
      "'task', or leave this out");
}

// What would cancel a clock that it has stopped already.
void CheckCancels(const YamlValue& value, const ClockRule& clock) {
  for (const Trigger& cancel : clock.cancels) {
    if (std::find(clock.stops.begin(), clock.stops.end(), cancel) ==
        clock.stops.end()) {
      continue;
    }
    value.Error(
        "what stands in 'stops' as well never cancels the clock, as it has "
        "answered it before; leave it out of one of them");
    return;
  }
}

ClockRule::Repeats ReadRepeats(const YamlValue& value) {
  return value
      .OneOf<ClockRule::Repeats>("a way to repeat",
                                 {{"never", ClockRule::Repeats::kNever},
                                  {"after_end", ClockRule::Repeats::kAfterEnd},
                                  {"each", ClockRule::Repeats::kEach}})
      .value_or(ClockRule::Repeats::kNever);
}

bool ReadKeeps(const YamlValue& value) {
  return value
      .OneOf<bool>(
          "what becomes of a clock whose lead is not eligible any more",
          {{"stop", false}, {"keep", true}})
      .value_or(false);
}

std::string ReadKpi(const YamlValue& value) {
  if (!value.present()) return "";
  return ReadName(value).value_or("");
}

ClockRule ReadClock(const YamlValue& value, size_t place,
                    const Glossary& glossary) {
  YamlMap fields = value.Map("a clock");
  ClockRule clock;
  clock.name = ReadName(fields.Required("name")).value_or("");
  const YamlValue starts = fields.Required("starts");
  clock.starts = ReadTriggers(starts, TriggerPlace::kStarts, place, glossary);
  const YamlValue when = fields.Optional("when");
  clock.when = ReadCondition(when, &glossary);
  CheckMayStart(starts, when, clock, glossary);
  const YamlValue attempts = fields.Optional("attempts");
  clock.attempts = ReadAttempts(attempts, glossary);
  const YamlValue stops =
      attempts.present() ? fields.Optional("stops") : fields.Required("stops");
  clock.stops = ReadTriggers(stops, TriggerPlace::kStops, place, glossary);
  const YamlValue cancels = fields.Optional("cancels");
  clock.cancels =
      ReadTriggers(cancels, TriggerPlace::kCancels, place, glossary);
  PlainFields plain = ReadPlainFields(fields);
  clock.repeats = plain.repeats;
  clock.keeps_when_ineligible = plain.keeps_when_ineligible;
  clock.kpi = std::move(plain.kpi);
  ReadPauses(fields.Optional("pauses"), glossary, &clock);
  const YamlValue resumes = fields.Optional("resumes");
  ReadResumes(resumes, place, glossary, &clock);
  clock.task = ReadTask(fields.Optional("task"), glossary);
  clock.responsible =
      ReadRole(fields.Optional("responsible"), glossary).value_or("");
  CheckCancels(cancels, clock);
  CheckHasTask(stops, clock.stops, clock);
  CheckHasTask(cancels, clock.cancels, clock);
  CheckHasTask(resumes, clock.resumes, clock);
  const YamlValue target = fields.Required("target");
  clock.targets = ReadTargets(target, glossary);
  const YamlValue calendar = fields.Optional("calendar");
  clock.calendars = ReadCalendars(calendar, glossary);
  const YamlValue acknowledge = fields.Optional("acknowledge");
  clock.ladder = ReadLadder(
      {.ladder = fields.Optional("ladder"),
       .at_risk = fields.Optional("at_risk"),
       .acknowledge = acknowledge},
      {.name = clock.name,
       .targets = target.IsWrong() ? LadderClock().targets : clock.targets,
       .runs = clock.keeps_when_ineligible ? WhenIneligible::kKeep
                                           : WhenIneligible::kStop},
      glossary);
  if (!calendar.IsWrong()) CheckMayBeClosed(acknowledge, clock, glossary);
  fields.Refuse("remove",
                "'remove' takes a clock of the base out, and there is no base "
                "that has this one; leave it out");
  RefuseOfPolicy(fields);
  fields.NothingElse();
  return clock;
}

}  // namespace

PlainFields ReadPlainFields(YamlMap& clock) {
  return {.repeats = ReadRepeats(clock.Optional("repeats")),
          .keeps_when_ineligible = ReadKeeps(clock.Optional("ineligible")),
          .kpi = ReadKpi(clock.Optional("kpi"))};
}

void RefuseOfPolicy(YamlMap& clock) {
  clock.Refuse("open_clocks",
               "'open_clocks' is said once, of all clocks: write it at the top "
               "of the policy");
}

Names ReadClockNames(const YamlValue& value) {
  Names names;
  if (!value.IsList()) return names;
  for (const YamlValue& clock : value.Items(kMostClocks)) {
    const YamlValue name = clock.Field("name");
    const std::string text = name.IsText() ? *name.Text() : "";
    if (!text.empty() && names.Find(text).has_value()) {
      name.Error(absl::StrCat("two clocks are named ", Quoted(text),
                              "; choose another name for one of them"));
    }
    names.Add(text);
  }
  return names;
}

std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary) {
  const std::vector<YamlValue> items = value.Items(kMostClocks);
  std::vector<ClockRule> clocks;
  for (size_t i = 0; i < items.size(); ++i) {
    clocks.push_back(ReadClock(items[i], i, *glossary));
    Names rungs;
    for (const Rung& rung : clocks.back().ladder) rungs.Add(rung.name);
    glossary->rungs.push_back(std::move(rungs));
  }
  CheckClocks(items, clocks);
  return clocks;
}

}  // namespace leadclock
