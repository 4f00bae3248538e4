#ifndef LEADCLOCK_APP_LEAD_LEAD_FILE_H_
#define LEADCLOCK_APP_LEAD_LEAD_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/wire_input.h"
#include "processor/runtime/fold.h"
#include "state/event.h"

namespace leadclock {

// What is on record of one lead.
struct LeadFile {
  struct Read {
    Event event;
    // When its source recorded it, else the record's own timestamp; absent:
    // neither is known.
    std::optional<absl::Time> logged_at;
    // What no clock asks about, in words; else empty.
    std::string noted = {};
  };
  // A record of the lead that is no event; it was quarantined.
  struct Unreadable {
    std::optional<absl::Time> logged_at;
    Rejection why;
    // As far as that can be told.
    EventRef ref = {};
    std::optional<absl::Time> happened_at = {};
    std::string what = {};  // in words
  };

  std::string lead_id;
  std::vector<Read> events;  // in any order; one event may stand there twice
  std::vector<Unreadable> unreadable;
  std::vector<v1::SlaEvent> said;
  // Beginnings that are missing, in words.
  std::vector<std::string> gaps;
};

// Adds what a record of an input topic says, if its key is the lead's.
void AddInput(const InputRecord& record, const WireInputOptions& options,
              LeadFile& file);

// Adds what a record of an output topic says, if it is of the lead.
void AddOutput(const std::string& value, const std::vector<Header>& headers,
               WireFormat format, LeadFile& file);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_LEAD_FILE_H_
