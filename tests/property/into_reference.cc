#include "tests/property/into_reference.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/time/civil_time.h"
#include "calendars/business_calendar.h"
#include "state/codec.h"
#include "tests/property/activities.h"
#include "tests/property/in_words.h"

namespace leadclock::property {
namespace {

std::vector<reference::Hours> ReferenceHours(
    const std::vector<OpenRange>& ranges) {
  std::vector<reference::Hours> hours;
  for (const OpenRange& range : ranges) {
    hours.push_back({absl::ToInt64Milliseconds(range.opens),
                     absl::ToInt64Milliseconds(range.closes)});
  }
  return hours;
}

reference::Day ReferenceDay(absl::CivilDay date) {
  return reference::DayOf(static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()));
}

reference::Calendar ReferenceCalendar(const CalendarSpec& spec) {
  reference::Calendar calendar;
  calendar.zone = spec.zone;
  for (size_t weekday = 0; weekday < 7; ++weekday) {
    calendar.week[weekday] = ReferenceHours(spec.week[weekday]);
  }
  for (const absl::CivilDay holiday : spec.holidays) {
    calendar.holidays.insert(ReferenceDay(holiday));
  }
  for (const auto& [date, ranges] : spec.special_hours) {
    calendar.special_hours[ReferenceDay(date)] = ReferenceHours(ranges);
  }
  return calendar;
}

reference::Condition ReferenceCondition(const Condition& condition) {
  reference::Condition out;
  for (const AttributeTest& test : condition) {
    reference::AttributeTest& other = out.emplace_back();
    other = {.attribute = test.attribute,
             .any_of = test.any_of,
             .spans = {},
             .negated = test.negated,
             .any = {}};
    for (const NumberSpan& span : test.spans) {
      other.spans.push_back({.from = span.from,
                             .with_from = span.with_from,
                             .to = span.to,
                             .with_to = span.with_to});
    }
    for (const Condition& one : test.any) {
      other.any.push_back(ReferenceCondition(one));
    }
  }
  return out;
}

reference::TouchTest ReferenceTouchTest(const TouchTest& test) {
  reference::TouchTest out;
  if (test.direction) out.direction = Word(*test.direction);
  if (test.actor_kind) out.actor_kind = Word(*test.actor_kind);
  for (const Role role : test.by) out.by.emplace_back(NameOf(role));
  out.meaningful = test.meaningful;
  out.personalized = test.personalized;
  out.reply_path = test.reply_path;
  out.changes_terms = test.changes_terms;
  out.apology = test.apology;
  out.channels = test.channels;
  out.another_channel = test.another_channel;
  return out;
}

reference::Trigger::On ReferenceOn(Trigger::Kind kind) {
  using On = reference::Trigger::On;
  switch (kind) {
    case Trigger::Kind::kLeadCreated:
      return On::kLeadCreated;
    case Trigger::Kind::kAssigned:
      return On::kAssigned;
    case Trigger::Kind::kTouch:
      return On::kTouch;
    case Trigger::Kind::kClockAnswered:
      return On::kAnswered;
    case Trigger::Kind::kClockMissed:
      return On::kMissed;
    case Trigger::Kind::kClockStopped:
      return On::kStopped;
    case Trigger::Kind::kRungFired:
      return On::kRung;
    case Trigger::Kind::kReentered:
      return On::kReentered;
    case Trigger::Kind::kActivity:
      return On::kActivity;
    case Trigger::Kind::kFlagAdded:
      return On::kFlagAdded;
    case Trigger::Kind::kDate:
      break;
  }
  return On::kDate;
}

std::vector<reference::Trigger> ReferenceTriggers(
    const std::vector<Trigger>& triggers) {
  std::vector<reference::Trigger> out;
  for (const Trigger& trigger : triggers) {
    reference::Trigger& other = out.emplace_back();
    other.on = ReferenceOn(trigger.kind);
    other.touch = ReferenceTouchTest(trigger.touch);
    other.clock = trigger.clock;
    other.role = NameOf(trigger.role);
    other.rung = trigger.rung;
    other.activity.kind = Known(trigger.activity.kind).name;
    for (const ActivityTest::FieldTest& field : trigger.activity.fields) {
      other.activity.fields.emplace_back(field.field, field.any_of);
    }
    other.flags = trigger.flags;
    other.date = {.date = trigger.date.date,
                  .days = trigger.date.days,
                  .length = absl::ToInt64Milliseconds(trigger.date.length)};
  }
  return out;
}

reference::Mark ReferenceMark(const Mark& mark) {
  using From = reference::Mark::From;
  const auto from = [](Mark::From from) {
    switch (from) {
      case Mark::From::kStart:
        return From::kStart;
      case Mark::From::kBeforeDue:
        return From::kBeforeDue;
      case Mark::From::kAfterDue:
        return From::kAfterDue;
      case Mark::From::kStarted:
        return From::kStarted;
      case Mark::From::kShare:
        break;
    }
    return From::kShare;
  };
  return {from(mark.from), absl::ToInt64Milliseconds(mark.length), mark.percent,
          mark.wall};
}

std::optional<reference::Attempts> ReferenceAttempts(
    const std::optional<ClockRule::Attempts>& attempts) {
  if (!attempts) return std::nullopt;
  reference::Attempts out;
  for (const TouchTest& test : attempts->of) {
    out.of.push_back(ReferenceTouchTest(test));
  }
  out.at_least = attempts->at_least;
  out.channels = attempts->channels;
  out.apart = absl::ToInt64Milliseconds(attempts->apart);
  return out;
}

reference::Clock::Repeats ReferenceRepeats(ClockRule::Repeats repeats) {
  switch (repeats) {
    case ClockRule::Repeats::kNever:
      break;
    case ClockRule::Repeats::kAfterEnd:
      return reference::Clock::Repeats::kAfterEnd;
    case ClockRule::Repeats::kEach:
      return reference::Clock::Repeats::kEach;
  }
  return reference::Clock::Repeats::kNever;
}

reference::Clock ReferenceClock(const ClockRule& clock) {
  reference::Clock out;
  out.name = clock.name;
  out.starts = ReferenceTriggers(clock.starts);
  out.stops = ReferenceTriggers(clock.stops);
  out.when = ReferenceCondition(clock.when);
  out.cancels = ReferenceTriggers(clock.cancels);
  out.repeats = ReferenceRepeats(clock.repeats);
  out.keeps_when_ineligible = clock.keeps_when_ineligible;
  out.attempts = ReferenceAttempts(clock.attempts);
  out.responsible = clock.responsible;
  out.pauses = clock.pauses;
  out.resumes = ReferenceTriggers(clock.resumes);
  for (const Condition& condition : clock.pauses_while) {
    out.pauses_while.push_back(ReferenceCondition(condition));
  }
  if (clock.task) out.task = {.kind = clock.task->kind, .to = clock.task->to};
  for (const ClockRule::TargetRule& rule : clock.targets) {
    out.targets.push_back(
        {.when = ReferenceCondition(rule.when),
         .target = absl::ToInt64Milliseconds(rule.target.length),
         .business_days = rule.target.days,
         .end_of_business_day =
             rule.target.kind == Target::Kind::kEndOfBusinessDay});
  }
  for (const CalendarRule& rule : clock.calendars) {
    out.calendars.push_back({ReferenceCondition(rule.when), rule.calendar});
  }
  for (const Rung& rung : clock.ladder) {
    out.ladder.push_back({ReferenceMark(rung.mark), FactName(rung.action),
                          ReferenceCondition(rung.when), rung.to, rung.name,
                          rung.for_the_rest});
  }
  return out;
}

void SetPeople(const PeopleChanges& people, reference::Event* event) {
  if (people.owner) event->owner = people.owner->text();
  if (people.backup) event->backup = people.backup->text();
  if (people.manager) event->manager = people.manager->text();
}

struct IntoReference {
  reference::Event* event;

