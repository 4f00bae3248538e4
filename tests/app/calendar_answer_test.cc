#include <catch2/catch.hpp>
#include <string>

#include "app/calendar/answer.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

const Policy& ThePolicy() {
  static const Policy* const policy = new Policy(*ParsePolicy(
      R"(
version: 1
calendars:
  london: {zone: Europe/London, hours: {mon-fri: "09:00-17:30"},
           holidays: [2026-12-25: Christmas Day, 2026-12-28],
           dates: {2026-12-24: "09:00-12:00", 2026-12-31: closed}}
calendar_for: [{otherwise: london}]
clocks: [{name: first, starts: lead_created, stops: assigned, target: 1h}]
)",
      "policy.yaml"));
  return *policy;
}

std::string Answer(const std::string& line) {
  return AnswerLine(ThePolicy(), line);
}

TEST_CASE("A question for a due instant has it in UTC and in local time") {
  CHECK(
      Answer(R"({"op":"due","calendar":"london",)"
             R"("start":"2026-03-06T21:40:00Z","target":"15m"})") ==
      R"({"due":"2026-03-09T09:15:00Z","local":"2026-03-09T09:15:00+00:00"})");
  CHECK(Answer(R"({"op":"due","calendar":"london",)"
               R"("start":"2026-06-05T15:40:00.5+02:00","target":"15m"})") ==
        R"({"due":"2026-06-05T13:55:00.5Z",)"
        R"("local":"2026-06-05T14:55:00.5+01:00"})");
}

TEST_CASE("A question for a due instant knows business days") {
  CHECK(
      Answer(R"({"op":"due","calendar":"london",)"
             R"("start":"2026-03-06T21:40:00Z","target":"2 business days"})") ==
      R"({"due":"2026-03-11T09:00:00Z","local":"2026-03-11T09:00:00+00:00"})");
}

TEST_CASE("A question for business time has it in words and in seconds") {
  CHECK(
      Answer(
          R"({"op":"between","calendar":"london",)"
          R"("start":"2026-03-06T17:00:00Z","end":"2026-03-09T09:15:00Z"})") ==
      R"({"business_time":"45m","seconds":2700})");
  CHECK(
      Answer(
          R"({"op":"between","calendar":"london",)"
          R"("start":"2026-03-07T17:00:00Z","end":"2026-03-07T18:00:00Z"})") ==
      R"({"business_time":"0","seconds":0})");
}

TEST_CASE("A question for open hours has each interval, also in local time") {
  CHECK(
      Answer(
          R"({"op":"open","calendar":"london",)"
          R"("start":"2026-03-27T17:00:00Z","end":"2026-03-30T08:15:00Z"})") ==
      R"({"intervals":[)"
      R"({"opens":"2026-03-27T17:00:00Z","closes":"2026-03-27T17:30:00Z",)"
      R"("local_opens":"2026-03-27T17:00:00+00:00",)"
      R"("local_closes":"2026-03-27T17:30:00+00:00"},)"
      R"({"opens":"2026-03-30T08:00:00Z","closes":"2026-03-30T08:15:00Z",)"
      R"("local_opens":"2026-03-30T09:00:00+01:00",)"
      R"("local_closes":"2026-03-30T09:15:00+01:00"}],"other_days":[]})");
  CHECK(
      Answer(
          R"({"op":"open","calendar":"london",)"
          R"("start":"2026-03-07T17:00:00Z","end":"2026-03-07T18:00:00Z"})") ==
      R"({"intervals":[],"other_days":[]})");
}

TEST_CASE("A question for open hours has the dates with other hours") {
  CHECK(Answer(R"({"op":"open","calendar":"london",)"
               R"("start":"2026-12-24T12:00:00Z",)"
               R"("end":"2026-12-31T00:00:00Z"})")
            .find(R"("other_days":[)"
                  R"({"date":"2026-12-24","hours":"09:00-12:00","name":""},)"
                  R"({"date":"2026-12-25","hours":"closed",)"
                  R"("name":"Christmas Day"},)"
                  R"({"date":"2026-12-28","hours":"closed","name":""}]})") !=
        std::string::npos);
  v1::CalendarQuestion question;
  question.set_op("open");
  question.set_calendar("london");
  question.set_start("2026-12-24T00:00:00Z");
  question.set_end("2026-12-30T00:00:00Z");
  CHECK(*AnswerText(ThePolicy(), question) ==
        "2026-12-24 09:00-12:00\n"
        "2026-12-24T09:00:00Z 2026-12-24T12:00:00Z  "
        "2026-12-24T09:00:00+00:00 2026-12-24T12:00:00+00:00\n"
        "2026-12-25 closed, Christmas Day\n"
        "2026-12-28 closed\n"
        "2026-12-29T09:00:00Z 2026-12-29T17:30:00Z  "
        "2026-12-29T09:00:00+00:00 2026-12-29T17:30:00+00:00");
}

