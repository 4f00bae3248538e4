#ifndef LEADCLOCK_TESTS_PROPERTY_HISTORIES_H_
#define LEADCLOCK_TESTS_PROPERTY_HISTORIES_H_

#include <vector>

#include "state/event.h"
#include "tests/property/scenario.h"

namespace leadclock::property {

// The history that these records make, as Derive takes it.
std::vector<Event> HistoryOf(const std::vector<Event>& records);

bool Withdraws(const Event& event, const Event& other);

// What stands of the scenario's events, in order.
std::vector<Event> WhatStands(const Scenario& scenario);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_HISTORIES_H_
