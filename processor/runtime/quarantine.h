#ifndef LEADCLOCK_PROCESSOR_RUNTIME_QUARANTINE_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_QUARANTINE_H_

#include <cstddef>
#include <string>

#include "processor/runtime/fold.h"
#include "processor/runtime/kafka.h"

namespace leadclock {

// A record that could not be folded, as it goes to the quarantine topic: its
// bytes and headers untouched, and headers, named as Kafka Connect names
// them, that say where it came from and what is wrong. If it is larger than
// `max_bytes`, only the first KiB of the value is kept; if its key and headers
// alone are, only the first KiB of the key, and no header. Headers say so.
OutgoingRecord QuarantineRecord(const std::string& quarantine_topic,
                                const std::string& input_topic,
                                const InputRecord& record, const Rejection& why,
                                size_t max_bytes);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_QUARANTINE_H_
