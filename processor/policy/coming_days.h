#ifndef LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_
#define LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_

#include <map>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "processor/policy/policy.h"

namespace leadclock {

// What a date has in place of the hours that the week says.
struct OtherDay {
  std::string hours;  // "09:00-12:00", "closed"
  std::string name;   // of the holiday that closes it, if it has one
};

std::map<absl::CivilDay, OtherDay> OtherDaysOf(const NamedCalendar& calendar);

// "closed, Christmas Day"
std::string Words(const OtherDay& day);

// The next days from `now` on, for each calendar, on which it is closed or has
// other hours than its week says, by date and name, so that people can see
// whether they are the right ones; "" if there are none.
std::string ComingDays(const Policy& policy, absl::Time now);

// A sentence for each calendar whose last holiday lies less than a year after
// the policy takes effect, or before it: whoever forgets the next list of them
// has open holidays. "" for a policy without `effective`.
std::string EndingHolidays(const Policy& policy);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_COMING_DAYS_H_
