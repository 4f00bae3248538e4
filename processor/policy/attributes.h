#ifndef LEADCLOCK_PROCESSOR_POLICY_ATTRIBUTES_H_
#define LEADCLOCK_PROCESSOR_POLICY_ATTRIBUTES_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// What conditions may ask of a lead: what it says of itself, and what its story
// says of it. One table, in attributes.cc, answers all that is asked here.
namespace leadclock {

// By what of a lead an attribute is judged.
enum class Aspect : uint8_t {
  kAttribute,  // what it says of itself
  kFlag,
  kAvailableChannel,
  kBrokenChannel,
  kOptedOutChannel,
  kReachable,
  kDateAhead,
  kOwner,
  kBackup,
  kManager,
  kOwnerActed,
  kAutoresponder,
  kOpenClock,
  kMissedClock,
  kEscalatedClock,
  kOutcome,
  kCycle,
};

// A company's own attributes begin with this.
inline constexpr absl::string_view kCustom = "custom.";

// All but the company's own.
absl::Span<const absl::string_view> AttributeNames();

// Of a name that is not among them: kAttribute.
Aspect AspectOf(absl::string_view attribute);

// Whether a lead may have several values of it at once, or none.
bool HasSeveralValues(absl::string_view attribute);

// Whether everything that is known of it is a number.
bool IsAlwaysNumber(absl::string_view attribute);

// The two values of an attribute that always has one of them, as `reachable`
// is "yes" or "no".
std::optional<std::pair<absl::string_view, absl::string_view>> TwoValues(
    absl::string_view attribute);

// Of what others say its values are: "channel", for `broken_channel`; mostly of
// the attribute itself. "": the policy knows all that there can be.
absl::string_view SaidOf(absl::string_view attribute);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_ATTRIBUTES_H_
