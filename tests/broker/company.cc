#include "tests/broker/company.h"

#include <cstdlib>
#include <iostream>
#include <random>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/broker/lead_events.h"
#include "tests/reference/reference.h"

namespace leadclock::broker {

const char* const kCompanyPolicy = R"(
version: 1
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30", sat: ["09:00-12:00", "13:00-15:00"]}
    holidays: [2024-03-08]
    dates: {2024-03-11: "10:00-12:00"}
  new_york:
    zone: America/New_York
    hours: {mon-fri: "09:00-18:00"}
calendar_for:
  - {when: {market: uk}, use: london}
  - {when: {market: us}, use: new_york}
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
    target:
      - {when: {market: live}, is: 2s}
      - {otherwise: 5m}
    at_risk: never
    calendar: always
    ladder:
      - {at: due, do: escalate, to: manager}
  - name: first_response
    starts: lead_created
    stops: owned_touch
    pauses: [on_hold]
    acknowledge: {when: closed, to: owner}
    target:
      - {when: {market: live}, is: 5s}
      - {when: {intent: high}, is: 15m}
      - {when: {market: uk, source: paid_search}, is: 1h}
      - {otherwise: 4h}
    ladder:
      - {at: 60%,       do: remind,   to: owner}
      - {at: 10m,       do: remind,   to: owner, when: {intent: high}}
      - {at: due,       do: breach,   to: [owner, backup]}
      - {at: due + 5m,  do: escalate, to: manager}
      - {at: due + 15m, do: reassign, to: backup, when: {intent: high}}
  - name: second_touch
    starts: first_response.answered
    stops: {owned_touch: {channel: another}}
    target:
      - {when: {market: live}, is: 3s}
      - {otherwise: 30m}
    at_risk: never
    ladder:
      - {at: due, do: breach, to: owner}
)";

