// A record's value as JSON.

#include "tests/fuzz/record_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  leadclock::fuzz::CheckRecord({reinterpret_cast<const char*>(data), size},
                               leadclock::WireFormat::kJson);
  return 0;
}
