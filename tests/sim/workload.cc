#include "tests/sim/workload.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "processor/runtime/partitioner.h"

namespace leadclock::sim {
namespace {

// Everything happens within minutes, and at all hours.
constexpr char kFastPolicy[] = R"(
version: 3
calendars:
  short_days: {zone: UTC, hours: {mon-sun: ["00:00-11:59", "12:01-23:57"]}}
calendar_for:
  - {when: {market: uk}, use: short_days}
  - {otherwise: always}
eligible:
  - {when: {customer: existing}, then: exclude, reason: existing_customer}
  - {when: {consent: withdrawn}, then: stop, reason: consent}
  - {when: {consent: unclear}, then: review, reason: unclear_consent}
responses:
  owned_touch: {direction: outbound, actor: human, by: [owner, backup, manager], meaningful: true}
clocks:
  - name: assignment
    starts: lead_created
    stops: assigned
    target: 20s
    calendar: always
    ladder:
      - {at: due, do: escalate, to: manager}
  - name: first_response
    starts: lead_created
    stops: owned_touch
    pauses: [on_hold]
    acknowledge: {when: closed, to: owner}
    target:
      - {when: {intent: high}, is: 45s}
      - {otherwise: 3m}
    ladder:
      - {at: 50%, do: remind, to: owner}
      - {at: due, do: breach, to: [owner, backup]}
      - {at: due + 7s, do: escalate, to: manager}
      - {at: due + 1m, do: reassign, to: backup, when: {intent: high}}
  - name: second_touch
    starts: first_response.answered
    stops: {owned_touch: {channel: another}}
    target: 40s
    ladder:
      - {at: due, do: breach, to: owner}
)";

const std::vector<std::string> kPersons = {"ann", "bob", "cid"};

// One lead, from its birth on.
class Chronicler {
 public:
  Chronicler(std::string lead, absl::Time birth, const WorkloadOptions& options,
             Dice& dice)
      : lead_(std::move(lead)), birth_(birth), options_(options), dice_(dice) {}

  std::vector<v1::LeadEvent> Tell() {
    AddBirth();
    if (dice_.Chance(70)) AddAssignment(Soon());
    if (dice_.Chance(20)) AddAssignment(Sometime());
    for (int64_t n = dice_.Below(5); n > 0; --n) AddTouch(Sometime());
    if (dice_.Chance(20)) AddHold();
    if (dice_.Chance(8)) AddIntent(Sometime());
    if (dice_.Chance(5)) AddConsent(Sometime());
    if (dice_.Chance(5)) AddSecondBirth(Sometime());
    if (options_.withdrawals && dice_.Chance(25)) Withdraw();
    if (options_.withdrawals && dice_.Chance(15)) CorrectATouch();
    return std::move(events_);
  }

