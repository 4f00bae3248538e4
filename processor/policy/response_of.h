#ifndef LEADCLOCK_PROCESSOR_POLICY_RESPONSE_OF_H_
#define LEADCLOCK_PROCESSOR_POLICY_RESPONSE_OF_H_

#include <optional>
#include <string>

#include "processor/policy/policy.h"

namespace leadclock {

// A touch by the response of a policy that it is of, and what is asked for
// beyond that.
struct TouchName {
  std::string response;
  TouchTest further;
};

// Of several responses the one that says most of it. Nothing, if it is of none.
std::optional<TouchName> ResponseOf(const Policy& policy,
                                    const TouchTest& touch);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_RESPONSE_OF_H_
