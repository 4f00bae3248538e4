#include "app/lead/agreement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/history.h"
#include "app/lead/local_time.h"
#include "processor/lead/lead_fold.h"
#include "processor/verify/fact_text.h"

namespace leadclock {
namespace {

// It takes a while until what is true is said.
constexpr absl::Duration kWhile = absl::Minutes(2);

// What is true: by all that is known, and by what had been known a while
// before.
struct Truth {
  const std::vector<Fact>& facts;
  std::vector<Fact> before;
  absl::Time said_up_to;  // what became true later may not have been said
};

class Comparison {
 public:
  Comparison(const PolicyBook& policies, const Truth& truth,
             const Comparing& comparing)
      : policies_(policies), truth_(truth), comparing_(comparing) {}

  void Compare(const std::vector<v1::SlaEvent>& said) {
    for (const v1::SlaEvent* event : Standing(said)) {
      const bool is_ahead =
          absl::FromUnixMillis(event->at_ms()) > comparing_.as_of;
      if (!is_ahead && event->kind() != v1::SlaEvent::RETIRED) Hold(*event);
    }
    FindMissing();
  }

  bool agrees() const { return differences_.empty(); }

  void Tell(v1::LeadStory& story) const {
    story.set_agrees(agrees());
    for (const v1::LeadStory::Difference& difference : differences_) {
      *story.add_differences() = difference;
    }
    if (!agrees()) return;
    if (!comparing_.missing.words.empty()) {
      story.add_agrees_but("as far as it is on record");
    }
    if (!doubled_.empty()) {
      story.add_agrees_but(absl::StrCat(absl::StrJoin(doubled_, ", "),
                                        " being on record more than once"));
    }
    if (is_pending_) {
      story.add_agrees_but(
          absl::StrCat("but for what became true or known in the last ",
                       absl::ToInt64Minutes(kWhile),
                       " minutes, which may not have been said yet"));
    }
  }

