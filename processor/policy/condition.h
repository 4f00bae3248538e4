#ifndef LEADCLOCK_PROCESSOR_POLICY_CONDITION_H_
#define LEADCLOCK_PROCESSOR_POLICY_CONDITION_H_

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/policy/attributes.h"
#include "state/lead.h"

namespace leadclock {

class PolicyBook;

// Numbers from one bound to another.
struct NumberSpan {
  double from = -std::numeric_limits<double>::infinity();
  bool with_from = true;
  double to = std::numeric_limits<double>::infinity();
  bool with_to = true;

  friend bool operator==(const NumberSpan&, const NumberSpan&) = default;
};

// What is written about the number 50 is no other way to write it.
std::optional<double> FiniteNumber(absl::string_view text);

// ">= 50", "< 10", ">= 50 and < 500". Fails with InvalidArgument, saying what
// to write instead, also where no number could pass.
absl::StatusOr<NumberSpan> ParseNumberSpan(absl::string_view text);

bool IsWithin(const NumberSpan& inner, const NumberSpan& outer);

// Whether the text stands for a span, well written or not.
bool IsNumberSpan(absl::string_view text);

// One attribute has one of several values, or is a number within one of
// several spans, which may be of a single number each; or, negated, it has and
// is none of them. `flag` asks for any of the lead's flags, `available_channel`
// for any of its channels. An attribute that is not known has the value "",
// which is no number.
struct AttributeTest {
  std::string attribute;
  std::vector<std::string> any_of = {};  // at least one, of these
  std::vector<NumberSpan> spans = {};    // or of those
  bool negated = false;
  // In place of all these: `any`, one of several conditions holds. At least
  // two, and none has an `any` of its own.
  std::vector<std::vector<AttributeTest>> any = {};

  friend bool operator==(const AttributeTest&, const AttributeTest&) = default;
};

// All of its tests hold. No test: always holds ("otherwise").
using Condition = std::vector<AttributeTest>;

// By what is known of the lead; what it does not say of itself, but its story
// does (see docs/policy.md: `owner`, `missed_clock`, ...), is worked out. By
// the versions of the policy its clocks have names.
bool Holds(const PolicyBook& policies, const Condition& condition,
           const Progress& progress);

// Whether the value is one that the test asks for, negated or not.
bool IsAmong(absl::string_view value, const AttributeTest& test);

// Whether `b` holds wherever `a` does, so far as their words tell; false, if
// that cannot be seen.
bool Implies(const Condition& a, const Condition& b);

// Whether no lead can pass all of its tests, so far as their words tell.
bool ContradictsItself(const Condition& condition);

// Whether no lead can pass both, so far as their words tell.
bool ExcludeEachOther(const Condition& a, const Condition& b);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_CONDITION_H_
