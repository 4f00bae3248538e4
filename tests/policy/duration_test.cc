#include "processor/policy/duration.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/time/time.h"

namespace leadclock {
namespace {

TEST_CASE("A duration is written in hours, minutes and seconds") {
  const auto [text, expected] = GENERATE(table<std::string, absl::Duration>({
      {"90s", absl::Seconds(90)},
      {"15m", absl::Minutes(15)},
      {"4h", absl::Hours(4)},
      {"1h30m", absl::Minutes(90)},
      {"1h1s", absl::Seconds(3601)},
      {"500ms", absl::Milliseconds(500)},
      {"0m", absl::ZeroDuration()},
      {"100000h", absl::Hours(100'000)},
  }));
  CAPTURE(text);
  CHECK(ParseDuration(text).value() == expected);
}

TEST_CASE("What is no duration is refused, with what to write instead") {
  const std::string examples = "write a duration such as 90s, 15m, 4h or 1h30m";
  const std::string days =
      " is not a duration: a day of business time is ambiguous; write hours";
  const std::string fraction =
      " has a fraction; write whole units, such as 1h30m for one and a half "
      "hours";
  const auto [text, expected] = GENERATE_COPY(table<std::string, std::string>({
      {"15", "'15' has no unit; write 15s, 15m or 15h"},
      {"-15m", "'-15m' is negative; " + examples},
      {"2d", "'2d'" + days},
      {"2days", "'2days'" + days},
      {"1w", "'1w'" + days},
      {"1.5h", "'1.5h'" + fraction},
      {"1,5h", "'1,5h'" + fraction},
      {"15 minutes", "'15 minutes' is not a duration; did you mean '15m'?"},
      {"15min", "'15min' is not a duration; did you mean '15m'?"},
      {"2 h", "'2 h' is not a duration; did you mean '2h'?"},
      {"1hour", "'1hour' is not a duration; did you mean '1h'?"},
      {"1 day", "'1 day'" + days},
      {"15 parsecs", "'15 parsecs' is not a duration; " + examples},
      {"30m1h", "'30m1h' is not a duration; " + examples},
      {"1h1h", "'1h1h' is not a duration; " + examples},
      {"soon", "'soon' is not a duration; " + examples},
      {"m", "'m' is not a duration; " + examples},
      {"", "'' is not a duration; " + examples},
      {"100001h", "'100001h' is longer than 100000h"},
      {"99999999999999999999s",
       "'99999999999999999999s' is longer than 100000h"},
  }));
  CHECK(ParseDuration(text).status().message() == expected);
}

}  // namespace
}  // namespace leadclock
