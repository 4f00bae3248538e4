#ifndef LEADCLOCK_PROCESSOR_VERIFY_KNOWN_POLICIES_H_
#define LEADCLOCK_PROCESSOR_VERIFY_KNOWN_POLICIES_H_

#include <cstdint>
#include <map>

#include "processor/policy/policy_book.h"

namespace leadclock {

// What was known of a policy when an event was said: it is true by that.
class KnownPolicies {
 public:
  explicit KnownPolicies(const PolicyBook& all) : all_(all) {}

  const PolicyBook& all() const { return all_; }

  // When `version` was the newest; 0, or one that is not known: all.
  const PolicyBook& UpTo(int64_t version) {
    if (version == all_.newest().version || all_.Find(version) == nullptr) {
      return all_;
    }
    const auto known = up_to_.find(version);
    if (known != up_to_.end()) return known->second;
    return up_to_.emplace(version, all_.UpTo(version)).first->second;
  }

 private:
  const PolicyBook all_;
  std::map<int64_t, PolicyBook> up_to_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_KNOWN_POLICIES_H_
