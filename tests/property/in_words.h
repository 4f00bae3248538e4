#ifndef LEADCLOCK_TESTS_PROPERTY_IN_WORDS_H_
#define LEADCLOCK_TESTS_PROPERTY_IN_WORDS_H_

#include <string>

#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/scenario.h"

// For people who debug.
namespace leadclock::property {

// The policy and the events, a line for each.
std::string Describe(const Scenario& scenario);
std::string Describe(const Event& event);
std::string DescribeInstant(absl::Time at);

// The names that the reference and the words have for them.
std::string Word(Direction direction);
std::string Word(ActorKind kind);
std::string FactName(RungAction action);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_IN_WORDS_H_
