#ifndef LEADCLOCK_APP_SCENARIO_READ_EVENTS_H_
#define LEADCLOCK_APP_SCENARIO_READ_EVENTS_H_

#include <functional>
#include <optional>
#include <vector>

#include "app/scenario/scenario.h"
#include "app/scenario/settle_events.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// What is known of a scenario's lead before its events are read.
struct LeadWritten {
  // Where `lead` is written: in the file, in the scenario. What a later one
  // says goes before what an earlier one does.
  std::vector<YamlValue> lead;
};

// A version of the policy that becomes known.
struct PolicyNews {
  absl::Time known_from;
  Policy policy;
  YamlValue place;
};

// Gives the policy that is written there; nothing, and reported, if it is none.
using ReadPolicyAt =
    std::function<std::optional<Policy>(const YamlValue& value)>;

// The lead's id, as it is written. Reports what is wrong with `lead`.
std::string ReadLeadId(const LeadWritten& lead, const TimeFrame& frame);

// What is read of `events` beside what stands in the scenario then.
struct EventsRead {
  // The versions of the policy that become known.
  std::vector<PolicyNews> news = {};
  // What is to be settled by the policy.
  std::vector<WrittenEvent> written = {};
  bool all = true;  // each entry could be read
};

// Reads `events` into the scenario: its records, interruptions and the last
// instant that they name. Reports what is wrong.
EventsRead ReadEvents(const YamlValue& events, const LeadWritten& lead,
                      const ReadPolicyAt& read_policy, Scenario& scenario);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_READ_EVENTS_H_
