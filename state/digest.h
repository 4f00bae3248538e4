#ifndef LEADCLOCK_STATE_DIGEST_H_
#define LEADCLOCK_STATE_DIGEST_H_

#include <string>
#include <string_view>

namespace leadclock {

// SHA-256, as 64 hexadecimal digits.
std::string Sha256(std::string_view text);

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_DIGEST_H_
