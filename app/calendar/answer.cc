#include "app/calendar/answer.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/show_json.h"
#include "processor/policy/target.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

using v1::CalendarBetween;
using v1::CalendarDue;
using v1::CalendarError;
using v1::CalendarOpen;
using v1::CalendarQuestion;

constexpr char kFormat[] = "%Y-%m-%d%ET%H:%M:%E*S%Ez";
constexpr char kUtcFormat[] = "%Y-%m-%d%ET%H:%M:%E*SZ";

std::string Utc(absl::Time at) {
  return absl::FormatTime(kUtcFormat, at, absl::UTCTimeZone());
}

absl::StatusOr<const BusinessCalendar*> CalendarOf(
    const Policy& policy, const CalendarQuestion& question) {
  std::vector<absl::string_view> names;
  if (question.calendar().empty()) {
    return absl::InvalidArgumentError(
        "'calendar' is missing; write the name of one of the policy's "
        "calendars, or always");
  }
  for (const NamedCalendar& calendar : policy.calendars) {
    if (calendar.name == question.calendar()) return &calendar.calendar;
    names.push_back(calendar.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown calendar ", Quoted(question.calendar()),
                   DidYouMean(question.calendar(), names)));
}

absl::StatusOr<absl::Time> InstantOf(absl::string_view what,
                                     const std::string& text) {
  absl::Time at;
  std::string error;
  // The library also reads "infinite-future" and the like.
  if (!absl::StartsWith(text, "infinite") &&
      absl::ParseTime(absl::RFC3339_full, text, &at, &error)) {
    return at;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is ", text.empty() ? "missing" : Quoted(text),
                   "; write date, time and zone, such as "
                   "2026-03-06T21:40:00Z"));
}

// Of other days a calendar knows nothing, which is not that it is closed.
absl::Status CheckIsKnown(const BusinessCalendar& calendar,
                          absl::string_view what, absl::Time at) {
  // Open at every instant of all days.
  if (calendar.spec() == nullptr) return absl::OkStatus();
  const absl::TimeZone zone = calendar.zone();
  if (at >= absl::FromCivil(BusinessCalendar::kFirstDay, zone) &&
      at <= absl::FromCivil(BusinessCalendar::kLastDay + 1, zone)) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(absl::StrCat(
      what, " (", Utc(at), ") is not within the days that calendars know, ",
      absl::FormatCivilTime(BusinessCalendar::kFirstDay), " to ",
      absl::FormatCivilTime(BusinessCalendar::kLastDay),
      "; ask for an instant among these"));
}

absl::StatusOr<absl::Time> KnownInstantOf(const BusinessCalendar& calendar,
                                          absl::string_view what,
                                          const std::string& text) {
  const absl::StatusOr<absl::Time> at = InstantOf(what, text);
  if (!at.ok()) return at.status();
  absl::Status known = CheckIsKnown(calendar, what, *at);
  if (!known.ok()) return known;
  return at;
}

struct Span {
  absl::Time start;
  absl::Time end;
};

absl::StatusOr<Span> SpanOf(const BusinessCalendar& calendar,
                            const CalendarQuestion& question) {
  const absl::StatusOr<absl::Time> start =
      KnownInstantOf(calendar, "'start'", question.start());
  if (!start.ok()) return start.status();
  const absl::StatusOr<absl::Time> end =
      KnownInstantOf(calendar, "'end'", question.end());
  if (!end.ok()) return end.status();
  if (*end < *start) {
    return absl::InvalidArgumentError(
        absl::StrCat("'end' (", question.end(), ") lies before 'start' (",
                     question.start(), "); swap them"));
  }
  return Span{*start, *end};
}

std::string Text(const CalendarDue& due) {
  return absl::StrCat(due.due(), "\n", due.local());
}

std::string Text(const CalendarBetween& between) {
  return between.business_time();
}

std::string Text(const CalendarOpen& open) {
  return absl::StrJoin(
      open.intervals(), "\n",
      [](std::string* out, const CalendarOpen::Interval& interval) {
        absl::StrAppend(out, interval.opens(), " ", interval.closes());
      });
}

