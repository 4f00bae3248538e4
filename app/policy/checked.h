#ifndef LEADCLOCK_APP_POLICY_CHECKED_H_
#define LEADCLOCK_APP_POLICY_CHECKED_H_

#include <string>

#include "absl/status/statusor.h"
#include "processor/policy/policy.h"

namespace leadclock {

// What comes of the check of a file, for tools: one JSON object in one line.
//
//   {"file": "p.yaml", "ok": true, "policy": {"version": 2,
//     "effective": "2026-03-01T00:00:00Z", "hash": "..."}, "problems": []}
//   {"file": "p.yaml", "ok": false, "policy": null, "problems": [
//     {"file": "p.yaml", "line": 3, "column": 5, "message": "..."}]}
//
// `effective` is null if the policy does not say it; `line` and `column` are
// null of what is wrong with a file as a whole.
std::string CheckedJson(const std::string& file,
                        const absl::StatusOr<Policy>& policy);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_CHECKED_H_
