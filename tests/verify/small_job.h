#ifndef LEADCLOCK_TESTS_VERIFY_SMALL_JOB_H_
#define LEADCLOCK_TESTS_VERIFY_SMALL_JOB_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/policy/policy.h"
#include "processor/policy/policy_book.h"
#include "processor/verify/verify.h"
#include "tests/lead/story.h"

// A job on one partition without Kafka and without faults: what it writes is
// right, until a test spoils it.
namespace leadclock::small {

// Instants are London's wall clock, as in tests/lead/story.h.
v1::LeadEvent Created(const std::string& lead, const std::string& at);
v1::LeadEvent AssignedTo(const std::string& lead, const std::string& at,
                         const std::string& owner);
v1::LeadEvent CallBy(const std::string& lead, const std::string& at,
                     const std::string& actor);
v1::LeadEvent WithdrawalOf(const v1::LeadEvent& event, const std::string& at);

VerifyOptions Options();

class Job {
 public:
  explicit Job(Policy policy = story::ExamplePolicy());

  // Puts records on the topics; nobody has read them yet.
  void Send(const v1::LeadEvent& event);
  void Send(InputRecord record);
  // Erases the lead as of then.
  void SendTombstone(const std::string& lead, const std::string& at);
  void SendHeartbeat(const std::string& at);
  // Reads all that was sent, with now at `now`, and commits what follows.
  void Read(const std::string& now) { Read(now, now); }
  void Read(const std::string& now, const std::string& read_at);
  // Asks every lead, with now at `now`, and commits.
  void Wait(const std::string& now);

  PartitionLog& log() { return log_; }
  VerifyReport Verify() const;

  // ---- For tests that spoil what was written ----

  // The only event with this rung and form.
  struct Place {
    size_t output = 0;
    size_t index = 0;
  };
  Place Find(const std::string& rung,
             v1::SlaEvent::Form form = v1::SlaEvent::SAID) const;
  WrittenRecord& At(const Place& place) {
    return log_.outputs[place.output][place.index];
  }
  void Remove(const Place& place);
  void Change(const Place& place,
              const std::function<void(v1::SlaEvent&)>& change);
  // The last state of a lead.
  void ChangeState(const std::string& lead,
                   const std::function<void(v1::LeadState&)>& change);

 private:
  void Apply(const std::string& lead,
             const std::vector<const DecodedRecord*>& records, absl::Time now,
             absl::Time read_at);
  void Publish(const std::string& key, const std::optional<std::string>& value);
  void Commit(absl::Time now);

  PolicyBook policies_;
  LeadJob job_;
  PartitionLog log_;
  std::vector<InputRecord> unread_;
  std::map<std::string, std::string> states_;  // and remnants
};

}  // namespace leadclock::small

#endif  // LEADCLOCK_TESTS_VERIFY_SMALL_JOB_H_
