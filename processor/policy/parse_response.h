#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_RESPONSE_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_RESPONSE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// {RESPONSE: {TESTS}, ...}, which also go into the glossary: a trigger that
// names one holds a copy. None may be called as one of `taken` is.
std::vector<NamedResponse> ReadResponses(
    const YamlValue& value, const std::vector<absl::string_view>& taken,
    Glossary* glossary);

// Whether a touch may be asked to be on another channel than the one that
// started the clock.
enum class Another : uint8_t { kRefused, kAllowed };

// RESPONSE: {FURTHER TESTS}: the response, where these hold as well. `known`
// are all names that could stand in the response's place.
std::optional<TouchTest> ReadNarrowedResponse(
    const YamlField& field, Another another, const Glossary& glossary,
    const std::vector<absl::string_view>& known);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_RESPONSE_H_
