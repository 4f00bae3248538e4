#include "tests/policy/policy_parts.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/policy/parse_policy.h"

namespace leadclock::policy_parts {

std::string WithPart(const std::string& part) {
  return "version: 1\n" + part +
         "\nclocks: [{name: first, starts: lead_created, stops: assigned, "
         "target: 1h, calendar: always}]\n";
}

std::string WithCalendar(const std::string& fields) {
  return WithPart("calendars: {london: {\n" + fields + "}}");
}

std::string WithClock(const std::string& fields) {
  return "version: 1\n"
         "responses: {reply: {direction: outbound, channel: [phone, email]}}\n"
         "clocks:\n"
         "- {" +
         fields +
         "}\n"
         "- {name: other, starts: lead_created, stops: reply, target: 4h}\n";
}

std::string WithTarget(const std::string& target) {
  return WithClock(
      "name: first, starts: lead_created, stops: reply, target:\n" + target);
}

std::string WithRungs(const std::string& rungs) {
  return WithClock(
      "name: first, starts: lead_created, stops: reply, target: 1h, ladder: "
      "[\n" +
      rungs + "]");
}

Policy Parsed(const std::string& text) {
  absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

std::string Errors(const std::string& text) {
  const absl::Status status = ParsePolicy(text, "policy.yaml").status();
  if (status.ok()) return "";
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

}  // namespace leadclock::policy_parts
