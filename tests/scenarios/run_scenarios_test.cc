// Every scenario of tests/scenarios and examples/policies, as it is written and
// in every other way in which its records may come: what stands in the end is
// the same, and its numbers add up.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/scenario/compare.h"
#include "app/scenario/play.h"
#include "app/scenario/read_scenarios.h"
#include "app/scenario/show.h"
#include "app/scenario/words.h"

namespace leadclock {
namespace {

std::vector<std::string> Folders() {
  return {LEADCLOCK_SOURCE_DIR "/tests/scenarios",
          LEADCLOCK_SOURCE_DIR "/examples/policies"};
}

absl::StatusOr<std::vector<Scenario>> LoadAll() {
  const auto files = FindScenarioFiles(Folders());
  if (!files.ok()) return files.status();
  return LoadScenarios(*files);
}

// Read once, for all tests.
const std::vector<Scenario>& All() {
  static const absl::StatusOr<std::vector<Scenario>> all = LoadAll();
  INFO(all.status().message());
  REQUIRE(all.ok());
  return *all;
}

std::string Title(const Scenario& scenario) {
  return absl::StrCat(scenario.file, ":", scenario.line, " ", scenario.name);
}

// What docs/semantics.md calls net facts: what tells them apart, and what is
// corrected when it was found wrong. The rest is told as it was known then.
std::string NetFacts(const Played& played) {
  std::vector<std::string> lines;
  for (const v1::SlaEvent& event : played.net) {
    v1::SlaEvent net;
    net.set_kind(event.kind());
    net.set_clock(event.clock());
    net.set_started_by_source(event.started_by_source());
    net.set_started_by_id(event.started_by_id());
    net.set_rung(event.rung());
    net.set_at_ms(event.at_ms());
    net.set_policy_version(event.policy_version());
    net.set_owner_id(event.owner_id());
    net.set_backup_id(event.backup_id());
    net.set_manager_id(event.manager_id());
    *net.mutable_recipients() = event.recipients();
    if (event.kind() == v1::SlaEvent::DUE_CHANGED) {
      net.set_due_ms(event.due_ms());
    }
    net.set_outcome(event.outcome());
    net.set_after_escalation(event.after_escalation());
    if (event.has_task()) {
      net.mutable_task()->set_id(event.task().id());
      net.mutable_task()->set_status(event.task().status());
      net.mutable_task()->set_owner_id(event.task().owner_id());
      net.mutable_task()->set_due_ms(event.task().due_ms());
    }
    lines.push_back(net.ShortDebugString());
  }
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

// How the lead stands in the end, but for how often something was said of it
// until then.
std::string EndOf(const Played& played) {
  v1::LeadStatus end = played.end;
  end.clear_lead_seq();
  end.clear_as_of_ms();
  return end.DebugString();
}

// Plays it in another way, after which the same must stand.
void CheckSame(const Scenario& scenario, const Scenario& other,
               const PlayOptions& options = {}) {
  INFO(Title(scenario));
  const Played played = Play(other, options);
  const Played plain = Play(scenario);
  INFO(absl::StrJoin(played.faults, "\n"));
  CHECK(played.faults.empty());
  CHECK(NetFacts(played) == NetFacts(plain));
  CHECK(EndOf(played) == EndOf(plain));
}

// All that can be known is known from the beginning.
Scenario Uninterrupted(Scenario scenario) {
  scenario.interruptions.clear();
  PolicyEdition last = scenario.editions.back();
  last.known_from = absl::InfinitePast();
  scenario.editions = {last};
  return scenario;
}

absl::Time BeforeAll(const Scenario& scenario) {
  int64_t first = INT64_MAX;
  for (const ScenarioRecord& record : scenario.records) {
    first = std::min(first, record.event.occurred_at_ms());
  }
  return absl::FromUnixMillis(first) - absl::Hours(1);
}

// What comes after it was erased is ignored: then arrival does decide.
bool IsErased(const Scenario& scenario) {
  return std::any_of(
      scenario.records.begin(), scenario.records.end(),
      [](const ScenarioRecord& record) { return record.event.has_erased(); });
}

// One that is lost, with its file, would be missed by nobody.
TEST_CASE("There are scenarios") { CHECK(All().size() >= 590); }

TEST_CASE("Every scenario comes out as it is written") {
  for (const Scenario& scenario : All()) {
    const Played played = Play(scenario);
    const Comparison comparison = Compare(scenario, played);
    INFO(FailureText(scenario, played, comparison));
    CHECK(comparison.passed());
  }
}

TEST_CASE("A scenario whose records come in any order says the same") {
  std::mt19937 dice(1);
  for (const Scenario& scenario : All()) {
    for (int round = 0; round < 3; ++round) {
      Scenario other = Uninterrupted(scenario);
      std::shuffle(other.records.begin(), other.records.end(), dice);
      absl::Time arrives = BeforeAll(scenario);
      // In batches of any size, before time goes on.
      for (ScenarioRecord& record : other.records) {
        if (dice() % 2 == 0) arrives += absl::Milliseconds(1);
        record.arrives = arrives;
      }
      CheckSame(scenario, other);
    }
  }
}

TEST_CASE("A scenario whose records come late says the same in the end") {
  std::mt19937 dice(2);
  for (const Scenario& scenario : All()) {
    if (IsErased(scenario)) continue;
    Scenario other = Uninterrupted(scenario);
    for (ScenarioRecord& record : other.records) {
      record.arrives += absl::Minutes(dice() % 200);
    }
    CheckSame(scenario, other);
  }
}

TEST_CASE("A scenario that is read in batches says the same") {
  std::mt19937 dice(3);
  for (const Scenario& scenario : All()) {
    Scenario other = scenario;
    // Leadclock is down when a record arrives, and up again before the next
    // one or after it.
    for (const ScenarioRecord& record : scenario.records) {
      if (dice() % 4 == 0) continue;
      const absl::Time from = record.arrives - absl::Minutes(dice() % 60);
      const absl::Time until =
          record.arrives + absl::Milliseconds(1 + dice() % 7'200'000);
      other.interruptions.push_back({Interruption::Kind::kOutage, from, until});
    }
    CheckSame(scenario, other);
  }
}

TEST_CASE("A scenario of which every record comes twice says the same") {
  std::mt19937 dice(4);
  for (const Scenario& scenario : All()) {
    Scenario other = scenario;
    other.records.clear();
    for (const ScenarioRecord& record : scenario.records) {
      other.records.push_back(record);
      other.records.push_back(record);
      // Also when all has gone on.
      other.records.push_back(record);
      other.records.back().arrives += absl::Minutes(dice() % 2000);
    }
    CheckSame(scenario, other);
  }
}

TEST_CASE("A scenario with a restart after every event says the same") {
  for (const Scenario& scenario : All()) {
    CheckSame(scenario, scenario, {.restart = true});
    // Not only in the end.
    const Played played = Play(scenario, {.restart = true});
    const Comparison comparison = Compare(scenario, played);
    INFO(FailureText(scenario, played, comparison));
    CHECK(comparison.passed());
  }
}

// How many runs of a clock there are, by how they stand.
struct Numbers {
  int started = 0;
  int met = 0;
  int missed = 0;
  int stopped = 0;
  int running = 0;
  int answered_late = 0;
  int closed = 0;
};

using ByClock = std::map<std::string, Numbers>;

ByClock OfStates(const v1::LeadStatus& status) {
  using v1::LeadStatus;
  ByClock all;
  for (const LeadStatus::Clock& run : status.clocks()) {
    Numbers& numbers = all[run.name()];
    const bool ended = run.phase() == LeadStatus::ENDED;
    ++numbers.started;
    numbers.met += run.verdict() == LeadStatus::MET;
    numbers.missed += run.verdict() == LeadStatus::MISSED;
    numbers.stopped += run.verdict() == LeadStatus::STOPPED_BEFORE_DUE;
    numbers.running +=
        run.verdict() == LeadStatus::VERDICT_UNSPECIFIED && !ended;
    if (run.verdict() != LeadStatus::MISSED || !ended) continue;
    ++(run.answered_at_ms() != 0 ? numbers.answered_late : numbers.closed);
  }
  return all;
}

ByClock OfFacts(const std::vector<v1::SlaEvent>& net) {
  ByClock all;
  for (const v1::SlaEvent& event : net) {
    if (event.clock().empty()) continue;
    Numbers& numbers = all[event.clock()];
    numbers.met += event.kind() == v1::SlaEvent::MET;
    numbers.missed += event.kind() == v1::SlaEvent::MISSED;
    numbers.stopped += event.kind() == v1::SlaEvent::STOPPED;
    numbers.answered_late += event.kind() == v1::SlaEvent::ANSWERED_LATE;
    numbers.closed += event.kind() == v1::SlaEvent::CLOSED;
  }
  return all;
}

// Whether the lead's events tell more than what may be said by then.
bool LiesAhead(const v1::LeadStatus& status, absl::Time now) {
  const int64_t millis = absl::ToUnixMillis(now);
  return std::any_of(status.clocks().begin(), status.clocks().end(),
                     [&](const v1::LeadStatus::Clock& run) {
                       return run.ended_at_ms() > millis ||
                              run.answered_at_ms() > millis ||
                              (run.verdict() == v1::LeadStatus::MISSED &&
                               run.due_ms() > millis);
                     });
}

void CheckNumbers(const std::vector<v1::SlaEvent>& net,
                  const v1::LeadStatus& status) {
  const ByClock states = OfStates(status);
  ByClock facts = OfFacts(net);
  for (const auto& [clock, numbers] : states) {
    INFO(clock);
    CHECK(numbers.started ==
          numbers.met + numbers.missed + numbers.stopped + numbers.running);
    const Numbers& said = facts[clock];
    CHECK(said.met == numbers.met);
    CHECK(said.missed == numbers.missed);
    CHECK(said.stopped == numbers.stopped);
    CHECK(said.answered_late == numbers.answered_late);
    CHECK(said.closed == numbers.closed);
  }
  // Nothing is said of a clock that never ran.
  for (const auto& [clock, numbers] : facts) {
    INFO(clock);
    CHECK(states.contains(clock));
  }
}

// What became of the lead is what was said of it; of cycles before this one
// its state tells nothing.
void CheckOutcomes(const std::vector<v1::SlaEvent>& net,
                   const v1::LeadStatus& status) {
  std::set<std::string> said;
  for (const v1::SlaEvent& event : net) {
    if (event.kind() == v1::SlaEvent::LEAD_OUTCOME)
      said.insert(event.outcome());
  }
  const std::set<std::string> of_state(status.outcomes().begin(),
                                       status.outcomes().end());
  CHECK(std::includes(said.begin(), said.end(), of_state.begin(),
                      of_state.end()));
  if (status.cycle() <= 1) CHECK(said == of_state);
}

TEST_CASE("The numbers of every scenario add up, also after corrections") {
  for (const Scenario& scenario : All()) {
    INFO(Title(scenario));
    PlayOptions options;
    options.watch = [&](absl::Time now, const std::vector<v1::SlaEvent>& net,
                        const v1::LeadStatus& status) {
      if (status.standing() == v1::LeadStatus::STANDING_UNSPECIFIED) return;
      if (LiesAhead(status, now)) return;
      INFO(WriteTime(now, scenario.frame));
      CheckNumbers(net, status);
      CheckOutcomes(net, status);
    };
    const Played played = Play(scenario, options);
    if (played.end.standing() == v1::LeadStatus::STANDING_UNSPECIFIED) continue;
    CheckNumbers(played.net, played.end);
    CheckOutcomes(played.net, played.end);
  }
}

}  // namespace
}  // namespace leadclock
