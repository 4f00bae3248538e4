#include "processor/runtime/errands.h"

#include <catch2/catch.hpp>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

namespace leadclock {
namespace {

int WaitFor(Errands<int, int>& errands) {
  for (;;) {
    if (const std::optional<int> answer = errands.Take()) return *answer;
    std::this_thread::yield();
  }
}

TEST_CASE("The answer to an errand is taken once") {
  Errands<int, int> errands([](int question) { return question + 1; });
  CHECK_FALSE(errands.Take());

  errands.Ask(1);
  CHECK(WaitFor(errands) == 2);
  CHECK_FALSE(errands.Take());

  errands.Ask(5);
  CHECK(WaitFor(errands) == 6);
}

TEST_CASE("Of questions that wait behind an errand the newest is asked") {
  std::latch begun(1);
  std::latch may_end(1);
  std::vector<int> asked;
  {
    Errands<int, int> errands([&](int question) {
      asked.push_back(question);
      if (question == 1) {
        begun.count_down();
        may_end.wait();
      }
      return question;
    });
    errands.Ask(1);
    begun.wait();
    errands.Ask(2);
    errands.Ask(3);
    may_end.count_down();
    while (WaitFor(errands) != 3) {
    }
  }
  CHECK(asked == std::vector<int>{1, 3});
}

TEST_CASE("Who is woken finds the answer") {
  std::optional<int> found;
  std::latch woken(1);
  Errands<int, int>* asked = nullptr;
  Errands<int, int> errands([](int question) { return question + 1; },
                            [&](int) {
                              found = asked->Take();
                              woken.count_down();
                            });
  asked = &errands;
  errands.Ask(1);
  woken.wait();
  CHECK(found == 2);
}

}  // namespace
}  // namespace leadclock
