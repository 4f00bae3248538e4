#ifndef LEADCLOCK_APP_SCENARIO_SCENARIO_H_
#define LEADCLOCK_APP_SCENARIO_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "app/scenario/fields.h"
#include "app/scenario/times.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/lead_job.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

// A record of an input topic.
struct ScenarioRecord {
  v1::LeadEvent event;
  absl::Time arrives;
};

// A time in which Leadclock or the feed is silent.
struct Interruption {
  enum class Kind : uint8_t {
    kOutage,      // Leadclock neither reads nor says anything
    kFeedSilent,  // nothing arrives
    // Nothing arrives, and time stands still, because heartbeats were promised.
    kFeedStopped,
  };
  Kind kind = Kind::kOutage;
  absl::Time from;
  absl::Time until;  // not included
};

// The policy as it is known from an instant on.
struct PolicyEdition {
  absl::Time known_from = absl::InfinitePast();
  std::shared_ptr<const PolicyBook> policies;
  std::shared_ptr<const LeadJob> job;
};

struct ExpectedRecipient {
  std::string role;  // empty: whichever
  std::string id;    // empty: nobody
};

// Which facts are meant.
struct FactName {
  // Absent: of every kind.
  std::optional<v1::SlaEvent::Kind> kind;
  bool of_no_clock = false;  // a review of the lead
  std::string task = {};     // what became of a task: "task_opened", ...
  // The clock's, or the outcome's; of a task of no clock its kind. Empty:
  // whichever.
  std::string name = {};
  // Of that clock, whatever its kind. Empty: whichever.
  std::string clock = {};
};

// Of a fact that tells no due.
inline constexpr absl::Time kNoDue = absl::InfiniteFuture();

// A fact that is to stand. What is absent is not compared.
struct ExpectedFact {
  int line = 0;
  absl::Time at;
  FactName what;
  std::optional<std::string> rung = {};
  std::optional<std::string> reason = {};
  std::optional<std::vector<ExpectedRecipient>> to = {};
  std::optional<absl::Time> due = {};  // or kNoDue
  std::optional<bool> notify = {};
  std::vector<ExpectedField> fields = {};
};

// No other fact of these may stand.
struct NothingElse {
  int line = 0;
  std::string text = {};  // as it is written
  FactName what = {};
  absl::Time until = absl::InfiniteFuture();  // included
};

// How the lead is to stand at an instant.
struct ExpectedStanding {
  struct Clock {
    std::string name;
    std::string is;  // one of the words for it; empty: whichever
    std::vector<ExpectedField> fields = {};
  };
  int line = 0;
  absl::Time at;
  std::string lead;  // empty: whichever
  std::vector<ExpectedField> fields = {};
  std::vector<Clock> clocks = {};
};

// One thing that is to be said.
struct ExpectedSaying {
  std::optional<absl::Time> said_at;
  v1::SlaEvent::Form form = v1::SlaEvent::SAID;
  ExpectedFact fact;
};

struct ExpectedSequence {
  std::vector<ExpectedSaying> sayings;
  bool is_all = false;
};

// One scenario, checked.
struct Scenario {
  std::string file;
  int line = 0;
  std::string name;
  TimeFrame frame;
  std::string lead_id;
  std::vector<PolicyEdition> editions;  // at least one; the last knows all
  std::vector<ScenarioRecord> records;  // in the order in which they arrive,
                                        // where that is one instant
  std::vector<Interruption> interruptions;

  std::vector<ExpectedFact> expected;
  std::vector<NothingElse> nothing_else;
  std::vector<ExpectedStanding> standings;
  std::optional<ExpectedSequence> sequence;
  // The last instant that it names.
  absl::Time last_named = absl::InfinitePast();

  const PolicyBook& policies() const { return *editions.back().policies; }
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_SCENARIO_H_
