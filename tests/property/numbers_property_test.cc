#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/lead_fold.h"
#include "processor/lead/timeline.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"
#include "tests/property/conversation.h"
#include "tests/property/scenario.h"

// Whoever counts what was said, corrections included, comes to the numbers that
// the lead itself has in the end.

namespace leadclock::property {
namespace {

// What stands of one clock, and what its runs have come to.
struct Numbers {
  std::map<std::string, int64_t> said;  // by kind
  int64_t attempts = 0;                 // said, of those that count
  int64_t started = 0;
  int64_t running = 0;  // open, and not due
  int64_t overdue = 0;  // open, and due
  int64_t open_tasks = 0;
  int64_t counted_attempts = 0;
};

std::string ClockOf(const PolicyBook& policies, const NetFact& fact) {
  if (fact.clock == reference::kNoClock) return "";
  for (const Policy& policy : policies.versions()) {
    if (policy.version == fact.version) return policy.clocks[fact.clock].name;
  }
  return "";
}

std::map<std::string, Numbers> NumbersOf(const PolicyBook& policies,
                                         const std::vector<NetFact>& standing,
                                         const Progress& end) {
  std::map<std::string, Numbers> by_clock;
  for (const NetFact& fact : standing) {
    Numbers& numbers = by_clock[ClockOf(policies, fact)];
    ++numbers.said[fact.kind];
    if (fact.kind == "attempt" && fact.reason.empty()) ++numbers.attempts;
  }
  for (const ClockRun& run : end.runs) {
    Numbers& numbers = by_clock[policies.Of(run).clocks[run.clock].name];
    // Old ones are forgotten, but they were counted.
    numbers.started = std::max<int64_t>(numbers.started, run.cycle);
    numbers.counted_attempts += run.attempts;
    if (run.task) ++numbers.open_tasks;
    if (run.ended_at) continue;
    ++(run.verdict == Verdict::kNone ? numbers.running : numbers.overdue);
  }
  by_clock[""].open_tasks = static_cast<int64_t>(end.open_reviews.size());
  return by_clock;
}

// Says which of them do not add up; empty: all do.
std::string Check(const std::string& clock, Numbers& of, const Progress& end) {
  const auto wrong = [&](const std::string& what) {
    std::string text = absl::StrCat(clock, ": ", what, "; started ", of.started,
                                    ", running ", of.running, ", overdue ",
                                    of.overdue, ", open tasks ", of.open_tasks);
    for (const auto& [kind, count] : of.said) {
      absl::StrAppend(&text, ", ", kind, " ", count);
    }
    return text + "\n";
  };
  if (of.started !=
      of.said["met"] + of.said["missed"] + of.said["stopped"] + of.running) {
    return wrong("started is not met, missed, stopped or running");
  }
  if (of.said["missed"] !=
      of.said["answered late"] + of.said["closed"] + of.overdue) {
    return wrong("missed is not answered late, closed or overdue");
  }
  if (of.said["task opened"] !=
      of.said["task done"] + of.said["task cancelled"] + of.open_tasks) {
    return wrong("tasks opened are not done, cancelled or open");
  }
  const bool are_all_kept = end.runs.size() < 16;
  if (are_all_kept && of.attempts != of.counted_attempts) {
    return wrong("attempts are not those that were counted");
  }
  return "";
}

std::string CheckOutcomes(const Scenario& scenario,
                          const std::vector<NetFact>& standing,
                          const Progress& end) {
  std::set<std::string> repeat;
  for (const PolicyVersion& version : scenario.versions) {
    for (const OutcomeRule& rule : version.policy.outcomes) {
      if (rule.repeats) repeat.insert(rule.name);
    }
  }
  std::map<std::string, int64_t> said;
  for (const NetFact& fact : standing) {
    if (!fact.outcome.empty()) ++said[fact.outcome];
  }
  for (const std::string& outcome : end.outcomes) {
    if (said[outcome] == 0) return outcome + " was never said\n";
  }
  for (const auto& [outcome, count] : said) {
    const bool is_of_this_cycle =
        std::find(end.outcomes.begin(), end.outcomes.end(), outcome) !=
        end.outcomes.end();
    if (end.cycle == 1 && !is_of_this_cycle) {
      return outcome + " was said, but is none\n";
    }
    if (count > end.cycle && !repeat.contains(outcome)) {
      return outcome + " was said more than once in a cycle\n";
    }
  }
  return "";
}

TEST_CASE("What was said adds up to what became of the lead", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    const PolicyBook policies = BookOf(scenario);
    Lead lead;
    Listener listener(policies);
    for (const Batch& batch : scenario.arrival) {
      const std::string wrong = listener.Hear(
          FoldLead(policies, EventsOf(batch, scenario), AskingOf(batch), lead)
              .utterances);
      if (!wrong.empty()) return wrong;
    }
    const std::vector<NetFact> standing = listener.Standing();
    if (!lead.progress) {
      return standing.empty() ? "" : "facts without a birth\n";
    }
    const Progress end = At(policies, *lead.progress, scenario.horizon);
    for (auto& [clock, numbers] : NumbersOf(policies, standing, end)) {
      if (std::string wrong = Check(clock, numbers, end); !wrong.empty()) {
        return wrong;
      }
    }
    return CheckOutcomes(scenario, standing, end);
  });
}

}  // namespace
}  // namespace leadclock::property
