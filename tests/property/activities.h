#ifndef LEADCLOCK_TESTS_PROPERTY_ACTIVITIES_H_
#define LEADCLOCK_TESTS_PROPERTY_ACTIVITIES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "processor/policy/policy.h"
#include "state/event.h"
#include "tests/property/dice.h"

// What happens to leads beside touches and assignments.
namespace leadclock::property {

struct ActivityField {
  std::string name;
  std::vector<std::string> values;
};

struct KnownActivity {
  ActivityKind kind;
  std::string name;     // as triggers call it
  uint32_t number = 0;  // the contract's
  // The main one first, if there is one.
  std::vector<ActivityField> fields;
  // The attribute that its main field sets; "": none.
  std::string attribute = {};
  // The date that it says; "": none.
  std::string date = {};
};

const std::vector<KnownActivity>& KnownActivities();
const KnownActivity& Known(ActivityKind kind);

// With random fields.
Activity SomeActivity(ActivityKind kind, Dice& dice);
// One that passes the test.
Activity SomeActivity(const ActivityTest& test, Dice& dice);
// "": it is not said.
std::string FieldIn(const Activity& activity, const std::string& field);
// Sets a field, and what it changes of the lead. "": it is not said.
void SetField(const std::string& field, const std::string& value,
              Activity& activity);

ActivityTest SomeActivityTest(Dice& dice);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_ACTIVITIES_H_
