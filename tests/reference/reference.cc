#include "tests/reference/reference.h"

#include "tests/reference/history.h"
#include "tests/reference/walk.h"

namespace leadclock::reference {

Life Live(const std::vector<Version>& versions,
          const std::vector<Event>& events, Millis horizon, Millis step) {
  return Walk(versions, HistoryOf(events), step).Go(horizon);
}

Life Live(const Policy& policy, const std::vector<Event>& events,
          Millis horizon, Millis step) {
  Version only;
  only.policy = policy;
  return Live(std::vector<Version>{only}, events, horizon, step);
}

}  // namespace leadclock::reference
