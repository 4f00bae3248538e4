#ifndef LEADCLOCK_TESTS_PROPERTY_SHRINK_H_
#define LEADCLOCK_TESTS_PROPERTY_SHRINK_H_

#include <functional>

#include "tests/property/scenario.h"

namespace leadclock::property {

// The smallest scenario that is found by leaving things out while `fails`
// still says that it fails.
Scenario Shrink(Scenario scenario,
                const std::function<bool(const Scenario&)>& fails);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_SHRINK_H_
