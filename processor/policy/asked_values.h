#ifndef LEADCLOCK_PROCESSOR_POLICY_ASKED_VALUES_H_
#define LEADCLOCK_PROCESSOR_POLICY_ASKED_VALUES_H_

#include <string>
#include <vector>

#include "processor/policy/policy.h"

namespace leadclock {

// What a policy asks for of one thing that others say of leads.
struct AskedValues {
  std::string of;                   // "market", "channel", "custom.region"
  std::vector<std::string> values;  // each once, as they are first asked for
};

// All values with which a policy compares what is said of leads, letter by
// letter: nobody but who reads them sees that one of them is written otherwise
// than where leads come from. Without those of which the policy knows all that
// there can be, such as clocks.
std::vector<AskedValues> ValuesAskedFor(const Policy& policy);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_ASKED_VALUES_H_
