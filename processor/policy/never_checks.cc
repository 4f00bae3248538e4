#include "processor/policy/never_checks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/policy/attributes.h"
#include "processor/policy/covering.h"
#include "state/event.h"
#include "state/people.h"

namespace leadclock {
namespace {

// ---- What is known of a lead when something happens to it

AttributeTest CycleWithin(NumberSpan span) {
  return {.attribute = "cycle", .spans = {span}};
}

// What an activity says of the lead with one of its fields.
absl::string_view LearntBy(ActivityKind kind) {
  switch (kind) {
    case ActivityKind::kStageChanged:
      return "stage";
    case ActivityKind::kStatusChanged:
      return "status";
    case ActivityKind::kConsentChanged:
      return "consent";
    case ActivityKind::kDisposition:
      return "outcome";
    case ActivityKind::kContactBroken:
      return "channel";
    default:
      return "";
  }
}

// The attribute that says so.
std::string AttributeOf(ActivityKind kind, absl::string_view field) {
  if (kind == ActivityKind::kDisposition) return "disposition";
  if (kind == ActivityKind::kContactBroken) return "broken_channel";
  return std::string(field);
}

std::optional<AttributeTest> LearntBy(const ActivityTest& activity) {
  const absl::string_view said = LearntBy(activity.kind);
  const auto field = [&](absl::string_view name) {
    return std::find_if(activity.fields.begin(), activity.fields.end(),
                        [&](const ActivityTest::FieldTest& test) {
                          return test.field == name;
                        });
  };
  const auto asked = field(said);
  if (said.empty() || asked == activity.fields.end()) return std::nullopt;
  // What it does not say is not learnt.
  const std::vector<std::string>& values = asked->any_of;
  if (std::find(values.begin(), values.end(), "") != values.end()) {
    return std::nullopt;
  }
  // Consent for one channel says nothing of the others.
  if (activity.kind == ActivityKind::kConsentChanged) {
    const auto channel = field("channel");
    const bool is_for_all = channel != activity.fields.end() &&
                            channel->any_of == std::vector<std::string>{""};
    if (!is_for_all) return std::nullopt;
  }
  return AttributeTest{.attribute = AttributeOf(activity.kind, said),
                       .any_of = values};
}

std::string NameOfClock(size_t place, const Names& clocks) {
  for (const absl::string_view name : clocks.All()) {
    if (clocks.Find(name) == place) return std::string(name);
  }
  return "";
}

// Something that starts a clock, and what then is known to hold of the lead.
struct Start {
  Condition known;
  // Then it is looked at whether the lead is eligible at that very instant,
  // and not at what it was before the event.
  bool is_by_time = false;
  bool lets_go = false;  // the lead, of which then no clock starts
};

Condition Both(Condition a, const Condition& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// That the lead has missed a clock which falls due now. A clock that is open
// since the lead was here before is missed for that time, and not for this one.
Condition MissedUnlessBack(const std::string& clock, const Glossary& glossary) {
  if (glossary.has_reentry) return {};
  return {{.attribute = "missed_clock", .any_of = {clock}}};
}

bool IsAmong(const Trigger& trigger, const std::vector<Trigger>& all) {
  return std::find(all.begin(), all.end(), trigger) != all.end();
}

Start StartOn(const Trigger& trigger, const Glossary& glossary) {
  Condition known;
  switch (trigger.kind) {
    case Trigger::Kind::kLeadCreated:
      if (glossary.has_reentry) known = {CycleWithin({.from = 1, .to = 1})};
      break;
    case Trigger::Kind::kReentered:
      known = {CycleWithin({.from = 2})};
      break;
    case Trigger::Kind::kAssigned:
      known = {{.attribute = NameOf(trigger.role), .any_of = {"somebody"}}};
      break;
    case Trigger::Kind::kFlagAdded:
      known = {{.attribute = "flag", .any_of = trigger.flags}};
      break;
    case Trigger::Kind::kActivity:
      if (const auto learnt = LearntBy(trigger.activity)) known = {*learnt};
      break;
    case Trigger::Kind::kClockMissed:
      known = MissedUnlessBack(NameOfClock(trigger.clock, glossary.clocks),
                               glossary);
      break;
    default:
      break;
  }
  return {.known = known,
          .is_by_time = trigger.kind == Trigger::Kind::kClockMissed ||
                        trigger.kind == Trigger::Kind::kDate,
          .lets_go = IsAmong(trigger, glossary.reentry_ends)};
}

// Without anything that brings leads back, each is there for the first time.
Condition FirstTimeOnly(const Glossary& glossary) {
  if (glossary.has_reentry) return {};
  return {CycleWithin({.from = 1, .to = 1})};
}

// ---- Leads to which nothing is promised

// Whether it may come to hold, or not to hold, as time passes or by what
// follows from an event. When something happens it is looked at before that
// whether a lead is eligible.
bool DependsOnClocks(const Condition& condition) {
  constexpr std::array kOfClocks = {Aspect::kDateAhead, Aspect::kOpenClock,
                                    Aspect::kMissedClock,
                                    Aspect::kEscalatedClock, Aspect::kOutcome};
  return std::any_of(
      condition.begin(), condition.end(), [&](const AttributeTest& test) {
        return std::find(kOfClocks.begin(), kOfClocks.end(),
                         AspectOf(test.attribute)) != kOfClocks.end() ||
               std::any_of(test.any.begin(), test.any.end(), DependsOnClocks);
      });
}

// The reasons for which all leads of which that holds are taken out; none, if
// some are eligible.
std::vector<std::string> WhyTakenOut(const Condition& when, bool is_by_time,
                                     const Glossary& glossary) {
  std::vector<Condition> conditions;
  std::vector<std::string> of_conditions;
  for (const EligibilityRule& rule : glossary.eligible) {
    if (rule.when.empty()) continue;
    if (!is_by_time && DependsOnClocks(rule.when)) continue;
    conditions.push_back(rule.when);
    of_conditions.push_back(rule.reason);
  }
  // That no lead at all is eligible is reported once, where these rules stand.
  if (!Covering({}, conditions).empty()) return {};
  std::vector<std::string> reasons;
  for (const size_t place : Covering(when, conditions)) {
    const std::string reason = Quoted(of_conditions[place]);
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      reasons.push_back(reason);
    }
  }
  return reasons;
}

std::string TakesOut(const std::vector<std::string>& reasons) {
  return absl::StrCat(
      "'eligible' takes the leads that it is for out, for the reason",
      reasons.size() == 1 ? " " : "s ", absl::StrJoin(reasons, " and "));
}

// What is known of a lead when a rung of its clock is reached.
Condition WhenReached(const Mark& mark, const std::string& clock,
                      const Glossary& glossary) {
  const Condition open = {{.attribute = "open_clock", .any_of = {clock}}};
  return mark.from == Mark::From::kAfterDue
             ? Both(open, MissedUnlessBack(clock, glossary))
             : open;
}

constexpr absl::string_view kNoReturn =
    "no lead ever comes back, as the policy has no 'reentry', so that 'cycle' "
    "is always 1";

}  // namespace

std::string OrTakeOut(const YamlValue& value) {
  return value.file() == 0 ? ""
                           : "; if a policy that extends this file makes it "
                             "so, take it out there with 'remove: true'";
}

void CheckMayStart(const YamlValue& starts, const YamlValue& when,
                   const ClockRule& clock, const Glossary& glossary) {
  if (when.IsWrong()) return;
  const Condition first = FirstTimeOnly(glossary);
  const auto report = [&](absl::string_view why) {
    const YamlValue& place = when.present() ? when : starts;
    place.Error(
        absl::StrCat("this clock can never start: ", why, OrTakeOut(place)));
  };
  if (ContradictsItself(Both(clock.when, first))) return report(kNoReturn);
  std::vector<Start> all;
  if (!starts.IsWrong()) {
    for (const Trigger& trigger : clock.starts) {
      all.push_back(StartOn(trigger, glossary));
    }
  }
  if (all.empty()) all.emplace_back();
  std::string why;
  for (const Start& start : all) {
    if (start.lets_go) {
      why =
          "what starts it is what 'reentry' lets the lead go by, and no clock "
          "starts while it is away; let it start on 'reentered'";
      continue;
    }
    if (ContradictsItself(Both(clock.when, start.known))) {
      why =
          "what starts it never happens to a lead that it is for, as just this "
          "makes its 'when' untrue";
      continue;
    }
    const std::vector<std::string> reasons = WhyTakenOut(
        Both(Both(clock.when, start.known), first), start.is_by_time, glossary);
    if (reasons.empty()) return;
    why = TakesOut(reasons);
  }
  report(why);
}

void CheckMayFire(const YamlValue& value, const Rung& rung,
                  const std::string& clock, WhenIneligible runs,
                  const Glossary& glossary) {
  if (!value.present() || value.IsWrong()) return;
  const auto report = [&](absl::string_view why) {
    value.Error(
        absl::StrCat("this rung can never fire: ", why, OrTakeOut(value)));
  };
  const Condition known = Both(rung.when, FirstTimeOnly(glossary));
  if (ContradictsItself(known)) return report(kNoReturn);
  const Condition reached = WhenReached(rung.mark, clock, glossary);
  if (ExcludeEachOther(rung.when, reached)) {
    return report(absl::StrCat("when it is reached its own clock is open",
                               reached.size() > 1 ? ", and was missed" : "",
                               ", so that its 'when' is untrue"));
  }
  if (runs == WhenIneligible::kKeep) return;
  const std::vector<std::string> reasons =
      WhyTakenOut(known, /*is_by_time=*/false, glossary);
  if (!reasons.empty()) report(TakesOut(reasons));
}

void CheckMayBeClosed(const YamlValue& acknowledge, const ClockRule& clock,
                      const Glossary& glossary) {
  if (!acknowledge.present()) return;
  std::vector<CalendarRule> rules = clock.calendars;
  if (rules.empty() || !rules.back().when.empty()) {
    // What could not be read has been reported.
    if (glossary.calendar_for.empty()) return;
    rules.insert(rules.end(), glossary.calendar_for.begin(),
                 glossary.calendar_for.end());
  }
  std::vector<std::string> names;
  for (const CalendarRule& rule : rules) {
    const KnownCalendar& calendar = glossary.known_calendars[rule.calendar];
    if (!calendar.is_never_closed) return;
    const std::string name = Quoted(calendar.name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  const bool is_one = names.size() == 1;
  acknowledge.Error(absl::StrCat(
      "nothing is ever acknowledged: the ", is_one ? "calendar " : "calendars ",
      absl::StrJoin(names, " and "), is_one ? " is" : " are",
      " never closed; let the clock count by another one, or leave this out",
      OrTakeOut(acknowledge)));
}

}  // namespace leadclock
