#include "processor/job/published_policy.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "leadclock/v1/policy.pb.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

constexpr char kHolidays[] =
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Christmas Day\n"
    "DTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n";

std::string Text(int version, const std::string& effective,
                 const std::string& target = "1h") {
  return "version: " + std::to_string(version) + "\neffective: " + effective +
         "\nextends: default\n"
         "calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}, "
         "holidays: [gb.ics]}}\n"
         "calendar_for: [{otherwise: office}]\n"
         "clocks: [{name: first_response, target: " +
         target + "}]\n";
}

Policy Parsed(const std::string& text) {
  absl::StatusOr<Policy> policy =
      ParsePolicy(text, "policy.yaml", [](const std::string&) {
        return absl::StatusOr<std::string>(kHolidays);
      });
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

const absl::Time kNow = absl::FromUnixSeconds(1'772'323'200);

std::string Published(const std::string& text) {
  return WritePublished(Parsed(text), kNow, /*correct=*/false);
}

// What is written after something of it was changed.
template <typename Change>
std::string Changed(const std::string& value, Change change) {
  v1::PublishedPolicy message;
  REQUIRE(message.ParseFromString(value));
  change(message);
  return message.SerializeAsString();
}

// As Changed(), with a hash that fits.
template <typename Change>
std::string Resealed(const std::string& value, Change change) {
  return Changed(value, [&](v1::PublishedPolicy& message) {
    change(message);
    message.set_hash(PolicyHash(
        message.text(), {message.files().begin(), message.files().end()}));
  });
}

TEST_CASE("A published policy is whole: it needs no file to be understood") {
  const Policy policy = Parsed(Text(2, "2026-03-02T00:00:00Z"));
  const auto read = ReadPublished(WritePublished(policy, kNow, true));
  INFO(read.status().message());
  REQUIRE(read.ok());
  CHECK(PublishedKey(policy) == "2");
  CHECK(read->version == 2);
  CHECK(read->effective == policy.effective);
  CHECK(read->hash == policy.hash);
  CHECK(read->text == policy.text);
  CHECK(read->files == policy.files);
  CHECK(read->files.at("gb.ics") == kHolidays);
  CHECK(read->calendars.at(1).holidays.size() == 1);
}

TEST_CASE("A policy without an instant to take effect at keeps none") {
  const Policy policy = Parsed(
      "version: 1\nclocks: [{name: first, starts: lead_created, "
      "stops: assigned, target: 1h}]\n");
  const auto read = ReadPublished(WritePublished(policy, kNow, false));
  REQUIRE(read.ok());
  CHECK(read->effective == absl::InfinitePast());
}

// The default that a newer program has built in is another one.
TEST_CASE("What a published policy extends is what it extended then") {
  const std::string value =
      Resealed(Published(Text(2, "2026-03-02T00:00:00Z")),
               [](v1::PublishedPolicy& message) {
                 std::string& built_in =
                     (*message.mutable_files())["default (built in)"];
                 const size_t place = built_in.find("owned_touch:");
                 REQUIRE(place != std::string::npos);
                 built_in.insert(place, "reply: {direction: inbound}\n  ");
               });
  const auto read = ReadPublished(value);
  INFO(read.status().message());
  REQUIRE(read.ok());
  CHECK(read->responses.size() ==
        Parsed(Text(2, "2026-03-02T00:00:00Z")).responses.size() + 1);
}

TEST_CASE("A record that is wrong for every program counts for nothing") {
  const std::string value = Published(Text(2, "2026-03-02T00:00:00Z"));
  const auto [wrong, why] = GENERATE_COPY(table<std::string, std::string>({
      {"no message", "is not a Protobuf message"},
      {Changed(value, [](auto& m) { m.set_text(m.text() + " "); }),
       "was changed after it was published"},
      {Changed(value, [](auto& m) { m.mutable_files()->erase("gb.ics"); }),
       "was changed after it was published"},
      {Changed(value, [](auto& m) { m.set_version(3); }),
       "says of itself that it holds version 3"},
      {Changed(value, [](auto& m) { m.set_effective_ms(1); }),
       "its text says otherwise"},
      {Changed(value, [](auto& m) { m.clear_effective_ms(); }),
       "its text says otherwise"},
  }));
  const auto read = ReadPublished(wrong);
  CHECK(read.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(read.status().message()), Catch::Contains(why));
}

TEST_CASE("A policy that this program does not understand stops it") {
  const std::string value = Resealed(
      Published(Text(2, "2026-03-02T00:00:00Z")),
      [](auto& message) { message.set_text(message.text() + "novelty: 1\n"); });
  const auto read = ReadPublished(value);
  CHECK(read.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(read.status().message()),
             Catch::Contains("published at 2026-03-01T00:00:00Z") &&
                 Catch::Contains("\nversion 2 of the policy:7:1: unknown field "
                                 "'novelty'"));
}

TEST_CASE("A policy that extends itself by what comes with it is no circle") {
  const std::string value =
      Resealed(Published(Text(2, "2026-03-02T00:00:00Z")), [](auto& message) {
        (*message.mutable_files())["default (built in)"] =
            "extends: default\nclocks: []\n";
      });
  const auto read = ReadPublished(value);
  CHECK_THAT(std::string(read.status().message()),
             Catch::Contains("extend each other in a circle"));
}

TEST_CASE("Versions are added to what is published one by one") {
  CompiledCalendars compiled;
  const auto first = WithPublished(
      nullptr, Published(Text(1, "2026-03-01T00:00:00Z")), compiled);
  REQUIRE(first.ok());
  REQUIRE(first->has_value());
  const PolicyBook& book = **first;
  CHECK(book.versions().size() == 1);

  const auto second = WithPublished(
      &book, Published(Text(2, "2026-03-02T00:00:00Z")), compiled);
  REQUIRE(second.ok());
  CHECK((*second)->newest().version == 2);

  CHECK(WithPublished(&**second, Published(Text(3, "2026-03-01T12:00:00Z")),
                      compiled)
            .status()
            .code() == absl::StatusCode::kInvalidArgument);
  const auto between = WithPublished(
      nullptr, Published(Text(2, "2026-03-02T00:00:00Z")), compiled);
  REQUIRE(between.ok());
  CHECK(WithPublished(&**between, Published(Text(1, "2026-03-01T00:00:00Z")),
                      compiled)
            .status()
            .code() == absl::StatusCode::kInvalidArgument);

  const auto again = WithPublished(
      &book, Published(Text(1, "2026-03-01T00:00:00Z")), compiled);
  REQUIRE(again.ok());
  CHECK_FALSE(again->has_value());

  const auto other = GENERATE(Text(1, "2026-03-01T00:00:00Z", "2h"),
                              Text(2, "2026-03-01T00:00:00Z"));
  CHECK(WithPublished(&book, Published(other), compiled).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("Versions share the calendars in which they are alike") {
  CompiledCalendars compiled;
  const auto first = WithPublished(
      nullptr, Published(Text(1, "2026-03-01T00:00:00Z")), compiled);
  const PolicyBook& known = **first;
  const auto second = WithPublished(
      &known, Published(Text(2, "2026-03-02T00:00:00Z", "2h")), compiled);
  const std::vector<Policy>& versions = (*second)->versions();
  REQUIRE(versions.size() == 2);
  const BusinessCalendar& office = known.newest().calendars.at(1).calendar;
  CHECK(versions[0].calendars.at(1).calendar.SharesWith(office));
  CHECK(versions[1].calendars.at(1).calendar.SharesWith(office));

  // As another worker does.
  const auto elsewhere = WithPublished(
      &known, Published(Text(2, "2026-03-02T00:00:00Z", "2h")), compiled);
  CHECK((*elsewhere)->newest().calendars.at(1).calendar.SharesWith(office));
}

}  // namespace
}  // namespace leadclock
