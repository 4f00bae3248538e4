#ifndef LEADCLOCK_PROCESSOR_RUNTIME_REMNANT_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_REMNANT_H_

#include <string>
#include <string_view>

namespace leadclock {

// No key of an input record may begin so.
inline constexpr std::string_view kRemnantPrefix = "forgotten/";

// Under which the remnant of `key` is kept: a hash, so that who reads it does
// not learn the key.
std::string RemnantKey(std::string_view key);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_REMNANT_H_
