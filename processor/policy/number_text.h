#ifndef LEADCLOCK_PROCESSOR_POLICY_NUMBER_TEXT_H_
#define LEADCLOCK_PROCESSOR_POLICY_NUMBER_TEXT_H_

#include <string>

namespace leadclock {

// The number and no other one, in as few digits as that takes, and where
// people would write it so without an exponent: "100", "99.99999", "1e+20".
std::string NumberText(double number);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_NUMBER_TEXT_H_
