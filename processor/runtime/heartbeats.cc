#include "processor/runtime/heartbeats.h"

#include <algorithm>

namespace leadclock {

void Heartbeats::Take(int input, int32_t partition,
                      const Heartbeat& heartbeat) {
  if (!promised_.contains(heartbeat.source)) return;
  const auto [newest, is_first] =
      newest_.try_emplace({partition, heartbeat.source, input}, heartbeat.at);
  newest->second = std::max(newest->second, heartbeat.at);
}

absl::Time Heartbeats::SentUpTo(int32_t partition) const {
  absl::Time sent = absl::InfiniteFuture();
  for (const auto& [source, interval] : promised_) {
    sent = std::min(sent, SentUpTo(partition, source));
  }
  return sent;
}

absl::Time Heartbeats::SentUpTo(int32_t partition,
                                const std::string& source) const {
  absl::Time sent = absl::InfiniteFuture();
  for (int input = 0; input < static_cast<int>(inputs_); ++input) {
    const auto newest = newest_.find({partition, source, input});
    if (newest == newest_.end()) return absl::InfinitePast();
    sent = std::min(sent, newest->second);
  }
  return sent;
}

}  // namespace leadclock
