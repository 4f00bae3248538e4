#ifndef LEADCLOCK_APP_DEV_SHOW_H_
#define LEADCLOCK_APP_DEV_SHOW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "app/dev/plain_kafka.h"
#include "app/dev/screen.h"
#include "app/dev/situation.h"
#include "app/dev/view.h"

namespace leadclock {

// Shows on standard output what the output topics tell: on a terminal as a
// page that is drawn over, else as a line for each event and a table now and
// then.
class Show {
 public:
  // Instants are told in `zone`.
  Show(const Display& display, std::string leads_topic, absl::TimeZone zone);

  // Records of the output topics, all that there were.
  void Take(const std::vector<PlainReader::Record>& records);

  // Draws, unless it did so a moment ago.
  void Draw(absl::Time now, const Caption& caption);

  // Leaves the terminal, with the last page on it.
  void End(absl::Time now, const Caption& caption);

  const Situation& situation() const { return situation_; }

 private:
  void Say(const v1::SlaEvent& event) const;

  const Display display_;
  const std::string leads_topic_;
  const absl::TimeZone zone_;
  Situation situation_;
  std::optional<Screen> screen_;  // once there is something to show
  absl::Time drawn_;              // real time
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_SHOW_H_
