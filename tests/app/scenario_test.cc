// How scenarios are read, and what is told of those that fail.

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "app/scenario/compare.h"
#include "app/scenario/inline_policy.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"
#include "app/scenario/show.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

// Line 1 to 12 of each file here.
constexpr char kTop[] = R"(policy:
  version: 1
  responses: {answer: {direction: outbound, actor: human}}
  clocks:
    - name: first_response
      starts: lead_created
      stops: answer
      target: 15m
      ladder: [{at: due, do: breach, to: owner}]
zone: Europe/London
start: 2026-03-02
scenarios:
)";

std::string ErrorsOf(const std::string& text) {
  const auto scenarios = ReadScenarios(text, "f.test.yaml");
  return scenarios.ok() ? "" : std::string(scenarios.status().message());
}

// A scenario whose events, or expectations, are these lines. The first of them
// stands in line 15, or 17.
std::string WithEvents(const std::string& lines) {
  return absl::StrCat(kTop, "  - scenario: one\n    events:\n", lines,
                      "    expect: [nothing more]\n");
}
std::string WithExpectations(const std::string& lines) {
  return absl::StrCat(kTop,
                      "  - scenario: one\n    events:\n"
                      "      - mon 09:00 lead created: {owner: ann}\n"
                      "    expect:\n",
                      lines);
}

Scenario One(const std::string& text) {
  auto scenarios = ReadScenarios(text, "f.test.yaml");
  INFO(scenarios.status().message());
  REQUIRE(scenarios.ok());
  return scenarios->front();
}

bool Passes(const std::string& text) {
  const Scenario scenario = One(text);
  return Compare(scenario, Play(scenario)).passed();
}

std::string FailureOf(const std::string& text) {
  const Scenario scenario = One(text);
  const Played played = Play(scenario);
  const Comparison comparison = Compare(scenario, played);
  CHECK(!comparison.passed());
  return FailureText(scenario, played, comparison);
}

bool Says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return absl::StrContains(text, part);
}

// ---- What is wrong is told with its place ----

TEST_CASE("An event that cannot be read is told with its place and a guess") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {"mon 09:00 lead creatd",
       "15:19: 'lead creatd' is nothing that happens; did you mean 'lead "
       "created'?"},
      {"fir 09:00 touch", "15:9: 'fir' is no day; did you mean 'fri'?"},
      {"mon 9h touch", "15:13: '9h' is no time; write hours and minutes"},
      {"2026-02-30 09:00 touch", "15:9: '2026-02-30' is no day"},
      {"2026-03-29 01:30 touch",
       "15:20: 2026-03-29T01:30:00 does not exist in Europe/London"},
      {"2026-10-25 01:30 touch",
       "15:20: 2026-10-25T01:30:00 comes twice in Europe/London"},
      {"mon 09:00 touch: {by: ann, chanel: email}",
       "15:36: unknown field 'chanel' in touch; did you mean 'channel'?"},
      {"mon 09:00 touch", "15:19: the lead has no owner then"},
      {"mon 09:00 status: on_hold",
       "15:27: write it without a colon, such as: status on_hold"},
      {"mon 09:00 stage", "15:24: after 'stage' a word is missing"},
      {"mon 09:00 assigned bob", "15:28: write: assigned to bob"},
      {"mon 09:00 changed intnt high",
       "15:27: 'intnt' is no attribute of a lead; did you mean 'intent'?"},
      {"mon 09:00 outage until mon 08:00", "15:36: it ends before it begins"},
      {"mon 09:00 touch by ann: {arrives: mon 08:00}",
       "15:43: it arrives before it happens"},
      {"mon 09:00 policy published: v2.yaml",
       "15:37: there is no file v2.yaml"},
      {"mon 09:00 absorbed lead-2", "write when that lead came"},
      {"mon 09:00 touch by ann: {duplicate: maybe}",
       "15:45: 'maybe' is no day"},
  }));
  CHECK(
      Says(ErrorsOf(WithEvents(absl::StrCat("      - ", line, "\n"))), error));
}

TEST_CASE("A policy in the place of scenarios is told what it is") {
  const auto errors = [](const std::string& text) {
    return std::string(ReadScenarios(text, "rules/p.yaml").status().message());
  };
  const std::string it_is =
      "rules/p.yaml:1:1: this is a policy, and no file of scenarios; what it "
      "says "
      "is told by: leadclock policy check rules/p.yaml. To play scenarios "
      "through it, write them into a file that ends in .test.yaml and names "
      "it, as 'policy: p.yaml'";
  CHECK(errors("version: 1\nclocks: []\n") == it_is);
  CHECK(errors("version: 1\nextends: default\n") == it_is);
}

