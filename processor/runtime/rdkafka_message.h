#ifndef LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_MESSAGE_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_MESSAGE_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/runtime/fold.h"

namespace leadclock::rdkafka {

// The parts of a message, as our own values.

// Absent: null.
std::optional<std::string> ToText(const void* bytes, size_t size);
std::vector<Header> HeadersOf(const rd_kafka_message_t& message);
std::optional<absl::Time> TimestampOf(const rd_kafka_message_t& message);

}  // namespace leadclock::rdkafka

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_RDKAFKA_MESSAGE_H_
