#include "processor/policy/parse_policy.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;
using policy_parts::WithPart;
using policy_parts::WithRungs;

TEST_CASE("The smallest policy counts around the clock, since ever") {
  const Policy policy = Parsed(WithPart(""));
  CHECK(policy.version == 1);
  CHECK(policy.effective == absl::InfinitePast());
  REQUIRE(policy.calendars.size() == 1);
  CHECK(policy.calendars[0].name == "always");
  REQUIRE(policy.calendar_for.size() == 1);
  CHECK(policy.calendar_for[0].when.empty());
  CHECK(policy.calendar_for[0].calendar == 0);
  CHECK(policy.eligible.empty());
  CHECK(policy.clocks.size() == 1);
}

TEST_CASE("A policy is known by the SHA-256 of its bytes") {
  const std::string text = WithPart("");
  CHECK(Parsed(text).hash ==
        "19c512ad5f8df6d7868511fd0d229243fb9a8c45dea29612308d4651ad7c7ece");
  CHECK(Parsed(text + " ").hash != Parsed(text).hash);
}

TEST_CASE("A policy takes effect at an instant with a zone") {
  CHECK(Parsed(WithPart("effective: 2026-03-01T09:30:00+01:00")).effective ==
        absl::FromCivil(absl::CivilMinute(2026, 3, 1, 8, 30),
                        absl::UTCTimeZone()));
}

TEST_CASE("Open clocks are kept, unless the policy carries them over") {
  CHECK(Parsed(WithPart("")).open_clocks == Policy::OpenClocks::kKeep);
  CHECK(Parsed(WithPart("open_clocks: keep")).open_clocks ==
        Policy::OpenClocks::kKeep);
  CHECK(Parsed(WithPart("open_clocks: carry")).open_clocks ==
        Policy::OpenClocks::kCarry);
}

TEST_CASE("All errors of a policy are told at once, in order") {
  CHECK(Errors("version: 1\n"
               "efective: 2026-03-01T00:00:00Z\n"
               "calendar_for:\n"
               "  - {when: {market: uk}, use: london}\n"
               "clocks:\n"
               "  - name: first_response\n"
               "    starts: lead_created\n"
               "    stops: owned_touch\n"
               "    targt: 15m\n") ==
        "policy.yaml:2:1: unknown field 'efective' in the policy; did you mean "
        "'effective'?\n"
        "policy.yaml:4:5: the last rule of 'calendar_for' must be {otherwise: "
        "...}, which says what holds when no other rule does\n"
        "policy.yaml:4:31: unknown calendar 'london'; known: always\n"
        "policy.yaml:6:5: missing field 'target' in a clock\n"
        "policy.yaml:8:12: unknown trigger 'owned_touch'; known: lead_created, "
        "reentered, assigned, flag_added, date, stage_changed, status_changed, "
        "consent_changed, disposition, meeting_booked, meeting_held, "
        "next_step_scheduled, milestone, contact_broken, contact_mended, "
        "breach_explained, task_done\n"
        "policy.yaml:9:5: unknown field 'targt' in a clock; did you mean "
        "'target'?");
}

TEST_CASE("Mistakes in the policy as a whole") {
  const auto [text, error] = GENERATE(Each({
      {"", "1:1: the file is empty"},
      {"- a\n", "1:1: 'the file' is a map of fields, not a list"},
      {"version: 1\n", "1:1: missing field 'clocks' in the policy"},
      {WithPart("version: 2"),
       "2:1: 'version' is written twice in one map; "
       "the first is in line 1"},
      {"version: 0\nclocks: []\n",
       "1:10: 'version' is a whole number, 1 or greater, not '0'\n"
       "policy.yaml:2:9: 'clocks' is an empty list; write at least one entry"},
      {WithPart("effective: 2026-03-01"),
       "2:12: '2026-03-01' is not an instant; write date, time and zone, such "
       "as 2026-03-01T00:00:00Z"},
      {WithPart("effective: infinite-past"),
       "2:12: 'infinite-past' is not an instant; write date, time and zone, "
       "such as 2026-03-01T00:00:00Z"},
      {WithPart("effective: 2026-03-01T00:00:00.0005Z"),
       "2:12: '2026-03-01T00:00:00.0005Z' is finer than a millisecond, which "
       "is as fine as instants are"},
      {WithPart("calendar_four: []"),
       "2:1: unknown field 'calendar_four' in the policy; did you mean "
       "'calendar_for'?"},
      {WithPart("holidays: []"),
       "2:1: unknown field 'holidays' in the policy; known: version, "
       "effective, open_clocks, extends, calendars, clocks, outcomes, reentry, "
       "calendar_for, recipients, fallback, eligible, reviews, notify_within, "
       "responses, overrides"},
      {WithPart("extends: base.yaml"),
       "2:10: base.yaml: a policy that is not a file has no files"},
      {WithPart("open_clocks: drop"),
       "2:14: 'drop' is not what becomes of open clocks; known: keep, carry"},
      {WithPart("\teffective: 2026-03-01"),
       "2:1: this is not YAML: illegal tab when looking for indentation; "
       "indent with spaces, not "
       "with tabs"},
  }));
  CHECK(Errors(text) == "policy.yaml:" + error);
}

