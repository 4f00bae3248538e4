#ifndef LEADCLOCK_TESTS_LEAD_STORY_H_
#define LEADCLOCK_TESTS_LEAD_STORY_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "processor/lead/lead_fold.h"
#include "processor/policy/policy_book.h"
#include "state/event.h"
#include "state/lead.h"

// A small language for stories of one lead: what happened, and what is said.
// Instants are written as London's wall clock, "2026-03-06 21:40[:05]".
namespace leadclock::story {

absl::Time At(const std::string& london);

// ---- What happened. Ids are made from kind and instant. ----

Event Created(const std::string& at, AttributeChanges attributes = {},
              PeopleChanges people = {});
// owner-1, backup-1 and manager-1 take over.
Event AssignedTo(const std::string& at, const std::string& owner);
Event Changed(const std::string& at, const std::string& attribute,
              const std::string& value);
// A meaningful call by a person, on the phone.
Event CallBy(const std::string& at, const std::string& actor);
Event AutoReply(const std::string& at);
// A call or message of the owner-1 on a channel.
Event TouchOn(const std::string& at, const std::string& channel);
Event Happened(const std::string& at, ActivityKind kind,
               AttributeChanges fields = {}, AttributeChanges learnt = {});
Event StatusIs(const std::string& at, const std::string& status);
Event StageIs(const std::string& at, const std::string& stage);
Event Flagged(const std::string& at, const std::string& flag);
Event MergedIn(const std::string& at, const std::string& lead);
// Takes over a lead that began then, and was answered, or not ("").
Event Absorbing(const std::string& at, const std::string& started_at,
                const std::string& first_answered_at = "");
// The text of a date.
std::string Millis(const std::string& at);
Event WithdrawalOf(const Event& event, const std::string& at);
Event Erasure(const std::string& at);

// ---- What is said ----

// One line per event: "2026-03-09 09:10 first_response remind_1 -> owner-1".
using Lines = std::vector<std::string>;

// A lead that is told of events and of time, as the runtime tells it.
class Listener {
 public:
  explicit Listener(PolicyBook policies,
                    absl::Duration retire_after = absl::InfiniteDuration())
      : policies_(std::move(policies)), retire_after_(retire_after) {}
  explicit Listener(Policy policy,
                    absl::Duration retire_after = absl::InfiniteDuration())
      : Listener(PolicyBook(std::move(policy)), retire_after) {}

  // The lines that are said when `events` are read at `read_at`, with now
  // standing at `now`.
  Lines Read(const std::vector<Event>& events, const std::string& now,
             const std::string& read_at);
  // As above, read at `now`.
  Lines Read(const std::vector<Event>& events, const std::string& now);
  Lines Wait(const std::string& now) { return Read({}, now); }
  // From now on these versions are known.
  void Learn(PolicyBook policies) { policies_ = std::move(policies); }

  // Makes its history smaller; whether that could be done.
  bool Collapse(const std::string& now) {
    return leadclock::Collapse(policies_, At(now), lead_);
  }

  const Lead& lead() const { return lead_; }
  const std::optional<Departure>& departure() const { return departure_; }
  // What became of the events last read.
  const std::vector<Intake>& intakes() const { return intakes_; }
  absl::Time next_instant() const { return next_instant_; }
  const std::vector<Utterance>& said() const { return said_; }

 private:
  PolicyBook policies_;
  absl::Duration retire_after_;
  Lead lead_;
  std::optional<Departure> departure_;
  std::vector<Intake> intakes_;
  absl::Time next_instant_;
  std::vector<Utterance> said_;
};

// What is said of a history that is known as a whole at `now`.
Lines FactsAt(const PolicyBook& policies, const std::string& now,
              const std::vector<Event>& history);
Lines FactsAt(const Policy& policy, const std::string& now,
              const std::vector<Event>& history);

// The policy of the examples: London's office hours; a first response within
// 15 minutes for high intent, else 4 hours; a ladder of 10, 15, 20 and 30
// minutes for high intent. No clock warns that it is at risk.
Policy ExamplePolicy();

// A policy in London's time, in which no clock warns: with these parts, and
// these clocks. Responses are `call` (outbound, of a human) and `reply` (of the
// lead).
Policy PolicyOf(const std::string& clocks, const std::string& parts = "");

}  // namespace leadclock::story

#endif  // LEADCLOCK_TESTS_LEAD_STORY_H_
