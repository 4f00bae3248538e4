#include "processor/runtime/clock_guard.h"

#include "absl/strings/str_cat.h"

namespace leadclock {

void ClockGuard::Look(absl::Time wall, absl::Duration boot) {
  last_ = (wall - absl::UnixEpoch()) - boot;
  // Small departures are the clock being steered; a later look compares with
  // this one, so that they do not add up.
  if (!believed_ || absl::AbsDuration(*last_ - *believed_) < kStep) {
    believed_ = last_;
  }
}

void ClockGuard::Compare(absl::Time wall_before, absl::Time wall_after,
                         const BrokerTime& broker) {
  broker_ahead_ = absl::ZeroDuration();
  if (broker.latest > wall_after) broker_ahead_ = broker.latest - wall_after;
  if (broker.earliest < wall_before) {
    broker_ahead_ = broker.earliest - wall_before;
  }
  if (wall_after - wall_before > kStep) return;
  if (absl::AbsDuration(broker_ahead_) < kStep / 2) believed_ = last_;
}

std::optional<std::string> ClockGuard::Doubt() const {
  if (last_ != believed_) {
    return absl::StrCat("the wall clock was set by ",
                        absl::FormatDuration(*last_ - *believed_),
                        " while the process ran");
  }
  if (absl::AbsDuration(broker_ahead_) > skew_) {
    return absl::StrCat("the broker's clock differs from this machine's by ",
                        absl::FormatDuration(broker_ahead_));
  }
  return std::nullopt;
}

}  // namespace leadclock
