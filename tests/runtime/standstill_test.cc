#include "processor/runtime/standstill.h"

#include <catch2/catch.hpp>

namespace leadclock {
namespace {

TEST_CASE("A reader that stands though there is more is noticed") {
  Standstill standstill(absl::Seconds(60));
  standstill.Look({5, 7}, true, absl::Seconds(100));
  CHECK_FALSE(standstill.stands(absl::Seconds(159)));
  standstill.Look({5, 7}, true, absl::Seconds(160));
  CHECK(standstill.stands(absl::Seconds(160)));

  SECTION("until it moves") {
    standstill.Look({5, 8}, true, absl::Seconds(161));
    CHECK_FALSE(standstill.stands(absl::Seconds(161)));
    CHECK(standstill.stands(absl::Seconds(221)));
  }
  SECTION("or until there is nothing more") {
    standstill.Look({5, 7}, false, absl::Seconds(161));
    CHECK_FALSE(standstill.stands(absl::Seconds(1000)));
  }
}

TEST_CASE("A reader that has read everything may stand as long as it likes") {
  Standstill standstill(absl::Seconds(60));
  standstill.Look({5, 7}, false, absl::Seconds(100));
  standstill.Look({5, 7}, false, absl::Seconds(10'000));
  CHECK_FALSE(standstill.stands(absl::Seconds(10'000)));
}

}  // namespace
}  // namespace leadclock
