#ifndef LEADCLOCK_TESTS_SIM_WORKLOAD_H_
#define LEADCLOCK_TESTS_SIM_WORKLOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/runtime/fold.h"
#include "tests/property/dice.h"

namespace leadclock::sim {

using property::Dice;

// What of the workload is drawn, so that not every run has everything.
struct WorkloadOptions {
  bool duplicates = false;
  bool late = false;
  bool future = false;
  bool garbage = false;
  bool withdrawals = false;
  bool silent_feeds = false;
  // Minutes matter instead of days.
  bool fast = false;
  int leads = 0;
  int32_t partitions = 0;
  absl::Time begin;
  absl::Duration length;
};

// A record that a feed sends.
struct Delivery {
  absl::Time at;
  int input = 0;  // 0: leads.created, 1: leads.activity
  int32_t partition = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  // The code with which it must be quarantined; empty: it must not be, unless
  // it is dated in the future when it is sent.
  std::string rejection;
};

struct Workload {
  std::vector<Delivery> deliveries;  // by time
  int64_t duplicates = 0;
  int64_t late = 0;
  int64_t future = 0;
  int64_t garbage = 0;
  int64_t withdrawals = 0;
  int64_t silences = 0;
};

// The policy that the leads are judged by, as YAML.
std::string PolicyOf(const WorkloadOptions& options);

// A further version of it: some rule is another, or none.
struct NextPolicy {
  int64_t version = 0;
  absl::Time effective;
};
std::string PolicyAfter(const std::string& policy, const NextPolicy& next,
                        Dice& dice);

// What feeds send: the lives of random leads, which arrive as they do
// in the world: twice, late, in any order, wrong, taken back, and in bursts.
Workload MakeWorkload(const WorkloadOptions& options, Dice& dice);

// How long after its last event nothing is decided about a lead any more.
absl::Duration LongestOutlook(const WorkloadOptions& options);

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_WORKLOAD_H_
