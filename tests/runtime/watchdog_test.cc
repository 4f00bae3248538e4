#include "processor/runtime/watchdog.h"

#include <catch2/catch.hpp>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace leadclock {
namespace {

TEST_CASE("What hangs is ended, and named") {
  absl::Notification barked;
  std::string hung;
  Watchdog dog(absl::Milliseconds(20), [&](const std::string& doing) {
    hung = doing;
    barked.Notify();
  });
  const Watchdog::Watch watch(dog, "a commit");
  REQUIRE(barked.WaitForNotificationWithTimeout(absl::Seconds(30)));
  CHECK(hung == "a commit");
}

TEST_CASE("What ends in time is left alone, however often it comes") {
  int barks = 0;
  {
    Watchdog dog(absl::Seconds(30), [&](const std::string&) { ++barks; });
    for (int i = 0; i < 1000; ++i) const Watchdog::Watch watch(dog, "a commit");
  }
  CHECK(barks == 0);
}

}  // namespace
}  // namespace leadclock
