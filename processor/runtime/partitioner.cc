#include "processor/runtime/partitioner.h"

#include <librdkafka/rdkafka.h>

namespace leadclock {

std::optional<int32_t> PartitionOf(Partitioner partitioner,
                                   std::string_view key, int32_t partitions) {
  switch (partitioner) {
    case Partitioner::kMurmur2:
      return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(),
                                              partitions, nullptr, nullptr);
    case Partitioner::kCrc32:
      return rd_kafka_msg_partitioner_consistent(
          nullptr, key.data(), key.size(), partitions, nullptr, nullptr);
    case Partitioner::kAny:
      break;
  }
  return std::nullopt;
}

}  // namespace leadclock
