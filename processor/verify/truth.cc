#include "processor/verify/truth.h"

#include <algorithm>
#include <utility>

namespace leadclock {

const Utterance* Truth::Find(const Fact& fact) const {
  const auto found =
      std::find_if(facts.begin(), facts.end(), [&](const Utterance& utterance) {
        return SameIdentity(utterance.fact, fact);
      });
  return found == facts.end() ? nullptr : &*found;
}

bool Truth::IsOpen(const PolicyBook& policies) const {
  return next_instant != absl::InfiniteFuture() ||
         (lead.progress && leadclock::IsOpen(policies, *lead.progress));
}

const Truth& Truths::At(const Standpoint& at) {
  if (!recent_ || recent_->at.next != at.next || recent_->at.now != at.now ||
      recent_->at.policy_version != at.policy_version) {
    recent_ = Compute(at);
  }
  return *recent_;
}

Truth Truths::Compute(const Standpoint& at) const {
  std::vector<Event> events;
  for (const LeadRecords::Input& input : inputs_) {
    if (input.offset < at.next[static_cast<size_t>(input.input)]) {
      events.push_back(input.event);
    }
  }
  Truth truth;
  truth.at = at;
  if (events.empty()) return truth;
  Answer answer = FoldLead(
      policies_.UpTo(at.policy_version), events,
      {.now = at.now, .notify_from = options_.job.notify_from}, truth.lead);
  truth.facts = std::move(answer.utterances);
  truth.next_instant = answer.next_instant;
  truth.departure = answer.departure;
  return truth;
}

}  // namespace leadclock
