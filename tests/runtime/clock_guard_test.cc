#include "processor/runtime/clock_guard.h"

#include <catch2/catch.hpp>

#include "absl/time/time.h"

namespace leadclock {
namespace {

constexpr absl::Duration kSkew = absl::Minutes(5);

absl::Time At(double seconds) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Seconds(seconds);
}
absl::Duration Boot(double seconds) { return absl::Seconds(seconds); }

ClockGuard::BrokerTime Broker(double seconds) {
  return {At(seconds), At(seconds)};
}

TEST_CASE("A wall clock that is steered slowly is believed") {
  ClockGuard guard(kSkew);
  // A second a second, for an hour in sum.
  for (int i = 0; i < 3600; ++i) guard.Look(At(2 * i), Boot(i));

  CHECK_FALSE(guard.Doubt());
}

TEST_CASE("A wall clock that jumps is doubted, in either direction") {
  const double jump = GENERATE(2.0, 3600.0, -2.0, -86400.0);
  ClockGuard guard(kSkew);
  guard.Look(At(0), Boot(0));
  guard.Look(At(1 + jump), Boot(1));
  CHECK(guard.Doubt());

  SECTION("and still when it goes on from there") {
    guard.Look(At(100 + jump), Boot(100));
    CHECK(guard.Doubt());
  }
  SECTION("until the jump is undone") {
    guard.Look(At(10), Boot(10));
    CHECK_FALSE(guard.Doubt());
  }
  SECTION("or the broker's clock confirms the new time") {
    guard.Compare(At(2 + jump), At(2.1 + jump), Broker(2.05 + jump));
    CHECK_FALSE(guard.Doubt());
    guard.Look(At(3 + jump), Boot(3));
    CHECK_FALSE(guard.Doubt());
  }
  SECTION("but not if the looks are too far apart to tell") {
    guard.Compare(At(2 + jump), At(4.1 + jump), Broker(3 + jump));
    CHECK(guard.Doubt());
  }
  SECTION("but not when the broker's clock is of the old opinion") {
    guard.Compare(At(2 + jump), At(2.1 + jump), Broker(2.05));
    CHECK(guard.Doubt());
  }
}

TEST_CASE("Sleep of the machine is no jump: the boot clock counts it") {
  ClockGuard guard(kSkew);
  guard.Look(At(0), Boot(0));
  guard.Look(At(8 * 3600), Boot(8 * 3600));

  CHECK_FALSE(guard.Doubt());
}

TEST_CASE("A broker whose clock differs by more than the skew is doubted") {
  ClockGuard guard(kSkew);
  guard.Look(At(0), Boot(0));

  guard.Compare(At(1), At(2), Broker(301));
  CHECK_FALSE(guard.Doubt());
  guard.Compare(At(1), At(2), Broker(303));
  CHECK(guard.Doubt());
  guard.Compare(At(3), At(4), Broker(-299));
  CHECK(guard.Doubt());
  guard.Compare(At(5), At(6), Broker(5.5));
  CHECK_FALSE(guard.Doubt());
}

}  // namespace
}  // namespace leadclock
