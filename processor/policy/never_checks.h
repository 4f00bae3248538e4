#ifndef LEADCLOCK_PROCESSOR_POLICY_NEVER_CHECKS_H_
#define LEADCLOCK_PROCESSOR_POLICY_NEVER_CHECKS_H_

#include <cstdint>
#include <string>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

// What a policy says and what can never come to be, whatever happens to its
// leads, by itself or beside what else the policy says.
namespace leadclock {

// What else to do about what can never be: of what stands in a file that others
// extend, they may take it out.
std::string OrTakeOut(const YamlValue& value);

// Reports a clock that never starts: nothing of what starts it happens to a
// lead that it is for, and that is eligible then.
void CheckMayStart(const YamlValue& starts, const YamlValue& when,
                   const ClockRule& clock, const Glossary& glossary);

// What becomes of a clock's open runs when their lead is not eligible any more.
enum class WhenIneligible : uint8_t { kStop, kKeep };

// Reports a rung of that clock that is for leads of which no clock runs, or
// this one does not. `value` is its `when`.
void CheckMayFire(const YamlValue& value, const Rung& rung,
                  const std::string& clock, WhenIneligible runs,
                  const Glossary& glossary);

// Reports an acknowledgement of leads that come while the clock's calendar is
// closed, if that is never.
void CheckMayBeClosed(const YamlValue& acknowledge, const ClockRule& clock,
                      const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_NEVER_CHECKS_H_