// Passes the answer of whatever kind to `show`.
absl::StatusOr<std::string> Answer(const Policy& policy,
                                   const CalendarQuestion& question,
                                   const auto& show) {
  const auto shown = [&](const auto& answer) -> absl::StatusOr<std::string> {
    if (!answer.ok()) return answer.status();
    return show(*answer);
  };
  if (question.op() == "due") return shown(AnswerDue(policy, question));
  if (question.op() == "between") return shown(AnswerBetween(policy, question));
  if (question.op() == "open") return shown(AnswerOpen(policy, question));
  if (question.op().empty()) {
    return absl::InvalidArgumentError(
        "'op' is missing; write due, between or open");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'op' is ", Quoted(question.op()),
                   DidYouMean(question.op(), {"due", "between", "open"})));
}

}  // namespace

absl::StatusOr<CalendarDue> AnswerDue(const Policy& policy,
                                      const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<absl::Time> start =
      KnownInstantOf(**calendar, "'start'", question.start());
  if (!start.ok()) return start.status();
  if (question.target().empty()) {
    return absl::InvalidArgumentError(
        "'target' is missing; write it as policies do, such as 15m or '2 "
        "business days'");
  }
  const absl::StatusOr<Target> target = ParseTarget(question.target());
  if (!target.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'target': ", target.status().message()));
  }
  const absl::Time due = DueOf(*target, **calendar, *start);
  if (due == absl::InfiniteFuture()) {
    return absl::OutOfRangeError(
        absl::StrCat("it never falls due: calendars know the days up to ",
                     absl::FormatCivilTime(BusinessCalendar::kLastDay)));
  }
  CalendarDue answer;
  answer.set_due(Utc(due));
  answer.set_local(absl::FormatTime(kFormat, due, (*calendar)->zone()));
  return answer;
}

absl::StatusOr<CalendarBetween> AnswerBetween(
    const Policy& policy, const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<Span> span = SpanOf(**calendar, question);
  if (!span.ok()) return span.status();
  const absl::Duration open = (*calendar)->Between(span->start, span->end);
  CalendarBetween answer;
  answer.set_business_time(absl::FormatDuration(open));
  answer.set_seconds(absl::ToDoubleSeconds(open));
  return answer;
}

absl::StatusOr<CalendarOpen> AnswerOpen(const Policy& policy,
                                        const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<Span> span = SpanOf(**calendar, question);
  if (!span.ok()) return span.status();
  CalendarOpen answer;
  for (const BusinessCalendar::Interval& interval :
       (*calendar)->OpenIntervals(span->start, span->end)) {
    CalendarOpen::Interval* const added = answer.add_intervals();
    added->set_opens(Utc(interval.opens));
    added->set_closes(Utc(interval.closes));
  }
  return answer;
}

absl::StatusOr<std::string> AnswerText(const Policy& policy,
                                       const CalendarQuestion& question) {
  return Answer(policy, question,
                [](const auto& answer) { return Text(answer); });
}

absl::StatusOr<std::string> AnswerJson(const Policy& policy,
                                       const CalendarQuestion& question) {
  return Answer(policy, question,
                [](const auto& answer) { return JsonOf(answer); });
}

std::string AnswerLine(const Policy& policy, const std::string& line) {
  CalendarError error;
  if (absl::StripAsciiWhitespace(line).empty()) {
    error.set_error(
        "the line is empty; write a question, a JSON object with op, calendar "
        "and start");
    return JsonOf(error);
  }
  CalendarQuestion question;
  const auto read =
      google::protobuf::util::JsonStringToMessage(line, &question);
  if (!read.ok()) {
    // What follows its first line repeats the question, bytes of any kind.
    const std::string message(read.message());
    error.set_error(absl::StrCat("not a question: ",
                                 message.substr(0, message.find('\n'))));
    return JsonOf(error);
  }
  absl::StatusOr<std::string> answer = AnswerJson(policy, question);
  if (answer.ok()) return *std::move(answer);
  error.set_error(std::string(answer.status().message()));
  return JsonOf(error);
}

}  // namespace leadclock
