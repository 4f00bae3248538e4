#ifndef LEADCLOCK_TESTS_SIM_ORACLE_H_
#define LEADCLOCK_TESTS_SIM_ORACLE_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/worker_options.h"
#include "state/store.h"
#include "tests/sim/model_kafka.h"
#include "tests/sim/model_log.h"
#include "tests/sim/upstream.h"

namespace leadclock::sim {

struct Outcome;

// What a run left behind.
struct Remains {
  ModelKafka& kafka;
  const Upstream& upstream;
  // Those of the job alone.
  const JobTopics& topics;
  // How many editions of the job were told of.
  int editions = 0;
  // Whether a version of the policy may have taken effect before it was known.
  bool has_corrections = false;
  const PolicyBook& policies;
  const LeadJobOptions& job;
  int32_t partitions = 0;
  absl::Duration settle;
  // How far any wall clock ever was from the truth.
  absl::Duration clock_error;
  // Whether every record came in time.
  bool is_punctual = false;
};

// Holds what was committed against a plain derivation from all input records,
// as `leadclock verify` does, and against what only the model knows: when each
// record was written, and what the workload meant. Whatever must not be becomes
// a problem of the outcome.
void Examine(const Remains& remains, Outcome& outcome);

// How a worker's store differs from what its changelog says; empty: not.
std::string DifferenceOfStore(const Store& store, int32_t partition,
                              const ModelLog& changelog, bool has_editions);

// Of all committed records of all topics.
std::string HashOfCommitted(const ModelKafka& kafka);

}  // namespace leadclock::sim

#endif  // LEADCLOCK_TESTS_SIM_ORACLE_H_