 private:
  // A unit in which this lead's clocks count.
  absl::Duration Unit() const {
    return options_.fast ? absl::Seconds(1) : absl::Minutes(1);
  }
  absl::Duration Soon() { return dice_.Below(options_.fast ? 30 : 8) * Unit(); }
  absl::Duration Sometime() {
    switch (dice_.Below(5)) {
      case 0:
        return dice_.Between(-15, 5) * Unit();
      case 1:
        // Just about when something is due.
        return dice_.OneOf<int64_t>({10, 15, 20, 45, 60, 180, 240}) * Unit() +
               absl::Milliseconds(dice_.Between(-3'000, 3'000));
      case 2:
        return dice_.Below(60) * Unit();
      case 3:
        return dice_.Below(300) * Unit();
      default:
        return dice_.Below(3'000) * Unit();
    }
  }

  v1::LeadEvent& Add(absl::Duration after) {
    v1::LeadEvent& event = events_.emplace_back();
    event.set_lead_id(lead_);
    event.set_id(absl::StrCat(lead_, "-", events_.size()));
    event.set_source("crm");
    event.set_occurred_at_ms(absl::ToUnixMillis(birth_ + after));
    return event;
  }

  void AddBirth() {
    v1::LeadCreated& created =
        *Add(absl::ZeroDuration()).mutable_lead_created();
    v1::LeadAttributes& attributes = *created.mutable_attributes();
    attributes.set_market(dice_.OneOf<std::string>({"uk", "uk", "us", "fr"}));
    if (dice_.Chance(60)) attributes.set_intent("high");
    if (dice_.Chance(40)) attributes.set_lead_source("paid_search");
    if (dice_.Chance(5)) attributes.set_customer("existing");
    if (dice_.Chance(80)) created.set_manager_id("max");
    if (dice_.Chance(25)) created.set_owner_id(dice_.OneOf(kPersons));
  }

  void AddSecondBirth(absl::Duration after) {
    Add(after).mutable_lead_created()->set_owner_id(dice_.OneOf(kPersons));
  }

  void AddAssignment(absl::Duration after) {
    v1::Assigned& assigned = *Add(after).mutable_assigned();
    assigned.set_owner_id(dice_.OneOf(kPersons));
    if (dice_.Chance(60)) assigned.set_backup_id(dice_.OneOf(kPersons));
  }

  void AddTouch(absl::Duration after) {
    v1::Touch& touch = *Add(after).mutable_touch();
    touch.set_channel(dice_.OneOf<std::string>({"phone", "email"}));
    touch.set_direction(dice_.Chance(85) ? v1::Touch::OUTBOUND
                                         : v1::Touch::INBOUND);
    touch.set_actor_kind(dice_.Chance(85) ? v1::Touch::HUMAN
                                          : v1::Touch::AUTORESPONDER);
    touch.set_actor_id(dice_.Chance(85) ? dice_.OneOf(kPersons) : "zoe");
    if (dice_.Chance(90)) touch.set_meaningful(true);
  }

  void AddHold() {
    const absl::Duration begin = Sometime();
    Add(begin).mutable_status_changed()->set_status("on_hold");
    if (!dice_.Chance(80)) return;
    Add(begin + dice_.Below(600) * Unit())
        .mutable_status_changed()
        ->set_status("working");
  }

  void AddIntent(absl::Duration after) {
    Add(after).mutable_attributes_changed()->mutable_attributes()->set_intent(
        dice_.Chance(50) ? "high" : "");
  }

  void AddConsent(absl::Duration after) {
    Add(after).mutable_consent_changed()->set_consent(
        dice_.OneOf<std::string>({"withdrawn", "unclear", "granted"}));
  }

  // One of what happened turns out not to have happened; seldom the birth.
  void Withdraw() {
    const int64_t first = dice_.Chance(10) ? 0 : 1;
    const auto count = static_cast<int64_t>(events_.size());
    if (count <= first) return;
    const auto which = static_cast<size_t>(dice_.Between(first, count - 1));
    const std::string id = events_[which].id();
    Add(Sometime()).mutable_withdrawn()->set_event_id(id);
  }

  // The same id once more, with other contents.
  void CorrectATouch() {
    for (size_t i = 0; i < events_.size(); ++i) {
      if (!events_[i].has_touch()) continue;
      v1::LeadEvent event = events_[i];
      if (dice_.Chance(70)) event.set_sequence(1);
      event.set_occurred_at_ms(absl::ToUnixMillis(birth_ + Sometime()));
      events_.push_back(event);
      return;
    }
  }

  const std::string lead_;
  const absl::Time birth_;
  const WorkloadOptions& options_;
  Dice& dice_;
  std::vector<v1::LeadEvent> events_;
};

// From events to the records of feeds.
class Feed {
 public:
  Feed(const WorkloadOptions& options, Dice& dice)
      : options_(options), dice_(dice) {}

