#ifndef LEADCLOCK_PROCESSOR_POLICY_CHANGED_DECISIONS_H_
#define LEADCLOCK_PROCESSOR_POLICY_CHANGED_DECISIONS_H_

#include <string>
#include <vector>

#include "processor/policy/condition.h"

namespace leadclock {

// A rule of a list of which the first that holds decides.
struct Decision {
  Condition when;
  std::string is;
};

// For these leads another thing is decided than was.
struct ChangedDecision {
  std::string leads;  // "All leads", "Leads whose market is ie"
  std::string was;
  std::string is;
};

// For whom what is decided otherwise when one list takes the place of another,
// whatever the rules are that say so: a lead for which the same is decided by
// another rule is named by nothing here.
//
// REQUIRES: the last condition of both lists is empty.
std::vector<ChangedDecision> ChangedDecisions(
    const std::vector<Decision>& before, const std::vector<Decision>& after);

// Whether all leads that pass `when` pass one of these conditions as well;
// false, if that is more than can be said.
bool HoldWherever(const Condition& when,
                  const std::vector<const Condition*>& conditions);

// The same of every lead.
bool HoldForEveryLead(const std::vector<Condition>& conditions);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_CHANGED_DECISIONS_H_
