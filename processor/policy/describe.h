#ifndef LEADCLOCK_PROCESSOR_POLICY_DESCRIBE_H_
#define LEADCLOCK_PROCESSOR_POLICY_DESCRIBE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"

namespace leadclock {

// What a policy says, for those who have to live by it: plain words in aligned
// columns, with what was left out filled in.
std::string Describe(const Policy& policy);
// What it says of one of its clocks, in the same way: lines below its name.
std::string Describe(const Policy& policy, const ClockRule& clock);

// Its parts, as they stand there.
std::string Words(const Condition& condition);
// As Words(), as a sentence: "it cannot be reached", not "reachable is no".
std::string Clause(const Condition& condition);
std::string Words(const Target& target);
std::string Words(const TouchTest& touch);
std::string Words(const Mark& mark);
std::string Words(absl::Duration length);                 // 1h30m
std::string Words(const std::vector<OpenRange>& ranges);  // 09:00-12:00 ...
// "mon-thu 08:30-17:00, fri 08:30-15:00"
std::string WeekOf(const CalendarSpec& spec);
// What starts or stops a clock of this policy.
std::string Words(const Policy& policy, const std::vector<Trigger>& triggers);
std::string Words(const Policy& policy, const ClockRule::Attempts& attempts);
// What stops it, also by enough attempts.
std::string WhatStops(const Policy& policy, const ClockRule& clock);
// "status is on_hold, or while it cannot be reached"; "": nothing.
std::string WhatPauses(const ClockRule& clock);
std::string Words(ClockRule::Repeats repeats);
// "first_call for owner: Call now".
std::string Words(const ClockRule::Task& task);
// "day and night", "the open time of london".
std::string OpenTimeOf(const Policy& policy, const CalendarRule& rule);
// Whose open time a clock of this policy counts.
std::string WhatCounts(const Policy& policy, const ClockRule& clock);
// A value as it is compared: alone, if it has nothing but letters, digits, "_",
// "." and "-"; else within quotes.
std::string Shown(absl::string_view value);
std::vector<std::string> Shown(const std::vector<std::string>& values);
// "a", "a or b", "a, b or c".
std::string Or(const std::vector<std::string>& words);
absl::string_view NameOf(RungAction action);
// "remind owner, backup", "set the priority high". On that ladder.
std::string WhatIsDone(const Rung& rung, const std::vector<Rung>& ladder);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_DESCRIBE_H_
