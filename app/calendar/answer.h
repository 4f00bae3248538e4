#ifndef LEADCLOCK_APP_CALENDAR_ANSWER_H_
#define LEADCLOCK_APP_CALENDAR_ANSWER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "leadclock/v1/calendar_question.pb.h"
#include "processor/policy/policy.h"

namespace leadclock {

// What a policy's calendars answer. Each fails with InvalidArgument, saying
// what to write instead, or with OutOfRange if there is no answer among the
// days that calendars know.
absl::StatusOr<v1::CalendarDue> AnswerDue(const Policy& policy,
                                          const v1::CalendarQuestion& question);
absl::StatusOr<v1::CalendarBetween> AnswerBetween(
    const Policy& policy, const v1::CalendarQuestion& question);
absl::StatusOr<v1::CalendarOpen> AnswerOpen(
    const Policy& policy, const v1::CalendarQuestion& question);

// The answer to one question, as one line: for people, or as JSON.
absl::StatusOr<std::string> AnswerText(const Policy& policy,
                                       const v1::CalendarQuestion& question);
absl::StatusOr<std::string> AnswerJson(const Policy& policy,
                                       const v1::CalendarQuestion& question);

// The answer to a question that is a line of JSON: always one object, which
// says what is wrong with a question that cannot be answered.
std::string AnswerLine(const Policy& policy, const std::string& line);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_CALENDAR_ANSWER_H_
