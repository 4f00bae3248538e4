#ifndef LEADCLOCK_PROCESSOR_LEAD_RECIPIENTS_H_
#define LEADCLOCK_PROCESSOR_LEAD_RECIPIENTS_H_

#include <string>
#include <vector>

#include "processor/policy/policy.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"
#include "state/people.h"

namespace leadclock {

// Who is meant by each of these roles for a lead as it stands: its holder, or
// else the first that the policy's fallback finds. What the lead's own events
// say of a role goes before the rules of `policy`, one of `policies`.
std::vector<Recipient> WhoIsMeant(const PolicyBook& policies,
                                  const Policy& policy,
                                  const std::vector<std::string>& roles,
                                  const Progress& progress);

// The same, of those who are to take the lead over: who owns it already counts
// as nobody.
std::vector<Recipient> WhoTakesOver(const PolicyBook& policies,
                                    const Policy& policy,
                                    const std::vector<std::string>& roles,
                                    const Progress& progress);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_RECIPIENTS_H_
