#include "tests/reference/stories.h"

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace leadclock::reference::stories {

Millis At(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &year, &month, &day, &hour,
                  &minute) != 5) {
    throw std::invalid_argument("not an instant: " + text);
  }
  return DayOf(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
             kDay +
         hour * kHour + minute * kMinute;
}

Millis On(const std::string& time_of_day) {
  return At("2026-03-02 " + time_of_day);
}

Calendar Always() {
  Calendar calendar;
  calendar.always = true;
  return calendar;
}

Calendar Weekdays(const std::string& zone, Millis opens, Millis closes) {
  Calendar calendar;
  calendar.zone = zone;
  for (size_t day = 0; day < 5; ++day) {
    calendar.week[day] = {{opens, closes}};
  }
  return calendar;
}

Event Make(Event::What what, int kind, const std::string& id, Millis at) {
  Event event;
  event.name = {"crm", id};
  event.at = at;
  event.what = what;
  event.kind = kind;
  return event;
}

Event Created(Millis at, const std::string& owner) {
  Event event = Make(Event::What::kLeadCreated, 20, "birth", at);
  if (!owner.empty()) event.owner = owner;
  return event;
}

Event Assigned(const std::string& id, Millis at, const std::string& owner) {
  Event event = Make(Event::What::kAssigned, 27, id, at);
  event.owner = owner;
  return event;
}

Event Call(const std::string& id, Millis at, const std::string& actor) {
  Event event = Make(Event::What::kTouch, 30, id, at);
  event.touch.channel = "phone";
  event.touch.direction = "outbound";
  event.touch.actor_kind = "human";
  event.touch.actor = actor;
  return event;
}

Event Set(const std::string& id, Millis at, const std::string& attribute,
          const std::string& value) {
  const bool is_status = attribute == "status";
  Event event = Make(Event::What::kAttributesChanged, is_status ? 26 : 22,
                     id + attribute + value, at);
  event.attributes = {{attribute, value}};
  return event;
}

Event Withdraw(const std::string& id, Millis at, const std::string& of) {
  Event event = Make(Event::What::kWithdrawn, 38, id, at);
  event.withdraws = {"crm", of};
  return event;
}

Event Act(const std::string& activity, const std::string& id, Millis at,
          const std::map<std::string, std::string>& fields) {
  Event event = Make(Event::What::kActivity, 34, id, at);
  event.activity = activity;
  event.fields = fields;
  return event;
}

Trigger OnActivity(const std::string& kind, const std::string& field,
                   const std::string& value) {
  Trigger trigger;
  trigger.on = Trigger::On::kActivity;
  trigger.activity.kind = kind;
  if (!field.empty()) trigger.activity.fields = {{field, {value}}};
  return trigger;
}

Trigger OnFlag(const std::string& flag) {
  Trigger trigger;
  trigger.on = Trigger::On::kFlagAdded;
  trigger.flags = {flag};
  return trigger;
}

Trigger OnDate(const std::string& date, Millis before, int days) {
  Trigger trigger;
  trigger.on = Trigger::On::kDate;
  trigger.date = {.date = date, .days = days, .length = before};
  return trigger;
}

Trigger OnReentered() {
  Trigger trigger;
  trigger.on = Trigger::On::kReentered;
  return trigger;
}

Trigger OnTouch() {
  Trigger trigger;
  trigger.on = Trigger::On::kTouch;
  return trigger;
}

Trigger OnAssigned() {
  Trigger trigger;
  trigger.on = Trigger::On::kAssigned;
  return trigger;
}

Trigger After(Trigger::On what, size_t clock) {
  Trigger trigger;
  trigger.on = what;
  trigger.clock = clock;
  return trigger;
}

Rung FromStart(Millis length) {
  return {{Mark::From::kStart, length, 0}, "reminder", {}};
}
Rung BeforeDue(Millis length) {
  return {{Mark::From::kBeforeDue, length, 0}, "reminder", {}};
}
Rung Share(int percent) {
  return {{Mark::From::kShare, 0, percent}, "reminder", {}};
}
Rung AtDue() { return {{Mark::From::kAfterDue, 0, 0}, "breach", {}}; }
Rung AfterDue(Millis length) {
  return {{Mark::From::kAfterDue, length, 0}, "escalation", {}};
}

Clock Response(Millis target, std::vector<Rung> ladder) {
  Clock clock;
  clock.starts = {{}};
  clock.stops = {OnTouch()};
  clock.pauses = {"on_hold"};
  clock.targets = {{{}, target}};
  clock.ladder = std::move(ladder);
  return clock;
}

Policy With(std::vector<Clock> clocks, Calendar calendar) {
  Policy policy;
  policy.calendars = {std::move(calendar)};
  policy.calendar_for = {{{}, 0}};
  policy.clocks = std::move(clocks);
  return policy;
}

std::string TimeOf(Millis at) {
  const Millis since_monday = at - On("00:00");
  char time[32];
  std::snprintf(time, sizeof(time), "%02d:%02d",
                static_cast<int>(since_monday / kHour % 24),
                static_cast<int>(since_monday / kMinute % 60));
  if (since_monday < kDay) return time;
  return "+" + std::to_string(since_monday / kDay) + "d " + time;
}

Facts FactsOf(const Policy& policy, const std::vector<Event>& events,
              Millis horizon) {
  Facts facts;
  for (const Fact& fact : Live(policy, events, horizon).facts) {
    const std::string clock =
        fact.clock == kNoClock ? "" : std::to_string(fact.clock) + " ";
    std::string text = clock + fact.kind + " " + TimeOf(fact.at);
    if (fact.kind == "attempt" || fact.kind == "outcome") {
      const std::string what = fact.outcome + fact.reason;
      if (!what.empty()) text += " " + what;
    }
    if (fact.kind.starts_with("task ")) text += " " + fact.task_holder;
    if (fact.task_due) text += " due " + TimeOf(*fact.task_due);
    facts.push_back(text);
  }
  return facts;
}

}  // namespace leadclock::reference::stories
