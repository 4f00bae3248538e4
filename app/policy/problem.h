#ifndef LEADCLOCK_APP_POLICY_PROBLEM_H_
#define LEADCLOCK_APP_POLICY_PROBLEM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace leadclock {

// What is wrong at one place of a file.
struct Problem {
  std::string file;  // "": at no place
  int line = 0;      // from 1; 0: as a whole
  int column = 0;    // in characters, from 1
  std::string message;

  friend bool operator==(const Problem&, const Problem&) = default;
};

// One line of what the parser says: FILE:LINE:COLUMN: MESSAGE, or a message
// alone.
Problem ProblemIn(absl::string_view line);

// Each line of the message.
std::vector<Problem> ProblemsIn(const absl::Status& status);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_PROBLEM_H_
