#ifndef LEADCLOCK_APP_VERIFY_SHOW_REPORT_H_
#define LEADCLOCK_APP_VERIFY_SHOW_REPORT_H_

#include <string>

#include "processor/verify/report.h"

namespace leadclock {

// For people: the differences, one a line, then what was compared.
std::string TextOf(const VerifyReport& report);

// For programs: one JSON object.
std::string JsonOf(const VerifyReport& report);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_VERIFY_SHOW_REPORT_H_