TEST_CASE("An expectation that cannot be read is told so too") {
  const auto [line, error] = GENERATE(table<std::string, std::string>({
      {"mon 09:15 breech first_response",
       "17:19: 'breech' is no fact; did you mean 'breach'?"},
      {"mon 09:15 breach first_respons",
       "17:26: 'first_respons' is no clock of the policy; did you mean "
       "'first_response'?"},
      {"mon 09:15 breach", "17:25: of which clock?"},
      {"mon 09:15 breach first_response rung breach_2",
       "17:46: 'breach_2' is no rung of first_response; did you mean "
       "'breach_1'?"},
      {"mon 09:15 breach first_response for ann",
       "17:41: 'for ann' is not understood here; behind the clock may "
       "stand"},
      {"mon 09:15 breach first_response: {ownr: ann}",
       "17:43: unknown field 'ownr' in a fact; did you mean 'owner'?"},
      {"nothing else", "17:9: write: nothing more"},
      {"no breech", "17:12: 'breech' is no fact"},
  }));
  CHECK(Says(ErrorsOf(WithExpectations(absl::StrCat("      - ", line, "\n"))),
             error));
}

TEST_CASE("All that is wrong with a file is told at once") {
  const std::string errors =
      ErrorsOf(WithEvents("      - mon 09:00 lead creatd\n"
                          "      - mon 09:00 tuch by ann\n"
                          "      - mon 09:00 touch:\n"
                          "        by: ann\n"));
  CHECK(Says(errors, "f.test.yaml:15:19: "));
  CHECK(Says(errors, "f.test.yaml:16:19: "));
  CHECK(Says(errors, "f.test.yaml:18:9: the line ends with its colon"));
}

TEST_CASE("What is wrong with a policy in a file has its place in that file") {
  CHECK(ErrorsOf(
            absl::StrReplaceAll(WithEvents("      - mon 09:00 lead created\n"),
                                {{"target: 15m", "targt: 15m"}})) ==
        "f.test.yaml:5:7: missing field 'target' in a clock\n"
        "f.test.yaml:8:7: unknown field 'targt' in a clock; did you mean "
        "'target'?");
}

TEST_CASE("A scenario that expects nothing is an error") {
  CHECK(Says(ErrorsOf(absl::StrCat(kTop,
                                   "  - scenario: one\n    events:\n"
                                   "      - mon 09:00 lead created\n")),
             "f.test.yaml:13:15: it expects nothing"));
}

TEST_CASE("A policy in a file may have a name, for other scenarios") {
  CHECK(CutOut("a: &x\n  # c\n  b: 1\nd: *x\n", 1, 4) == "\n\n  b: 1\n");
  CHECK(CutOut("a: &x {b: 1}\n", 1, 4) == "      {b: 1}\n");
}

TEST_CASE("A policy in braces ends with its brace") {
  CHECK(CutOut("a: {b: '}', c: \"\\\"}\"} # }\nd: 1\n", 1, 4) ==
        "   {b: '}', c: \"\\\"}\"}\n");
  CHECK(CutOut("a:\n - b: 1\n   c: 2\n # d\n\n   e: 3\n - f: 4\n", 2, 4) ==
        "\n   b: 1\n   c: 2\n # d\n\n   e: 3\n");
}

// ---- What is expected, and what comes ----

TEST_CASE("A fact that nobody asked for is overlooked, but not by all") {
  const std::string met = "      - mon 09:15 missed first_response\n";
  CHECK(Passes(WithExpectations(met)));
  CHECK(!Passes(WithExpectations(met + "      - nothing more\n")));
  CHECK(!Passes(
      WithExpectations(met + "      - nothing more of first_response\n")));
  CHECK(Passes(WithExpectations("      - nothing more until mon 09:11\n")));
  CHECK(!Passes(WithExpectations("      - nothing more until mon 09:12\n")));
  CHECK(!Passes(WithExpectations("      - no breach\n")));
  CHECK(!Passes(WithExpectations("      - no breach first_response\n")));
  CHECK(Passes(WithExpectations("      - no breach until mon 09:14\n")));
  CHECK(Passes(WithExpectations("      - no escalation\n")));
}

