#ifndef LEADCLOCK_PROCESSOR_VERIFY_TRUTH_H_
#define LEADCLOCK_PROCESSOR_VERIFY_TRUTH_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "processor/lead/lead_fold.h"
#include "processor/verify/known_policies.h"
#include "processor/verify/lead_verifier.h"
#include "processor/verify/verify.h"
#include "state/lead.h"

namespace leadclock {

// What is true of a lead, by all records below some offsets, and may be said
// at a now.
struct Truth {
  Standpoint at;
  Lead lead;
  std::vector<Utterance> facts;  // in the order in which they may be said
  absl::Time next_instant = absl::InfiniteFuture();
  // It was to be forgotten, and may be.
  std::optional<Departure> departure;

  // Null: it is not true, or may not be said.
  const Utterance* Find(const Fact& fact) const;
  // Whether a clock runs, or something is still to come.
  bool IsOpen(const PolicyBook& policies) const;
};

// Folds the records of a lead that are below some offsets, from nothing.
class Truths {
 public:
  // All arguments outlive it.
  Truths(KnownPolicies& policies, const VerifyOptions& options,
         const std::vector<LeadRecords::Input>& inputs)
      : policies_(policies), options_(options), inputs_(inputs) {}

  // Until the next call: events said together ask for the same one.
  const Truth& At(const Standpoint& at);
  // The same, of its own.
  Truth Compute(const Standpoint& at) const;

 private:
  KnownPolicies& policies_;
  const VerifyOptions& options_;
  const std::vector<LeadRecords::Input>& inputs_;
  std::optional<Truth> recent_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_TRUTH_H_
