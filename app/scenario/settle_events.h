#ifndef LEADCLOCK_APP_SCENARIO_SETTLE_EVENTS_H_
#define LEADCLOCK_APP_SCENARIO_SETTLE_EVENTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "app/scenario/line.h"
#include "app/scenario/scenario.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// A record's event as it is written. What of it hangs on other events, or on
// the policy, is settled when all are read.
struct WrittenEvent {
  size_t record;                // its place in Scenario::records
  Line line;                    // read to its end
  YamlValue more;               // what stands behind its colon
  std::string role = {};        // of a touch by whoever holds it
  std::optional<Line> by = {};  // read up to the person who touched
  // It arrives once more; and a withdrawal of it arrives.
  std::optional<absl::Time> again = {};
  std::optional<absl::Time> withdrawn = {};
};

// Settles who is meant by roles. Reports ids that two events share, withdrawals
// of what is not there, and what the contract has against an event. What may
// only seem so because not all events could be read is not reported.
void SettleEvents(const std::vector<WrittenEvent>& written, bool are_all,
                  Scenario& scenario);

// Settles which tasks are meant by their clocks' names, and adds second copies
// and withdrawals, which are records of their own. Reports names that the
// policy does not know. REQUIRES: the policy is known, and all is settled that
// SettleEvents() settles.
void SettleByPolicy(const std::vector<WrittenEvent>& written,
                    Scenario& scenario);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_SETTLE_EVENTS_H_