 private:
  // What stands of the events, in their order.
  std::vector<const v1::SlaEvent*> Standing(
      const std::vector<v1::SlaEvent>& said) {
    std::map<std::string, const v1::SlaEvent*> by_first;
    const v1::SlaEvent* last = nullptr;
    for (const v1::SlaEvent* event : InOrder(said)) {
      if (last != nullptr && event->lead_seq() > 0 &&
          last->lead_seq() == event->lead_seq()) {
        if (last->id() == event->id()) {
          doubled_.insert(event->lead_seq());
          continue;
        }
        Differ(*event, "has the number of something else that was said");
      }
      last = event;
      const bool corrects = event->form() == v1::SlaEvent::RETRACTED ||
                            event->form() == v1::SlaEvent::CORRECTED;
      if (corrects && !by_first.contains(event->corrects()) &&
          !IsAnythingMissingBefore(*event)) {
        Differ(*event, event->form() == v1::SlaEvent::RETRACTED
                           ? "takes back what did not stand"
                           : "mends what did not stand");
      }
      if (event->form() == v1::SlaEvent::RETRACTED) {
        by_first.erase(event->corrects());
      } else {
        by_first[corrects ? event->corrects() : event->id()] = event;
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

  bool IsAnythingMissingBefore(const v1::SlaEvent& event) const {
    const int64_t first = comparing_.missing.first;
    return first > 0 && first < event.lead_seq();
  }
  // Then that may have taken it back, or mended it.
  bool IsAnythingMissingAfter(int64_t lead_seq) const {
    return comparing_.missing.last > lead_seq;
  }

  v1::LeadStory::Difference& Differ(std::string what) {
    differences_.emplace_back();
    differences_.back().set_what(std::move(what));
    return differences_.back();
  }

  void Differ(const v1::SlaEvent& event, std::string what) {
    v1::LeadStory::Difference& difference = Differ(std::move(what));
    difference.set_lead_seq(event.lead_seq());
    difference.set_clock(event.clock());
    difference.set_rung(event.rung());
    difference.set_at(Utc(absl::FromUnixMillis(event.at_ms())));
    difference.mutable_started_by()->set_source(event.started_by_source());
    difference.mutable_started_by()->set_id(event.started_by_id());
  }

  static const Fact* Find(const std::vector<Fact>& facts, const Fact& fact) {
    const auto found = std::find_if(
        facts.begin(), facts.end(),
        [&](const Fact& other) { return SameIdentity(fact, other); });
    return found == facts.end() ? nullptr : &*found;
  }

  // Against what is true.
  void Hold(const v1::SlaEvent& event) {
    const std::optional<Fact> fact = FactOf(policies_, event);
    const Fact* const found = fact ? Find(truth_.facts, *fact) : nullptr;
    if (found != nullptr) {
      const auto [held, is_first] = held_.emplace(found, event.lead_seq());
      if (!is_first && !IsAnythingMissingAfter(held->second)) {
        Differ(event,
               absl::StrCat("says once more what ", held->second, " says"));
      }
      if (TellsTheSame(*fact, *found)) return;
    }
    const Fact* const before = fact ? Find(truth_.before, *fact) : nullptr;
    if (before != nullptr && TellsTheSame(*fact, *before)) {
      // It was true just now.
      is_pending_ = true;
      return;
    }
    if (IsAnythingMissingAfter(event.lead_seq())) return;
    Differ(event, found == nullptr
                      ? "stands, but is not true by this story"
                      : absl::StrCat("tells ", WhatDiffers(*fact, *found)));
  }

  void FindMissing() {
    if (!comparing_.missing.words.empty()) return;
    for (const Fact& fact : truth_.facts) {
      if (held_.contains(&fact)) continue;
      const bool is_awaited =
          fact.at <= truth_.said_up_to && Find(truth_.before, fact) != nullptr;
      if (!is_awaited) {
        is_pending_ |= fact.at <= comparing_.known_by;
        continue;
      }
      v1::LeadStory::Difference& difference =
          Differ("true by this story, but not said");
      difference.set_clock(ClockName(policies_, fact));
      difference.set_rung(RungName(policies_, fact));
      difference.set_at(Utc(fact.at));
      difference.mutable_started_by()->set_source(fact.started_by.source);
      difference.mutable_started_by()->set_id(fact.started_by.id);
    }
  }

  const PolicyBook& policies_;
  const Truth& truth_;
  const Comparing& comparing_;
  std::map<const Fact*, int64_t> held_;  // with the number of what says it
  std::set<int64_t> doubled_;
  bool is_pending_ = false;
  std::vector<v1::LeadStory::Difference> differences_;
};

int64_t KnownVersion(const std::vector<v1::SlaEvent>& said) {
  int64_t known = 0;
  for (const v1::SlaEvent& event : said) {
    known = std::max(known, event.known_policy_version());
  }
  return known;
}

// By other rules other things are true.
std::vector<std::string> OtherPolicies(const PolicyBook& policies,
                                       const std::vector<v1::SlaEvent>& said) {
  std::set<int64_t> told;
  std::vector<std::string> others;
  const auto add = [&](int64_t version, const std::string& what) {
    if (told.insert(version).second) others.push_back(what);
  };
  for (const v1::SlaEvent* event : InOrder(said)) {
    const int64_t version = event->policy_version();
    const Policy* const policy = policies.Find(version);
    if (policy == nullptr) {
      add(version, absl::StrCat(event->lead_seq(), " was said by version ",
                                version, " of the policy, and this story is ",
                                "told without that version"));
    } else if (!event->policy_hash().empty() &&
               event->policy_hash() != policy->hash) {
      add(version,
          absl::StrCat(event->lead_seq(), " was said by version ", version,
                       " of the policy, and this story is ",
                       "told by a version ", version, " with other rules"));
    }
  }
  const int64_t known = KnownVersion(said);
  if (others.empty() && known > policies.newest().version) {
    add(known, absl::StrCat("version ", known, " of the policy was known when ",
                            "it was said, and this story is told without that ",
                            "version"));
  }
  return others;
}

std::vector<std::string> WhyNotCompared(const PolicyBook& policies,
                                        const LeadFile& file,
                                        const Comparing& comparing) {
  if (!file.gaps.empty()) {
    return {
        "records of the lead are no longer there, without which it cannot "
        "be said what was true"};
  }
  std::vector<std::string> others = OtherPolicies(policies, file.said);
  if (others.empty() && comparing.may_versions_be_later &&
      KnownVersion(file.said) != policies.newest().version) {
    return {absl::StrCat("whether version ", policies.newest().version,
                         " of the policy was known by then, its file does not "
                         "say")};
  }
  return others;
}

}  // namespace

void TellAgreement(const PolicyBook& policies, const LeadFile& file,
                   const LeadStory& story, const Comparing& comparing,
                   v1::LeadStory& out) {
  for (const std::string& why : WhyNotCompared(policies, file, comparing)) {
    out.add_not_compared(why);
  }
  if (!out.not_compared().empty()) return;

  const absl::Time a_while_before = comparing.known_by - kWhile;
  std::vector<LeadFile::Read> known_before = file.events;
  std::erase_if(known_before, [&](const LeadFile::Read& read) {
    return KnownAt(read) > a_while_before;
  });
  const bool is_all_known_before = known_before.size() == file.events.size();
  const std::vector<Event> before = HistoryOf(known_before).Events();
  const auto said_by = [&](const PolicyBook& book,
                           const std::vector<Fact>& facts) {
    const Truth truth = {
        facts,
        is_all_known_before ? facts : FactsOf(book, before, comparing.as_of),
        a_while_before};
    Comparison comparison(book, truth, comparing);
    comparison.Compare(file.said);
    v1::LeadStory told;
    comparison.Tell(told);
    return told;
  };
  const v1::LeadStory told = said_by(policies, story.facts);
  const int64_t known = KnownVersion(file.said);
  if (!told.agrees() && policies.newest().version > known &&
      policies.Find(known) != nullptr) {
    const PolicyBook older = policies.UpTo(known);
    const std::vector<Event> events = HistoryOf(file.events).Events();
    const std::vector<Fact> facts = FactsOf(older, events, comparing.as_of);
    if (said_by(older, facts).agrees()) {
      out.add_not_compared(absl::StrCat(
          "it agrees with version ", known,
          " of the policy, and nothing shows that a later one was known when "
          "it was said"));
      return;
    }
  }
  out.MergeFrom(told);
}

}  // namespace leadclock
