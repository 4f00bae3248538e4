#include "processor/runtime/remnant.h"

#include "state/digest.h"

namespace leadclock {

std::string RemnantKey(std::string_view key) {
  return std::string(kRemnantPrefix) + Sha256(key).substr(0, 32);
}

}  // namespace leadclock
