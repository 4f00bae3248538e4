#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Of one `any`.
inline constexpr size_t kMostAlternatives = 64;

// {ATTRIBUTE: VALUE, ATTRIBUTE: [VALUE, VALUE], ATTRIBUTE: {not: VALUE},
// ATTRIBUTE: ">= 50", not: {ATTRIBUTE: VALUE}, any: [CONDITION, CONDITION]};
// always holds, if not written. Clocks and outcomes that it names are looked
// up in the glossary, if there is one yet.
Condition ReadCondition(const YamlValue& value,
                        const Glossary* glossary = nullptr);

// The rules of one list, of which the first that holds decides.
class RulesInOrder {
 public:
  // False if wherever this rule holds an earlier one does. Reported where one
  // file says all of them: a policy may cover what its base says.
  bool IsReached(const YamlValue& rule, const Condition& when);

  // Whether every lead passes one of those that are reached; of one file, if
  // it is given.
  bool HoldForEveryLead(std::optional<size_t> file = std::nullopt) const;

 private:
  // Of the rules in the same file.
  std::vector<size_t> CoveringInFile(const YamlValue& rule,
                                     const Condition& when) const;

  // The earlier rules that are reached, of each file.
  std::vector<YamlValue> rules_;
  std::vector<Condition> conditions_;
};

// One rule of a list, of which the first that fits decides.
struct Rule {
  Condition when;  // empty for 'otherwise'
  YamlValue then;  // what it decides, yet to be read; absent, if not written
};

// How a list of rules ends.
enum class LastRule : uint8_t {
  kOtherwise,  // with {otherwise: value}
  kAny,        // so too, or with nothing that always holds
};

// The list of rules `what`, each {when: CONDITION, THEN: value}, but for those
// that are never reached.
std::vector<Rule> ReadRules(const YamlValue& list, absl::string_view what,
                            absl::string_view then, LastRule last_rule,
                            const Glossary* glossary);

// Whether a map stands where `what` is one value or a list of rules, each
// {when: CONDITION, THEN: value}, which is reported.
bool IsMapForRules(const YamlValue& value, absl::string_view what,
                   absl::string_view then);

// What they say of calendars, but for calendars that are not known.
std::vector<CalendarRule> ReadCalendarRules(const std::vector<Rule>& rules,
                                            const Names& calendars);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_
