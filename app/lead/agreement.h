#ifndef LEADCLOCK_APP_LEAD_AGREEMENT_H_
#define LEADCLOCK_APP_LEAD_AGREEMENT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

struct Comparing {
  // By when it must be true.
  absl::Time as_of;
  // What became true later may not have been said by then.
  absl::Time said_up_to = absl::InfiniteFuture();
};

// In what of a lead's events, taken together, what stands is other than what is
// true by the policies: a sentence for each; none: they agree.
std::vector<std::string> Disagreements(const PolicyBook& policies,
                                       const std::vector<Fact>& facts,
                                       const std::vector<v1::SlaEvent>& said,
                                       const Comparing& comparing);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_AGREEMENT_H_
