#ifndef LEADCLOCK_APP_LEAD_HISTORY_H_
#define LEADCLOCK_APP_LEAD_HISTORY_H_

#include <string>
#include <vector>

#include "app/lead/lead_file.h"
#include "state/event.h"

namespace leadclock {

// The events of a file in the order in which they count, one of each. Where
// records give an event several contents, one of them stands.
struct History {
  struct Replaced {
    LeadFile::Read read;
    std::string why;  // in words
  };
  std::vector<LeadFile::Read> standing;
  std::vector<Replaced> replaced;

  std::vector<Event> Events() const;
  // Null: it is not on record.
  const LeadFile::Read* Find(const EventRef& ref) const;
};

History HistoryOf(const std::vector<LeadFile::Read>& events);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_HISTORY_H_
