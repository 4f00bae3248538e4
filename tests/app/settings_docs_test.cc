// docs/configuration.md against the settings that there are.

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "app/settings.h"

namespace leadclock {
namespace {

std::string Document() {
  std::ifstream file(LEADCLOCK_SOURCE_DIR "/docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first example, without what would be read from the machine.
std::string Example() {
  const std::string document = Document();
  const size_t begin = document.find("```yaml\n") + 8;
  const size_t end = document.find("kafka:  ", begin);
  REQUIRE(end != std::string::npos);
  return document.substr(begin, end - begin);
}

TEST_CASE("The settings that the documents show are the defaults") {
  const absl::StatusOr<Settings> shown =
      ParseSettings(Example(), "worker.yaml", "/etc/leadclock");
  INFO(shown.status().message());
  REQUIRE(shown.ok());
  const Settings is;
  CHECK(shown->group == is.group);
  CHECK(shown->workers == is.workers);
  CHECK(shown->source == is.source);
  CHECK(shown->input_format == is.input_format);
  CHECK(shown->output_format == is.output_format);
  CHECK(shown->partitioner == is.partitioner);
  CHECK(shown->topics.leads_created == is.topics.leads_created);
  CHECK(shown->topics.leads_activity == is.topics.leads_activity);
  CHECK(shown->topics.warnings == is.topics.warnings);
  CHECK(shown->topics.breaches == is.topics.breaches);
  CHECK(shown->topics.escalations == is.topics.escalations);
  CHECK(shown->topics.outcomes == is.topics.outcomes);
  CHECK(shown->topics.tasks == is.topics.tasks);
  CHECK(shown->topics.leads == is.topics.leads);
  CHECK(shown->topics.quarantine == is.topics.quarantine);
  CHECK(shown->settle == is.settle);
  CHECK(shown->skew == is.skew);
  CHECK(shown->resettle == is.resettle);
  CHECK(shown->retire_after == is.retire_after);
  CHECK(shown->remember_for == is.remember_for);
  CHECK(shown->lead_bytes == is.lead_bytes);
  CHECK(shown->record_bytes == is.record_bytes);
  CHECK(shown->memory_bytes == is.memory_bytes);
  CHECK(shown->commit_interval == is.commit_interval);
}

// "5 s", "10 min, with `topic` only"; none is the infinite past.
absl::Duration DurationIn(const std::string& cell) {
  if (absl::StartsWith(cell, "none")) return -absl::InfiniteDuration();
  static const auto& units =
      *new std::map<std::string, absl::Duration>{{"ms", absl::Milliseconds(1)},
                                                 {"s", absl::Seconds(1)},
                                                 {"min", absl::Minutes(1)},
                                                 {"d", absl::Hours(24)}};
  const std::vector<std::string> words =
      absl::StrSplit(cell, absl::ByAnyChar(" ,"));
  int number = 0;
  REQUIRE(words.size() >= 2);
  REQUIRE(absl::SimpleAtoi(words[0], &number));
  INFO(cell);
  return number * units.at(words[1]);
}

TEST_CASE("The table of times has every setting of time, and its default") {
  const Settings is;
  const std::map<std::string, absl::Duration> defaults = {
      {"time.settle", is.settle},
      {"time.skew", is.skew},
      {"time.resettle", is.resettle},
      {"time.notify_from", is.notify_from - absl::UnixEpoch()},
      {"policy.lead_time", is.policy_lead_time},
      {"commit_interval", is.commit_interval},
      {"sources.<name>.heartbeat", -absl::InfiniteDuration()},
      {"retention.closed_leads", is.retire_after},
      {"retention.forgotten_leads", is.remember_for}};
  std::map<std::string, absl::Duration> written;
  bool is_open = false;
  const std::vector<std::string> lines = absl::StrSplit(Document(), '\n');
  for (const std::string& line : lines) {
    if (absl::StartsWith(line, "| setting of ")) is_open = true;
    if (line.empty()) is_open = false;
    if (!is_open || !absl::StartsWith(line, "| `")) continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    const std::vector<std::string> name = absl::StrSplit(cells[1], '`');
    written[name[1]] =
        DurationIn(std::string(absl::StripAsciiWhitespace(cells[2])));
    // Who needs it, and what happens otherwise.
    CHECK_FALSE(absl::StripAsciiWhitespace(cells[3]).empty());
    CHECK_FALSE(absl::StripAsciiWhitespace(cells[4]).empty());
  }
  CHECK(written == defaults);
}

}  // namespace
}  // namespace leadclock
