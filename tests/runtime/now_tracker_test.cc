#include "processor/runtime/now_tracker.h"

#include <catch2/catch.hpp>
#include <vector>

#include "absl/time/time.h"

namespace leadclock {
namespace {

using Offsets = std::vector<int64_t>;

// Wall and boot clock run together here: second 0 is both.
absl::Time At(double seconds) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Seconds(seconds);
}
absl::Duration Boot(double seconds) { return absl::Seconds(seconds); }

NowTracker::Options Options() {
  return {.settle = absl::Seconds(5), .resettle = absl::Seconds(60)};
}

NowTracker HandedOver(double at) { return NowTracker(Options(), At(at)); }

// Asks, and is answered at once.
void Ask(NowTracker& tracker, double second, const Offsets& high_watermarks) {
  tracker.Asked(Boot(second));
  tracker.Answered(At(second), Boot(second), high_watermarks);
}

void Reach(NowTracker& tracker, double second, const Offsets& positions) {
  tracker.Reached(positions, Boot(second));
}

TEST_CASE("Caught up, now is the wall clock less what is slow to arrive") {
  NowTracker tracker = HandedOver(0);
  for (int second = 10; second < 20; ++second) {
    Ask(tracker, second, {100, 200});
    Reach(tracker, second, {100, 200});
    CHECK(tracker.now() == At(second - 5));
    CHECK_FALSE(tracker.behind());
  }
}

TEST_CASE("Now waits for the input that lags, whichever it is") {
  const Offsets lagging = GENERATE(Offsets{99, 200}, Offsets{100, 199});
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 10, {100, 200});

  Reach(tracker, 11, lagging);
  CHECK(tracker.now() == At(0));
  CHECK(tracker.behind());
  Reach(tracker, 30, {100, 200});
  CHECK(tracker.now() == At(5));
}

TEST_CASE("Lagging, now steps forward as each answer is reached") {
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 10, {100, 0});
  Ask(tracker, 11, {150, 0});
  Ask(tracker, 12, {210, 0});

  Reach(tracker, 13, {140, 0});
  CHECK(tracker.now() == At(5));
  Reach(tracker, 14, {200, 0});
  CHECK(tracker.now() == At(6));
  Reach(tracker, 15, {300, 0});
  CHECK(tracker.now() == At(7));
}

TEST_CASE("After an hour of downtime all is read before anything is judged") {
  NowTracker tracker = HandedOver(-3600);
  Ask(tracker, 0, {5000, 7000});

  Reach(tracker, 1, {2500, 7000});
  CHECK(tracker.now() == At(-3600));
  Reach(tracker, 2, {5000, 7000});
  CHECK(tracker.now() == At(-5));
}

TEST_CASE("Records behind an open transaction hold now until they are read") {
  // The reader cannot pass 100, where the transaction begins; the high
  // watermark counts what is hidden.
  NowTracker tracker = HandedOver(0);
  for (int second = 10; second < 40; ++second) {
    Ask(tracker, second, {110 + second, 0});
    Reach(tracker, second, {100, 0});
  }
  CHECK(tracker.now() == At(0));

  // It ends; its marker is passed too.
  Reach(tracker, 41, {150, 0});
  CHECK(tracker.now() == At(34));
}

TEST_CASE("Now never goes backwards") {
  NowTracker tracker = HandedOver(100);
  Ask(tracker, 50, {10, 10});
  Reach(tracker, 50, {10, 10});
  CHECK(tracker.now() == At(100));
}

TEST_CASE("An empty partition has a now") {
  NowTracker tracker(Options(), absl::InfinitePast());
  Ask(tracker, 10, {0, 0});
  Reach(tracker, 10, {0, 0});
  CHECK(tracker.now() == At(5));
}

