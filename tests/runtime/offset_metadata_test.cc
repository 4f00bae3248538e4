#include "processor/runtime/offset_metadata.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"

namespace leadclock {
namespace {

TEST_CASE("What a committed offset carries is read back") {
  const OffsetMetadata written = {
      .now = absl::FromUnixMillis(1'772'442'000'123),
      .changelog_id = "9f-8Z",
      .fingerprint = "policy 7 sha256:0a1b, zones 2026a"};
  const std::string text = FormatOffsetMetadata(written);
  CHECK(text ==
        "leadclock 1 1772442000123 9f-8Z policy 7 sha256:0a1b, zones 2026a");

  const auto read = ParseOffsetMetadata(text);
  REQUIRE(read.ok());
  CHECK(read->now == written.now);
  CHECK(read->changelog_id == written.changelog_id);
  CHECK(read->fingerprint == written.fingerprint);
}

TEST_CASE("Now is never handed over later than it was") {
  const auto read = ParseOffsetMetadata(
      FormatOffsetMetadata({.now = absl::FromUnixMicros(1'999'999),
                            .changelog_id = "",
                            .fingerprint = ""}));
  REQUIRE(read.ok());
  CHECK(read->now == absl::FromUnixMillis(1'999));
}

TEST_CASE("A partition that has no now yet stays without one") {
  const auto read = ParseOffsetMetadata(FormatOffsetMetadata({}));
  REQUIRE(read.ok());
  CHECK(read->now < absl::FromUnixSeconds(-100'000'000'000));
  CHECK(read->changelog_id == "");
}

TEST_CASE("An offset that was set by hand carries nothing") {
  const auto read = ParseOffsetMetadata("");
  REQUIRE(read.ok());
  CHECK(read->now == absl::InfinitePast());
}

TEST_CASE("What another program or a later version wrote is refused") {
  const std::string text =
      GENERATE(as<std::string>(), "hello", "leadclock 2 5 none x",
               "leadclock 1 soon none x");
  CHECK(absl::IsFailedPrecondition(ParseOffsetMetadata(text).status()));
}

TEST_CASE(
    "What another program wrote is shown without its control characters") {
  CHECK(absl::StrContains(ParseOffsetMetadata("a\tb").status().message(),
                          "\"a\\tb\""));
}

}  // namespace
}  // namespace leadclock
