#include "processor/job/policy_fingerprint.h"

#include <catch2/catch.hpp>
#include <string>

namespace leadclock {
namespace {

using Catch::Contains;

PolicyFingerprint Of(std::map<int64_t, PolicyFingerprint::Version> versions,
                     const std::string& zones = "2026a") {
  return {.time_zone_data = zones, .versions = std::move(versions)};
}

std::string Refusal(const PolicyFingerprint& mine,
                    const PolicyFingerprint& left,
                    const std::string& accept = "") {
  const absl::Status status = MayFollow(mine, left, accept);
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  return std::string(status.message());
}

TEST_CASE("A fingerprint says its versions, and is read again") {
  const PolicyFingerprint written = Of({{7, {"0123456789abcdef", "01234567"}},
                                        {8, {"fedcba9876543210", "76543210"}}});
  const std::string text =
      "zones 2026a policies 7:0123456789abcdef:01234567 "
      "8:fedcba9876543210:76543210";
  CHECK(Format(written) == text);
  const auto read = ParseFingerprint(text);
  REQUIRE(read.ok());
  CHECK(read->versions == written.versions);
  CHECK(read->time_zone_data == "2026a");
  for (const char* const other :
       {"", "policy 7 0123456789abcdef", "zones 2026a policies",
        "zones 2026a policies 7:0", "zones 2026a policies x:0:0"}) {
    CHECK(ParseFingerprint(other).status().code() ==
          absl::StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("Who knows more versions goes on with what the others left") {
  const PolicyFingerprint left = Of({{7, {"a", "z"}}});
  CHECK(MayFollow(left, left, "").ok());
  CHECK(MayFollow(Of({{7, {"a", "z"}}, {8, {"b", "z"}}}), left, "").ok());
}

TEST_CASE("Who does not know the newest version must not go on") {
  CHECK_THAT(
      Refusal(Of({{7, {"a", "z"}}}), Of({{7, {"a", "z"}}, {8, {"b", "z"}}})),
      Contains("version 8 of the policy is known there and not here"));
}

TEST_CASE("An older version may be left out, if no lead needs it") {
  CHECK(MayFollow(Of({{8, {"b", "z"}}}), Of({{7, {"a", "z"}}, {8, {"b", "z"}}}),
                  "")
            .ok());
}

TEST_CASE("One number has one content") {
  CHECK_THAT(
      Refusal(Of({{7, {"b", "z"}}}), Of({{7, {"a", "z"}}})),
      Contains("version 7 of the policy has the hash a... there, and b"));
}

TEST_CASE("Calendars that mean other instants are refused until accepted") {
  const PolicyFingerprint mine = Of({{7, {"a", "y"}}}, "2026b");
  const PolicyFingerprint left = Of({{7, {"a", "z"}}}, "2026a");
  CHECK_THAT(Refusal(mine, left),
             Contains("by time zone data 2026a, than here, by 2026b") &&
                 Contains("policy: {time_zone_data: 2026b}"));
  Refusal(mine, left, "2026a");
  CHECK(MayFollow(mine, left, "2026b").ok());
  // Other data with the same instants are as good.
  CHECK(MayFollow(Of({{7, {"a", "z"}}}, "2026b"), left, "").ok());
}

TEST_CASE("The instants of a calendar are told apart") {
  const auto policy_of = [](const std::string& zone) {
    Policy policy;
    CalendarSpec spec;
    spec.zone = zone;
    spec.week[0] = {{absl::Hours(9), absl::Hours(17)}};
    policy.calendars.push_back({"always", BusinessCalendar::Always()});
    policy.calendars.push_back({"office", *BusinessCalendar::Create(spec)});
    return policy;
  };
  CHECK(CalendarsHash(policy_of("Europe/London")) ==
        CalendarsHash(policy_of("Europe/Belfast")));
  CHECK(CalendarsHash(policy_of("Europe/London")) !=
        CalendarsHash(policy_of("Europe/Paris")));
}

}  // namespace
}  // namespace leadclock
