#ifndef LEADCLOCK_TESTS_PROPERTY_CONSTRUCTS_H_
#define LEADCLOCK_TESTS_PROPERTY_CONSTRUCTS_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/property/scenario.h"

// What policies and histories may have beyond the plain, one by one.
namespace leadclock::property {

struct Construct {
  std::string name;
  std::function<void(Scenario&)> leave_out;
};

const std::vector<Construct>& Constructs();

// LEADCLOCK_PROPERTY_ONLY=repeats,cancels leaves out all others, and
// LEADCLOCK_PROPERTY_WITHOUT=repeats those. Aborts where there is none of that
// name.
void LeaveOutAsAsked(Scenario& scenario);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_CONSTRUCTS_H_
