// Whether what was said of a lead is what its story says.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_replace.h"
#include "app/lead/tell.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"

namespace leadclock {
namespace {

// When the job last said anything; nothing later need have been said.
absl::Time LastWord(const LeadFile& file) {
  absl::Time last = absl::InfinitePast();
  for (const v1::SlaEvent& event : file.said) {
    last = std::max(last, SaidAt(event));
  }
  return last;
}

absl::Time At(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return time;
}

bool Contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

constexpr char kScenario[] = R"(policy:
  version: 1
  responses: {answer: {direction: outbound, actor: human}}
  clocks:
    - name: first
      starts: lead_created
      stops: answer
      target: 15m
      ladder: [{at: due, do: breach, to: owner}]
zone: Europe/London
start: 2026-03-02
scenarios:
  - scenario: one
    events:
      - mon 09:00 lead created: {owner: ann}
      - mon 09:40 touch
    expect: [mon 09:15 breach first]
)";

struct Job {
  Scenario scenario;
  LeadFile file;

  const PolicyBook& policies() const { return scenario.policies(); }
  v1::SlaEvent& Said(v1::SlaEvent::Kind kind) {
    const auto found = std::find_if(
        file.said.begin(), file.said.end(),
        [&](const v1::SlaEvent& event) { return event.kind() == kind; });
    REQUIRE(found != file.said.end());
    return *found;
  }
  LeadFile::Read Touch() const {
    const auto found = std::find_if(
        file.events.begin(), file.events.end(), [](const auto& read) {
          return std::holds_alternative<Touched>(read.event.body);
        });
    REQUIRE(found != file.events.end());
    return *found;
  }
  v1::LeadStory Story(absl::Time as_of) const {
    return TellStory(scenario.policies(), file, as_of);
  }
  v1::LeadStory Story() const { return Story(LastWord(file)); }
};

Job JobOf(const std::string& scenario) {
  const auto scenarios = ReadScenarios(scenario, "f.test.yaml");
  INFO(scenarios.status().message());
  REQUIRE(scenarios.ok());
  return {scenarios->front(), Play(scenarios->front()).file};
}

Job TheJob() { return JobOf(kScenario); }

std::vector<Scenario> AllScenarios() {
  const auto files =
      FindScenarioFiles({LEADCLOCK_SOURCE_DIR "/tests/scenarios"});
  REQUIRE(files.ok());
  const auto scenarios = LoadScenarios(*files);
  REQUIRE(scenarios.ok());
  return *scenarios;
}

TEST_CASE("What the job says of a lead agrees with the lead's story") {
  size_t compared = 0;
  for (const Scenario& scenario : AllScenarios()) {
    const LeadFile file = Play(scenario).file;
    if (file.said.empty()) continue;
    const v1::LeadStory story =
        TellStory(scenario.policies(), file, LastWord(file));
    INFO(scenario.file << ":" << scenario.line << " " << scenario.name);
    INFO(StoryText(story));
    CHECK(story.differences().empty());
    if (story.agrees()) ++compared;
  }
  CHECK(compared > 100);
}

TEST_CASE("It agrees at every time, by what was known then") {
  size_t compared = 0;
  for (const Scenario& scenario : AllScenarios()) {
    // A feed that is silent hides what stands on the topics.
    if (!scenario.interruptions.empty()) continue;
    LeadFile file = Play(scenario).file;
    file.is_said_known = true;
    std::set<absl::Time> instants;
    for (const LeadFile::Read& read : file.events) {
      instants.insert(KnownAt(read));
    }
    for (const v1::SlaEvent& event : file.said) instants.insert(SaidAt(event));
    for (const absl::Time instant : instants) {
      for (const absl::Duration ahead :
           {absl::ZeroDuration(), absl::Hours(24)}) {
        const v1::LeadStory story =
            TellStory(scenario.policies(), file, instant + ahead,
                      {.known_at = instant, .are_versions_dated = false});
        if (story.agrees()) ++compared;
        if (!story.has_agrees() || story.agrees()) continue;
        INFO(scenario.file << ":" << scenario.line << " " << scenario.name);
        INFO(StoryText(story));
        CHECK(story.agrees());
      }
    }
  }
  CHECK(compared > 1000);
}

TEST_CASE("A correction says because of which event it was made") {
  const Job job = JobOf(absl::StrReplaceAll(
      kScenario,
      {{"      - mon 09:40 touch\n",
        "      - mon 09:05 assigned: {owner: bob, arrives: mon "
        "10:00}\n      - mon 11:00 touch\n"},
       {"mon 09:15 breach first", "mon 11:00 answered late first"}}));
  const v1::LeadStory story = job.Story(At("2026-03-02T12:00:00Z"));
  size_t corrections = 0;
  for (const v1::LeadStory::Said& said : story.said()) {
    if (said.changes().empty()) continue;
    ++corrections;
    CHECK(said.because() == "crm e2: assigned: owner bob");
  }
  CHECK(corrections == 3);
  CHECK(
      Contains(StoryText(story), "; because of crm e2: assigned: owner bob\n"));
  CHECK(story.agrees());
}

TEST_CASE("That it agrees is the last line of the page") {
  const std::string text = StoryText(TheJob().Story());
  const std::string last = "\n\nWhat was said agrees with this story.\n";
  REQUIRE(text.size() > last.size());
  CHECK(text.substr(text.size() - last.size()) == last);
}

TEST_CASE("A verdict that stands beside another one is told") {
  Job job = TheJob();
  for (LeadFile::Read& read : job.file.events) {
    if (std::holds_alternative<Touched>(read.event.body)) {
      read.event.occurred_at -= absl::Minutes(30);
    }
  }
  const v1::LeadStory story = job.Story(At("2026-03-02T10:00:00Z"));
  CHECK(story.clocks(0).verdict() == "met");
  CHECK_FALSE(story.agrees());
  const std::string text = StoryText(story);
  CHECK(Contains(text, "What was said does not agree with this story:\n"));
  CHECK(Contains(text,
                 " stands, but is not true by this story: first missed of "
                 "Mon 2026-03-02 09:15:00, begun by "));
}

TEST_CASE("What is told otherwise than it is true is named") {
  Job job = TheJob();
  job.Said(v1::SlaEvent::BREACH).set_owner_id("eve");
  const v1::LeadStory story = job.Story();
  REQUIRE(story.differences_size() == 1);
  const v1::LeadStory::Difference& difference = story.differences(0);
  CHECK(difference.what() ==
        "tells people owner eve, backup nobody, manager nobody in place of "
        "owner ann, backup nobody, manager nobody");
  CHECK(difference.lead_seq() == job.Said(v1::SlaEvent::BREACH).lead_seq());
  CHECK(difference.clock() == "first");
  CHECK(difference.rung() == "breach_1");
}

TEST_CASE("What should have been said and was not is told") {
  Job job = TheJob();
  job.file.said.pop_back();
  const v1::LeadStory story = job.Story(LastWord(job.file) + absl::Hours(1));
  REQUIRE(story.differences_size() == 1);
  CHECK(story.differences(0).lead_seq() == 0);
  CHECK(story.differences(0).what() == "true by this story, but not said");
  CHECK(story.differences(0).rung() == "answered_late");
  CHECK(story.differences(0).at() == "2026-03-02T09:40:00Z");
  // It may be on its way.
  job = TheJob();
  job.file.said.pop_back();
  const absl::Time answered = SaidAt(TheJob().file.said.back());
  CHECK(Contains(StoryText(job.Story(answered + absl::Seconds(5))),
                 "\nWhat was said agrees with this story, but for what became "
                 "true or known in the last 2 minutes, which may not have been "
                 "said yet.\n"));
}

TEST_CASE("A difference is told in the time of the page") {
  Job job = TheJob();
  job.file.said.pop_back();
  absl::TimeZone new_york;
  REQUIRE(absl::LoadTimeZone("America/New_York", &new_york));
  CHECK(Contains(
      StoryText(job.Story(At("2026-03-02T11:00:00Z")), {.zone = new_york}),
      "\n  true by this story, but not said: first answered_late of Mon "
      "2026-03-02 04:40:00, begun by "));
}

TEST_CASE("What is foretold need not have been said") {
  const Job job = TheJob();
  const absl::Time later = At("2026-03-02T12:00:00Z");
  const v1::LeadStory known =
      TellStory(job.policies(), job.file, later,
                {.known_at = At("2026-03-02T09:13:00Z")});
  CHECK(known.clocks(0).verdict() == "missed");
  CHECK(known.agrees());
  CHECK(known.foretold_from() == "2026-03-02T09:13:00Z");
  CHECK(Contains(StoryText(known),
                 "\nfrom Mon 2026-03-02 09:13:00 on foretold\n"));

  // Nor by now.
  Job young = TheJob();
  young.file = KnownBy(young.file, At("2026-03-02T09:13:00Z"));
  const v1::LeadStory today = TellStory(young.policies(), young.file, later,
                                        {.now = At("2026-03-02T09:13:00Z")});
  CHECK(today.agrees());
  CHECK(today.foretold_from() == "2026-03-02T09:13:00Z");
  CHECK_FALSE(young.Story(later).agrees());
  CHECK(young.Story(later).foretold_from().empty());
}

TEST_CASE("What was true just now may still be taken back") {
  Job job = TheJob();
  LeadFile::Read call = job.Touch();
  call.event.ref.id = "late";
  call.event.occurred_at = At("2026-03-02T09:05:00Z");
  call.recorded_at = At("2026-03-02T12:00:00Z");
  job.file.events.push_back(call);
  for (const bool is_past : {false, true}) {
    const absl::Time as_of =
        At(is_past ? "2026-03-02T11:00:00Z" : "2026-03-02T12:00:10Z");
    const v1::LeadStory soon = TellStory(job.policies(), job.file, as_of,
                                         {.now = At("2026-03-02T12:00:10Z")});
    CHECK(soon.clocks(0).verdict() == "met");
    CHECK(soon.agrees());
    CHECK(soon.agrees_but_size() == 1);
  }
  const v1::LeadStory late = job.Story(At("2026-03-02T12:02:10Z"));
  CHECK_FALSE(late.agrees());
  CHECK(late.differences(late.differences_size() - 1).what() ==
        "true by this story, but not said");
}

TEST_CASE("Of a job that said nothing it is told what it should have said") {
  Job job = TheJob();
  job.file.said.clear();
  const absl::Time as_of = At("2026-03-02T12:00:00Z");
  // Nobody looked for it.
  CHECK_FALSE(job.Story(as_of).has_agrees());
  job.file.is_said_known = true;
  const v1::LeadStory story = job.Story(as_of);
  CHECK(story.has_agrees());
  CHECK(story.differences_size() >= 3);
  CHECK(Contains(StoryText(job.Story(At("2026-03-02T09:05:00Z"))),
                 "\nNothing was said, which agrees with this story.\n"));
}

TEST_CASE("A story by another policy is not compared with what was said") {
  Job job = TheJob();
  for (v1::SlaEvent& event : job.file.said) event.set_policy_hash("other");
  const v1::LeadStory story = job.Story();
  CHECK_FALSE(story.has_agrees());
  CHECK(story.differences_size() == 0);
  CHECK(Contains(StoryText(story),
                 "\nWhat was said was not compared with this story: 1 was said "
                 "by version 1 of the policy, and this story is told by a "
                 "version 1 with other rules.\n"));

  for (v1::SlaEvent& event : job.file.said) event.set_policy_version(3);
  CHECK(job.Story().not_compared(0) ==
        "1 was said by version 3 of the policy, and this story is told without "
        "that version");

  job = TheJob();
  job.file.said.back().set_known_policy_version(2);
  CHECK(job.Story().not_compared(0) ==
        "version 2 of the policy was known when it was said, and this story is "
        "told without that version");
}

TEST_CASE("A version that nobody knew may be is not held against the job") {
  const Job job = TheJob();
  Policy later = job.policies().newest();
  later.version = 2;
  later.effective = At("2026-01-01T00:00:00Z");
  later.clocks[0].targets[0].target.length = absl::Minutes(5);
  const auto both = PolicyBook::Create({job.policies().newest(), later});
  REQUIRE(both.ok());
  const absl::Time as_of = At("2026-03-02T12:00:00Z");
  CHECK(TellStory(*both, job.file, as_of).not_compared(0) ==
        "it agrees with version 1 of the policy, and nothing shows that a "
        "later one was known when it was said");
  CHECK(TellStory(*both, job.file, as_of,
                  {.known_at = as_of, .are_versions_dated = false})
            .not_compared(0) ==
        "whether version 2 of the policy was known by then, its file does not "
        "say");
  CHECK(TellStory(job.policies(), job.file, as_of,
                  {.known_at = as_of, .are_versions_dated = false})
            .agrees());
}

TEST_CASE("Without all records of the lead nothing can be compared") {
  Job job = TheJob();
  job.file.said.pop_back();
  job.file.gaps = {"leads.activity[0] has lost its beginning"};
  const v1::LeadStory story = job.Story(At("2026-03-02T12:00:00Z"));
  CHECK_FALSE(story.has_agrees());
  CHECK(story.differences_size() == 0);
  CHECK(Contains(StoryText(story),
                 "\nWhat was said was not compared with this story: records of "
                 "the lead are no longer there, without which it cannot be "
                 "said what was true.\n"));
}

TEST_CASE("Numbers of what was said that are missing are named") {
  Job job = TheJob();
  REQUIRE(job.file.said.size() >= 4);
  std::vector<v1::SlaEvent>& said = job.file.said;
  said.erase(said.begin() + 2);
  said.erase(said.begin());
  const v1::LeadStory story = job.Story();
  REQUIRE(story.gaps_size() == 1);
  CHECK(story.gaps(0) ==
        "what Leadclock said of it as number 1, 3 is not on record here");
  // Then nothing can be said of what is missing.
  CHECK(story.agrees());
  CHECK(Contains(StoryText(story),
                 "\nWhat was said agrees with this story, as far as it is on "
                 "record.\n"));
  // It may have taken back what came before it, and nothing that came later.
  said[0].set_at_ms(said[0].at_ms() - 1000);
  CHECK(job.Story().agrees());
  said[1].set_at_ms(said[1].at_ms() - 1000);
  REQUIRE(job.Story().differences_size() == 1);
  CHECK(job.Story().differences(0).lead_seq() == said[1].lead_seq());
}

TEST_CASE("What is said once more under another id is a difference") {
  Job job = TheJob();
  v1::SlaEvent again = job.Said(v1::SlaEvent::BREACH);
  again.set_id("again");
  again.set_lead_seq(job.file.said.back().lead_seq() + 1);
  job.file.said.push_back(again);
  const v1::LeadStory story = job.Story();
  REQUIRE(story.differences_size() == 1);
  CHECK(story.differences(0).what() == "says once more what 3 says");
  CHECK(story.differences(0).lead_seq() == again.lead_seq());
}

TEST_CASE("Of two things that were said under one number both count") {
  for (const bool comes_first : {false, true}) {
    Job job = TheJob();
    v1::SlaEvent other = job.Said(v1::SlaEvent::BREACH);
    const int64_t number = other.lead_seq();
    other.set_id("other");
    other.set_at_ms(other.at_ms() - 1000);
    job.file.said.insert(
        comes_first ? job.file.said.begin() : job.file.said.end(), other);
    const v1::LeadStory story = job.Story();
    REQUIRE(story.differences_size() == 2);
    CHECK(story.differences(0).lead_seq() == number);
    CHECK(story.differences(0).what() ==
          "has the number of something else that was said");
    CHECK(story.differences(1).what() ==
          "stands, but is not true by this story");
  }
  // One that was read twice is none.
  Job job = TheJob();
  job.file.said.push_back(job.Said(v1::SlaEvent::BREACH));
  CHECK(Contains(StoryText(job.Story()),
                 "\nWhat was said agrees with this story, 3 being on record "
                 "more than once.\n"));
}

TEST_CASE("A retraction of what did not stand is a difference") {
  Job job = TheJob();
  v1::SlaEvent retraction = job.Said(v1::SlaEvent::BREACH);
  retraction.set_id("r");
  retraction.set_form(v1::SlaEvent::RETRACTED);
  retraction.set_corrects("nothing");
  retraction.set_lead_seq(job.file.said.back().lead_seq() + 1);
  job.file.said.push_back(retraction);
  const v1::LeadStory story = job.Story();
  REQUIRE(story.differences_size() == 1);
  CHECK(story.differences(0).what() == "takes back what did not stand");
  // It may have been number 1.
  job.file.said.erase(job.file.said.begin());
  CHECK(job.Story().agrees());
}

// The lead was put away at noon, and a call of 09:05 came at one.
Job PutAway(const std::string& reason) {
  Job job = TheJob();
  v1::SlaEvent departure;
  departure.set_id("departure");
  departure.set_lead_id(job.file.lead_id);
  departure.set_lead_seq(job.file.said.back().lead_seq() + 1);
  departure.set_kind(v1::SlaEvent::RETIRED);
  departure.set_form(v1::SlaEvent::SAID);
  departure.add_reasons(reason);
  departure.set_policy_version(1);
  departure.set_at_ms(absl::ToUnixMillis(At("2026-03-02T12:00:00Z")));
  departure.set_emitted_at_ms(departure.at_ms());
  LeadFile::Read call = job.Touch();
  job.file.said.push_back(std::move(departure));
  // One that was sent once more is no other one.
  call.recorded_at = At("2026-03-02T12:30:00Z");
  job.file.events.push_back(call);
  call.event.ref.id = "late";
  call.event.occurred_at = At("2026-03-02T09:05:00Z");
  call.recorded_at = At("2026-03-02T13:00:00Z");
  job.file.events.push_back(std::move(call));
  return job;
}

TEST_CASE("What came when the lead had been put away does not count") {
  const v1::LeadStory story =
      PutAway("retired").Story(At("2026-03-02T15:00:00Z"));
  CHECK(story.clocks(0).verdict() == "missed");
  CHECK(story.agrees());
  REQUIRE(story.events_size() == 3);
  CHECK(story.events(1).id() == "late");
  CHECK(story.events(1).note() == "does not count: the lead had been put away");
  CHECK(story.said(story.said_size() - 1).what() ==
        "retired: the lead was put away");

  const v1::LeadStory erased =
      PutAway("erased").Story(At("2026-03-02T15:00:00Z"));
  CHECK(erased.events(1).note() == "does not count: the lead had been erased");
  CHECK(erased.said(story.said_size() - 1).what() ==
        "retired: the lead was erased");

  // By what was known before, it had not been put away.
  const Job job = PutAway("retired");
  const v1::LeadStory before =
      TellStory(job.policies(), job.file, At("2026-03-02T11:00:00Z"),
                {.known_at = At("2026-03-02T11:00:00Z")});
  CHECK(before.events_size() == 2);
  CHECK(before.agrees());
}

TEST_CASE("A lead that began anew when it had been forgotten is not compared") {
  Job job = PutAway("retired");
  v1::SlaEvent anew = job.file.said[0];
  anew.set_id("anew");
  anew.set_emitted_at_ms(absl::ToUnixMillis(At("2026-03-02T14:00:00Z")));
  job.file.said.push_back(anew);
  const v1::LeadStory story = job.Story(At("2026-03-02T15:00:00Z"));
  CHECK_FALSE(story.has_agrees());
  CHECK(story.not_compared(0) ==
        "the lead was put away, and began anew when it had been forgotten");
  CHECK(story.events(1).note().empty());
}

TEST_CASE("A lead that was put away is not one that is still to be created") {
  Job job = TheJob();
  std::erase_if(job.file.events, [](const LeadFile::Read& read) {
    return std::holds_alternative<LeadCreated>(read.event.body);
  });
  const v1::LeadStory story = job.Story();
  CHECK(story.is_forgotten());
  CHECK(Contains(StoryText(story), "\nits history is no longer on record\n"));
  CHECK(story.events(0).note() == "the lead's creation is no longer on record");
  job.file.said.clear();
  CHECK_FALSE(job.Story(absl::FromUnixSeconds(1772454000)).is_forgotten());
}

}  // namespace
}  // namespace leadclock
