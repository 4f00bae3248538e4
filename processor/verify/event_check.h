#ifndef LEADCLOCK_PROCESSOR_VERIFY_EVENT_CHECK_H_
#define LEADCLOCK_PROCESSOR_VERIFY_EVENT_CHECK_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "processor/runtime/fold.h"
#include "processor/verify/lead_verifier.h"
#include "processor/verify/verify.h"

namespace leadclock {

// The fields in which two messages differ, on one line; empty: none.
std::string FieldsThatDiffer(const google::protobuf::Message& stands,
                             const google::protobuf::Message& expected);

// What of an event is other than the record that must have been written in its
// place (in Protobuf); empty: nothing. When it was emitted is not compared.
std::vector<std::string> WhatDiffers(const VerifyOptions& options,
                                     const LeadRecords::Output& output,
                                     const OutputRecord& expected);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_EVENT_CHECK_H_
