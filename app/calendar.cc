// leadclock calendar: what a policy's calendars say of business time.

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "app/calendar/answer.h"
#include "app/commands.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

struct Options {
  std::string policy;
  bool json = false;
  std::string calendar;
  std::string start;
  std::string end;
  std::string target;
};

int Ask(const Options& options, const std::string& op) {
  const absl::StatusOr<Policy> policy = LoadPolicy(options.policy);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  v1::CalendarQuestion question;
  question.set_op(op);
  question.set_calendar(options.calendar);
  question.set_start(options.start);
  question.set_end(options.end);
  question.set_target(options.target);
  const absl::StatusOr<std::string> answer =
      options.json ? AnswerJson(*policy, question)
                   : AnswerText(*policy, question);
  if (!answer.ok()) return Fail(answer.status(), kExitUsage);
  if (!answer->empty()) std::cout << *answer << '\n';
  return kExitOk;
}

int AnswerLines(const Options& options) {
  if (!options.json) {
    return Fail(absl::InvalidArgumentError(
                    "leadclock calendar: say due, between or open, or --json "
                    "and questions on standard input"),
                kExitUsage);
  }
  const absl::StatusOr<Policy> policy = LoadPolicy(options.policy);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  // Whoever asks may wait for each answer.
  for (std::string line; std::cout && std::getline(std::cin, line);) {
    std::cout << AnswerLine(*policy, line) << std::endl;
  }
  return kExitOk;
}

}  // namespace

void AddCalendarCommand(CLI::App& app, int& exit_code) {
  CLI::App* const calendar = app.add_subcommand(
      "calendar",
      "Ask a policy's calendars. Instants are RFC 3339: "
      "2026-03-06T21:40:00Z. Without a question, but with --json: reads "
      "questions from standard input, a JSON object a line, and answers each "
      "with one.");
  auto options = std::make_shared<Options>();
  calendar->add_option("--policy", options->policy, "the policy")
      ->type_name("FILE")
      ->required();
  calendar->add_flag("--json", options->json, "answer in JSON");
  calendar->require_subcommand(0, 1);

  const auto add = [&](const std::string& op, const std::string& what) {
    CLI::App* const question = calendar->add_subcommand(op, what);
    question->fallthrough();
    question->add_option("--calendar", options->calendar, "its name")
        ->type_name("NAME")
        ->required();
    question->add_option("--start", options->start, "from when on")
        ->type_name("INSTANT")
        ->required();
    question->callback(
        [options, op, &exit_code] { exit_code = Ask(*options, op); });
    return question;
  };
  add("due", "When a target is due: in UTC, then in the calendar's zone.")
      ->add_option("--target", options->target,
                   "15m, 1h30m, '2 business days', 'end of business day'")
      ->type_name("TARGET")
      ->required();
  for (const auto& [op, what] :
       {std::pair("between", "How much business time there is."),
        std::pair("open",
                  "When it is open: from and until, in UTC, then in the "
                  "calendar's zone; and the dates with other hours.")}) {
    add(op, what)
        ->add_option("--end", options->end, "until when")
        ->type_name("INSTANT")
        ->required();
  }
  calendar->callback([calendar, options, &exit_code] {
    if (calendar->get_subcommands().empty()) exit_code = AnswerLines(*options);
  });
}

}  // namespace leadclock