TEST_CASE("A ladder has at most 62 rungs, and a policy at most 1000 clocks") {
  std::string rungs;
  for (int i = 0; i < 62; ++i) rungs += "{at: 10m, do: remind, to: owner},\n";
  CHECK(Errors(WithRungs(rungs)).empty());
  rungs += "{at: 10m, do: remind, to: owner}";
  CHECK(Errors(WithRungs(rungs)) ==
        "policy.yaml:4:73: 'ladder' has 63 entries; at most 62 are allowed");

  std::string clocks = "version: 1\nclocks:\n";
  const auto add_clock = [&clocks](int number) {
    clocks += "- {name: c" + std::to_string(number) +
              ", starts: lead_created, stops: assigned, target: 1h}\n";
  };
  for (int i = 0; i < 1000; ++i) add_clock(i);
  CHECK(Errors(clocks).empty());
  add_clock(1000);
  CHECK(Errors(clocks) ==
        "policy.yaml:3:1: 'clocks' has 1001 entries; at most 1000 are allowed");
}

TEST_CASE("Errors of a policy file name its path") {
  CHECK(LoadPolicy("/nowhere/policy.yaml").status().message() ==
        "/nowhere/policy.yaml: cannot be opened: No such file or directory");
}

// A typo is one letter dropped, doubled or swapped with the next one.
std::vector<std::string> Typos(const std::string& word) {
  std::vector<std::string> typos;
  for (size_t i = 0; i + 1 < word.size(); ++i) {
    typos.push_back(word.substr(0, i) + word.substr(i + 1));
    typos.push_back(word.substr(0, i) + word[i] + word.substr(i));
    std::string swapped = word;
    std::swap(swapped[i], swapped[i + 1]);
    if (swapped != word) typos.push_back(swapped);
  }
  return typos;
}

TEST_CASE("Any typo in a clock's fields is told with what was meant") {
  const std::string field = GENERATE(
      "name", "starts", "stops", "pauses", "target", "calendar", "ladder",
      "at_risk", "acknowledge", "when", "repeats", "ineligible", "attempts",
      "cancels", "resumes", "task", "responsible", "kpi");
  for (const std::string& typo : Typos(field)) {
    CAPTURE(typo);
    CHECK_THAT(Errors(WithClock(typo + ": x")),
               Catch::Contains("policy.yaml:4:4: unknown field '" + typo +
                               "' in a clock; did you mean '" + field + "'?"));
  }
}

TEST_CASE("No text, however mangled, brings the reader down") {
  const std::string example =
      ReadYamlFile(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml")
          .value();
  const std::vector<std::string> pieces = {
      "{",        "}",   "[",           "]",     ": ",    "- ",
      "? ",       "! ",  "!2",          "&a ",   "*a ",   "|",
      ">",        "'",   "\"",          "\\",    "\n",    "\n  ",
      "\t",       "#",   "%YAML 1.2\n", "---\n", "...\n", ",",
      "<<: *a\n", "@",   "~",           "\r",    "\"\\x", "\xef\xbb\xbf",
      "\xc3",     "due", "10m"};
  std::mt19937 random(7);
  const auto below = [&random](size_t end) { return random() % end; };

  for (int round = 0; round < 3000; ++round) {
    std::string text = example.substr(below(example.size()), 1 + below(300));
    for (size_t mangled = below(5); mangled > 0; --mangled) {
      text.insert(below(text.size()), pieces[below(pieces.size())]);
      text[below(text.size())] = static_cast<char>(below(256));
    }
    const absl::Status status = ParsePolicy(text, "policy.yaml").status();
    if (status.ok()) FAIL("half a policy was taken for one: " << text);
  }
}

TEST_CASE("A file of scenarios in a policy's place is told what it is") {
  CHECK(
      Errors("policy: policy.yaml\nzone: UTC\nscenarios:\n- {scenario: a}\n") ==
      "policy.yaml:1:1: this is a file of scenarios, and no policy; play it "
      "with: leadclock policy test policy.yaml");
  CHECK(Errors(policy_parts::WithPart("scenarios: []"))
            .starts_with("policy.yaml:2:1: unknown field 'scenarios'"));
}

}  // namespace
}  // namespace leadclock
