#ifndef LEADCLOCK_APP_LEAD_AGREEMENT_H_
#define LEADCLOCK_APP_LEAD_AGREEMENT_H_

#include "absl/time/time.h"
#include "app/lead/lead_file.h"
#include "leadclock/v1/lead_story.pb.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy_book.h"

namespace leadclock {

struct Comparing {
  absl::Time as_of;
  // Nothing that was said or known later is on the file.
  absl::Time known_by;
  // Of what was said.
  MissingNumbers missing = {};
  // Versions of the policy may have become known later than `known_by`.
  bool may_versions_be_later = false;
};

// Whether what was said of the lead, taken together, is what is true by its
// story: what stands, and is not true or tells something else; what is true,
// and was not said. What may only be late, or lost, is no difference.
// REQUIRES: `story` tells of the file by these policies.
void TellAgreement(const PolicyBook& policies, const LeadFile& file,
                   const LeadStory& story, const Comparing& comparing,
                   v1::LeadStory& out);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_LEAD_AGREEMENT_H_
