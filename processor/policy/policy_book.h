#ifndef LEADCLOCK_PROCESSOR_POLICY_POLICY_BOOK_H_
#define LEADCLOCK_PROCESSOR_POLICY_POLICY_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "state/lead.h"

namespace leadclock {

// What some version asks for; what none does need not be looked at.
struct PolicyUses {
  bool attempts = false;
  bool cancels = false;  // or resumes
  bool reentry = false;
  bool tasks = false;
  bool dates = false;
  // Pauses, targets or calendars ask for what time changes: for what became of
  // clocks, or for dates ahead, of which these are the names, sorted.
  bool turns = false;
  std::vector<std::string> dates_ahead = {};
};

// All versions of a company's policy that are known, in the order in which
// they take effect, which is that of their numbers. The first one also governs
// all that came before it. A version with the same rules as the one before it
// changes nothing, not even the number that events name. Immutable once made.
class PolicyBook {
 public:
  // A company that has had one policy only.
  explicit PolicyBook(Policy only);

  // Versions may come in any order, and one of them twice. Fails with
  // InvalidArgument, naming the versions, if there is none, if two of one
  // number differ, or if one takes effect at or before a lower one.
  static absl::StatusOr<PolicyBook> Create(std::vector<Policy> versions);

  // At least one.
  const std::vector<Policy>& versions() const { return versions_; }
  const Policy& newest() const { return versions_.back(); }
  // By number; null: not known.
  const Policy* Find(int64_t version) const;
  // How many there are from one number to another, both included.
  size_t CountFromTo(int64_t first, int64_t last) const;
  // What was known before versions above this one were. REQUIRES: it is known.
  PolicyBook UpTo(int64_t version) const;

  const PolicyUses& uses() const { return uses_; }

  // The one that judges. REQUIRES: it is known.
  const Policy& Of(int64_t version) const;
  const Policy& Of(const ClockRun& run) const { return Of(run.policy_version); }
  const Policy& Of(const Fact& fact) const { return Of(fact.policy_version); }

  // The one that is in force at an instant.
  const Policy& InForce(absl::Time at) const;

  // When open runs go over to other rules, and to which.
  struct Carry {
    absl::Time at;
    const Policy* to = nullptr;
  };
  // The next one that is in store for a run of that version, if it is open by
  // then. Absent: it stays where it is.
  std::optional<Carry> NextCarry(int64_t version) const;
  // Whether open runs go over to other rules at this very instant.
  bool CarriesAt(absl::Time at) const;

 private:
  explicit PolicyBook(std::vector<Policy> versions);

  // The place of the first one above that number; their count: there is none.
  size_t FirstAbove(int64_t version) const;

  std::vector<Policy> versions_;
  // By version, the place of the one whose rules it has: itself, or one before.
  std::vector<size_t> rules_of_;
  // The places of those that carry open runs; the first version has none.
  std::vector<size_t> carries_;
  PolicyUses uses_;
};

// Whether two policies say the same of every lead: all but their numbers, when
// they take effect, what becomes of open clocks, and what things are called
// that nobody is told.
bool SayTheSame(const Policy& a, const Policy& b);

// Why and when a version is published.
struct Publishing {
  absl::Time now;
  // Every worker knows it by then.
  absl::Duration lead_time;
  // What was said may be corrected, so that it may take effect sooner.
  bool correct = false;
  // It is meant to take effect more than a year from now.
  bool far_ahead = false;
};

// Whether `policy` may be added to what is published by now (nothing: null).
// Fails with FailedPrecondition, and says what to do instead; AlreadyExists: it
// stands there just so.
absl::Status MayBePublished(const Policy& policy, const PolicyBook* published,
                            const Publishing& publishing);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_POLICY_BOOK_H_