TEST_CASE("Each part of what is expected is compared") {
  const auto [line, passes] = GENERATE(table<std::string, bool>({
      {"breach first_response", true},
      {"breach first_response rung breach_1", true},
      {"breach first_response to ann", true},
      {"breach first_response to owner ann", true},
      {"breach first_response to backup ann", false},
      {"breach first_response to ann, bob", false},
      {"breach first_response to bob", false},
      {"breach first_response due mon 09:15", true},
      {"breach first_response due mon 09:16", false},
      {"breach first_response reason x", false},
      {"breach first_response notified", true},
      {"breach first_response not notified", false},
      {"breach first_response: {owner: ann, target: 15m, cycle: 1}", true},
      {"breach first_response: {owner: bob}", false},
      {"breach first_response: {target: 16m}", false},
      {"breach first_response: {backup: nobody}", true},
      {"breach first_response: {recipients: [owner.ann]}", true},
      {"breach first_response: {recipients: [owner.bob]}", false},
      {"breach first_response: {recipients: []}", false},
      {"breach first_response: {task: {kind: review}}", false},
      {"warning first_response", false},
      {"lead review", false},
  }));
  INFO(line);
  CHECK(Passes(WithExpectations(
            absl::StrCat("      - mon 09:15 ", line, "\n"))) == passes);
}

