#ifndef LEADCLOCK_APP_LEAD_CLOCK_TEXT_H_
#define LEADCLOCK_APP_LEAD_CLOCK_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "app/lead/tell.h"
#include "leadclock/v1/lead_story.pb.h"

namespace leadclock {

// What the page of a lead's story says of one of its clocks. `zone` is the
// lead's, of which the page has told, and that of a clock that counts day and
// night.
std::string ClockText(const v1::LeadStory::Clock& clock,
                      const v1::LeadStory& story,
                      const StoryTextOptions& options, absl::TimeZone zone);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_CLOCK_TEXT_H_
