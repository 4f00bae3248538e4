#include "processor/policy/targets_for.h"

#include "processor/policy/covering.h"

namespace leadclock {

std::vector<Target> TargetsFor(
    const Condition& when, const std::vector<ClockRule::TargetRule>& rules) {
  std::vector<Target> targets;
  std::vector<const Condition*> above;
  for (const ClockRule::TargetRule& rule : rules) {
    if (ExcludeEachOther(when, rule.when)) continue;
    targets.push_back(rule.target);
    above.push_back(&rule.when);
    if (!Covering(when, above).empty()) break;
  }
  if (targets.empty() && !rules.empty()) targets.push_back(rules.back().target);
  return targets;
}

}  // namespace leadclock