TEST_CASE("What is wrong with a question is its answer") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {R"({"op":"dew","calendar":"london"})",
       "'op' is 'dew'; known: due, between, open"},
      {R"({"op":"betwen","calendar":"london"})",
       "'op' is 'betwen'; did you mean 'between'?"},
      {R"({"op":"due","calendar":"londn","start":"2026-03-06T21:40:00Z"})",
       "unknown calendar 'londn'; did you mean 'london'?"},
      {R"({"op":"due","calendar":"london","target":"1h"})",
       "'start' is missing; write date, time and zone, such as "
       "2026-03-06T21:40:00Z"},
      {R"({"op":"due","calendar":"london","start":"2026-03-06 21:40",)"
       R"("target":"1h"})",
       "'start': '2026-03-06 21:40' is not an instant; write date, time and "
       "zone, such as 2026-03-01T00:00:00Z"},
      {R"({"op":"between","calendar":"always","start":" infinite-past",)"
       R"("end":"2026-03-06T21:00:00Z"})",
       "'start': ' infinite-past' is not an instant; write date, time and "
       "zone, such as 2026-03-01T00:00:00Z"},
      {R"({"op":"due","calendar":"london","start":"2026-03-06T21:40:00Z",)"
       R"("target":"15"})",
       "'target': '15' has no unit; write 15s, 15m or 15h"},
      {R"({"op":"due","calendar":"london","start":"2026-03-06T21:40:00Z",)"
       R"("target":"end of day"})",
       "'target': 'end of day' is not a target; did you mean 'end of business "
       "day'?"},
      {R"({"op":"due","calendar":"london","start":"2119-12-29T09:00:00Z",)"
       R"("target":"100h"})",
       "it never falls due: calendars know the days up to 2119-12-31"},
      {R"({"op":"between","calendar":"london","start":"2026-03-06T21:40:00Z",)"
       R"("end":"2026-03-06T21:00:00Z"})",
       "'end' (2026-03-06T21:00:00Z) lies before 'start' "
       "(2026-03-06T21:40:00Z); swap them"},
      {R"({"calendar":"london"})",
       "'op' is missing; write due, between or open"},
      {R"({"op":"due","start":"2026-03-06T21:40:00Z","target":"1h"})",
       "'calendar' is missing; write the name of one of the policy's "
       "calendars, or always"},
      {R"({"op":"due","calendar":"london","start":"2026-03-06T21:40:00Z"})",
       "'target' is missing; write it as policies do, such as 15m or '2 "
       "business days'"},
  }));
  CHECK(Answer(line) == R"({"error":")" + error + "\"}");
}

TEST_CASE("Of days that calendars do not know nothing is said") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {R"({"op":"due","calendar":"london","start":"1990-03-06T17:40:00Z",)"
       R"("target":"15m"})",
       "'start' (1990-03-06T17:40:00Z)"},
      {R"({"op":"between","calendar":"london","start":"1995-03-06T00:00:00Z",)"
       R"("end":"2000-01-01T00:00:00Z"})",
       "'start' (1995-03-06T00:00:00Z)"},
      {R"({"op":"between","calendar":"london","start":"2110-01-01T00:00:00Z",)"
       R"("end":"2150-01-01T00:00:00Z"})",
       "'end' (2150-01-01T00:00:00Z)"},
      {R"({"op":"open","calendar":"london","start":"2125-01-01T00:00:00Z",)"
       R"("end":"2125-01-08T00:00:00Z"})",
       "'start' (2125-01-01T00:00:00Z)"},
  }));
  CHECK(Answer(line) == R"({"error":")" + error +
                            " is not within the days that calendars know, "
                            "1999-12-01 to 2119-12-31; ask for an instant "
                            "among these\"}");
}

