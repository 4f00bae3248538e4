#include "app/policy/checked.h"

#include <google/protobuf/struct.pb.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "app/policy/problem.h"
#include "app/show_json.h"

namespace leadclock {
namespace {

// Quoted, as JSON has it.
std::string Text(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return JsonOf(value);
}

std::string Number(int number) {
  return number == 0 ? "null" : absl::StrCat(number);
}

std::string PolicyJson(const Policy& policy) {
  const std::string effective =
      policy.effective == absl::InfinitePast()
          ? "null"
          : Text(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", policy.effective,
                                  absl::UTCTimeZone()));
  return absl::StrCat("{\"version\":", policy.version,
                      ",\"effective\":", effective,
                      ",\"hash\":", Text(policy.hash), "}");
}

std::string ProblemJson(const std::string& file, const Problem& problem) {
  return absl::StrCat(
      "{\"file\":", Text(problem.file.empty() ? file : problem.file),
      ",\"line\":", Number(problem.line),
      ",\"column\":", Number(problem.column),
      ",\"message\":", Text(problem.message), "}");
}

}  // namespace

std::string CheckedJson(const std::string& file,
                        const absl::StatusOr<Policy>& policy) {
  std::vector<std::string> problems;
  if (!policy.ok()) {
    for (const Problem& problem : ProblemsIn(policy.status())) {
      problems.push_back(ProblemJson(file, problem));
    }
  }
  return absl::StrCat(
      "{\"file\":", Text(file), ",\"ok\":", policy.ok() ? "true" : "false",
      ",\"policy\":", policy.ok() ? PolicyJson(*policy) : "null",
      ",\"problems\":[", absl::StrJoin(problems, ","), "]}");
}

}  // namespace leadclock
