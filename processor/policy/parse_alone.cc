#include "processor/policy/parse_alone.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/policy/parse_clock.h"
#include "processor/policy/parse_ladder.h"
#include "processor/policy/parse_lead_rules.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/target.h"

namespace leadclock {
namespace {

void CheckCondition(const YamlValue& value) {
  if (value.present()) ReadCondition(value);
}

void CheckTarget(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return;
  const absl::StatusOr<Target> target = ParseTarget(*text);
  if (!target.ok()) value.Error(target.status().message());
}

void CheckTargets(const YamlValue& value, const Glossary& glossary) {
  if (!value.present() || IsMapForRules(value, "target", "is")) return;
  if (!value.IsList()) return CheckTarget(value);
  // Below these rules those of the base stand.
  for (const Rule& rule :
       ReadRules(value, "target", "is", LastRule::kAny, &glossary)) {
    CheckTarget(rule.then);
  }
}

void CheckCalendars(const YamlValue& value, absl::string_view what,
                    const Glossary& glossary) {
  if (!value.present() || IsMapForRules(value, what, "use")) return;
  if (!value.IsList()) {
    ReadCalendarName(value, glossary.calendars);
    return;
  }
  ReadCalendarRules(ReadRules(value, what, "use", LastRule::kAny, &glossary),
                    glossary.calendars);
}

void CheckLadder(const YamlValue& ladder, const Glossary& glossary) {
  if (!ladder.present()) return;
  for (const YamlValue& item : ladder.Items(kMostRungs)) {
    YamlMap fields = item.Map("a rung");
    if (const YamlValue at = fields.Optional("at"); at.present()) ReadMark(at);
    if (const YamlValue action = fields.Optional("do"); action.present()) {
      ReadRungAction(action);
    }
    if (const YamlValue to = fields.Optional("to"); to.present()) {
      ReadRecipients(to, glossary.roles);
    }
    if (const YamlValue name = fields.Optional("name"); name.present()) {
      ReadName(name);
    }
    CheckCondition(fields.Optional("when"));
    ReadWords(fields.Optional("recommended_action"), "Call now");
    ReadWords(fields.Optional("priority"), "high");
    fields.Optional("remove");
    fields.NothingElse();
  }
}

void CheckClock(const YamlValue& value, const Glossary& glossary) {
  YamlMap fields = value.Map("a clock");
  ReadName(fields.Required("name"));
  CheckCondition(fields.Optional("when"));
  CheckTargets(fields.Optional("target"), glossary);
  CheckCalendars(fields.Optional("calendar"), "calendar", glossary);
  CheckLadder(fields.Optional("ladder"), glossary);
  ReadPlainFields(fields);
  ReadAtRisk(fields.Optional("at_risk"));
  for (const char* const map : {"attempts", "task", "acknowledge"}) {
    fields.Optional(map).Map(map);
  }
  // What these say means nothing without what the base says.
  for (const char* const others : {"starts", "stops", "cancels", "pauses",
                                   "resumes", "responsible", "remove"}) {
    fields.Optional(others);
  }
  RefuseOfPolicy(fields);
  fields.NothingElse();
}

void CheckOverride(const YamlValue& item, const Glossary& glossary) {
  YamlMap fields = item.Map("an override");
  ReadCondition(fields.Required("when"));
  const YamlValue changed = fields.Required("clocks");
  fields.NothingElse();
  for (const YamlField& clock :
       changed.Map("the clocks of an override").TakeAll()) {
    YamlMap of_clock = clock.value.Map("a clock of an override");
    CheckTargets(of_clock.Optional("target"), glossary);
    CheckCalendars(of_clock.Optional("calendar"), "calendar", glossary);
    CheckLadder(of_clock.Optional("ladder"), glossary);
    of_clock.NothingElse();
  }
}

}  // namespace

void CheckAlone(YamlMap& policy, const Glossary& glossary) {
  CheckCalendars(policy.Optional("calendar_for"), "calendar_for", glossary);
  const YamlValue fallback = policy.Optional("fallback");
  if (fallback.present()) ReadRecipients(fallback, glossary.roles);
  const YamlValue eligible = policy.Optional("eligible");
  if (eligible.present()) ReadEligible(eligible, glossary);
  const YamlValue clocks = policy.Optional("clocks");
  if (clocks.present()) {
    for (const YamlValue& clock : clocks.Items()) CheckClock(clock, glossary);
  }
  const YamlValue overrides = policy.Optional("overrides");
  if (overrides.present()) {
    for (const YamlValue& item : overrides.Items()) {
      CheckOverride(item, glossary);
    }
  }
  policy.Optional("reviews");
}

}  // namespace leadclock
