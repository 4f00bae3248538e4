#ifndef LEADCLOCK_APP_DEV_VIEW_H_
#define LEADCLOCK_APP_DEV_VIEW_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "app/dev/situation.h"
#include "app/dev/styled_text.h"
#include "leadclock/v1/sla_event.pb.h"

namespace leadclock {

// How a situation looks to somebody at a terminal. Nothing here reads a clock
// or writes: equal arguments give equal text.

// What a view says beside the situation.
struct Caption {
  std::string pace;  // of the clock: "60 times as fast as yours"
  std::string hint;  // where else to look
  Span footer;       // the last line
};

struct ViewSize {
  size_t width = 100;
  size_t height = 40;
};

// A full screen: who waits, and below what was just said, the newest first.
// Exactly `size.height` lines; instants are told in `zone`.
std::vector<Line> Screenful(const Situation& situation, absl::Time now,
                            const Caption& caption, absl::TimeZone zone,
                            const ViewSize& size);

// Who waits, the most urgent first: titles, at most `most` leads, and how many
// more there are.
std::vector<Line> WaitingTable(const Situation& situation, absl::Time now,
                               size_t most, size_t width);

// When an event is news. A fact stands at its own instant; that it is taken
// back or mended is news of the moment.
absl::Time NewsAt(const v1::SlaEvent& event);

// One event in a line of its own: when, what, about which lead and clock, to
// whom or how.
Line SaidLine(const v1::SlaEvent& event, absl::TimeZone zone);

// "3 leads, 1 at risk, 1 breached"
std::string WaitingCounts(const Situation& situation);

// "2 reminders, 1 breach, 5 met; 1 retracted"
std::string SaidCounts(const Situation& situation);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_VIEW_H_