TEST_CASE("After Kafka was silent for longer than settle, now stands a while") {
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 10, {1, 1});
  Reach(tracker, 10, {1, 1});

  tracker.Asked(Boot(11));  // no answer
  tracker.Asked(Boot(14));  // no answer
  tracker.Asked(Boot(17));
  tracker.Answered(At(17), Boot(17), {1, 1});
  Reach(tracker, 17, {1, 1});
  CHECK(tracker.now() == At(5));

  Ask(tracker, 76, {9, 1});
  Reach(tracker, 76, {9, 1});
  CHECK(tracker.now() == At(5));
  // What was asked within 60 seconds of the first answer is never believed.
  Reach(tracker, 77, {9, 1});
  CHECK(tracker.now() == At(5));
  Ask(tracker, 77, {9, 1});
  Reach(tracker, 77, {9, 1});
  CHECK(tracker.now() == At(72));
}

TEST_CASE("A silence shorter than settle is none") {
  NowTracker tracker = HandedOver(0);
  tracker.Asked(Boot(10));
  tracker.Asked(Boot(13));
  tracker.Answered(At(13), Boot(14.9), {1, 1});
  Reach(tracker, 15, {1, 1});
  CHECK(tracker.now() == At(8));
}

TEST_CASE("An answer that took long counts from when it was asked for") {
  NowTracker tracker = HandedOver(0);
  tracker.Asked(Boot(10));
  tracker.Answered(At(10), Boot(14), {1, 1});
  Reach(tracker, 14, {1, 1});
  CHECK(tracker.now() == At(5));
}

TEST_CASE("Going back to what is committed takes now back to what it was") {
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 20, {50, 50});
  Reach(tracker, 20, {50, 50});
  REQUIRE(tracker.now() == At(15));

  // The transaction failed: records from 40 on are to be read again.
  tracker.Rewind(At(3));
  CHECK(tracker.now() == At(3));
  Reach(tracker, 21, {40, 50});
  CHECK(tracker.now() == At(3));

  Ask(tracker, 22, {50, 50});
  Reach(tracker, 22, {45, 50});
  CHECK(tracker.now() == At(3));
  Reach(tracker, 23, {50, 50});
  CHECK(tracker.now() == At(17));
}

TEST_CASE("A silence is remembered when the partition begins again") {
  NowTracker tracker = HandedOver(0);
  tracker.Asked(Boot(10));
  tracker.Rewind(At(0));
  tracker.Asked(Boot(70));
  tracker.Answered(At(70), Boot(70), {1, 1});
  Reach(tracker, 70, {1, 1});
  CHECK(tracker.now() == At(0));
  CHECK(tracker.resettling(Boot(129)));
  CHECK_FALSE(tracker.resettling(Boot(130)));
}

TEST_CASE("What was answered right after a gap is not believed later either") {
  NowTracker tracker = HandedOver(0);
  tracker.Asked(Boot(10));
  tracker.Answered(At(10), Boot(30), {1, 1});  // the gap; until 90
  Ask(tracker, 31, {1, 1});
  // Nobody answers again before the window ends.
  Reach(tracker, 91, {1, 1});
  CHECK(tracker.now() == At(0));
  Ask(tracker, 92, {2, 2});
  Reach(tracker, 92, {2, 2});
  CHECK(tracker.now() == At(87));
}

TEST_CASE("Answers of a clock in doubt are forgotten") {
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 5000, {10, 10});
  tracker.Distrust();
  Reach(tracker, 10, {10, 10});
  CHECK(tracker.now() == At(0));
}

TEST_CASE("Few answers are remembered, and the newest is among them") {
  NowTracker::Options options = Options();
  options.max_answers = 4;
  NowTracker tracker(options, At(0));
  for (int second = 10; second <= 1000; ++second) {
    Ask(tracker, second, {second, 0});
  }
  // In coarse steps, but it steps.
  Reach(tracker, 1000, {990, 0});
  CHECK(tracker.now() > At(0));
  CHECK(tracker.now() <= At(985));
  Reach(tracker, 1001, {1000, 0});
  CHECK(tracker.now() == At(995));
}

TEST_CASE("A log that became shorter does not hold now for ever") {
  // An unclean change of leaders lost records.
  NowTracker tracker = HandedOver(0);
  Ask(tracker, 10, {100, 0});
  Ask(tracker, 11, {90, 0});
  Reach(tracker, 12, {90, 0});
  CHECK(tracker.now() == At(6));
}

}  // namespace
}  // namespace leadclock
