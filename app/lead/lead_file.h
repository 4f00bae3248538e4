#ifndef LEADCLOCK_APP_LEAD_LEAD_FILE_H_
#define LEADCLOCK_APP_LEAD_LEAD_FILE_H_

#include <cstdint>
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
    // The record's own timestamp: when it reached the topic. Absent: not known.
    std::optional<absl::Time> recorded_at = {};
    std::string place = {};  // of its record; empty: not known
  };
  // A record of the lead that is no event; it was quarantined.
  struct Unreadable {
    std::optional<absl::Time> logged_at;
    Rejection why;
    // As far as that can be told.
    EventRef ref = {};
    std::optional<absl::Time> happened_at = {};
    std::string what = {};  // in words
    uint32_t kind = 0;      // as Event's; 0: not known
    std::optional<absl::Time> recorded_at = {};
    std::string place = {};  // as Read's
  };

  std::string lead_id;
  std::vector<Read> events;  // in any order; one event may stand there twice
  std::vector<Unreadable> unreadable;
  std::vector<v1::SlaEvent> said;
  // Somebody has looked for what was said: if there is nothing, nothing was.
  bool is_said_known = false;
  // Beginnings that are missing, in words.
  std::vector<std::string> gaps;
  // What was said last of it, if nothing of `said` may know that; else 0.
  int64_t last_said = 0;
};

// When it could be known at the latest: when it reached the topic; else when
// its source recorded it; else when it happened.
absl::Time KnownAt(const LeadFile::Read& read);
absl::Time KnownAt(const LeadFile::Unreadable& record);
absl::Time SaidAt(const v1::SlaEvent& event);

// By their numbers.
std::vector<const v1::SlaEvent*> InOrder(const std::vector<v1::SlaEvent>& said);

// What of it was known by an instant, and said by then.
LeadFile KnownBy(LeadFile file, absl::Time instant);

// Numbers of what was said that are missing.
struct MissingNumbers {
  std::string words;  // "1 to 4, 7"; empty: none are
  int64_t first = 0;
  int64_t last = 0;
};
MissingNumbers MissingOf(const LeadFile& file);

// Adds what a record of an input topic says, if its key is the lead's. `place`
// names where it stands; empty: that is not known.
void AddInput(const InputRecord& record, const WireInputOptions& options,
              LeadFile& file, const std::string& place = "");

// Adds a record of the quarantine, if its key is the lead's, or its message
// names it. `place`: where the record stood. What was read there as an event
// counts no more: the job knew more than is read in it (how large the lead had
// become).
void AddRefused(const InputRecord& record, const WireInputOptions& options,
                LeadFile& file, const std::string& place = "");

// Adds what a record of an output topic says, if it is of the lead.
void AddOutput(const std::string& value, const std::vector<Header>& headers,
               WireFormat format, LeadFile& file);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_LEAD_FILE_H_
