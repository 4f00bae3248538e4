#include "processor/policy/targets_for.h"

namespace leadclock {

std::vector<Target> TargetsFor(
    const Condition& when, const std::vector<ClockRule::TargetRule>& rules) {
  std::vector<Target> targets;
  for (const ClockRule::TargetRule& rule : rules) {
    if (ExcludeEachOther(when, rule.when)) continue;
    targets.push_back(rule.target);
    if (Implies(when, rule.when)) break;
  }
  if (targets.empty() && !rules.empty()) targets.push_back(rules.back().target);
  return targets;
}

}  // namespace leadclock
