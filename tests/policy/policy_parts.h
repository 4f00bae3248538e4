#ifndef LEADCLOCK_TESTS_POLICY_POLICY_PARTS_H_
#define LEADCLOCK_TESTS_POLICY_POLICY_PARTS_H_

#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "processor/policy/policy.h"

// Policies in which only one part is of interest.
namespace leadclock::policy_parts {

// `part` stands in line 2.
std::string WithPart(const std::string& part);
// `fields` stand in line 3.
std::string WithCalendar(const std::string& fields);
// `fields` stand in line 4, from column 4.
std::string WithClock(const std::string& fields);
// `target` stands in line 5.
std::string WithTarget(const std::string& target);
// `rungs` stand in line 5.
std::string WithRungs(const std::string& rungs);

// Fails the test if it has errors.
Policy Parsed(const std::string& text);
// What is wrong with it; "" if nothing is.
std::string Errors(const std::string& text);

// What is written, and the error that it gives, from its line on.
using Mistakes = std::vector<std::tuple<std::string, std::string>>;

inline auto Each(const Mistakes& mistakes) {
  return Catch::Generators::from_range(mistakes);
}

}  // namespace leadclock::policy_parts

#endif  // LEADCLOCK_TESTS_POLICY_POLICY_PARTS_H_
