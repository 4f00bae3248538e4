#ifndef LEADCLOCK_PROCESSOR_RUNTIME_MONITOR_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_MONITOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "processor/runtime/readiness.h"
#include "prometheus/registry.h"

namespace leadclock {

// Serves what an operator's tools ask, over HTTP, from a thread of its own:
// /metrics (Prometheus' text), /livez (200: the process runs) and /readyz
// (200, or 503 with a line for each thing that is held up).
class Monitor {
 public:
  // `address`: host:port; port 0 takes any. Fails with InvalidArgument.
  static absl::StatusOr<std::unique_ptr<Monitor>> Serve(
      const std::string& address,
      std::shared_ptr<prometheus::Registry> registry,
      std::shared_ptr<const Readiness> readiness);

  virtual ~Monitor() = default;

  virtual int port() const = 0;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_MONITOR_H_
