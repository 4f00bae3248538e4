#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "processor/policy/never_checks.h"
#include "processor/policy/parse_words.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// Of one ladder. A run has a bit for each; two more may be added to those that
// are written.
inline constexpr size_t kMostRungs = 62;

// A point on a clock's counted time: 10m, 50%, due + 5m, 24h wall.
std::optional<Mark> ReadMark(const YamlValue& value);

// What a rung does: "remind".
std::optional<RungAction> ReadRungAction(const YamlValue& value);

// A mark before due with one of the targets at least, if these are known; if it
// is not written, at 80%. Nothing, if it is "never" or wrong.
std::optional<Mark> ReadAtRisk(const YamlValue& value,
                               const std::vector<Target>& targets = {});

// The rungs of a clock:
//
//   - {at: 50%, do: remind, to: owner}
//   - {at: due + 5m, do: escalate, to: manager, name: late, when: CONDITION}
//
// A rung that has no name is called after its action: remind_1, remind_2.
//
// Two more stand behind them that are not written there. If they do not surely
// warn of every lead, a warning to the owner for the rest, as `at_risk` says: a
// mark before due, or never; if it is not written, at 80%. And `acknowledge`,
// if it is written:
//
//   {when: closed, to: owner, recommended_action: Say when the office opens}
//
struct LadderFields {
  YamlValue ladder;
  YamlValue at_risk;
  YamlValue acknowledge;
};
// What its clock says. A warning beyond all of the targets is an error, and a
// breach before one of them.
struct LadderClock {
  std::string name;
  std::vector<ClockRule::TargetRule> targets = {};  // none: not known
  WhenIneligible runs = WhenIneligible::kStop;
};
std::vector<Rung> ReadLadder(const LadderFields& fields,
                             const LadderClock& clock,
                             const Glossary& glossary);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_LADDER_H_
