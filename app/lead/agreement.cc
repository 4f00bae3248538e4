#include "app/lead/agreement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/verify/fact_text.h"

namespace leadclock {
namespace {

// What stands of the events, in their order.
std::vector<const v1::SlaEvent*> Standing(
    const std::vector<v1::SlaEvent>& said) {
  std::map<int64_t, const v1::SlaEvent*> in_order;
  for (const v1::SlaEvent& event : said) in_order[event.lead_seq()] = &event;
  std::map<std::string, const v1::SlaEvent*> by_first;
  for (const auto& [number, event] : in_order) {
    if (event->form() == v1::SlaEvent::RETRACTED) {
      by_first.erase(event->corrects());
    } else {
      by_first[event->corrects().empty() ? event->id() : event->corrects()] =
          event;
    }
  }
  std::vector<const v1::SlaEvent*> standing;
  for (const auto& [id, event] : by_first) standing.push_back(event);
  std::sort(standing.begin(), standing.end(),
            [](const v1::SlaEvent* a, const v1::SlaEvent* b) {
              return a->lead_seq() < b->lead_seq();
            });
  return standing;
}

class Comparison {
 public:
  Comparison(const PolicyBook& policies, const std::vector<Fact>& facts,
             const Comparing& comparing)
      : policies_(policies), facts_(facts), comparing_(comparing) {}

  std::vector<std::string> Of(const std::vector<v1::SlaEvent>& said) {
    for (const v1::SlaEvent* event : Standing(said)) {
      const bool is_ahead =
          absl::FromUnixMillis(event->at_ms()) > comparing_.as_of;
      if (!is_ahead && event->kind() != v1::SlaEvent::RETIRED) Hold(*event);
    }
    // By other rules other things are true.
    if (other_versions_.empty()) FindMissing();
    return std::move(differences_);
  }

 private:
  void Differ(std::string what) { differences_.push_back(std::move(what)); }

  // Against what is true.
  void Hold(const v1::SlaEvent& event) {
    if (!IsByThesePolicies(event)) return;
    const std::optional<Fact> fact = FactOf(policies_, event);
    const auto found = std::find_if(
        facts_.begin(), facts_.end(),
        [&](const Fact& other) { return fact && SameIdentity(*fact, other); });
    if (found == facts_.end()) {
      Differ(absl::StrCat(event.lead_seq(), " stands, but is not true by this ",
                          "story: ", LineOf(event)));
      return;
    }
    held_.insert(&*found);
    if (!TellsTheSame(*fact, *found)) {
      Differ(absl::StrCat(event.lead_seq(), " tells ",
                          WhatDiffers(*fact, *found), ": ", LineOf(event)));
    }
  }

  bool IsByThesePolicies(const v1::SlaEvent& event) {
    const int64_t version = event.policy_version();
    const Policy* const policy = policies_.Find(version);
    const bool is_known =
        policy != nullptr &&
        (event.policy_hash().empty() || event.policy_hash() == policy->hash);
    if (!is_known && other_versions_.insert(version).second) {
      Differ(absl::StrCat(
          event.lead_seq(), " was said by a policy version ", version,
          " that is not the one ",
          policy == nullptr ? "of those given" : "given under this number"));
    }
    return is_known;
  }

  void FindMissing() {
    for (const Fact& fact : facts_) {
      const bool is_awaited = fact.at <= comparing_.said_up_to;
      if (is_awaited && !held_.contains(&fact)) {
        Differ(absl::StrCat("true by this story, but not said: ",
                            LineOf(policies_, fact)));
      }
    }
  }

  const PolicyBook& policies_;
  const std::vector<Fact>& facts_;
  const Comparing& comparing_;
  std::set<int64_t> other_versions_;
  std::set<const Fact*> held_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> Disagreements(const PolicyBook& policies,
                                       const std::vector<Fact>& facts,
                                       const std::vector<v1::SlaEvent>& said,
                                       const Comparing& comparing) {
  return Comparison(policies, facts, comparing).Of(said);
}

}  // namespace leadclock
