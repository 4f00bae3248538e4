#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/lead_fold.h"
#include "state/lead.h"
#include "tests/property/conversation.h"
#include "tests/property/dice.h"
#include "tests/property/in_words.h"
#include "tests/property/into_reference.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

// What is said in between, step by step.

namespace leadclock::property {
namespace {

// A lead as the text says that it should be told, step by step.
class Expectation {
 public:
  explicit Expectation(const Scenario& scenario) : scenario_(scenario) {}

  // Says what is wrong with the answer; empty: nothing.
  std::string Hold(const std::vector<Event>& events, const Asking& asking,
                   const Answer& answer, const std::vector<NetFact>& standing) {
    const absl::Time now = asking.now;
    records_.insert(records_.end(), events.begin(), events.end());
    if (!events.empty()) {
      last_read_ = std::max(last_read_, asking.read_at);
      life_ = Live(scenario_, records_);
      NoteWhatIsLate(now, asking.read_at);
    }

    for (const NetFact& fact : standing) {
      if (!Contains(NetFactsOf(life_.facts), fact)) {
        return absl::StrCat("stands, but is not true: ", Describe(fact), "\n");
      }
    }
    for (const Utterance& utterance : answer.utterances) {
      if (utterance.form != Form::kSaid && events.empty()) {
        return "taken back without any news\n";
      }
    }
    std::string wrong = CheckWhatIsSaid(asking, answer);
    if (wrong.empty() && now >= last_read_) {
      wrong = Difference(standing, Sorted(WhatMustStand(now)));
    }
    before_ = standing;
    return wrong;
  }

 private:
  // A fact waits for what stands before it. What was said, and is still true,
  // stands.
  std::vector<NetFact> WhatMustStand(absl::Time now) const {
    std::vector<NetFact> must_stand;
    bool waits = false;
    for (const reference::Fact& fact : life_.facts) {
      const NetFact net = NetFactOf(fact);
      waits = waits || (fact.by_time && net.at > now);
      if (!waits || WasSaid(net)) must_stand.push_back(net);
    }
    return must_stand;
  }

  bool WasSaid(const NetFact& fact) const { return HasSame(before_, fact); }

  static bool HasSame(const std::vector<NetFact>& facts, const NetFact& fact) {
    return std::any_of(facts.begin(), facts.end(), [&](const NetFact& other) {
      return HasSameIdentity(other, fact);
    });
  }

  // What time decided before now when a record brought it into being.
  void NoteWhatIsLate(absl::Time now, absl::Time read_at) {
    for (const reference::Fact& fact : life_.facts) {
      const NetFact net = NetFactOf(fact);
      if (!fact.by_time || net.at >= now || HasSame(known_, net)) continue;
      held_.push_back({net, read_at});
    }
    known_ = NetFactsOf(life_.facts);
  }

  std::string CheckWhatIsSaid(const Asking& asking,
                              const Answer& answer) const {
    absl::Time last_said = absl::InfinitePast();
    for (const Utterance& utterance : answer.utterances) {
      if (utterance.form != Form::kSaid) continue;
      const NetFact fact = NetFactOf(utterance.fact);
      const bool by_time = IsByTime(fact);
      std::string wrong;
      if (fact.at < last_said) wrong = "out of order";
      if (by_time && fact.at > asking.now) wrong = "too early";
      if (by_time && IsHeld(fact, asking.now)) wrong = "must be held";
      if (utterance.notify != MustNotify(asking, fact)) {
        wrong = utterance.notify ? "should not notify" : "should notify";
      }
      if (!wrong.empty()) {
        return absl::StrCat(wrong, ": ", Describe(fact), "\n");
      }
      last_said = fact.at;
    }
    return "";
  }

  bool IsByTime(const NetFact& fact) const {
    return std::any_of(life_.facts.begin(), life_.facts.end(),
                       [&](const reference::Fact& other) {
                         return other.by_time &&
                                HasSameIdentity(NetFactOf(other), fact);
                       });
  }

  // Late, and now has not reached the moment at which its record was read.
  bool IsHeld(const NetFact& fact, absl::Time now) const {
    return std::any_of(held_.begin(), held_.end(), [&](const auto& held) {
      return HasSameIdentity(held.first, fact) && now < held.second;
    });
  }

  bool MustNotify(const Asking& asking, const NetFact& fact) const {
    static const std::vector<std::string> always = {
        "met",     "stopped", "answered late", "closed",
        "attempt", "outcome", "task done",     "task cancelled"};
    if (fact.at < asking.notify_from) return false;
    if (fact.rung >= 0 &&
        asking.now - fact.at > PolicyOf(fact.version).notify_within) {
      return false;
    }
    if (std::find(always.begin(), always.end(), fact.kind) != always.end()) {
      return true;  // it is the end itself, or what became of it
    }
    if (fact.kind == "lead review") return IsUnderReview(fact);
    if (fact.clock == reference::kNoClock) return true;
    // A carry that is still to come has ended nothing yet.
    const absl::Time known_up_to =
        std::max(asking.now, InstantOf(life_.last_event));
    const std::string clock = PolicyOf(fact.version).clocks[fact.clock].name;
    return std::any_of(
        life_.runs.begin(), life_.runs.end(), [&](const reference::Run& run) {
          return run.clock_name == clock &&
                 run.started_by.source == fact.started_by.source &&
                 run.started_by.id == fact.started_by.id &&
                 InstantOf(run.started_at) <= fact.at &&  // not a later one
                 (run.is_open || InstantOf(run.ended_at) > known_up_to);
        });
  }

  // For that reason, in the end of what is known.
  bool IsUnderReview(const NetFact& fact) const {
    return life_.under_review == fact.reason ||
           life_.reviews_holding.contains(fact.reason);
  }

  const Policy& PolicyOf(int64_t version) const {
    return std::find_if(scenario_.versions.begin(), scenario_.versions.end(),
                        [&](const PolicyVersion& of) {
                          return of.policy.version == version;
                        })
        ->policy;
  }

  const Scenario& scenario_;
  std::vector<Event> records_;
  absl::Time last_read_ = absl::InfinitePast();
  reference::Life life_;
  std::vector<NetFact> known_;
  std::vector<std::pair<NetFact, absl::Time>> held_;
  std::vector<NetFact> before_;
};

TEST_CASE("What was said so far is what may be said by now", "[property]") {
  HoldsForAll([](const Scenario& scenario) -> std::string {
    Dice dice(scenario.seed);
    const absl::Time notify_from =
        dice.Chance(50) ? absl::InfinitePast()
                        : scenario.horizon - dice.Below(200) * scenario.step;
    const PolicyBook policies = BookOf(scenario);
    Lead lead;
    Listener listener(policies);
    Expectation expectation(scenario);
    for (const Batch& batch : scenario.arrival) {
      const std::vector<Event> events = EventsOf(batch, scenario);
      Asking asking = AskingOf(batch);
      asking.notify_from = notify_from;
      const Answer answer = FoldLead(policies, events, asking, lead);
      std::string wrong = listener.Hear(answer.utterances);
      if (wrong.empty()) {
        wrong = expectation.Hold(events, asking, answer, listener.Standing());
      }
      if (wrong.empty() && batch.restart) wrong = Restart(&lead);
      if (!wrong.empty()) {
        return absl::StrCat("at now ", DescribeInstant(asking.now), ":\n",
                            wrong);
      }
    }
    return "";
  });
}

}  // namespace
}  // namespace leadclock::property
