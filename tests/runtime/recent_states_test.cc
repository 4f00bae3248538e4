#include "state/recent_states.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "state/store_names.h"

namespace leadclock {
namespace {

// What goes to the files, a few at a time.
std::vector<std::string> OrderOfTaking() {
  RecentStates states;
  for (int i = 0; i < 1000; ++i) {
    states.Put(
        store_names::OfState(0, absl::StrCat("lead-", i)),
        {.state = "state", .due = i, .due_in_files = store_names::kNever});
  }
  states.Freeze();
  std::vector<std::string> names;
  while (states.is_frozen()) {
    for (const RecentStates::Named& taken : states.Take(10)) {
      names.push_back(taken.name);
    }
  }
  return names;
}

TEST_CASE("The same writes go to the files in the same order") {
  const std::vector<std::string> order = OrderOfTaking();

  CHECK(order.size() == 1000);
  CHECK(OrderOfTaking() == order);
}

}  // namespace
}  // namespace leadclock