  void Send(const v1::LeadEvent& event) {
    if (event.has_withdrawn()) ++made_.withdrawals;
    const absl::Time happened = absl::FromUnixMillis(event.occurred_at_ms());
    Delivery delivery = MakeDelivery(event);
    // A future one would have to wait; what happened before the begin is sent
    // at once.
    delivery.at = std::max(happened, options_.begin) + Lag();
    if (dice_.Chance(3)) {
      // A clock that is a little fast, within what is allowed.
      delivery.at =
          std::max(options_.begin, happened - absl::Seconds(dice_.Below(240)));
    }
    if (options_.future && dice_.Chance(3)) {
      ++made_.future;
      delivery.at = happened - absl::Minutes(6) -
                    absl::Minutes(dice_.Below(options_.fast ? 20 : 2'000));
    }
    delivery.at = std::max(delivery.at, options_.begin);
    made_.deliveries.push_back(delivery);
    if (options_.duplicates && dice_.Chance(12)) {
      ++made_.duplicates;
      delivery.at += Lag() * dice_.Between(1, 5);
      made_.deliveries.push_back(delivery);
    }
    if (options_.garbage && dice_.Chance(4)) Spoil(event, delivery);
  }

  Workload Finish() {
    if (options_.silent_feeds) FallSilent();
    std::stable_sort(
        made_.deliveries.begin(), made_.deliveries.end(),
        [](const Delivery& a, const Delivery& b) { return a.at < b.at; });
    return std::move(made_);
  }

 private:
  Delivery MakeDelivery(const v1::LeadEvent& event) const {
    Delivery delivery;
    delivery.input = event.has_lead_created() ? 0 : 1;
    delivery.partition = *PartitionOf(Partitioner::kMurmur2, event.lead_id(),
                                      options_.partitions);
    delivery.key = event.lead_id();
    delivery.value = event.SerializeAsString();
    return delivery;
  }

  absl::Duration Lag() {
    const int64_t kind = options_.late ? dice_.Below(20) : 0;
    if (kind < 13) return absl::Milliseconds(dice_.Between(20, 2'500));
    ++made_.late;
    if (kind < 16) return absl::Milliseconds(dice_.Between(1'000, 20'000));
    if (kind < 19) return absl::Seconds(dice_.Below(1'800));
    return (options_.fast ? absl::Seconds(1) : absl::Minutes(1)) *
           dice_.Below(4'000);
  }

  // A second record, with which something is wrong.
  void Spoil(const v1::LeadEvent& good, Delivery delivery) {
    ++made_.garbage;
    v1::LeadEvent event = good;
    event.set_id(absl::StrCat(good.id(), "-spoilt"));
    delivery.at += absl::Milliseconds(dice_.Below(5'000));
    switch (dice_.Below(6)) {
      case 0:
        delivery.value = "\xff\xff not a message";
        delivery.rejection = "DECODE";
        break;
      case 1:
        event.clear_id();
        delivery.value = event.SerializeAsString();
        delivery.rejection = "FIELD";
        break;
      case 2:
        event.set_occurred_at_ms(good.occurred_at_ms() / 1000);
        delivery.value = event.SerializeAsString();
        delivery.rejection = "TIME";
        break;
      case 3:
        event.set_lead_id("somebody else");
        delivery.value = event.SerializeAsString();
        delivery.rejection = "KEY";
        break;
      case 4:
        delivery.value = event.SerializeAsString();
        delivery.partition = (delivery.partition + 1) % options_.partitions;
        delivery.rejection = options_.partitions > 1 ? "PARTITION" : "";
        break;
      default:
        delivery.key.reset();
        delivery.value = event.SerializeAsString();
        delivery.rejection = "KEY";
        break;
    }
    made_.deliveries.push_back(std::move(delivery));
  }

  // One feed says nothing for a while, and then everything at once.
  void FallSilent() {
    for (int64_t n = dice_.Between(1, 3); n > 0; --n) {
      ++made_.silences;
      const auto input = static_cast<int>(dice_.Below(3));  // 2: both
      const absl::Time begin =
          options_.begin + options_.length * dice_.Below(1'000) / 1'000;
      const absl::Duration length =
          (options_.fast ? absl::Seconds(1) : absl::Minutes(1)) *
          dice_.Between(1, 400);
      for (Delivery& delivery : made_.deliveries) {
        if (delivery.input != input && input != 2) continue;
        if (delivery.at < begin || delivery.at > begin + length) continue;
        delivery.at = begin + length + absl::Milliseconds(dice_.Below(2'000));
      }
    }
  }

  const WorkloadOptions& options_;
  Dice& dice_;
  Workload made_;
};

}  // namespace

std::string PolicyOf(const WorkloadOptions& options) {
  if (options.fast) return kFastPolicy;
  std::ifstream file(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml");
  if (!file) throw std::runtime_error("the example policy cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string PolicyAfter(const std::string& policy, const NextPolicy& next,
                        Dice& dice) {
  std::string text = absl::StrCat(
      "version: ", next.version, "\neffective: ",
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", next.effective,
                       absl::UTCTimeZone()),
      "\nopen_clocks: ", dice.OneOf<const char*>({"keep", "carry", "carry"}),
      "\n");
  for (const absl::string_view line : absl::StrSplit(policy, '\n')) {
    if (absl::StartsWith(line, "version:") ||
        absl::StartsWith(line, "effective:")) {
      continue;
    }
    absl::StrAppend(&text, line, "\n");
  }
  const std::vector<std::vector<std::pair<absl::string_view, const char*>>>
      changes = {
          {},
          {{"is: 45s", "is: 30s"}, {"is: 15m", "is: 10m"}},
          {{"otherwise: 3m", "otherwise: 5m"},
           {"otherwise: 4h", "otherwise: 3h"}},
          {{"target: 20s", "target: 10s"}, {"target: 2m", "target: 3m"}},
          {{"target: 40s", "target: 50s"}, {"target: 30m", "target: 1h"}},
          {{"due + 7s", "due + 11s"}, {"due + 5m", "due + 7m"}},
          {{"name: second_touch", "name: third_touch"}}};
  return absl::StrReplaceAll(text, dice.OneOf(changes));
}

Workload MakeWorkload(const WorkloadOptions& options, Dice& dice) {
  Feed feed(options, dice);
  for (int i = 0; i < options.leads; ++i) {
    // What happened before a birth happened after the begin.
    absl::Time birth = options.begin + absl::Minutes(20) +
                       options.length * dice.Below(100'000) / 100'000;
    // As a person would key it in, or to the millisecond.
    const absl::Duration grain =
        dice.Chance(50) ? absl::Minutes(1) : absl::Milliseconds(1);
    birth = absl::UnixEpoch() + absl::Floor(birth - absl::UnixEpoch(), grain);
    for (const v1::LeadEvent& event :
         Chronicler(absl::StrCat("lead-", i), birth, options, dice).Tell()) {
      feed.Send(event);
    }
  }
  return feed.Finish();
}

absl::Duration LongestOutlook(const WorkloadOptions& options) {
  // Four open hours and some minutes, over weekends and feasts.
  return options.fast ? absl::Hours(1) : absl::Hours(24 * 9);
}

}  // namespace leadclock::sim
