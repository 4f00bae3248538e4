#ifndef LEADCLOCK_APP_LEAD_EVENT_WORDS_H_
#define LEADCLOCK_APP_LEAD_EVENT_WORDS_H_

#include <string>
#include <vector>

#include "leadclock/v1/lead_event.pb.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "state/people.h"

namespace leadclock {

// What happened, in words: "phone by ann, a human".
std::string WhatHappened(const Event& event);

// What no clock asks about, as its record says it: "milestone first_value".
// Empty: it is something else.
std::string WhatIsNoted(const v1::LeadEvent& message);

// What kind of event it is: "touch", "meeting booked".
std::string KindOfEvent(uint32_t kind);

std::string Words(const EventRef& event);  // "crm e1"

// Why a touch did not answer a clock: "by automation, not a human". `policy`
// is the one that judged.
std::string WhyUncounted(const Policy& policy, const UncountedTouch& uncounted);

// What a touch was to a cadence: "attempt 2 of 3", "does not count: ...".
std::string WhatItWas(const Policy& policy, const AttemptStory& attempt);

// What answers the clock, with what counts as such.
std::string HowAnswered(const Policy& policy, const ClockRule& clock);

// Who is meant: "owner ann; manager mia, for nobody is backup".
std::string WhoIsTold(const std::vector<Recipient>& recipients);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_EVENT_WORDS_H_
