#ifndef LEADCLOCK_TESTS_REFERENCE_ZONE_FILE_H_
#define LEADCLOCK_TESTS_REFERENCE_ZONE_FILE_H_

#include <string>
#include <vector>

#include "tests/reference/calendar.h"

namespace leadclock::reference {

// A time zone as the machine's files tell it, read byte by byte as RFC 8536
// says, so that the product's library is not asked about itself.
class ZoneFile {
 public:
  // Throws std::runtime_error if there is no such zone, or its file is not
  // understood.
  explicit ZoneFile(const std::string& name);

  // From `begins` until the next one begins, local time is UTC and `offset`.
  struct Period {
    Millis begins = 0;
    Millis offset = 0;
  };
  // In order; from the beginning of time to the end of 2044.
  const std::vector<Period>& periods() const { return periods_; }

  Millis OffsetAt(Millis at) const;

 private:
  std::vector<Period> periods_;
};

}  // namespace leadclock::reference

#endif  // LEADCLOCK_TESTS_REFERENCE_ZONE_FILE_H_
