#ifndef LEADCLOCK_APP_LEAD_TELL_H_
#define LEADCLOCK_APP_LEAD_TELL_H_

#include <string>

#include "absl/time/time.h"
#include "app/lead/lead_file.h"
#include "leadclock/v1/lead_story.pb.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

// The lead's story as of an instant, by all versions of the policy.
v1::LeadStory TellStory(const PolicyBook& policies, const LeadFile& file,
                        absl::Time as_of);

// The story for people; each clock's times are local to its calendar.
std::string StoryText(const v1::LeadStory& story);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_TELL_H_
