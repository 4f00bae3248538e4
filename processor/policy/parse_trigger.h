#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Where a trigger stands, which decides what it may wait for.
enum class TriggerPlace : uint8_t {
  kStarts,
  kStops,
  kCancels,
  kResumes,
  kEnds,     // of `reentry`
  kReturns,  // of `reentry`
  kOutcome,
};

// One trigger or a list of them: a word such as lead_created, RESPONSE,
// ACTIVITY, CLOCK.answered, or a map such as {RESPONSE: {FURTHER TESTS}},
// {stage_changed: mql}, {date: term_ends, before: 90 days}.
//
// `own_clock` is the place of the clock that they are for, if it is one.
std::vector<Trigger> ReadTriggers(const YamlValue& value, TriggerPlace place,
                                  std::optional<size_t> own_clock,
                                  const Glossary& glossary);

// One response or a list of them, each with further tests or without.
std::vector<TouchTest> ReadTouches(const YamlValue& value,
                                   const Glossary& glossary);

// The words of triggers, which no response may be called by.
std::vector<absl::string_view> TriggerWords();

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_TRIGGER_H_
