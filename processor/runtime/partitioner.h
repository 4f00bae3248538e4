#ifndef LEADCLOCK_PROCESSOR_RUNTIME_PARTITIONER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_PARTITIONER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace leadclock {

// How the producers of the input topics choose the partition of a key.
enum class Partitioner {
  kMurmur2,  // Java's and Kafka Connect's
  kCrc32,    // librdkafka's own: "consistent"
  kAny,      // not known: nothing is checked
};

// The partition that a key belongs to; nullopt: any.
std::optional<int32_t> PartitionOf(Partitioner partitioner,
                                   std::string_view key, int32_t partitions);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_PARTITIONER_H_
