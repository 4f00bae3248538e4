#include "processor/policy/targets_for.h"

namespace leadclock {

std::vector<Target> TargetsFor(
    const Condition& when, const std::vector<ClockRule::TargetRule>& rules) {
  std::vector<Target> targets;
  for (const ClockRule::TargetRule& rule : rules) {
    Condition both = when;
    both.insert(both.end(), rule.when.begin(), rule.when.end());
    if (ContradictsItself(both)) continue;
    targets.push_back(rule.target);
    if (Implies(when, rule.when)) break;
  }
  if (targets.empty() && !rules.empty()) targets.push_back(rules.back().target);
  return targets;
}

}  // namespace leadclock
