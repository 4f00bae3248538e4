#ifndef LEADCLOCK_APP_SCENARIO_PLAY_H_
#define LEADCLOCK_APP_SCENARIO_PLAY_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "app/lead/lead_file.h"
#include "app/scenario/scenario.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/runtime/fold.h"

namespace leadclock {

// How the lead stands at an instant, by what is known then. Empty: it is not
// kept any more.
struct Standing {
  v1::LeadStatus status;
  // Runs that have given their warning: clock and number.
  std::set<std::pair<std::string, int32_t>> warned;
};

// What became of a scenario.
struct Played {
  // What was said, in order; and what stands of it in the end, by its instant.
  std::vector<v1::SlaEvent> said;
  std::vector<v1::SlaEvent> net;
  // At each instant of Scenario::standings, and at the end.
  std::vector<Standing> standings;
  v1::LeadStatus end;
  // What is on record of it.
  LeadFile file;
  // What must never be, whatever the scenario: an id that was said twice, a
  // retraction of what does not stand, a record that was refused.
  std::vector<std::string> faults;
};

struct PlayOptions {
  // The state is restored from what was written of it, whenever it is used.
  bool restart = false;
  // It goes no further. REQUIRES: nothing of the scenario lies behind that.
  absl::Time until = absl::InfiniteFuture();
  // Sees what stands, and how the lead does, after each step.
  std::function<void(absl::Time now, const std::vector<v1::SlaEvent>& net,
                     const v1::LeadStatus& status)>
      watch = nullptr;
};

// Plays a scenario through the job that `leadclock run` runs, as a worker would
// that reads each record as it arrives, and for which now is the time itself.
Played Play(const Scenario& scenario, const PlayOptions& options = {});

// As it is read from its topic.
InputRecord RecordOf(const ScenarioRecord& record);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_PLAY_H_
