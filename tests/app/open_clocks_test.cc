#include "app/policy/open_clocks.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "processor/policy/parse_policy.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::At;

Policy Version(int version, const std::string& more) {
  absl::StatusOr<Policy> policy = ParsePolicy(
      "version: " + std::to_string(version) + "\n" + more, "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

std::string Clock(const std::string& name, const std::string& target) {
  return "- {name: " + name +
         ", starts: lead_created, stops: assigned, pauses: on_hold, target: " +
         target + "}\n";
}

Policy Before() {
  return Version(1, "clocks:\n" + Clock("first", "4h") + Clock("second", "1h"));
}

// From Monday at noon on.
Policy After(const std::string& open_clocks, const std::string& clocks) {
  return Version(2, "effective: 2026-03-02T12:00:00Z\nopen_clocks: " +
                        open_clocks + "\nclocks:\n" + clocks);
}

PolicyBook BookOf(std::vector<Policy> versions) {
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  INFO(book.status().message());
  REQUIRE(book.ok());
  return *std::move(book);
}

// Of leads with these histories, on that Monday at 11:30.
std::vector<std::string> Sentences(
    const Policy& after, const std::vector<std::vector<Event>>& histories) {
  const PolicyBook before(Before());
  const PolicyBook with = BookOf({Before(), after});
  OpenClocks clocks(before, with, At("2026-03-02 11:30"));
  for (const std::vector<Event>& history : histories) {
    story::Listener listener(before);
    listener.Read(history, "2026-03-02 11:30");
    const absl::Status added = clocks.Add(listener.lead());
    INFO(added.message());
    REQUIRE(added.ok());
  }
  return clocks.Sentences();
}

using Lines = std::vector<std::string>;

TEST_CASE("Clocks that are kept do not change") {
  CHECK(
      Sentences(After("keep", Clock("first", "2h")),
                {{story::Created("2026-03-02 11:00")},
                 {story::Created("2026-03-02 11:20")}}) ==
      Lines{"Of 4 open clocks 0 go over to version 2, and 0 end or fall due at "
            "another instant, if nothing more happens until then:",
            "  first: 2 open; nothing changes for them.",
            "  second: 2 open; nothing changes for them."});
}

TEST_CASE("Clocks that are carried over change by what the version says") {
  CHECK(
      Sentences(After("carry", Clock("first", "2h")),
                {{story::Created("2026-03-02 11:00")},
                 {story::Created("2026-03-02 09:00")}}) ==
      Lines{"Of 4 open clocks 2 go over to version 2, and 4 end or fall due at "
            "another instant, if nothing more happens until then. At that "
            "instant 1 is missed, and 0 rungs fire:",
            "  first: 2 open; 2 go over to version 2, 2 fall due 1h to 2h "
            "earlier, 1 is missed at once.",
            "  second: 2 open; 2 end."});
}

TEST_CASE("A clock that is paused has no due to change") {
  CHECK(
      Sentences(After("carry", Clock("first", "2h") + Clock("second", "2h")),
                {{story::Created("2026-03-02 11:00"),
                  story::Changed("2026-03-02 11:10", "status", "on_hold")}}) ==
      Lines{"Of 2 open clocks 2 go over to version 2, and 0 end or fall due at "
            "another instant, if nothing more happens until then:",
            "  first: 1 open; 1 goes over to version 2.",
            "  second: 1 open; 1 goes over to version 2."});
}

TEST_CASE("What is missed and what fires as a version takes over is counted") {
  const std::string late =
      "- {name: first, starts: lead_created, stops: assigned, target: 30m, "
      "ladder: [{name: late, at: due + 10m, do: escalate, to: manager}]}\n";
  // By noon all of them have counted half an hour.
  CHECK(Sentences(After("carry", late + Clock("second", "1h")),
                  {{story::Created("2026-03-02 11:00")},
                   {story::Created("2026-03-02 11:20")},
                   {story::Created("2026-03-02 11:30")}}) ==
        Lines{"Of 6 open clocks 6 go over to version 2, and 3 end or fall due "
              "at another instant, if nothing more happens until then. At that "
              "instant 3 are missed, and 1 rung fires:",
              "  first: 3 open; 3 go over to version 2, 3 fall due 3h to 3h30m "
              "earlier, 3 are missed at once, 1 reaches the rung at_risk at "
              "once (warn owner).",
              "  second: 3 open; 3 go over to version 2."});
}

TEST_CASE("A rung that is added fires for clocks that are overdue so far") {
  const std::string late =
      "- {name: second, starts: lead_created, stops: assigned, target: 1h, "
      "ladder: [{name: late, at: due + 10m, do: escalate, to: manager}]}\n";
  CHECK(Sentences(After("carry", Clock("first", "4h") + late),
                  {{story::Created("2026-03-02 09:00")},
                   {story::Created("2026-03-02 11:20")}}) ==
        Lines{"Of 4 open clocks 4 go over to version 2, and 0 end or fall due "
              "at another instant, if nothing more happens until then. At that "
              "instant 0 are missed, and 1 rung fires:",
              "  first: 2 open; 2 go over to version 2.",
              "  second: 2 open; 2 go over to version 2, 1 reaches the rung "
              "late at once (escalate manager)."});
}

TEST_CASE("A version that says the same takes over what the one before left") {
  const Policy second = After("keep", Clock("first", "2h"));
  const Policy third = Version(
      3, "effective: 2026-03-02T13:00:00Z\nopen_clocks: carry\nclocks:\n" +
             Clock("first", "2h"));
  const PolicyBook before = BookOf({Before(), second});
  const PolicyBook with = BookOf({Before(), second, third});
  OpenClocks clocks(before, with, At("2026-03-02 12:30"));
  for (const std::string created : {"11:59:59", "12:10"}) {
    story::Listener listener(before);
    listener.Read({story::Created("2026-03-02 " + created)},
                  "2026-03-02 12:30");
    REQUIRE(clocks.Add(listener.lead()).ok());
  }
  CHECK(clocks.Sentences() ==
        Lines{"Of 3 open clocks 1 goes over to the rules of version 2, and 2 "
              "end or fall due at another instant, if nothing more happens "
              "until then:",
              "  first: 2 open; 1 goes over to the rules of version 2, 1 falls "
              "due 2h earlier.",
              "  second: 1 open; 1 ends."});
}

TEST_CASE("How far dues move is told as a person reads it") {
  CHECK(Sentences(After("carry", Clock("first", "2h") + Clock("second", "1h")),
                  {{story::Created("2026-03-02 09:21:03")}})
            .at(1) ==
        "  first: 1 open; 1 goes over to version 2, 1 falls due 1h21m earlier, "
        "1 is missed at once.");
}

TEST_CASE("Leads without an open clock are not counted") {
  CHECK(Sentences(After("carry", Clock("first", "2h")),
                  {{story::Created("2026-03-02 11:00"),
                    story::AssignedTo("2026-03-02 11:10", "owner-1")}}) ==
        Lines{"No clock is open."});
}

TEST_CASE("A lead that was judged by other versions is not counted") {
  const PolicyBook before(Before());
  const PolicyBook with = BookOf({Before(), After("keep", Clock("a", "1h"))});
  OpenClocks clocks(before, with, At("2026-03-02 11:30"));
  story::Listener listener(
      PolicyBook(Version(1, "clocks:\n" + Clock("first", "3h"))));
  listener.Read({story::Created("2026-03-02 11:00")}, "2026-03-02 11:30");
  CHECK(clocks.Add(listener.lead()).code() ==
        absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace leadclock