TEST_CASE("The last day that calendars know is asked for up to its end") {
  CHECK(Answer(R"({"op":"between","calendar":"london",)"
               R"("start":"2119-12-27T00:00:00Z",)"
               R"("end":"2120-01-01T00:00:00Z"})") ==
        R"({"business_time":"25h30m","seconds":91800})");
  CHECK(Answer(R"({"op":"between","calendar":"always",)"
               R"("start":"2150-01-01T00:00:00Z",)"
               R"("end":"2150-01-01T01:00:00Z"})") ==
        R"({"business_time":"1h","seconds":3600})");
}

TEST_CASE("A question for more intervals than anybody reads is refused") {
  CHECK(Answer(R"({"op":"open","calendar":"london",)"
               R"("start":"2000-01-01T00:00:00Z",)"
               R"("end":"2119-12-31T00:00:00Z"})") ==
        R"({"error":"it opens 31302 times from 'start' to 'end', and an )"
        R"(answer has at most 20000; ask for fewer days"})");
}

TEST_CASE("An empty line has an answer too") {
  const std::string line = GENERATE("", "   ", "\t\r");
  CHECK(Answer(line) ==
        R"({"error":"the line is empty; write a question, a JSON object with )"
        R"(op, calendar and start"})");
}

TEST_CASE("A line that is not a question has an answer that says so") {
  const auto [line, why] = GENERATE(table<std::string, std::string>({
      {"due", ""},
      {"[]", ""},
      {"null", ""},
      {"\xff", ""},
      {"{", "Unexpected end of string. Expected an object key or }; "},
      {R"({"op":"due"}{"op":"due"})",
       "Parsing terminated before end of input; "},
      {"{\"op\":\"\xff\"}", "Encountered non UTF-8 code points; "},
  }));
  CHECK(Answer(line) ==
        R"({"error":"not a question: )" + why +
            R"(write one JSON object a line, with op, calendar and start"})");
}

TEST_CASE("A question is not read where it says what nobody asked it") {
  const std::string due =
      R"("op":"due","calendar":"london","start":"2026-03-06T21:40:00Z",)";
  const std::string open =
      R"("op":"open","calendar":"london","start":"2026-03-06T21:40:00Z",)"
      R"("end":"2026-03-06T22:00:00Z",)";
  const auto [line, error] = GENERATE_COPY(table<std::string, std::string>({
      {R"("ops":"due")", "unknown field 'ops'; did you mean 'op'?"},
      {due + R"("traget":"15m")",
       "unknown field 'traget'; did you mean 'target'?"},
      {due + R"("target":15)",
       "'target' is not a text; write it in double quotes"},
      {R"("op":"due","op":"open")",
       "not a question: the field 'op' is written twice"},
      {due + R"("target":"15m","end":"2026-03-06T22:00:00Z")",
       "due asks from 'start' by 'target', and for no 'end'; leave it out, or "
       "ask for between"},
      {open + R"("target":"15m")",
       "open asks from 'start' to 'end', and by no 'target'; leave it out, or "
       "ask for due"},
      {due + R"("target":"15m","id":1.5)",
       "'id' is neither a text nor a whole number up to 2^53; write one"},
      {due + R"("target":"15m","id":18014398509481984)",
       "'id' is neither a text nor a whole number up to 2^53; write one"},
      {due + R"("target":"15m","id":["a"])",
       "'id' is neither a text nor a whole number up to 2^53; write one"},
  }));
  CHECK(Answer("{" + line + "}") == R"({"error":")" + error + "\"}");
}

TEST_CASE("An answer has the id of its question, also if it is an error") {
  const std::string id = GENERATE(R"("a 7")", "7", "-3", "9007199254740992");
  const std::string start =
      R"("calendar":"london","start":"2026-03-06T21:40:00Z")";
  CHECK(Answer(R"({"id":)" + id + R"(,"op":"due","target":"15m",)" + start +
               "}") ==
        R"({"due":"2026-03-09T09:15:00Z","local":"2026-03-09T09:15:00+00:00",)"
        R"("id":)" +
            id + "}");
  CHECK(Answer(R"({"id":)" + id + R"(,"op":"due","traget":"15m",)" + start +
               "}") ==
        R"({"error":"unknown field 'traget'; did you mean 'target'?","id":)" +
            id + "}");
}

}  // namespace
}  // namespace leadclock
