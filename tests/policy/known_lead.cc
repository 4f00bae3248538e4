#include "tests/policy/known_lead.h"

#include <memory>

#include "processor/policy/policy_book.h"

namespace leadclock {

bool HoldsOf(const Condition& condition, const Attributes& attributes) {
  Progress progress;
  progress.attributes = std::make_shared<const Attributes>(attributes);
  return Holds(PolicyBook(Policy()), condition, progress);
}

}  // namespace leadclock
