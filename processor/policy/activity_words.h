#ifndef LEADCLOCK_PROCESSOR_POLICY_ACTIVITY_WORDS_H_
#define LEADCLOCK_PROCESSOR_POLICY_ACTIVITY_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/policy.h"
#include "state/event.h"

namespace leadclock {

// How policies call one kind of activity, and what they may ask of it.
struct ActivityWords {
  ActivityKind kind;
  absl::string_view name;  // "stage_changed"
  // The one that {stage_changed: mql} asks for; "": there is none.
  absl::string_view main_field;
  std::vector<absl::string_view> fields;
  // What happens, in words; and with the values of the main field in place of
  // "$0".
  absl::string_view happens;
  absl::string_view happens_so;
};

// All of them, in the order of docs/policy.md.
const std::vector<ActivityWords>& AllActivities();

const ActivityWords& WordsOf(ActivityKind kind);

// Null: there is none of that name.
const ActivityWords* ActivityNamed(absl::string_view name);

// "its stage becomes sal, with handoff accepted".
std::string Words(const ActivityTest& test);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_ACTIVITY_WORDS_H_
