#ifndef LEADCLOCK_TESTS_PROPERTY_VOCABULARY_H_
#define LEADCLOCK_TESTS_PROPERTY_VOCABULARY_H_

#include <string>
#include <utility>
#include <vector>

// What policies ask about, and what leads have.
namespace leadclock::property {

// A lead that can be reached on two channels has a line for each. No policy
// asks for both in one text.
inline constexpr char kBothChannels[] = "phone\nemail";

const std::vector<std::pair<std::string, std::vector<std::string>>>&
Attributes();
const std::vector<std::string>& Flags();
// That touches bring.
const std::vector<std::string>& FlagsOfTouches();
// That policies wait for; one is an own attribute.
// What tasks tell of a lead, beside what policies ask about.
const std::vector<std::string>& ToldByTasks();
const std::vector<std::string>& Dates();
const std::vector<std::string>& Outcomes();
const std::vector<std::string>& Persons();
const std::vector<std::string>& Channels();

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_VOCABULARY_H_
