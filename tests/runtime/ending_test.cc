#include "processor/runtime/ending.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <future>

#include "absl/time/time.h"
#include "processor/runtime/kafka.h"

namespace leadclock {
namespace {

// How an end went that did not come in time.
absl::Status Await(std::promise<absl::Status>& abandoned) {
  std::future<absl::Status> how = abandoned.get_future();
  REQUIRE(how.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  return how.get();
}

TEST_CASE("What does not close is left behind, and how the work went is told") {
  std::promise<absl::Status> abandoned;
  Ending ending(absl::Milliseconds(20),
                [&](const absl::Status& how) { abandoned.set_value(how); });
  SECTION("work that is under way is not committed") {
    ending.Begin();
    CHECK(kafka_error::IsUnavailable(Await(abandoned)));
  }
  SECTION("it went well") {
    ending.Settle(absl::OkStatus());
    ending.Begin();
    CHECK(Await(abandoned).ok());
  }
  SECTION("it failed") {
    ending.Settle(absl::InternalError("the disk is full"));
    ending.Begin();
    CHECK(Await(abandoned).message() == "the disk is full");
  }
}

TEST_CASE("An end in time is left alone, and so is work before its end") {
  bool abandoned = false;
  {
    const Ending works(absl::ZeroDuration(), [&](auto&) { abandoned = true; });
  }
  {
    Ending ends(absl::Seconds(30), [&](auto&) { abandoned = true; });
    ends.Begin();
    ends.Begin();
  }
  CHECK_FALSE(abandoned);
}

}  // namespace
}  // namespace leadclock
