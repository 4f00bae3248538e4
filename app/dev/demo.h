#ifndef LEADCLOCK_APP_DEV_DEMO_H_
#define LEADCLOCK_APP_DEV_DEMO_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/dev/crm.h"
#include "app/dev/plain_kafka.h"
#include "app/dev/screen.h"
#include "app/dev/show.h"
#include "app/dev/situation.h"
#include "app/settings.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/mock_cluster.h"
#include "processor/runtime/worker_options.h"
#include "spdlog/sinks/ringbuffer_sink.h"

namespace leadclock {

struct DemoOptions {
  double speed = 60;
  double leads_per_minute = 1;
  uint64_t seed = 1;
  // End when everything of NotYetSeen() was seen, or after the timeout.
  bool once = false;
  absl::Duration timeout = absl::Seconds(120);  // of real time
};

// A mock of Kafka, a synthetic CRM that writes to it, the same processor as
// that of `leadclock run`, and a view of what it says. One virtual clock, which
// begins at an opening of the policy's calendars, drives them all.
class Demo {
 public:
  // Keeps in the directory what need not survive.
  static absl::StatusOr<std::unique_ptr<Demo>> Create(
      const DemoOptions& options, Policy policy, const std::string& directory);

  // Where to look beside the view.
  std::string Kafka() const;

  // Until it is interrupted, fails, or has seen what it is to see once.
  absl::Status Run(const std::atomic<bool>& interrupted);

  const Situation& situation() const { return show_.situation(); }

 private:
  using Warnings = spdlog::sinks::ringbuffer_sink_mt;

  Demo(const DemoOptions& options, Policy policy, const Settings& settings,
       std::unique_ptr<MockCluster> kafka, PlainReader reader,
       const Display& display);

  static std::shared_ptr<Warnings> CollectWarnings(const Display& display);
  // Writes what the CRM says, when it is time.
  absl::Status Feed();
  void Watch(const std::atomic<bool>& interrupted);
  Caption CaptionNow() const;
  std::string Pace() const;
  Span Footer() const;

  const DemoOptions options_;
  const Settings settings_;
  const std::unique_ptr<MockCluster> kafka_;
  PlainReader reader_;
  const std::shared_ptr<Warnings> warnings_;
  const SystemClock system_;
  const absl::Time opening_;
  const VirtualClock clock_;
  SyntheticCrm crm_;
  const std::shared_ptr<const LeadJob> job_;
  Show show_;
  std::atomic<bool> stop_ = false;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_DEMO_H_