namespace {

using property::Dice;
using reference::kHour;
using reference::kMinute;
using Texts = std::vector<std::string>;

// ---------------------------------------------------------------------------
// The same policy in the reference's words

// What the reference knows by its index.
struct Names {
  struct Clock {
    std::string name;
    Texts ladder;
  };
  std::vector<Clock> clocks;
};

const Names& CompanyNames() {
  static const auto& names =
      *new Names{{{"assignment", {"escalate_1"}},
                  {"first_response",
                   {"remind_1", "remind_2", "breach_1", "escalate_1",
                    "reassign_1", "at_risk", "acknowledge"}},
                  {"second_touch", {"breach_1"}}}};
  return names;
}

std::vector<reference::Calendar> Calendars() {
  using reference::DayOf;
  const reference::Hours all_day = {9 * kHour, 17 * kHour + 30 * kMinute};
  reference::Calendar always;
  always.always = true;

  reference::Calendar london;
  london.zone = "Europe/London";
  for (size_t day = 0; day < 5; ++day) london.week[day] = {all_day};
  london.week[5] = {{9 * kHour, 12 * kHour}, {13 * kHour, 15 * kHour}};
  london.holidays = {DayOf(2024, 3, 8)};
  london.special_hours[DayOf(2024, 3, 11)] = {{10 * kHour, 12 * kHour}};

  reference::Calendar new_york;
  new_york.zone = "America/New_York";
  for (size_t day = 0; day < 5; ++day) {
    new_york.week[day] = {{9 * kHour, 18 * kHour}};
  }
  return {always, london, new_york};
}

reference::Trigger OwnedTouch() {
  reference::Trigger trigger;
  trigger.on = reference::Trigger::On::kTouch;
  trigger.touch.direction = "outbound";
  trigger.touch.actor_kind = "human";
  trigger.touch.by = {"owner", "backup", "manager"};
  trigger.touch.meaningful = true;
  return trigger;
}

reference::Policy CompanyPolicy() {
  using Mark = reference::Mark;
  using Trigger = reference::Trigger;
  constexpr Mark::From kStart = Mark::From::kStart;
  constexpr Mark::From kAfterDue = Mark::From::kAfterDue;
  const reference::Condition live = {{"market", {"live"}}};
  const reference::Condition high = {{"intent", {"high"}}};

  reference::Clock assignment;
  assignment.starts = {Trigger{}};
  assignment.stops = {Trigger{Trigger::On::kAssigned, {}, 0}};
  assignment.targets = {{live, 2'000}, {{}, 5 * kMinute}};
  assignment.calendars = {{{}, 0}};
  assignment.ladder = {{Mark{kAfterDue, 0, 0}, "escalation", {}, {"manager"}}};

  reference::Clock first_response;
  first_response.starts = {Trigger{}};
  first_response.stops = {OwnedTouch()};
  first_response.pauses = {"on_hold"};
  first_response.targets = {
      {live, 5'000},
      {high, 15 * kMinute},
      {{{"market", {"uk"}}, {"source", {"paid_search"}}}, kHour},
      {{}, 4 * kHour}};
  first_response.ladder = {
      {Mark{Mark::From::kShare, 0, 60}, "reminder", {}, {"owner"}},
      {Mark{kStart, 10 * kMinute, 0}, "reminder", high, {"owner"}},
      {Mark{kAfterDue, 0, 0}, "breach", {}, {"owner", "backup"}},
      {Mark{kAfterDue, 5 * kMinute, 0}, "escalation", {}, {"manager"}},
      {Mark{kAfterDue, 15 * kMinute, 0}, "reassignment", high, {"backup"}},
      {Mark{Mark::From::kShare, 0, 80}, "warning", {}, {"owner"}},
      {Mark{Mark::From::kStarted, 0, 0}, "acknowledgement", {}, {"owner"}}};

  reference::Clock second_touch;
  second_touch.starts = {Trigger{Trigger::On::kAnswered, {}, 1}};
  second_touch.stops = {OwnedTouch()};
  second_touch.stops[0].touch.another_channel = true;
  second_touch.targets = {{live, 3'000}, {{}, 30 * kMinute}};
  second_touch.ladder = {{Mark{kAfterDue, 0, 0}, "breach", {}, {"owner"}}};

  reference::Policy policy;
  policy.calendars = Calendars();
  policy.calendar_for = {
      {{{"market", {"uk"}}}, 1}, {{{"market", {"us"}}}, 2}, {{}, 0}};
  policy.eligible = {{{{"customer", {"existing"}}}, "existing_customer"},
                     {{{"consent", {"withdrawn"}}}, "consent"},
                     {{{"consent", {"unclear"}}},
                      "unclear_consent",
                      /*reviews=*/true,
                      {"manager"}}};
  policy.clocks = {assignment, first_response, second_touch};
  return policy;
}

std::string LineOfFact(const std::string& lead, const reference::Fact& fact) {
  NetFact net = {
      .lead = lead,
      .clock = "",
      .name = fact.kind == "answered late" ? "answered_late" : fact.kind,
      .at_ms = fact.at,
      .started_by =
          absl::StrCat(fact.started_by.source, "/", fact.started_by.id),
      .owner = fact.people.owner,
      .backup = fact.people.backup,
      .manager = fact.people.manager,
      .recipients = ""};
  if (fact.kind.starts_with("task ")) {
    net.name = absl::StrReplaceAll(fact.kind, {{" ", "_"}});
    net.task = absl::StrCat(fact.by.source, "/", fact.by.id, " for ",
                            fact.task_holder);
  }
  Texts recipients;
  for (const reference::Recipient& recipient : fact.recipients) {
    recipients.push_back(
        RecipientText(recipient.role, recipient.id, recipient.fell_to));
  }
  net.recipients = absl::StrJoin(recipients, " ");
  if (fact.clock == reference::kNoClock) {
    if (net.task.empty()) net.name = "review";
    return LineOf(net);
  }
  const Names::Clock& clock = CompanyNames().clocks[fact.clock];
  net.clock = clock.name;
  if (fact.rung >= 0) net.name = clock.ladder[static_cast<size_t>(fact.rung)];
  return LineOf(net);
}

// ---------------------------------------------------------------------------
// What happens

const Texts kPersons = {"ann", "bob", "cid"};
// Holds no role.
constexpr const char* kStranger = "zoe";

class Chronicler {
 public:
  Chronicler(std::string lead, absl::Time birth, Dice& dice)
      : lead_(std::move(lead)), birth_(birth), dice_(dice) {}

  // ---- A lead of the spring of 2024

  Life Past() {
    AddBirth();
    if (dice_.Chance(70)) AddAssignment(dice_.Below(8));
    if (dice_.Chance(20)) AddAssignment(dice_.Below(400));
    for (int64_t n = dice_.Below(5); n > 0; --n) AddTouch(SomeMinute());
    if (dice_.Chance(20)) AddHold();
    if (dice_.Chance(8)) AddIntent(SomeMinute());
    if (dice_.Chance(5)) AddConsent(SomeMinute());
    if (dice_.Chance(8)) TakeBackSomething();
    if (dice_.Chance(8)) CorrectATouch();
    return {std::move(events_), birth_ + absl::Hours(9 * 24), absl::Minutes(1)};
  }

  // ---- A lead of this minute

  Life Live() {
    v1::LeadEvent birth = Created(lead_, birth_);
    birth.mutable_lead_created()->mutable_attributes()->set_market("live");
    birth.mutable_lead_created()->set_manager_id("max");
    Add(birth);
    if (dice_.Chance(80)) {
      Add(Assigned(lead_, birth_ + absl::Seconds(dice_.Below(4)), "ann"));
    }
    for (int64_t n = dice_.Below(3); n > 0; --n) {
      Add(CallBy(lead_, birth_ + absl::Seconds(dice_.Below(10)),
                 dice_.Chance(70) ? "ann" : "max"));
    }
    return {std::move(events_), birth_ + absl::Seconds(30), absl::Seconds(1)};
  }

 private:
  // No two events of a lead have one id.
  void Add(v1::LeadEvent event) {
    event.set_id(absl::StrCat(event.id(), " #", events_.size()));
    events_.push_back(std::move(event));
  }

  absl::Time After(int64_t minutes) const {
    return birth_ + absl::Minutes(minutes);
  }

  int64_t SomeMinute() {
    switch (dice_.Below(4)) {
      case 0:
        return dice_.Between(-15, 5);
      case 1:
        return dice_.Below(20);
      case 2:
        return dice_.Below(300);
      default:
        return dice_.Below(3'000);
    }
  }

  void AddBirth() {
    v1::LeadEvent event = Created(lead_, birth_);
    v1::LeadCreated& created = *event.mutable_lead_created();
    v1::LeadAttributes& attributes = *created.mutable_attributes();
    attributes.set_market(dice_.OneOf<std::string>({"uk", "uk", "us", "fr"}));
    if (dice_.Chance(40)) attributes.set_intent("high");
    if (dice_.Chance(40)) attributes.set_lead_source("paid_search");
    if (dice_.Chance(5)) attributes.set_customer("existing");
    if (dice_.Chance(2)) attributes.set_consent("unclear");
    if (dice_.Chance(80)) created.set_manager_id("max");
    if (dice_.Chance(25)) created.set_owner_id(dice_.OneOf(kPersons));
    Add(event);
  }

  void AddAssignment(int64_t minute) {
    v1::LeadEvent event = Assigned(lead_, After(minute), dice_.OneOf(kPersons));
    if (dice_.Chance(60)) {
      event.mutable_assigned()->set_backup_id(dice_.OneOf(kPersons));
    }
    Add(event);
  }

  void AddTouch(int64_t minute) {
    const std::string actor =
        dice_.Chance(80) ? dice_.OneOf(kPersons) : kStranger;
    v1::LeadEvent event = CallBy(lead_, After(minute), actor);
    v1::Touch& touch = *event.mutable_touch();
    if (dice_.Chance(50)) touch.set_channel("email");
    if (dice_.Chance(15)) touch.set_direction(v1::Touch::INBOUND);
    if (dice_.Chance(15)) touch.set_actor_kind(v1::Touch::AUTORESPONDER);
    if (dice_.Chance(10)) touch.clear_meaningful();
    Add(event);
  }

  void AddHold() {
    const int64_t begin = dice_.Below(300);
    Add(StatusBecomes(lead_, After(begin), "on_hold"));
    if (dice_.Chance(80)) {
      Add(StatusBecomes(lead_, After(begin + dice_.Below(600)), "working"));
    }
  }

  void AddIntent(int64_t minute) {
    v1::LeadEvent event = Note(lead_, After(minute));
    event.mutable_attributes_changed()->mutable_attributes()->set_intent(
        dice_.Chance(50) ? "high" : "");
    Add(event);
  }

  void AddConsent(int64_t minute) {
    v1::LeadEvent event = Note(lead_, After(minute));
    event.mutable_consent_changed()->set_consent(
        dice_.OneOf<std::string>({"withdrawn", "unclear", "granted"}));
    Add(event);
  }

  // Anything but the birth turns out not to have happened.
  void TakeBackSomething() {
    if (events_.size() < 2) return;
    const auto which = static_cast<size_t>(
        dice_.Between(1, static_cast<int64_t>(events_.size()) - 1));
    Add(WithdrawalOf(events_[which], After(SomeMinute())));
  }

  // The same id once more, with other contents.
  void CorrectATouch() {
    for (v1::LeadEvent event : events_) {
      if (!event.has_touch()) continue;
      event.set_sequence(1);
      event.set_occurred_at_ms(absl::ToUnixMillis(After(SomeMinute())));
      events_.push_back(event);
      return;
    }
  }

  const std::string lead_;
  const absl::Time birth_;
  Dice& dice_;
  std::vector<v1::LeadEvent> events_;
};

}  // namespace

// From a Thursday on which London works, over its holiday on Friday and the
// change of New York's clocks on Sunday, to the Monday.
Life SomeLife(const std::string& lead, Dice& dice) {
  const absl::Time birth =
      London("2024-03-07 06:00") + absl::Minutes(dice.Below(4 * 24 * 60));
  return Chronicler(lead, birth, dice).Past();
}

Life SomeLiveLife(const std::string& lead, absl::Time birth, Dice& dice) {
  return Chronicler(lead, birth, dice).Live();
}

std::vector<Life> SomeLives(int count, Dice& dice) {
  std::vector<Life> lives;
  for (int i = 1; i <= count; ++i) {
    lives.push_back(SomeLife(absl::StrCat("lead-", i), dice));
  }
  return lives;
}

NetFacts Expected(const std::vector<Life>& lives) {
  const reference::Policy policy = CompanyPolicy();
  NetFacts facts;
  for (const Life& life : lives) {
    std::vector<reference::Event> events;
    for (const v1::LeadEvent& event : life.events) {
      events.push_back(ReferenceEvent(event));
    }
    const reference::Life lived =
        reference::Live(policy, events, absl::ToUnixMillis(life.horizon),
                        absl::ToInt64Milliseconds(life.step));
    for (const reference::Fact& fact : lived.facts) {
      facts.insert(LineOfFact(life.events.front().lead_id(), fact));
    }
  }
  return facts;
}

std::vector<v1::LeadEvent> Shuffled(const std::vector<Life>& lives,
                                    Dice& dice) {
  std::vector<v1::LeadEvent> events;
  for (const Life& life : lives) {
    for (const v1::LeadEvent& event : life.events) {
      events.push_back(event);
      if (dice.Chance(10)) events.push_back(event);
    }
  }
  for (size_t i = events.size(); i > 1; --i) {
    std::swap(events[i - 1],
              events[static_cast<size_t>(dice.Below(static_cast<int64_t>(i)))]);
  }
  return events;
}

Dice PrintedDice() {
  uint64_t seed = std::random_device()();
  const char* given = std::getenv("LEADCLOCK_BROKER_SEED");
  if (given != nullptr && !absl::SimpleAtoi(given, &seed)) {
    throw std::runtime_error("LEADCLOCK_BROKER_SEED is not a number");
  }
  std::cout << "LEADCLOCK_BROKER_SEED=" << seed << std::endl;
  return Dice(seed);
}

}  // namespace leadclock::broker
