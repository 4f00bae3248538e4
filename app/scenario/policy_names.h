#ifndef LEADCLOCK_APP_SCENARIO_POLICY_NAMES_H_
#define LEADCLOCK_APP_SCENARIO_POLICY_NAMES_H_

#include <set>
#include <string>
#include <utility>

#include "processor/policy/policy_book.h"

namespace leadclock {

// What the versions of the policy call things. Of a name that is none of them,
// the other functions say so, with the one that was probably meant.
class PolicyNames {
 public:
  explicit PolicyNames(const PolicyBook& policies);

  const std::set<std::string>& clocks() const { return clocks_; }
  bool HasClock(const std::string& name) const {
    return clocks_.contains(name);
  }
  std::string NoClock(const std::string& name) const;

  // Whether the clock has, in some version, such a rung; or any clock, if none
  // is named.
  bool HasRung(const std::string& clock, const std::string& name) const {
    return RungsOf(clock).contains(name);
  }
  std::string NoRung(const std::string& clock, const std::string& name) const;

  bool HasOutcome(const std::string& name) const {
    return outcomes_.contains(name);
  }
  std::string NoOutcome(const std::string& name) const;

  // Whether somebody may be told as one.
  bool HasRole(const std::string& name) const { return roles_.contains(name); }
  std::string NoRole(const std::string& name) const;

  // Whether the policy asks for touches on it.
  bool HasChannel(const std::string& name) const {
    return channels_.contains(name);
  }

 private:
  std::set<std::string> RungsOf(const std::string& clock) const;

  std::set<std::string> clocks_;
  std::set<std::pair<std::string, std::string>> rungs_;  // with their clocks
  std::set<std::string> outcomes_;
  std::set<std::string> roles_;
  std::set<std::string> channels_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_POLICY_NAMES_H_
