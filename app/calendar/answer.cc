#include "app/calendar/answer.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "app/show_json.h"
#include "processor/policy/coming_days.h"
#include "processor/policy/instant.h"
#include "processor/policy/target.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

using google::protobuf::Value;
using v1::CalendarBetween;
using v1::CalendarDue;
using v1::CalendarError;
using v1::CalendarOpen;
using v1::CalendarQuestion;

constexpr char kFormat[] = "%Y-%m-%d%ET%H:%M:%E*S%Ez";
constexpr char kUtcFormat[] = "%Y-%m-%d%ET%H:%M:%E*SZ";

// Decades of a calendar that opens twice a day.
constexpr size_t kMostIntervals = 20'000;

std::string Utc(absl::Time at) {
  return absl::FormatTime(kUtcFormat, at, absl::UTCTimeZone());
}

std::string Local(absl::Time at, absl::TimeZone zone) {
  return absl::FormatTime(kFormat, at, zone);
}

absl::StatusOr<const NamedCalendar*> CalendarOf(
    const Policy& policy, const CalendarQuestion& question) {
  std::vector<absl::string_view> names;
  if (question.calendar().empty()) {
    return absl::InvalidArgumentError(
        "'calendar' is missing; write the name of one of the policy's "
        "calendars, or always");
  }
  for (const NamedCalendar& calendar : policy.calendars) {
    if (calendar.name == question.calendar()) return &calendar;
    names.push_back(calendar.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown calendar ", Quoted(question.calendar()),
                   DidYouMean(question.calendar(), names)));
}

absl::StatusOr<absl::Time> InstantOf(absl::string_view what,
                                     const std::string& text) {
  if (text.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what,
                     " is missing; write date, time and zone, such as "
                     "2026-03-06T21:40:00Z"));
  }
  absl::StatusOr<absl::Time> at = ParseInstant(text);
  if (at.ok()) return at;
  return absl::InvalidArgumentError(
      absl::StrCat(what, ": ", at.status().message()));
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

// Intervals, and among them the dates with other hours.
std::string Text(const CalendarOpen& open) {
  std::vector<std::string> lines;
  auto day = open.other_days().begin();
  const auto add_days_up_to = [&](absl::string_view last) {
    for (; day != open.other_days().end() && day->date() <= last; ++day) {
      lines.push_back(absl::StrCat(day->date(), " ",
                                   Words(OtherDay{day->hours(), day->name()})));
    }
  };
  for (const CalendarOpen::Interval& interval : open.intervals()) {
    add_days_up_to(absl::string_view(interval.local_opens()).substr(0, 10));
    lines.push_back(absl::StrCat(interval.opens(), " ", interval.closes(), "  ",
                                 interval.local_opens(), " ",
                                 interval.local_closes()));
  }
  add_days_up_to("9999-12-31");
  return absl::StrJoin(lines, "\n");
}

// What is read and ignored would be an answer to another question.
absl::Status CheckNothingElse(const CalendarQuestion& question) {
  if (question.op() == "due" && !question.end().empty()) {
    return absl::InvalidArgumentError(
        "due asks from 'start' by 'target', and for no 'end'; leave it out, or "
        "ask for between");
  }
  if ((question.op() == "between" || question.op() == "open") &&
      !question.target().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(question.op(),
                     " asks from 'start' to 'end', and by no 'target'; leave "
                     "it out, or ask for due"));
  }
  return absl::OkStatus();
}

// Passes the answer of whatever kind to `show`.
absl::StatusOr<std::string> Answer(const Policy& policy,
                                   const CalendarQuestion& question,
                                   const auto& show) {
  const auto shown = [&](auto answer) -> absl::StatusOr<std::string> {
    if (!answer.ok()) return answer.status();
    if (question.has_id()) *answer->mutable_id() = question.id();
    return show(*answer);
  };
  if (absl::Status status = CheckNothingElse(question); !status.ok()) {
    return status;
  }
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

absl::Status NotAQuestion(absl::string_view line, absl::string_view message) {
  constexpr absl::string_view kTwice = "Repeated map key: ";
  const size_t twice = message.find(kTwice);
  if (twice != absl::string_view::npos) {
    message.remove_prefix(twice + kTwice.size());
    return absl::InvalidArgumentError(absl::StrCat(
        "not a question: the field ",
        message.substr(0, message.find(" is already")), " is written twice"));
  }
  // What follows its first line repeats the question, bytes of any kind.
  const std::string why =
      absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "{")
          ? absl::StrCat(
                absl::StripSuffix(message.substr(0, message.find('\n')), "."),
                "; ")
          : "";
  return absl::InvalidArgumentError(absl::StrCat(
      "not a question: ", why,
      "write one JSON object a line, with op, calendar and start"));
}

// A program's number: beyond 2^53 it would come back as another one.
bool IsId(const Value& value) {
  if (value.kind_case() == Value::kStringValue) return true;
  const double number = value.number_value();
  return value.kind_case() == Value::kNumberValue &&
         std::abs(number) <= 9007199254740992.0 && std::trunc(number) == number;
}

