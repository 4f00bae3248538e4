#ifndef LEADCLOCK_TESTS_FUZZ_RECORD_CHECK_H_
#define LEADCLOCK_TESTS_FUZZ_RECORD_CHECK_H_

#include <string>

#include "processor/job/lead_job.h"
#include "processor/job/wire_input.h"
#include "processor/runtime/fold.h"

// What must hold of any record, whatever its value.
namespace leadclock::fuzz {

// The job under which records of a format are read, and states are kept.
const Policy& TestPolicy();
const LeadJob& TestJob(WireFormat format);

// Reads `value` as a record of both input topics, under the key that it names.
// What is refused says why. What is accepted is the same event in the other
// wire format and after a way through the stored form, can be folded, and when
// it is folded once more nothing is said.
void CheckRecord(const std::string& value, WireFormat format);

// A lead that begins with this record, the same record again, and the time
// after it.
void CheckFold(const InputRecord& record, WireFormat format, absl::Time now);

}  // namespace leadclock::fuzz

#endif  // LEADCLOCK_TESTS_FUZZ_RECORD_CHECK_H_
