#ifndef LEADCLOCK_APP_DEV_SITUATION_H_
#define LEADCLOCK_APP_DEV_SITUATION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock {

// A lead that waits, by the clock that is due first.
struct WaitingLead {
  const v1::LeadStatus* lead = nullptr;  // of the situation; until it changes
  const v1::LeadStatus::Clock* clock = nullptr;
  // Nobody knows it while the clock is paused: absl::InfiniteFuture().
  absl::Time due;
};

// What the output topics have told so far, and nothing else.
class Situation {
 public:
  void Take(v1::LeadStatus status);
  void Take(v1::SlaEvent event);

  // The most urgent first.
  std::vector<WaitingLead> Waiting() const;

  // The newest first, as many as are kept.
  const std::deque<v1::SlaEvent>& recent() const { return recent_; }

  // How many events of a kind were said, and how many of any were taken back.
  int64_t Said(v1::SlaEvent::Kind kind) const;
  int64_t retracted() const { return retracted_; }

  size_t leads() const { return leads_.size(); }

 private:
  std::map<std::string, v1::LeadStatus> leads_;
  std::deque<v1::SlaEvent> recent_;
  std::map<v1::SlaEvent::Kind, int64_t> said_;
  int64_t retracted_ = 0;
};

// What `leadclock dev --once` waits for and has not seen: "a reminder", ...
std::vector<std::string> NotYetSeen(const Situation& situation);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_SITUATION_H_
