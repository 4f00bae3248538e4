#include "processor/policy/instant.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/status/status.h"

namespace leadclock {
namespace {

TEST_CASE("An instant is a date, a time and a zone") {
  const absl::Time at = absl::FromCivil(absl::CivilMinute(2026, 3, 6, 21, 40),
                                        absl::UTCTimeZone());
  CHECK(*ParseInstant("2026-03-06T21:40:00Z") == at);
  CHECK(*ParseInstant("2026-03-06T22:40:00+01:00") == at);
  CHECK(*ParseInstant("2026-03-06T21:40:00.25Z") ==
        at + absl::Milliseconds(250));
}

TEST_CASE("What no person means by an instant is none") {
  const std::string text = GENERATE(
      "", "infinite-future", "infinite-past", " infinite-past",
      "300000-01-01T00:00:00Z", "-1000-01-01T00:00:00Z", "2026-03-06",
      "2026-03-06 21:40:00Z", "2026-03-06T21:40Z", "2026-03-06T21:40:00",
      "2026-03-06T21:40:00.Z", " 2026-03-06T21:40:00Z", "2026-03-06T21:40:00Z ",
      "2026-02-30T21:40:00Z", "2026-03-06T21:40:00+0100", "tomorrow");
  const absl::Status status = ParseInstant(text).status();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(status.message() ==
        "'" + text +
            "' is not an instant; write date, time and zone, such as "
            "2026-03-01T00:00:00Z");
}

}  // namespace
}  // namespace leadclock
