// A policy, and the rules under what is accepted as one.

#include <string>
#include <vector>

#include "processor/lead/lead_fold.h"
#include "processor/policy/parse_policy.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/yaml_errors.h"
#include "tests/lead/story.h"

namespace leadclock::fuzz {
namespace {

// Enough for every trigger, and for the attributes that examples ask for.
const std::vector<Event>& History() {
  static const auto* const kHistory = new std::vector<Event>{
      story::Created(
          "2026-03-06 21:40",
          {{"market", "uk"}, {"intent", "high"}, {"source", "paid_search"}}),
      story::AssignedTo("2026-03-07 09:30", "anna"),
      story::Changed("2026-03-07 10:00", "status", "on_hold"),
      story::Changed("2026-03-09 11:00", "status", "working"),
      story::Changed("2026-03-09 12:00", "intent", "low"),
      story::CallBy("2026-03-09 15:00", "owner-1"),
      story::Changed("2026-03-10 09:00", "consent", "withdrawn")};
  return *kHistory;
}

void CheckRules(const PolicyBook& policies) {
  Lead lead;
  absl::Time now = story::At("2026-03-10 09:00");
  Answer answer = FoldLead(policies, History(), {.now = now}, lead);
  for (int i = 0; i < 30; ++i) {
    for (const Utterance& utterance : answer.utterances) {
      Require(!RungName(policies, utterance.fact).empty(), "a fact has a name");
    }
    if (answer.next_instant == absl::InfiniteFuture()) return;
    Require(answer.next_instant > now, "what is asked for lies ahead");
    now = answer.next_instant;
    answer = FoldLead(policies, {}, {.now = now}, lead);
  }
}

void CheckPolicy(const std::string& text) {
  const absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  if (!policy.ok()) {
    // It may extend the default, and leave that without what it needs.
    return CheckYamlErrors(policy.status(),
                           {"policy.yaml", "default (built in)"});
  }
  Require(policy->version >= 1, "an accepted policy has a version");
  Require(policy->hash.size() == 64, "an accepted policy has a hash");
  Require(!policy->clocks.empty(), "an accepted policy has a clock");
  CheckRules(PolicyBook(*policy));
}

}  // namespace
}  // namespace leadclock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  leadclock::fuzz::CheckPolicy({reinterpret_cast<const char*>(data), size});
  return 0;
}
