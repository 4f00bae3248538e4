#ifndef LEADCLOCK_TESTS_PROPERTY_ARRIVAL_MAKER_H_
#define LEADCLOCK_TESTS_PROPERTY_ARRIVAL_MAKER_H_

#include "tests/property/dice.h"
#include "tests/property/scenario.h"

namespace leadclock::property {

// How the scenario's events arrive: in any order, in any batches, some twice.
// And when its versions come to be known.
void MakeArrival(Scenario& scenario, Dice& dice);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_ARRIVAL_MAKER_H_
