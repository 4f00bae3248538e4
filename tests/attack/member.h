#ifndef LEADCLOCK_TESTS_ATTACK_MEMBER_H_
#define LEADCLOCK_TESTS_ATTACK_MEMBER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/attack/proxy.h"
#include "tests/broker/job.h"
#include "tests/broker/process.h"
#include "tests/property/dice.h"

namespace leadclock::attack {

// What is done to a member of the group.
enum class Fault {
  kKill,          // kill -9
  kFreeze,        // SIGSTOP beyond its session, SIGCONT
  kTerminate,     // SIGTERM
  kLoseState,     // kill -9, and its disk is gone
  kOldState,      // kill -9, and its disk is of earlier, or of another member
  kFailPoint,     // ended or held up at a step of a commit
  kHoldAnswers,   // answers of the broker come when it has given up
  kHoldRequests,  // its requests come to the broker when it has given up
  kCut,           // its connections break
};
const std::vector<Fault>& AllFaults();
const char* NameOf(Fault fault);

inline constexpr absl::Duration kSession = absl::Seconds(6);

// A member, its supervisor that starts it again whenever it ends, and the
// proxy through which it reaches the broker.
class Member {
 public:
  // Counts, by what they are of.
  using Counts = std::map<std::string, int>;

  Member(const broker::Job& job, std::string name,
         broker::ProxiedListener listener, property::Dice& dice);

  // Begins it; Look() goes on with it.
  void Suffer(Fault fault);
  // Whether it suffers one.
  bool suffers() const { return next_step_.has_value(); }
  // Supervises. Often.
  void Look();
  // Ends it in good order, when it suffers nothing. How it ended.
  int Stop();

  const Counts& faults() const { return faults_; }
  // How it ended by itself, beside what was done to it: by exit code.
  const Counts& ends() const { return ends_; }
  std::string log() const { return broker::ReadFile(job_.LogOf(name_)); }
  // For others that get its disk.
  const std::string& copy() const { return copy_; }
  void KnowNeighbour(const Member* neighbour) { neighbour_ = neighbour; }

 private:
  struct Step {
    absl::Time at;
    std::function<void()> action;
  };

  void Start();
  void Kill();
  void RestartAfter(absl::Duration pause);
  void Then(absl::Duration after, std::function<void()> action);
  void KeepACopy();
  void TakeOldState();
  void SetFailPoint();
  absl::Duration UpTo(absl::Duration longest);

  const broker::Job& job_;
  const std::string name_;
  const std::string address_;  // of the proxy
  Proxy proxy_;
  property::Dice& dice_;
  const Member* neighbour_ = nullptr;
  const std::string copy_;  // a folder, once there is a copy

  std::optional<broker::Process> process_;
  absl::Time start_at_ = absl::InfinitePast();
  std::vector<std::string> environment_;  // of the next start
  std::optional<Step> next_step_;
  Counts faults_;
  Counts ends_;
};

}  // namespace leadclock::attack

#endif  // LEADCLOCK_TESTS_ATTACK_MEMBER_H_
