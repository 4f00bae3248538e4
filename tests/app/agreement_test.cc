// Whether what was said of a lead is what its story says.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <variant>
#include <vector>

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

  v1::LeadStory Story(absl::Time as_of) const {
    return TellStory(scenario.policies(), file, as_of);
  }
  v1::LeadStory Story() const { return Story(LastWord(file)); }
};

Job TheJob() {
  const auto scenarios = ReadScenarios(kScenario, "f.test.yaml");
  INFO(scenarios.status().message());
  REQUIRE(scenarios.ok());
  return {scenarios->front(), Play(scenarios->front()).file};
}

TEST_CASE("What the job says of a lead agrees with the lead's story") {
  const auto files =
      FindScenarioFiles({LEADCLOCK_SOURCE_DIR "/tests/scenarios"});
  REQUIRE(files.ok());
  const auto scenarios = LoadScenarios(*files);
  REQUIRE(scenarios.ok());
  size_t compared = 0;
  for (const Scenario& scenario : *scenarios) {
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
  const v1::LeadStory story = job.Story();
  CHECK(story.clocks(0).verdict() == "met");
  CHECK_FALSE(story.agrees());
  const std::string text = StoryText(story);
  CHECK(Contains(text, "What was said does not agree with this story:\n"));
  CHECK(Contains(text,
                 " stands, but is not true by this story: first missed "
                 "at 2026-03-02T09:15:00Z"));
}

TEST_CASE("What is told otherwise than it is true is named") {
  Job job = TheJob();
  const auto breach = std::find_if(
      job.file.said.begin(), job.file.said.end(),
      [](const auto& event) { return event.kind() == v1::SlaEvent::BREACH; });
  REQUIRE(breach != job.file.said.end());
  breach->set_owner_id("eve");
  const v1::LeadStory story = job.Story();
  REQUIRE(story.differences_size() == 1);
  CHECK(Contains(story.differences(0),
                 " tells people owner eve, backup nobody, manager nobody in "
                 "place of owner ann, backup nobody, manager nobody: first "
                 "breach_1 "));
}

TEST_CASE("What should have been said and was not is told") {
  Job job = TheJob();
  job.file.said.pop_back();
  const v1::LeadStory story = job.Story(LastWord(job.file) + absl::Hours(1));
  REQUIRE(story.differences_size() == 1);
  CHECK(Contains(story.differences(0),
                 "true by this story, but not said: first answered_late at "
                 "2026-03-02T09:40:00Z"));
  // It may be on its way.
  job = TheJob();
  job.file.said.pop_back();
  const absl::Time answered = SaidAt(TheJob().file.said.back());
  CHECK(job.Story(answered + absl::Seconds(5)).agrees());
}

TEST_CASE("Of a story by another policy it is said that it is another one") {
  Job job = TheJob();
  for (v1::SlaEvent& event : job.file.said) event.set_policy_hash("other");
  const v1::LeadStory story = job.Story();
  REQUIRE(story.differences_size() == 1);
  CHECK(Contains(story.differences(0),
                 "was said by a policy version 1 that is "
                 "not the one given under this number"));
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
