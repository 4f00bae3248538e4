#include "tests/property/activities.h"

#include <algorithm>

namespace leadclock::property {

const std::vector<KnownActivity>& KnownActivities() {
  static const auto& known = *new std::vector<KnownActivity>{
      {ActivityKind::kConsentChanged,
       "consent_changed",
       23,
       {{"consent", {"granted", "withdrawn", "withdrawn", "unclear"}},
        {"channel", {"phone", "email", ""}},
        {"reason", {"asked", "", ""}}},
       "consent"},
      {ActivityKind::kStageChanged,
       "stage_changed",
       25,
       {{"stage", {"mql", "sql"}},
        {"handoff", {"accepted", "rejected", ""}},
        {"reason", {"budget", "", ""}}},
       "stage"},
      {ActivityKind::kStatusChanged,
       "status_changed",
       26,
       {{"status", {"working", "on_hold", "waiting", "on_hold"}},
        {"reason", {"asked", "", ""}}},
       "status"},
      {ActivityKind::kContactBroken,
       "contact_broken",
       28,
       {{"channel", {"phone", "email"}}, {"reason", {"bounced", "", ""}}}},
      {ActivityKind::kContactMended,
       "contact_mended",
       29,
       {{"channel", {"phone", "email"}}, {"reason", {"asked", "", ""}}}},
      {ActivityKind::kMeetingBooked,
       "meeting_booked",
       31,
       {{"purpose", {"demo", "review"}}, {"meeting", {"m1", "m2", ""}}},
       "",
       "meeting"},
      {ActivityKind::kMeetingHeld,
       "meeting_held",
       32,
       {{"purpose", {"demo", "review"}},
        {"meeting", {"m1", "m2", ""}},
        {"no_show", {"true", "false"}}}},
      {ActivityKind::kNextStepScheduled,
       "next_step_scheduled",
       33,
       {},
       "",
       "next_step"},
      {ActivityKind::kMilestone,
       "milestone",
       34,
       {{"name", {"kickoff", "first_value"}}}},
      {ActivityKind::kTaskDone,
       "task_done",
       35,
       {{"cancelled", {"true", "false", "false"}},
        {"actor", {"ann", "bob", "cid", ""}}}},
      {ActivityKind::kBreachExplained,
       "breach_explained",
       36,
       {{"clock", {"clock0", "clock1"}},
        {"reason", {"busy", "ill", ""}},
        {"resolution", {"called", "", ""}},
        {"actor", {"ann", "bob", ""}}}},
      {ActivityKind::kDisposition,
       "disposition",
       37,
       {{"outcome", {"won", "lost"}},
        {"reason", {"price", "", ""}},
        {"track", {"fast", ""}}},
       "disposition",
       "return"}};
  return known;
}

const KnownActivity& Known(ActivityKind kind) {
  return *std::find_if(
      KnownActivities().begin(), KnownActivities().end(),
      [&](const KnownActivity& known) { return known.kind == kind; });
}

std::string FieldIn(const Activity& activity, const std::string& field) {
  for (const auto& [name, value] : activity.fields) {
    if (name == field) return value;
  }
  return "";
}

void SetField(const std::string& field, const std::string& value,
              Activity& activity) {
  AttributeChanges& fields = activity.fields;
  std::erase_if(fields, [&](const auto& said) { return said.first == field; });
  if (!value.empty()) fields.emplace_back(field, value);
  std::sort(fields.begin(), fields.end());

  const KnownActivity& known = Known(activity.kind);
  if (known.attribute.empty()) return;
  std::erase_if(activity.learnt, [&](const auto& learnt) {
    return learnt.first == known.attribute;
  });
  // Consent for a channel says nothing of the others.
  const bool is_of_channel = activity.kind == ActivityKind::kConsentChanged &&
                             !FieldIn(activity, "channel").empty();
  if (is_of_channel) return;
  activity.learnt.emplace_back(known.attribute,
                               FieldIn(activity, known.fields.front().name));
}

Activity SomeActivity(ActivityKind kind, Dice& dice) {
  Activity activity = {.kind = kind};
  for (const ActivityField& field : Known(kind).fields) {
    SetField(field.name, dice.OneOf(field.values), activity);
  }
  return activity;
}

Activity SomeActivity(const ActivityTest& test, Dice& dice) {
  Activity activity = SomeActivity(test.kind, dice);
  for (const ActivityTest::FieldTest& field : test.fields) {
    SetField(field.field, dice.OneOf(field.any_of), activity);
  }
  return activity;
}

ActivityTest SomeActivityTest(Dice& dice) {
  const KnownActivity& known = dice.OneOf(KnownActivities());
  ActivityTest test = {.kind = known.kind};
  // In the order of its fields, most often of the main one.
  for (size_t i = 0; i < known.fields.size(); ++i) {
    const bool is_task = known.kind == ActivityKind::kTaskDone && i == 0;
    if (!is_task && !dice.Chance(i == 0 ? 65 : 15)) continue;
    ActivityTest::FieldTest& field = test.fields.emplace_back();
    field.field = known.fields[i].name;
    field.any_of = {dice.OneOf(known.fields[i].values)};
    if (!is_task && dice.Chance(20)) {
      const std::string& other = dice.OneOf(known.fields[i].values);
      if (other != field.any_of.front()) field.any_of.push_back(other);
    }
  }
  return test;
}

}  // namespace leadclock::property
