#include "processor/policy/targets_for.h"

#include "processor/policy/covering.h"

namespace leadclock {

std::vector<Target> TargetsFor(
    const Condition& when, const std::vector<ClockRule::TargetRule>& rules) {
  std::vector<Target> targets;
  std::vector<const Condition*> conditions;
  for (const ClockRule::TargetRule& rule : rules) {
    if (ExcludeEachOther(when, rule.when)) continue;
    targets.push_back(rule.target);
    conditions.push_back(&rule.when);
  }
  if (targets.empty() && !rules.empty()) return {rules.back().target};

  // How many from the top, at the least, hold wherever `when` does: what is
  // behind them is never asked. More of them do too.
  size_t too_few = 0;
  size_t enough = conditions.size();
  while (too_few + 1 < enough) {
    const size_t middle = (too_few + enough) / 2;
    const std::vector<const Condition*> top(
        conditions.begin(),
        conditions.begin() + static_cast<std::ptrdiff_t>(middle));
    (Covering(when, top).empty() ? too_few : enough) = middle;
  }
  targets.resize(enough);
  return targets;
}

}  // namespace leadclock
