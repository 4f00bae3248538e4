#ifndef LEADCLOCK_APP_DEV_COMPANY_H_
#define LEADCLOCK_APP_DEV_COMPANY_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "processor/policy/policy.h"

namespace leadclock {

// The company that the demo plays, as far as a policy tells of it: where it
// sells, when it is open there, and what it tells its leads apart by. None of
// the lists is empty.
struct Company {
  struct Market {
    std::string name;
    BusinessCalendar calendar;
  };
  std::vector<Market> markets;
  // What the policy names comes first, then what every company has.
  std::vector<std::string> sources;
  std::vector<std::string> intents;
};

Company CompanyOf(const Policy& policy);

// The last opening of the company's first market that is at least `room` before
// `wall`; the full hour, if it never closes.
absl::Time LastOpening(const Company& company, absl::Time wall,
                       absl::Duration room);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_COMPANY_H_
