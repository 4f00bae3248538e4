#include "app/policy/announcement.h"

#include <catch2/catch.hpp>
#include <string>

#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

absl::Time At(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return time;
}

Policy Version(int version, const std::string& effective,
               const std::string& target,
               const std::string& open_clocks = "keep") {
  absl::StatusOr<Policy> policy = ParsePolicy(
      "version: " + std::to_string(version) + "\neffective: " + effective +
          "\nopen_clocks: " + open_clocks +
          "\nclocks: [{name: first, starts: lead_created, stops: assigned, "
          "target: " +
          target + "}]\n",
      "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

std::string AnnouncementText(const Announcement& of) {
  return PublishedText(of) + ChangesText(of);
}

// Read in London, of version 2 after version 1 with a target of 1h.
std::string Text(const std::string& effective, const std::string& target,
                 const std::string& now,
                 const std::string& open_clocks = "keep") {
  const Policy before = Version(1, "2026-01-01T00:00:00Z", "1h");
  absl::TimeZone london;
  REQUIRE(absl::LoadTimeZone("Europe/London", &london));
  return AnnouncementText({.policy = Version(2, effective, target, open_clocks),
                           .before = &before,
                           .topic = "sla.policy",
                           .now = At(now),
                           .zone = london});
}

TEST_CASE("A published version is told with when, in both times, and what") {
  CHECK(Text("2026-07-01T08:00:00Z", "30m", "2026-06-27T20:00:00Z") ==
        "Version 2 is published on sla.policy. It takes effect on Wednesday 1 "
        "July 2026, 09:00 BST (2026-07-01T08:00:00Z), in 3 days.\n"
        "What changes from version 1:\n"
        "  All leads: the target of first is 30m, was 1h.\n"
        "Clocks that are open then go on by the version by which they "
        "started.\n");
}

TEST_CASE("What changes in two lines is told in two lines that stand apart") {
  const auto policy = [](int version, const std::string& then) {
    absl::StatusOr<Policy> parsed = ParsePolicy(
        "version: " + std::to_string(version) +
            "\neligible: [{when: {flag: junk}, then: " + then +
            ", reason: junk}]\nclocks: [{name: first, starts: lead_created, "
            "stops: assigned, target: 1h}]\n",
        "policy.yaml");
    REQUIRE(parsed.ok());
    return *std::move(parsed);
  };
  const Policy before = policy(1, "stop");
  const std::string text = AnnouncementText({.policy = policy(2, "exclude"),
                                             .before = &before,
                                             .topic = "sla.policy",
                                             .now = At("2026-03-01T08:00:00Z"),
                                             .zone = absl::UTCTimeZone()});
  CHECK(text.substr(text.find("  Leads")) ==
        "  Leads whose flag is junk: they count as excluded, with their clocks "
        "ended (junk),\n"
        "    was stopped, with their clocks ended (junk).\n"
        "Clocks that are open then go on by the version by which they "
        "started.\n");
}

TEST_CASE("A correction says that what was said is taken back") {
  CHECK(Text("2026-03-01T08:00:00Z", "30m", "2026-03-01T10:30:00Z", "carry") ==
        "Version 2 is published on sla.policy. It is in force since Sunday 1 "
        "March 2026, 08:00 GMT (2026-03-01T08:00:00Z), 2 hours ago: what was "
        "said since then and is no longer true is taken back, and what is true "
        "instead is said.\n"
        "What changes from version 1:\n"
        "  All leads: the target of first is 30m, was 1h.\n"
        "Clocks that are open then go over to it. Where that makes a clock due "
        "already, or passes a rung that it did not have, it is missed, or the "
        "rung fires, at that instant.\n");
}

TEST_CASE("A version that says the same is told to change nothing") {
  CHECK(Text("2026-03-01T08:00:30Z", "1h", "2026-03-01T08:00:00Z") ==
        "Version 2 is published on sla.policy. It takes effect on Sunday 1 "
        "March 2026, 08:00:30 GMT (2026-03-01T08:00:30Z), in 30 seconds.\n"
        "It says the same as version 1, so nothing changes.\n");
}

TEST_CASE("A version that says the same, but carries, says whom it changes") {
  const std::string text =
      Text("2026-03-01T08:00:30Z", "1h", "2026-03-01T08:00:00Z", "carry");
  CHECK(text.substr(text.find("It says")) ==
        "It says the same as version 1, so nothing changes for clocks that "
        "start. But clocks that are open then, and that earlier versions "
        "judge, go over to these rules. Where that makes a clock due already, "
        "or passes a rung that it did not have, it is missed, or the rung "
        "fires, at that instant.\n");
}

TEST_CASE("What would be published is told as what is, but not as if it were") {
  const Policy before = Version(1, "2026-01-01T00:00:00Z", "1h");
  const Announcement trial = {
      .policy = Version(2, "2026-03-01T08:00:00Z", "30m"),
      .before = &before,
      .topic = "sla.policy",
      .now = At("2026-02-28T08:00:00Z"),
      .zone = absl::UTCTimeZone(),
      .is_trial = true};
  CHECK(PublishedText(trial) ==
        "Version 2 may be published on sla.policy. It takes effect on Sunday 1 "
        "March 2026, 08:00 UTC (2026-03-01T08:00:00Z), in 1 day.\n");
  CHECK(ChangesText(trial).find("30m, was 1h") != std::string::npos);
}

TEST_CASE("The first version holds from the beginning, whatever it says") {
  CHECK(AnnouncementText({.policy = Version(1, "2027-01-01T00:00:00Z", "1h"),
                          .before = nullptr,
                          .topic = "sla.policy",
                          .now = At("2026-03-01T08:00:00Z"),
                          .zone = absl::UTCTimeZone()}) ==
        "Version 1 is published on sla.policy. It is the first version: it is "
        "in force from the beginning.\n");
}

}  // namespace
}  // namespace leadclock
