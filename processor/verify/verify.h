#ifndef LEADCLOCK_PROCESSOR_VERIFY_VERIFY_H_
#define LEADCLOCK_PROCESSOR_VERIFY_VERIFY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy_book.h"
#include "processor/runtime/fold.h"
#include "processor/runtime/partitioner.h"
#include "processor/runtime/worker_options.h"
#include "processor/verify/report.h"

namespace leadclock {

// Computes once more, from the input topics alone, all that a job must have
// said, and compares it with what it said. Pure: the records of a partition
// number in, a report out. Knows nothing of batches, restarts or stores: each
// lead is folded as a whole, from nothing.

struct VerifyOptions {
  LeadJobOptions job;
  JobTopics topics;
  Partitioner partitioner = Partitioner::kMurmur2;
  int32_t partitions = 0;  // of each input topic
};

// A record of a topic that the job writes.
struct WrittenRecord {
  int64_t offset = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<Header> headers;
};

// How far a partition has come: with its offsets and the now they carry.
struct Standpoint {
  std::vector<int64_t> next;  // by input; below it everything was read
  absl::Time now = absl::InfinitePast();
  // The newest version of the policy that was known; 0: all were.
  int64_t policy_version = 0;
};

// Whether everything up to there was read, in this order of instants.
bool AtOrBefore(const Standpoint& a, const Standpoint& b);

// Everything committed on one partition number, from the beginning of each
// topic, in the order of the offsets.
struct PartitionLog {
  int32_t partition = 0;
  std::vector<InputRecord> inputs;  // up to `committed`; read_at is not known
  std::vector<std::vector<WrittenRecord>> outputs;  // by output
  std::vector<WrittenRecord> changelog;
  std::vector<WrittenRecord> quarantine;

  // What the group had committed before the ends of the output topics were
  // taken: all that follows from it must be there.
  Standpoint judged;
  // What it had committed when all of them were read: nothing may be there
  // that goes beyond. The same as `judged` if the job stands still.
  Standpoint committed;
};

VerifyReport VerifyPartition(const PolicyBook& policies,
                             const VerifyOptions& options,
                             const PartitionLog& log);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_VERIFY_H_
