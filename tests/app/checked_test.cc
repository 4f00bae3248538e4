// What `leadclock policy check` tells tools and editors.

#include "app/policy/checked.h"

#include <catch2/catch.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/policy/problem.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

TEST_CASE("A line of an error is its place and its message") {
  CHECK(ProblemIn("a b.yaml:3:14: what: 1:2: is it?") ==
        Problem{"a b.yaml", 3, 14, "what: 1:2: is it?"});
  CHECK(ProblemIn("C:/p.yaml:3:14: oh") == Problem{"C:/p.yaml", 3, 14, "oh"});
  CHECK(ProblemIn("p.yaml: cannot be opened") ==
        Problem{"", 0, 0, "p.yaml: cannot be opened"});
  CHECK(ProblemIn("it is 12:30: too late") ==
        Problem{"", 0, 0, "it is 12:30: too late"});
}

TEST_CASE("A policy is checked for tools") {
  const std::string clocks =
      "clocks: [{name: a, starts: lead_created, stops: assigned, target: 1h}]";
  const absl::StatusOr<Policy> policy = ParsePolicy(
      "version: 2\neffective: 2026-03-01T00:00:00Z\n" + clocks, "p.yaml");
  CHECK(CheckedJson("p.yaml", policy) ==
        "{\"file\":\"p.yaml\",\"ok\":true,\"policy\":{\"version\":2,"
        "\"effective\":\"2026-03-01T00:00:00Z\",\"hash\":\"" +
            policy->hash + "\"},\"problems\":[]}");
  CHECK_THAT(
      CheckedJson("p.yaml", ParsePolicy("version: 2\n" + clocks, "p.yaml")),
      Catch::Contains("\"effective\":null"));
}

TEST_CASE("What is wrong with a policy is told to tools by its place") {
  CHECK(CheckedJson("p.yaml",
                    ParsePolicy("version: \"\\\"\"\nclock: 1\n", "p.yaml")) ==
        "{\"file\":\"p.yaml\",\"ok\":false,\"policy\":null,\"problems\":["
        "{\"file\":\"p.yaml\",\"line\":1,\"column\":1,\"message\":\"missing "
        "field 'clocks' in the policy\"},"
        "{\"file\":\"p.yaml\",\"line\":1,\"column\":10,\"message\":"
        "\"'version' is a whole number, 1 or greater, not '\\\\\\\"'\"},"
        "{\"file\":\"p.yaml\",\"line\":2,\"column\":1,\"message\":\"unknown "
        "field 'clock' in the policy; did you mean 'clocks'?\"}]}");
  CHECK(CheckedJson("p.yaml", absl::NotFoundError("p.yaml: cannot be "
                                                  "opened")) ==
        "{\"file\":\"p.yaml\",\"ok\":false,\"policy\":null,\"problems\":["
        "{\"file\":\"p.yaml\",\"line\":null,\"column\":null,\"message\":"
        "\"p.yaml: cannot be opened\"}]}");
}

}  // namespace
}  // namespace leadclock
