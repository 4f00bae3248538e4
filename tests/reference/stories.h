#ifndef LEADCLOCK_TESTS_REFERENCE_STORIES_H_
#define LEADCLOCK_TESTS_REFERENCE_STORIES_H_

#include <map>
#include <string>
#include <vector>

#include "tests/reference/reference.h"

// Words to tell small stories in, of one Monday as a rule.
namespace leadclock::reference::stories {

using Facts = std::vector<std::string>;

// "2026-03-02 09:00", in UTC.
Millis At(const std::string& text);
// On the Monday of all scenarios: "09:00".
Millis On(const std::string& time_of_day);
constexpr Millis Minutes(int n) { return n * kMinute; }

Calendar Always();
Calendar Weekdays(const std::string& zone, Millis opens, Millis closes);

Event Make(Event::What what, int kind, const std::string& id, Millis at);
Event Created(Millis at, const std::string& owner = "");
Event Assigned(const std::string& id, Millis at, const std::string& owner);
Event Call(const std::string& id, Millis at, const std::string& actor = "");
Event Set(const std::string& id, Millis at, const std::string& attribute,
          const std::string& value);
Event Withdraw(const std::string& id, Millis at, const std::string& of);

// An activity, by its kind's name, with what it says of itself.
Event Act(const std::string& activity, const std::string& id, Millis at,
          const std::map<std::string, std::string>& fields = {});

Trigger OnTouch();
Trigger OnActivity(const std::string& kind, const std::string& field = "",
                   const std::string& value = "");
Trigger OnFlag(const std::string& flag);
Trigger OnDate(const std::string& date, Millis before = 0, int days = 0);
Trigger OnReentered();
Trigger OnAssigned();
Trigger After(Trigger::On what, size_t clock);

Rung FromStart(Millis length);
Rung BeforeDue(Millis length);
Rung Share(int percent);
Rung AtDue();
Rung AfterDue(Millis length);

// From birth to any touch.
Clock Response(Millis target, std::vector<Rung> ladder = {});

Policy With(std::vector<Clock> clocks, Calendar calendar = Always());

// "09:15", and the day before it if it is another than the Monday.
std::string TimeOf(Millis at);
// "0 missed 09:15": the place of the clock, what, and when. Behind that, of
// some, what else there is to say: an outcome, why an attempt did not count,
// for whom a task is.
Facts FactsOf(const Policy& policy, const std::vector<Event>& events,
              Millis horizon = On("23:59"));

}  // namespace leadclock::reference::stories

#endif  // LEADCLOCK_TESTS_REFERENCE_STORIES_H_
