#include "processor/policy/activity_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "processor/policy/describe.h"

namespace leadclock {

const std::vector<ActivityWords>& AllActivities() {
  static const auto& all = *new std::vector<ActivityWords>{
      {ActivityKind::kStageChanged,
       "stage_changed",
       "stage",
       {"stage", "handoff", "reason"},
       "its stage changes",
       "its stage becomes $0"},
      {ActivityKind::kStatusChanged,
       "status_changed",
       "status",
       {"status", "reason"},
       "its status changes",
       "its status becomes $0"},
      {ActivityKind::kConsentChanged,
       "consent_changed",
       "consent",
       {"consent", "channel", "reason"},
       "its consent changes",
       "its consent becomes $0"},
      {ActivityKind::kDisposition,
       "disposition",
       "outcome",
       {"outcome", "reason", "track"},
       "its disposition is said",
       "its disposition is $0"},
      {ActivityKind::kMeetingBooked,
       "meeting_booked",
       "purpose",
       {"purpose", "meeting"},
       "a meeting is booked",
       "a meeting for $0 is booked"},
      {ActivityKind::kMeetingHeld,
       "meeting_held",
       "purpose",
       {"purpose", "meeting", "no_show"},
       "a meeting is held",
       "a meeting for $0 is held"},
      {ActivityKind::kNextStepScheduled,
       "next_step_scheduled",
       "",
       {},
       "the next step has a date",
       ""},
      {ActivityKind::kMilestone,
       "milestone",
       "name",
       {"name"},
       "a milestone is reached",
       "the milestone $0 is reached"},
      {ActivityKind::kContactBroken,
       "contact_broken",
       "channel",
       {"channel", "reason"},
       "a channel is broken",
       "the channel $0 is broken"},
      {ActivityKind::kContactMended,
       "contact_mended",
       "channel",
       {"channel", "reason"},
       "a channel is mended",
       "the channel $0 is mended"},
      {ActivityKind::kBreachExplained,
       "breach_explained",
       "clock",
       {"clock", "reason", "resolution", "actor"},
       "a breach is explained",
       "a breach of $0 is explained"},
      {ActivityKind::kTaskDone,
       "task_done",
       "",
       {"task", "actor", "cancelled"},
       "its task is closed",
       ""},
  };
  return all;
}

const ActivityWords& WordsOf(ActivityKind kind) {
  const std::vector<ActivityWords>& all = AllActivities();
  return *std::find_if(
      all.begin(), all.end(),
      [kind](const ActivityWords& words) { return words.kind == kind; });
}

const ActivityWords* ActivityNamed(absl::string_view name) {
  for (const ActivityWords& words : AllActivities()) {
    if (words.name == name) return &words;
  }
  return nullptr;
}

std::string Words(const ActivityTest& test) {
  const ActivityWords& words = WordsOf(test.kind);
  std::string happens(words.happens);
  absl::string_view came;
  std::vector<std::string> further;
  for (const ActivityTest::FieldTest& field : test.fields) {
    std::vector<std::string> values;
    for (const std::string& value : field.any_of) {
      values.push_back(value.empty() ? "not said" : Shown(value));
    }
    const bool is_plain = std::find(field.any_of.begin(), field.any_of.end(),
                                    "") == field.any_of.end();
    if (test.kind == ActivityKind::kTaskDone && field.field == "cancelled") {
      if (values.size() == 1) {
        happens =
            values[0] == "true" ? "its task is cancelled" : "its task is done";
      }
    } else if (field.field == "no_show" && values.size() == 1) {
      came = values[0] == "true" ? " and the lead did not come"
                                 : " and the lead came";
    } else if (field.field == words.main_field && is_plain) {
      happens = absl::Substitute(words.happens_so, Or(values));
    } else {
      further.push_back(absl::StrCat("with ", field.field, " ", Or(values)));
    }
  }
  further.insert(further.begin(), absl::StrCat(happens, came));
  return absl::StrJoin(further, ", ");
}

}  // namespace leadclock
