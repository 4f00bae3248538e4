#ifndef LEADCLOCK_APP_POLICY_OPEN_CLOCKS_H_
#define LEADCLOCK_APP_POLICY_OPEN_CLOCKS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

// What becomes of the clocks that are open now once a further version of the
// policy is in force, if nothing more happens to their leads.
class OpenClocks {
 public:
  // `after` is `before` with a newest version, which is not in force at `now`
  // if leads were judged by it. Both outlive this value.
  OpenClocks(const PolicyBook& before, const PolicyBook& after, absl::Time now);

  // Counts a lead's clocks. Fails with FailedPrecondition if it was judged by
  // versions that are not in `after`.
  absl::Status Add(const Lead& lead);

  // One sentence in all, and one for each clock of which some are open.
  std::vector<std::string> Sentences() const;

 private:
  // By how much their dues move.
  struct Moves {
    int count = 0;
    absl::Duration least = absl::InfiniteDuration();
    absl::Duration most = absl::ZeroDuration();

    void Add(absl::Duration by);
    std::string Words(const std::string& direction) const;
  };
  struct OfClock {
    int open = 0;
    int carried = 0;  // judged by another version then
    int ended = 0;    // at once, or never begun
    Moves earlier;
    Moves later;
    int unclear = 0;  // a due is known by one of both only
    // At the instant at which it takes effect, and not without it.
    int missed = 0;
    std::map<std::string, int> fired;  // by rung, in words

    int changed() const {
      return ended + earlier.count + later.count + unclear;
    }
  };

  std::string SentenceOf(const std::string& clock, const OfClock& counts) const;
  // "to version 3", or to the rules of another one, if it has them.
  std::string Over() const;
  void CountAtOnce(const ClockRun& was, const ClockRun& is, OfClock& counts);

  const PolicyBook& before_;
  const PolicyBook& after_;
  const absl::Time now_;
  const absl::Time then_;
  std::map<std::string, OfClock> clocks_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_POLICY_OPEN_CLOCKS_H_
