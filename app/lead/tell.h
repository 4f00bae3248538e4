#ifndef LEADCLOCK_APP_LEAD_TELL_H_
#define LEADCLOCK_APP_LEAD_TELL_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "app/lead/lead_file.h"
#include "leadclock/v1/lead_story.pb.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

struct TellOptions {
  // Only what was known by then. Absent: all that is on record.
  std::optional<absl::Time> known_at = {};
  // What comes later nobody knows. Absent: that which the story is told as of.
  std::optional<absl::Time> now = {};
  // The policy has no version that was not known by `known_at`.
  bool are_versions_dated = true;
};

// The lead's story as of an instant, by all versions of the policy.
v1::LeadStory TellStory(const PolicyBook& policies, const LeadFile& file,
                        absl::Time as_of, const TellOptions& options = {});

struct StoryTextOptions {
  // Of all times. Absent: each clock's are local to its calendar.
  std::optional<absl::TimeZone> zone = {};
  // Each part of a clock's time. Otherwise what is long past due, and in which
  // nothing happened, is told in one line.
  bool all = false;
  // Stands in that line: how to see what it stands for.
  std::string how_to_see_all = {};
  // Stands where the story tells what became known later: how to see what was
  // known by then.
  std::string how_to_see_known = {};
};

// The story for people.
std::string StoryText(const v1::LeadStory& story,
                      const StoryTextOptions& options = {});

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_TELL_H_
