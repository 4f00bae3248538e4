#ifndef LEADCLOCK_APP_DEV_VIEW_H_
#define LEADCLOCK_APP_DEV_VIEW_H_

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock {

// What the live view knows, from the output topics alone.
class LiveModel {
 public:
  // The zone in which instants are shown.
  explicit LiveModel(absl::TimeZone zone) : zone_(zone) {}

  void Take(const v1::LeadStatus& status);
  void Take(const v1::SlaEvent& event);

  // One line that says the event.
  std::string LineOf(const v1::SlaEvent& event) const;

  // How many events of a kind were said.
  int64_t Count(v1::SlaEvent::Kind kind) const;
  int64_t retracted() const { return retracted_; }
  int64_t leads() const { return static_cast<int64_t>(leads_.size()); }

  struct Size {
    size_t columns = 100;
    size_t rows = 40;
  };
  // The whole view, at most `size`: the time, and a hint to the reader; who
  // waits, the most urgent first; below, what was said last. Lines end with
  // '\n' and are not longer than a row.
  std::string Render(absl::Time now, const std::string& hint,
                     const Size& size) const;
  // Only the table of who waits, at most so many leads.
  std::vector<std::string> WaitingTable(absl::Time now, size_t most) const;

 private:
  absl::TimeZone zone_;
  std::map<std::string, v1::LeadStatus> leads_;
  std::deque<v1::SlaEvent> last_said_;  // the newest first
  std::map<v1::SlaEvent::Kind, int64_t> said_;
  int64_t retracted_ = 0;
};

// "0:04:59", "2:10:00", "3d 1:00:00".
std::string Countdown(absl::Duration left);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_VIEW_H_
