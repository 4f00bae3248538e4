#include "processor/runtime/offset_metadata.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"

namespace leadclock {
namespace {

TEST_CASE("What a committed offset carries is read back") {
  const OffsetMetadata written = {
      .now = absl::FromUnixMillis(1'772'442'000'123),
      .changelog_id = "9f-8Z",
      .sweep = std::nullopt,
      .fingerprint = "policy 7 sha256:0a1b, zones 2026a"};
  const std::string text = FormatOffsetMetadata(written);
  CHECK(text ==
        "leadclock 2 1772442000123 9f-8Z - policy 7 sha256:0a1b, zones 2026a");

  const auto read = ParseOffsetMetadata(text);
  REQUIRE(read.ok());
  CHECK(read->now == written.now);
  CHECK(read->changelog_id == written.changelog_id);
  CHECK_FALSE(read->sweep);
  CHECK(read->fingerprint == written.fingerprint);
}

TEST_CASE("How far the keys were asked is read back, whatever the key") {
  const auto [key, text] = GENERATE(table<std::string, std::string>(
      {{"", "leadclock 2 5 none x f"},
       {"lead-7", "leadclock 2 5 none x6c6561642d37 f"},
       {"a b\n", "leadclock 2 5 none x6120620a f"}}));
  CHECK(FormatOffsetMetadata({.now = absl::FromUnixMillis(5),
                              .changelog_id = "",
                              .sweep = key,
                              .fingerprint = "f"}) == text);
  const auto read = ParseOffsetMetadata(text);
  REQUIRE(read.ok());
  CHECK(read->sweep == key);
  CHECK(read->fingerprint == "f");
}

TEST_CASE("A key that is too long for a broker's metadata is cut off") {
  const auto read = ParseOffsetMetadata(
      FormatOffsetMetadata({.now = absl::FromUnixMillis(5),
                            .changelog_id = "",
                            .sweep = std::string(5'000, 'k'),
                            .fingerprint = "f"}));
  REQUIRE(read.ok());
  CHECK(read->sweep == std::string(kLongestSweep, 'k'));
}

TEST_CASE("What an earlier version wrote is read, and is asked for no more") {
  const auto read =
      ParseOffsetMetadata("leadclock 1 1772442000123 9f-8Z policy 7 0a1b");
  REQUIRE(read.ok());
  CHECK(read->now == absl::FromUnixMillis(1'772'442'000'123));
  CHECK(read->changelog_id == "9f-8Z");
  CHECK_FALSE(read->sweep);
  CHECK(read->fingerprint == "policy 7 0a1b");
}

TEST_CASE("Now is never handed over later than it was") {
  const auto read = ParseOffsetMetadata(
      FormatOffsetMetadata({.now = absl::FromUnixMicros(1'999'999),
                            .changelog_id = "",
                            .sweep = std::nullopt,
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
  const std::string text = GENERATE(
      as<std::string>(), "hello", "leadclock 3 5 none - f",
      "leadclock 1 soon none f", "leadclock 1 5 none", "leadclock 2 5 none f",
      "leadclock 2 5 none x6 f", "leadclock 2 5 none xyz f",
      "leadclock 2 5 none 66 f", "leadclock 2 5 none -");
  CHECK(absl::IsFailedPrecondition(ParseOffsetMetadata(text).status()));
}

TEST_CASE(
    "What another program wrote is shown without its control characters") {
  CHECK(absl::StrContains(ParseOffsetMetadata("a\tb").status().message(),
                          "\"a\\tb\""));
}

}  // namespace
}  // namespace leadclock
