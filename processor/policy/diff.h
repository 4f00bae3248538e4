#ifndef LEADCLOCK_PROCESSOR_POLICY_DIFF_H_
#define LEADCLOCK_PROCESSOR_POLICY_DIFF_H_

#include <string>
#include <vector>

#include "processor/policy/policy.h"

namespace leadclock {

// What changes for whom from one policy to another, a sentence for each, in
// the order of the language's parts. Empty: they SayTheSame(). A sentence may
// have further lines, which are indented.
std::vector<std::string> Differences(const Policy& before, const Policy& after);

// From when `after` holds, as a sentence; also whether it could come after
// `before` by that.
std::string WhenInForce(const Policy& before, const Policy& after);

// What becomes of clocks that are open when `after` takes effect, as a
// sentence; "": nothing, since it says the same.
std::string WhatOpenClocksDo(const Policy& before, const Policy& after);

// That `after` could not come after `before`, because of its number, as a
// sentence; "" if it could.
std::string WhyNotAfter(const Policy& before, const Policy& after);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_DIFF_H_
