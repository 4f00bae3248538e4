#include "processor/runtime/restore_progress.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace leadclock {
namespace {

TEST_CASE("A long restore shows how far it is, a short one nothing") {
  std::vector<std::string> shown;
  bool done = false;
  RestoreProgress progress(absl::Seconds(1),
                           [&](const RestoreProgress::Line& line) {
                             shown.push_back(line.text);
                             done = line.is_last;
                           });
  const auto at = [](int64_t tenths) {
    return absl::Milliseconds(100 * tenths);
  };

  progress.Set(0, 0, 500, at(0));
  progress.Set(0, 500, 500, at(5));
  CHECK(shown.empty());

  progress.Set(0, 0, 1'000'000, at(10));
  progress.Set(1, 0, 1'000'000, at(11));
  progress.Set(0, 250'000, 1'000'000, at(20));
  CHECK(shown == std::vector<std::string>{
                     "restoring states [##..................] 12%, 250,000 of "
                     "2,000,000 records, 250,000/s"});
  progress.Set(0, 300'000, 1'000'000, at(21));
  CHECK(shown.size() == 1);
  progress.Set(0, 1'000'000, 1'000'000, at(29));
  CHECK_FALSE(done);
  progress.Set(1, 1'000'000, 1'000'000, at(30));
  CHECK(done);
  CHECK(shown.back() ==
        "restoring states [####################] 100%, 2,000,000 of 2,000,000 "
        "records, 1,000,000/s");
}

TEST_CASE("A partition that was taken away is not waited for") {
  bool done = false;
  RestoreProgress progress(
      absl::Seconds(1),
      [&](const RestoreProgress::Line& line) { done = line.is_last; });
  progress.Set(0, 0, 10, absl::Seconds(1));
  progress.Set(1, 0, 10, absl::Seconds(1));
  progress.Forget(1);
  progress.Set(0, 10, 10, absl::Seconds(3));
  CHECK(done);
}

}  // namespace
}  // namespace leadclock
