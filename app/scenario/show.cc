#include "app/scenario/show.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "app/lead/tell.h"
#include "app/scenario/words.h"
#include "app/show_json.h"
#include "processor/policy/text_table.h"

namespace leadclock {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;

std::string Heading(absl::string_view word, const Scenario& scenario) {
  return absl::StrCat(word, " ", scenario.file, ":", scenario.line, " ",
                      scenario.name, "\n");
}

std::string PartText(const Comparison::Part& part) {
  TextTable table;
  table.Add({"", absl::StrCat(part.name, ":"), "| got"});
  for (const Comparison::Row& row : part.rows) {
    table.Add({row.differs ? "!" : "",
               row.expected.empty() ? "-" : row.expected,
               absl::StrCat("| ", row.got.empty() ? "-" : row.got)});
  }
  return table.Text(2);
}

// By when all that the scenario speaks of has come.
absl::Time EndOf(const Scenario& scenario, const Played& played) {
  absl::Time end = scenario.last_named;
  for (const ExpectedFact& fact : scenario.expected) {
    end = std::max(end, fact.at);
  }
  for (const v1::SlaEvent& event : played.net) {
    end = std::max(end, absl::FromUnixMillis(event.at_ms()));
  }
  return end;
}

std::string Explanation(const Scenario& scenario, const Played& played,
                        const Comparison& comparison) {
  v1::LeadStory story =
      TellStory(scenario.policies(), played.file, EndOf(scenario, played));
  // Where no clock is named, any may be meant.
  auto& clocks = *story.mutable_clocks();
  if (!comparison.clocks.empty()) {
    clocks.erase(
        std::remove_if(clocks.begin(), clocks.end(),
                       [&](const v1::LeadStory::Clock& clock) {
                         return !comparison.clocks.contains(clock.name());
                       }),
        clocks.end());
  }
  story.clear_said();
  story.clear_agrees();
  story.clear_differences();
  const std::string told = StoryText(story, {.zone = scenario.frame.zone});
  std::string text;
  for (const absl::string_view line :
       absl::StrSplit(absl::StripAsciiWhitespace(told), '\n')) {
    absl::StrAppend(&text, line.empty() ? "" : "  ", line, "\n");
  }
  return text;
}

void SetText(const std::string& name, const std::string& text, Struct& object) {
  (*object.mutable_fields())[name].set_string_value(text);
}

ListValue& List(const std::string& name, Struct& object) {
  return *(*object.mutable_fields())[name].mutable_list_value();
}

}  // namespace

std::string FailureText(const Scenario& scenario, const Played& played,
                        const Comparison& comparison) {
  std::string text = Heading("FAIL", scenario);
  for (const std::string& fault : comparison.faults) {
    absl::StrAppend(&text, "  Leadclock itself is wrong: ", fault, "\n");
  }
  for (const Comparison::Part& part : comparison.parts) {
    if (part.differs) absl::StrAppend(&text, "\n", PartText(part));
  }
  absl::StrAppend(&text, "\n", Explanation(scenario, played, comparison), "\n");
  return text;
}

std::string SuccessText(const Scenario& scenario, const Played& played) {
  std::string text = Heading("ok  ", scenario);
  for (const v1::SlaEvent& event : played.net) {
    absl::StrAppend(&text, "      ", FactLine(event, nullptr, scenario.frame),
                    "\n");
  }
  return text;
}

std::string ResultJson(const Scenario& scenario, const Played& played,
                       const Comparison& comparison) {
  Struct result;
  SetText("file", scenario.file, result);
  (*result.mutable_fields())["line"].set_number_value(scenario.line);
  SetText("scenario", scenario.name, result);
  (*result.mutable_fields())["passed"].set_bool_value(comparison.passed());
  ListValue& differences = List("differences", result);
  for (const Comparison::Part& part : comparison.parts) {
    for (const Comparison::Row& row : part.rows) {
      if (!row.differs) continue;
      Struct& each = *differences.add_values()->mutable_struct_value();
      SetText("part", part.name, each);
      SetText("expected", row.expected, each);
      SetText("got", row.got, each);
    }
  }
  ListValue& facts = List("facts", result);
  for (const v1::SlaEvent& event : played.net) {
    facts.add_values()->set_string_value(
        FactLine(event, nullptr, scenario.frame));
  }
  ListValue& faults = List("faults", result);
  for (const std::string& fault : comparison.faults) {
    faults.add_values()->set_string_value(fault);
  }
  return JsonOf(result);
}

}  // namespace leadclock