absl::Status ReadField(const std::string& name, const Value& value,
                       CalendarQuestion& question) {
  const google::protobuf::FieldDescriptor* const field =
      CalendarQuestion::descriptor()->FindFieldByName(name);
  if (field == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown field ", Quoted(name),
        DidYouMean(name, {"op", "calendar", "start", "end", "target", "id"})));
  }
  if (name == "id") {
    if (!IsId(value)) {
      return absl::InvalidArgumentError(
          "'id' is neither a text nor a whole number up to 2^53; write one");
    }
    *question.mutable_id() = value;
    return absl::OkStatus();
  }
  if (value.kind_case() != Value::kStringValue) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is not a text; write it in double quotes"));
  }
  CalendarQuestion::GetReflection()->SetString(&question, field,
                                               value.string_value());
  return absl::OkStatus();
}

// Of a line that is wrong `question` has the id, if it can be read.
absl::Status ReadQuestion(const std::string& line, CalendarQuestion& question) {
  if (absl::StripAsciiWhitespace(line).empty()) {
    return absl::InvalidArgumentError(
        "the line is empty; write a question, a JSON object with op, calendar "
        "and start");
  }
  google::protobuf::Struct object;
  const auto read = google::protobuf::util::JsonStringToMessage(line, &object);
  if (!read.ok()) {
    return NotAQuestion(line, {read.message().data(), read.message().size()});
  }
  absl::Status status;
  for (const auto& [name, value] : std::map<std::string, Value>(
           object.fields().begin(), object.fields().end())) {
    status.Update(ReadField(name, value, question));
  }
  return status;
}

}  // namespace

absl::StatusOr<CalendarDue> AnswerDue(const Policy& policy,
                                      const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<absl::Time> start =
      KnownInstantOf((*calendar)->calendar, "'start'", question.start());
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
  const absl::Time due = DueOf(*target, (*calendar)->calendar, *start);
  if (due == absl::InfiniteFuture()) {
    return absl::OutOfRangeError(
        absl::StrCat("it never falls due: calendars know the days up to ",
                     absl::FormatCivilTime(BusinessCalendar::kLastDay)));
  }
  CalendarDue answer;
  answer.set_due(Utc(due));
  answer.set_local(Local(due, (*calendar)->calendar.zone()));
  return answer;
}

absl::StatusOr<CalendarBetween> AnswerBetween(
    const Policy& policy, const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<Span> span = SpanOf((*calendar)->calendar, question);
  if (!span.ok()) return span.status();
  const absl::Duration open =
      (*calendar)->calendar.Between(span->start, span->end);
  CalendarBetween answer;
  answer.set_business_time(absl::FormatDuration(open));
  answer.set_seconds(absl::ToDoubleSeconds(open));
  return answer;
}

absl::StatusOr<CalendarOpen> AnswerOpen(const Policy& policy,
                                        const CalendarQuestion& question) {
  const auto calendar = CalendarOf(policy, question);
  if (!calendar.ok()) return calendar.status();
  const absl::StatusOr<Span> span = SpanOf((*calendar)->calendar, question);
  if (!span.ok()) return span.status();
  const std::vector<BusinessCalendar::Interval> intervals =
      (*calendar)->calendar.OpenIntervals(span->start, span->end);
  if (intervals.size() > kMostIntervals) {
    return absl::OutOfRangeError(absl::StrCat(
        "it opens ", intervals.size(), " times from 'start' to 'end', and an ",
        "answer has at most ", kMostIntervals, "; ask for fewer days"));
  }
  const absl::TimeZone zone = (*calendar)->calendar.zone();
  CalendarOpen answer;
  for (const BusinessCalendar::Interval& interval : intervals) {
    CalendarOpen::Interval* const added = answer.add_intervals();
    added->set_opens(Utc(interval.opens));
    added->set_closes(Utc(interval.closes));
    added->set_local_opens(Local(interval.opens, zone));
    added->set_local_closes(Local(interval.closes, zone));
  }
  const auto days = OtherDaysOf(**calendar);
  for (auto day = days.lower_bound(absl::ToCivilDay(span->start, zone));
       day != days.end() && absl::FromCivil(day->first, zone) < span->end;
       ++day) {
    CalendarOpen::OtherDay* const added = answer.add_other_days();
    added->set_date(absl::FormatCivilTime(day->first));
    added->set_hours(day->second.hours);
    added->set_name(day->second.name);
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
  CalendarQuestion question;
  absl::Status status = ReadQuestion(line, question);
  if (status.ok()) {
    absl::StatusOr<std::string> answer = AnswerJson(policy, question);
    if (answer.ok()) return *std::move(answer);
    status = answer.status();
  }
  CalendarError error;
  error.set_error(std::string(status.message()));
  if (question.has_id()) *error.mutable_id() = question.id();
  return JsonOf(error);
}

}  // namespace leadclock