v1::SlaEvent TaskOpened() {
  v1::SlaEvent event;
  event.set_kind(v1::SlaEvent::TASK);
  event.set_at_ms(absl::ToUnixMillis(absl::FromCivil(
      absl::CivilMinute(2026, 3, 2, 9, 0), absl::UTCTimeZone())));
  event.set_clock("first_response");
  event.set_rung("task_opened");
  event.mutable_task()->set_owner_id("ann");
  event.mutable_task()->set_due_ms(event.at_ms() + 900'000);
  event.set_notify(true);
  return event;
}

TEST_CASE("A task is said with what became of it, its holder and its due") {
  const auto [line, passes] = GENERATE(table<std::string, bool>({
      {"task opened first_response", true},
      {"task opened first_response to ann due mon 09:15", true},
      {"task opened first_response to bob", false},
      {"task opened first_response due mon 09:16", false},
      {"task done first_response", false},
      {"task opened review", false},
      {"task first_response", true},
      {"task first_response: {task: {owner: ann}}", true},
  }));
  INFO(line);
  const Scenario scenario =
      One(WithExpectations(absl::StrCat("      - mon 09:00 ", line, "\n")));
  CHECK(IsAsExpected(scenario.expected.front(), TaskOpened(), scenario.frame) ==
        passes);
}

TEST_CASE("A line of a task is shown as it is written") {
  const std::string line =
      GENERATE("task opened first_response to ann", "task done review",
               "task first_response due none");
  const Scenario scenario =
      One(WithExpectations(absl::StrCat("      - mon 09:00 ", line, "\n")));
  CHECK(FactLine(scenario.expected.front(), scenario.frame) ==
        absl::StrCat("mon 09:00 ", line));
}

TEST_CASE("What was said of a task is written as it is expected") {
  const TimeFrame frame{.zone = absl::UTCTimeZone(),
                        .start = absl::CivilDay(2026, 3, 2)};
  CHECK(FactLine(TaskOpened(), nullptr, frame) ==
        "mon 09:00 task opened first_response to ann due mon 09:15");
}

TEST_CASE("A scenario is found by its name in any letters") {
  Scenario scenario;
  scenario.name = "An answer on Friday";
  CHECK(HasInName(scenario, "friday"));
  CHECK(HasInName(scenario, "ANSWER"));
  CHECK(HasInName(scenario, ""));
  CHECK(!HasInName(scenario, "monday"));
}

TEST_CASE("Two lines want two facts") {
  const std::string line = "      - mon 09:15 breach first_response\n";
  CHECK(!Passes(WithExpectations(line + line)));
}

TEST_CASE("The line that says less leaves the fact to the one that says more") {
  const std::string top = absl::StrReplaceAll(
      WithExpectations("      - mon 09:15 breach first_response\n"
                       "      - mon 09:15 breach first_response to ann\n"),
      {{"[{at: due, do: breach, to: owner}]",
        "[{at: due, do: breach, to: owner}, {at: due, do: breach, to: "
        "manager}]"}});
  CHECK(Passes(top));
}

TEST_CASE("A sequence is in order") {
  const auto with = [](const std::string& lines) {
    return absl::StrCat(kTop,
                        "  - scenario: one\n    events:\n"
                        "      - mon 09:00 lead created: {owner: ann}\n"
                        "      - mon 09:01 touch: {arrives: mon 10:00}\n"
                        "    sequence:\n",
                        lines);
  };
  const std::string breach = "      - said mon 09:15 breach first_response\n";
  const std::string back =
      "      - mon 10:00 retracted mon 09:15 breach first_response\n";
  CHECK(Passes(with(breach + back)));
  CHECK(!Passes(with(back + breach)));
  CHECK(!Passes(with(breach + back + "      - nothing more\n")));
}

TEST_CASE("A difference is shown, and how the clock was counted") {
  const std::string text =
      FailureOf(WithExpectations("      - mon 09:20 breach first_response\n"
                                 "      - mon 09:15 missed first_response\n"
                                 "      - no warning\n"));
  CHECK(Says(text, "FAIL f.test.yaml:13 one\n"));
  CHECK(Says(text,
             "  !  no warning                       | mon 09:12 warning "
             "first_response rung at_risk to ann\n"));
  CHECK(Says(text,
             "     mon 09:15 missed first_response  | mon 09:15 missed "
             "first_response\n"));
  CHECK(Says(text,
             "  !  mon 09:20 breach first_response  | mon 09:15 breach "
             "first_response\n"));
  CHECK(Says(text, "How its time was counted:"));
}

TEST_CASE("All that is told of a failure is in the time of the scenario") {
  const std::string text = FailureOf(absl::StrReplaceAll(
      WithExpectations("      - mon 09:20 breach first_response\n"),
      {{"Europe/London", "America/New_York"}}));
  CHECK(Says(text, "| mon 09:15 breach first_response"));
  CHECK(Says(text, "due       Mon 2026-03-02 09:15:00"));
  CHECK(Says(text, "(times of America/New_York)"));
}

TEST_CASE("Tools read what came of a scenario as JSON") {
  const Scenario scenario =
      One(WithExpectations("      - mon 09:20 breach first_response\n"));
  const Played played = Play(scenario);
  const std::string json =
      ResultJson(scenario, played, Compare(scenario, played));
  CHECK(Says(json, R"("file":"f.test.yaml")"));
  CHECK(Says(json, R"("passed":false)"));
  CHECK(Says(json, R"("expected":"mon 09:20 breach first_response")"));
  CHECK(Says(json, R"("got":"mon 09:15 breach first_response")"));
}

// ---- The documents' examples ----

std::string Documents() {
  std::ifstream file(LEADCLOCK_SOURCE_DIR "/docs/scenarios.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What stands in docs/scenarios.md as YAML.
std::vector<std::string> Examples() {
  std::vector<std::string> examples;
  const std::vector<std::string> parts =
      absl::StrSplit(Documents(), "```yaml\n");
  for (size_t i = 1; i < parts.size(); ++i) {
    examples.push_back(parts[i].substr(0, parts[i].find("```")));
  }
  return examples;
}

// Parts of scenarios, under the first example's policy.
std::string Whole(const std::string& part, const std::string& first) {
  return absl::StrCat(first.substr(0, first.find("  - scenario:")),
                      "  - scenario: one\n    events:\n"
                      "      - mon 09:00 lead created\n",
                      absl::StrContains(part, "sequence")
                          ? "      - mon 09:10 touch: {arrives: mon 11:00}\n"
                          : "",
                      part);
}

TEST_CASE("The scenarios of the documents pass") {
  const std::vector<std::string> examples = Examples();
  size_t scenarios_of_all = 0;
  for (const std::string& example : examples) {
    const bool is_file = absl::StrContains(example, "scenarios:");
    if (!is_file && absl::StrContains(example, "      - mon 09:10 touch: {")) {
      continue;
    }
    const auto scenarios = ReadScenarios(
        is_file ? example : Whole(example, examples.front()), "docs");
    INFO(example);
    INFO(scenarios.status().message());
    REQUIRE(scenarios.ok());
    for (const Scenario& scenario : *scenarios) {
      ++scenarios_of_all;
      const Played played = Play(scenario);
      const Comparison comparison = Compare(scenario, played);
      INFO(FailureText(scenario, played, comparison));
      CHECK(comparison.passed());
    }
  }
  CHECK(scenarios_of_all >= 4);
}

TEST_CASE("The documents show a failure as it is told") {
  const std::string example = absl::StrReplaceAll(
      Examples().front(), {{"mon+1 09:10 met", "mon+1 09:00 met"}});
  const auto scenarios = ReadScenarios(example, "first_response.test.yaml");
  REQUIRE(scenarios.ok());
  const Scenario& scenario = scenarios->front();
  const Played played = Play(scenario);
  const std::string text =
      FailureText(scenario, played, Compare(scenario, played));
  INFO(text);
  CHECK(absl::StrContains(Documents(), text));
}

}  // namespace
}  // namespace leadclock