  void operator()(const LeadCreated& body) const {
    event->what = reference::Event::What::kLeadCreated;
    event->attributes = body.attributes;
    event->flags_added = body.flags;
    SetPeople(body.people, event);
  }
  void operator()(const AttributesChanged& body) const {
    event->what = reference::Event::What::kAttributesChanged;
    event->attributes = body.attributes;
  }
  void operator()(const FlagsChanged& body) const {
    event->what = reference::Event::What::kFlagsChanged;
    event->flags_added = body.added;
    event->flags_removed = body.removed;
  }
  void operator()(const Assigned& body) const {
    event->what = reference::Event::What::kAssigned;
    SetPeople(body.people, event);
    for (const auto& [role, holder] : body.holders) {
      event->holders.emplace_back(role, holder.text());
    }
  }
  void operator()(const Touched& body) const {
    event->what = reference::Event::What::kTouch;
    event->touch = {
        body.channel,      Word(body.direction), Word(body.actor_kind),
        body.actor.text(), body.meaningful,      body.personalized,
        body.reply_path,   body.changes_terms,   body.apology};
  }
  void operator()(const Withdrawn& body) const {
    event->what = reference::Event::What::kWithdrawn;
    event->withdraws = {body.event.source, body.event.id};
  }
  void operator()(const Activity& body) const {
    event->what = reference::Event::What::kActivity;
    event->activity = Known(body.kind).name;
    for (const auto& [field, value] : body.fields) {
      event->fields[field] = value;
    }
    event->attributes = body.learnt;
  }
  void operator()(const MergedInto&) const {
    event->what = reference::Event::What::kMerged;
  }
  void operator()(const Absorbed& body) const {
    event->what = reference::Event::What::kAbsorbed;
    event->absorbed_started_at = ReferenceInstant(body.started_at);
    event->absorbed_was_answered = body.first_answered_at.has_value();
  }
  void operator()(const Erased&) const {
    event->what = reference::Event::What::kErased;
  }
};

}  // namespace

