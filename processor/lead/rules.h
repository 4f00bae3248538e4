#ifndef LEADCLOCK_PROCESSOR_LEAD_RULES_H_
#define LEADCLOCK_PROCESSOR_LEAD_RULES_H_

#include <algorithm>
#include <iterator>
#include <vector>

#include "processor/policy/condition.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

// The first rule that applies. REQUIRES: there is one, as in every list of a
// policy that ends in an empty condition.
template <typename Rule>
const Rule& FirstMatch(const PolicyBook& policies,
                       const std::vector<Rule>& rules,
                       const Progress& progress) {
  return *std::find_if(
      rules.begin(), std::prev(rules.end()),
      [&](const Rule& rule) { return Holds(policies, rule.when, progress); });
}

// What a rule of eligibility makes of the leads that it means.
inline Eligibility EligibilityBy(EligibilityRule::Then then) {
  switch (then) {
    case EligibilityRule::Then::kExclude:
      return Eligibility::kExcluded;
    case EligibilityRule::Then::kStop:
      return Eligibility::kStopped;
    case EligibilityRule::Then::kReview:
      break;
  }
  return Eligibility::kUnderReview;
}

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_RULES_H_
