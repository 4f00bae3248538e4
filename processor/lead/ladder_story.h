#ifndef LEADCLOCK_PROCESSOR_LEAD_LADDER_STORY_H_
#define LEADCLOCK_PROCESSOR_LEAD_LADDER_STORY_H_

#include <vector>

#include "processor/lead/causes.h"
#include "processor/lead/explain.h"
#include "processor/policy/policy_book.h"
#include "state/lead.h"

namespace leadclock {

// What became of each rung of a run: a part of Explain(). `facts` is all that
// is true by now, and `ahead` what will be if nothing more happens. REQUIRES:
// the run's versions ahead are told.
void TellLadder(const PolicyBook& policies, const std::vector<Moment>& moments,
                const std::vector<Fact>& facts, const std::vector<Fact>& ahead,
                RunStory& story);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_LEAD_LADDER_STORY_H_