reference::Policy ReferencePolicy(const PolicyVersion& version) {
  const Policy& policy = version.policy;
  reference::Policy out;
  for (size_t i = 0; i < version.calendars.size(); ++i) {
    out.calendars.push_back(ReferenceCalendar(version.calendars[i]));
    out.calendars.back().name = policy.calendars[i].name;
  }
  out.calendars.front().always = true;
  for (const CalendarRule& rule : policy.calendar_for) {
    out.calendar_for.push_back({ReferenceCondition(rule.when), rule.calendar});
  }
  for (const NamedRole& role : policy.roles) {
    for (const NamedRole::Rule& rule : role.rules) {
      out.roles[role.name].push_back(
          {ReferenceCondition(rule.when), rule.holder.text()});
    }
  }
  out.fallback = policy.fallback;
  for (const EligibilityRule& rule : policy.eligible) {
    out.eligible.push_back({ReferenceCondition(rule.when), rule.reason,
                            rule.then == EligibilityRule::Then::kReview,
                            rule.to});
  }
  for (const ReviewRule& rule : policy.reviews) {
    out.reviews.push_back(
        {ReferenceCondition(rule.when), rule.reason, rule.to});
  }
  out.reentry = {ReferenceTriggers(policy.reentry.ends),
                 ReferenceTriggers(policy.reentry.returns)};
  for (const OutcomeRule& rule : policy.outcomes) {
    out.outcomes.push_back({rule.name, ReferenceTriggers(rule.on),
                            ReferenceCondition(rule.when), rule.repeats});
  }
  for (const ClockRule& clock : policy.clocks) {
    out.clocks.push_back(ReferenceClock(clock));
  }
  return out;
}

reference::Millis ReferenceInstant(absl::Time at) {
  return absl::ToUnixMillis(at);
}

absl::Time InstantOf(reference::Millis at) { return absl::FromUnixMillis(at); }

reference::Event ReferenceEvent(const Event& event) {
  reference::Event out;
  out.name = {event.ref.source, event.ref.id};
  out.at = ReferenceInstant(event.occurred_at);
  out.sequence = event.sequence;
  out.kind = static_cast<int>(event.kind);
  out.stored_form = EncodeEvent(event);
  std::visit(IntoReference{&out}, event.body);
  return out;
}

std::vector<reference::Event> ReferenceEvents(
    const std::vector<Event>& events) {
  std::vector<reference::Event> out;
  for (const Event& event : events) out.push_back(ReferenceEvent(event));
  return out;
}

reference::Life Live(const Scenario& scenario,
                     const std::vector<Event>& events) {
  return LiveKnownAt(scenario.arrival.size(), scenario, events);
}

reference::Life LiveKnownAt(size_t batch, const Scenario& scenario,
                            const std::vector<Event>& events) {
  std::vector<reference::Version> versions;
  for (const PolicyVersion& version : scenario.versions) {
    if (version.known_at > batch) continue;
    versions.push_back(
        {version.policy.version, ReferenceInstant(version.policy.effective),
         version.policy.open_clocks == Policy::OpenClocks::kCarry,
         ReferencePolicy(version)});
  }
  return reference::Live(versions, ReferenceEvents(events),
                         ReferenceInstant(scenario.horizon),
                         absl::ToInt64Milliseconds(scenario.step));
}

}  // namespace leadclock::property
