#ifndef LEADCLOCK_TESTS_REFERENCE_HISTORY_H_
#define LEADCLOCK_TESTS_REFERENCE_HISTORY_H_

#include <vector>

#include "tests/reference/reference.h"

namespace leadclock::reference {

// What stands of the events, in the order in which it applies: the birth first.
// Empty if there is no birth.
std::vector<Event> HistoryOf(const std::vector<Event>& events);

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_HISTORY_H_
