#include "processor/runtime/watchdog.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <string>

#include "absl/time/time.h"

namespace leadclock {
namespace {

TEST_CASE("What hangs is ended, and named") {
  std::promise<std::string> barked;
  Watchdog dog(absl::Milliseconds(20),
               [&](const std::string& doing) { barked.set_value(doing); });
  const Watchdog::Watch watch(dog, "a commit");
  std::future<std::string> hung = barked.get_future();
  REQUIRE(hung.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  CHECK(hung.get() == "a commit");
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
