#include "app/policy/named.h"

#include "processor/policy/parse_policy.h"

namespace leadclock {

absl::StatusOr<Policy> PolicyNamed(const std::string& name) {
  return name == "default" ? DefaultPolicy() : LoadPolicy(name);
}

}  // namespace leadclock
