#include "processor/runtime/clock.h"

#include <catch2/catch.hpp>

#include "absl/time/time.h"
#include "tests/runtime/hand_clock.h"

namespace leadclock {
namespace {

TEST_CASE("A virtual clock starts where it is told and runs faster") {
  HandClock real;
  const absl::Time start = real.wall - absl::Hours(48);
  const VirtualClock clock(real, start, 60);

  CHECK(clock.Wall() == start);
  real.Pass(absl::Seconds(10));
  CHECK(clock.Wall() == start + absl::Minutes(10));
  CHECK(clock.Boot() == absl::Minutes(10));
  CHECK(clock.RealUntil(clock.Wall() + absl::Minutes(1)) == absl::Seconds(1));
  CHECK(clock.RealUntil(start) == absl::ZeroDuration());
}

TEST_CASE("A virtual clock never passes the wall clock") {
  HandClock real;
  const VirtualClock clock(real, real.wall - absl::Minutes(59), 60);

  // It catches up after one minute, and then goes with it.
  CHECK(clock.RealUntil(real.wall + absl::Minutes(3)) == absl::Minutes(3));
  real.Pass(absl::Minutes(1));
  CHECK(clock.Wall() == real.wall);
  real.Pass(absl::Hours(1));
  CHECK(clock.Wall() == real.wall);
  CHECK(clock.Boot() == absl::Minutes(59) + absl::Hours(1) + absl::Minutes(1));
}

TEST_CASE("A virtual clock does not care whether the wall clock is set") {
  HandClock real;
  const absl::Time start = real.wall - absl::Hours(48);
  const VirtualClock clock(real, start, 10);

  real.wall += absl::Hours(7);
  CHECK(clock.Wall() == start);
}

TEST_CASE("The system's clock sleeps no longer than until the instant") {
  const SystemClock clock;
  const absl::Duration wait =
      clock.RealUntil(clock.Wall() + absl::Milliseconds(50));

  CHECK(wait > absl::ZeroDuration());
  CHECK(wait <= absl::Milliseconds(50));
  CHECK(clock.RealUntil(clock.Wall() - absl::Hours(1)) == absl::ZeroDuration());
}

}  // namespace
}  // namespace leadclock
