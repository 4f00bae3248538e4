#ifndef LEADCLOCK_PROCESSOR_VERIFY_QUARANTINE_CHECK_H_
#define LEADCLOCK_PROCESSOR_VERIFY_QUARANTINE_CHECK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "processor/runtime/fold.h"
#include "processor/verify/report.h"
#include "processor/verify/verify.h"

namespace leadclock {

// A record of the input that cannot be folded, and why.
struct RejectedRecord {
  const InputRecord* record = nullptr;
  Rejection why;
};

// By input and offset.
using RejectedRecords = std::map<std::pair<int, int64_t>, RejectedRecord>;

// The last header of the name: ours stand behind those of the record.
std::optional<std::string> HeaderOf(const WrittenRecord& record,
                                    std::string_view name);

// Holds the quarantine against what must be there: each of the rejected
// records once, with its bytes and its code, and nothing else. Returns how
// many records it has up to where it is judged.
int64_t CheckQuarantine(const VerifyOptions& options, const PartitionLog& log,
                        const RejectedRecords& rejected, VerifyReport& report);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_QUARANTINE_CHECK_H_
