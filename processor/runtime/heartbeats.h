#ifndef LEADCLOCK_PROCESSOR_RUNTIME_HEARTBEATS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_HEARTBEATS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "absl/time/time.h"
#include "processor/runtime/fold.h"

namespace leadclock {

// What the sources that promise heartbeats have sent: a feed that dies
// silently looks like customers whom nobody answered.
class Heartbeats {
 public:
  // `promised`: by source, how often; on each of `inputs` topics.
  Heartbeats(std::map<std::string, absl::Duration> promised, size_t inputs)
      : promised_(std::move(promised)), inputs_(inputs) {}

  void Take(int input, int32_t partition, const Heartbeat& heartbeat);

  // Up to which instant everything was sent that this partition is to read.
  // InfinitePast: some source has not said so; InfiniteFuture: none promised.
  absl::Time SentUpTo(int32_t partition) const;
  // Of one source alone.
  absl::Time SentUpTo(int32_t partition, const std::string& source) const;

  const std::map<std::string, absl::Duration>& promised() const {
    return promised_;
  }

 private:
  const std::map<std::string, absl::Duration> promised_;
  const size_t inputs_;
  // By partition, source and input: the newest.
  std::map<std::tuple<int32_t, std::string, int>, absl::Time> newest_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_HEARTBEATS_H_
