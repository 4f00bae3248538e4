#ifndef LEADCLOCK_TESTS_PROPERTY_CONVERSATION_H_
#define LEADCLOCK_TESTS_PROPERTY_CONVERSATION_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"
#include "tests/property/scenario.h"
#include "tests/reference/reference.h"

namespace leadclock::property {

// ---------------------------------------------------------------------------
// Facts as they are compared

struct NetFact {
  absl::Time at;
  int64_t version = 0;  // of the policy
  size_t clock = 0;     // in that version, or reference::kNoClock
  std::string kind;
  int rung = -1;  // -1: not of the ladder
  EventRef started_by;
  reference::People people;
  std::vector<reference::Recipient> recipients;
  std::optional<reference::Recipient> responsible;
  std::string reason;  // where there is no clock, and of attempts
  absl::Time due;      // the new one, where it changed
  std::string by;      // the event, of attempts and tasks
  std::string outcome;
  bool after_escalation = false;  // of outcomes
  std::string task_holder;
  std::optional<absl::Time> task_due;

  friend bool operator==(const NetFact&, const NetFact&) = default;
};

NetFact NetFactOf(const Fact& fact);
NetFact NetFactOf(const reference::Fact& fact);

template <typename AnyFact>
std::vector<NetFact> NetFactsOf(const std::vector<AnyFact>& facts) {
  std::vector<NetFact> net;
  for (const AnyFact& fact : facts) net.push_back(NetFactOf(fact));
  return net;
}

// In an order of no meaning, so that lists can be compared as sets.
std::vector<NetFact> Sorted(std::vector<NetFact> facts);
bool Contains(const std::vector<NetFact>& facts, const NetFact& fact);
// Whether they have one identity: people, recipients, a due that changed, what
// a task says and what was before an outcome are outside it, and may be
// corrected.
bool HasSameIdentity(NetFact a, const NetFact& b);

std::string Describe(const NetFact& fact);
// A table: what the product says, what the reference says, and where they
// differ. Empty if they do not.
std::string Difference(const std::vector<NetFact>& product,
                       const std::vector<NetFact>& reference);

// ---------------------------------------------------------------------------
// What is heard of a lead, by the ids of the events alone

class Listener {
 public:
  // It knows all versions, also those that the product learns later.
  explicit Listener(const PolicyBook& policies) : policies_(policies) {}

  // Says what is wrong with what it hears; empty: nothing.
  std::string Hear(const std::vector<Utterance>& utterances);

  // Net facts: said and not retracted, with the last people said.
  std::vector<NetFact> Standing() const;
  // The same, with all that they tell.
  std::vector<Fact> Facts() const;

 private:
  std::string HearOne(const Utterance& utterance);

  const PolicyBook& policies_;
  int64_t lead_seq_ = 0;
  // What each event that was heard stands for; absent: nothing (any more).
  std::map<std::string, std::optional<Fact>> by_id_;
};

// ---------------------------------------------------------------------------
// Asking

std::vector<Event> EventsOf(const Batch& batch, const Scenario& scenario);
Asking AskingOf(const Batch& batch);

// The lead after its bytes were written and read. Says what is wrong.
std::string Restart(Lead* lead);
// The lead as it is kept between two steps: with its past unread, unless the
// events or the policies need it. Says what is wrong.
std::string TakeUp(const std::string& bytes, const PolicyBook& policies,
                   const std::vector<Event>& events, Lead* lead);

// ---------------------------------------------------------------------------
// Running properties

// Says what is wrong; empty if it holds.
using Property = std::function<std::string(const Scenario&)>;

// Fails the test with the smallest scenario that it finds, and prints that. As
// many scenarios as LEADCLOCK_PROPERTY_CASES says, else what takes a second or
// two; the first one has the seed LEADCLOCK_PROPERTY_SEED, else 1.
//
// What is said of a lead that is to be forgotten comes to an end of its own, so
// none is, unless a property is of all leads.
enum class Leads { kThatAreKept, kAll };
void HoldsForAll(const Property& property, Leads leads = Leads::kThatAreKept);

}  // namespace leadclock::property

#endif  // LEADCLOCK_TESTS_PROPERTY_CONVERSATION_H_
