#include "app/dev/crm.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace leadclock {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

// How soon somebody answers.
enum class Habit : uint8_t {
  kPrompt,
  kSteady,  // in time for most promises
  kTardy,
  kNever,
};

struct SalesPerson {
  std::string id;
  Habit habit = Habit::kSteady;
};

struct Team {
  std::vector<SalesPerson> people;
  std::string manager;
};

// People of the market with this number; no two markets share one.
Team TeamOf(size_t market) {
  static constexpr std::array<const char*, 24> kNames = {
      "amelia", "ben",    "chloe",   "daniel", "erin",    "frank",
      "grace",  "hassan", "isabel",  "jonas",  "karin",   "luis",
      "maya",   "noah",   "olivia",  "pavel",  "quentin", "rosa",
      "samir",  "tessa",  "umberto", "vera",   "william", "yuki"};
  static constexpr std::array<Habit, 5> kHabits = {
      Habit::kPrompt, Habit::kPrompt, Habit::kSteady, Habit::kTardy,
      Habit::kNever};
  size_t number = market * (kHabits.size() + 1);
  const auto next_name = [&] {
    const size_t round = number / kNames.size();
    const char* name = kNames[number++ % kNames.size()];
    return round == 0 ? std::string(name) : absl::StrCat(name, round + 1);
  };
  Team team;
  for (const Habit habit : kHabits) team.people.push_back({next_name(), habit});
  team.manager = next_name();
  return team;
}

absl::Time WholeSecond(absl::Time at) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(at));
}

// What becomes of one lead, from the first record to the last.
class Story {
 public:
  Story(const Company::Market& market, Team team, std::string lead_id,
        absl::Time created_at, Dice& dice)
      : market_(market),
        team_(std::move(team)),
        lead_id_(std::move(lead_id)),
        created_at_(created_at),
        dice_(dice),
        owner_(dice.OneOf(team_.people)),
        backup_(SomebodyBut(owner_)) {}

  std::vector<SyntheticCrm::Record> Tell(const Company& company) && {
    const bool is_customer = dice_.Chance(0.04);
    Create(company, is_customer);
    if (dice_.Chance(0.6)) Acknowledge();
    Assign();
    if (is_customer) return std::move(records_);
    if (dice_.Chance(0.04)) {
      WithdrawConsent();
      return std::move(records_);
    }
    TryAgain(Answer());
    return std::move(records_);
  }

 private:
  v1::LeadEvent& Add(absl::Time occurred_at, LeadInput topic) {
    SyntheticCrm::Record& record = records_.emplace_back();
    record.sent_at = occurred_at;
    record.topic = topic;
    record.event.set_lead_id(lead_id_);
    record.event.set_id(absl::StrCat(lead_id_, "-", records_.size()));
    record.event.set_source("demo-crm");
    record.event.set_occurred_at_ms(absl::ToUnixMillis(occurred_at));
    return record.event;
  }

  void Create(const Company& company, bool is_customer) {
    v1::LeadCreated& created =
        *Add(created_at_, LeadInput::kCreated).mutable_lead_created();
    created.set_manager_id(team_.manager);
    v1::LeadAttributes& attributes = *created.mutable_attributes();
    attributes.set_market(market_.name);
    attributes.set_lead_source(dice_.OneOf(company.sources));
    // What promises are made about comes often enough to watch them.
    attributes.set_intent(dice_.Chance(0.5) ? company.intents.front()
                                            : dice_.OneOf(company.intents));
    attributes.set_customer(is_customer ? "existing" : "new");
    attributes.set_crm_url(
        absl::StrCat("https://crm.example/leads/", lead_id_));
  }

  // The receipt that a web form sends.
  void Acknowledge() {
    v1::Touch& receipt = AddTouch(created_at_ + absl::Seconds(2));
    receipt.set_channel("email");
    receipt.set_actor_kind(v1::Touch::AUTORESPONDER);
  }

  // The desk that hands out leads works day and night, and is slow at times.
  void Assign() {
    assigned_at_ =
        created_at_ + (dice_.Chance(0.12)
                           ? dice_.Between(2.1 * kMinute, 6 * kMinute)
                           : dice_.Between(0.1 * kMinute, kMinute));
    v1::Assigned& assigned =
        *Add(assigned_at_, LeadInput::kActivity).mutable_assigned();
    assigned.set_owner_id(owner_.id);
    assigned.set_backup_id(backup_.id);
  }

  void WithdrawConsent() {
    v1::ConsentChanged& consent =
        *Add(assigned_at_ + dice_.Between(kMinute, 8 * kMinute),
             LeadInput::kActivity)
             .mutable_consent_changed();
    consent.set_consent("withdrawn");
    consent.set_reason("unsubscribed");
  }

  // When, and by whom.
  struct Answered {
    absl::Time at;
    std::string by;
  };

  Answered Answer() {
    switch (owner_.habit) {
      case Habit::kPrompt:
        return Call(owner_.id, Within(kMinute, 7 * kMinute));
      case Habit::kSteady:
        if (dice_.Chance(0.3)) return AnswerAfterPause();
        return Call(owner_.id, Within(5 * kMinute, 14 * kMinute));
      case Habit::kTardy:
        if (dice_.Chance(0.4)) return CallLoggedLate();
        return Call(owner_.id, Within(17 * kMinute, 45 * kMinute));
      case Habit::kNever:
        break;
    }
    return TakeOver();
  }

  Answered AnswerAfterPause() {
    const absl::Time paused_at = Within(3 * kMinute, 7 * kMinute);
    ChangeStatus(paused_at,
                 dice_.Chance(0.5) ? "waiting_on_customer" : "on_hold");
    const absl::Time resumed_at =
        Working(paused_at, dice_.Between(10 * kMinute, 30 * kMinute));
    ChangeStatus(resumed_at, "working");
    return Call(owner_.id,
                Working(resumed_at, dice_.Between(kMinute, 6 * kMinute)));
  }

  // They did call in time, and only write it down when somebody asks.
  Answered CallLoggedLate() {
    Answered answered = Call(owner_.id, Within(6 * kMinute, 13 * kMinute));
    SyntheticCrm::Record& record = records_.back();
    record.sent_at =
        Working(answered.at, dice_.Between(15 * kMinute, 30 * kMinute));
    record.event.set_logged_at_ms(absl::ToUnixMillis(record.sent_at));
    return answered;
  }

  // In the end somebody else looks after the lead.
  Answered TakeOver() {
    const absl::Time at = Within(32 * kMinute, 55 * kMinute);
    v1::Assigned& assigned = *Add(at, LeadInput::kActivity).mutable_assigned();
    assigned.set_owner_id(backup_.id);
    assigned.set_backup_id(SomebodyBut(backup_).id);
    return Call(backup_.id,
                Working(at, dice_.Between(2 * kMinute, 10 * kMinute)));
  }

  void TryAgain(const Answered& first) {
    const absl::Duration later =
        dice_.Chance(0.8) ? dice_.Between(5 * kMinute, 28 * kMinute)
                          : dice_.Between(32 * kMinute, 70 * kMinute);
    Call(first.by, Working(first.at, later));
  }

  Answered Call(const std::string& by, absl::Time at) {
    static constexpr std::array<const char*, 3> kChannels = {"phone", "email",
                                                             "sms"};
    v1::Touch& touch = AddTouch(at);
    touch.set_channel(dice_.OneOf(kChannels));
    touch.set_actor_kind(v1::Touch::HUMAN);
    touch.set_actor_id(by);
    touch.set_meaningful(true);
    return {at, by};
  }

  v1::Touch& AddTouch(absl::Time at) {
    v1::Touch& touch = *Add(at, LeadInput::kActivity).mutable_touch();
    touch.set_direction(v1::Touch::OUTBOUND);
    return touch;
  }

  void ChangeStatus(absl::Time at, const char* status) {
    Add(at, LeadInput::kActivity).mutable_status_changed()->set_status(status);
  }

  // After so much working time since the lead came, once it has an owner.
  absl::Time Within(absl::Duration least, absl::Duration most) {
    return std::max(
        Working(created_at_, dice_.Between(least, most)),
        Working(assigned_at_ + absl::Seconds(30), absl::ZeroDuration()));
  }

  absl::Time Working(absl::Time since, absl::Duration time) const {
    return market_.calendar.Deadline(since, time);
  }

  SalesPerson SomebodyBut(const SalesPerson& one) {
    // Whoever never answers is nobody's help.
    for (;;) {
      const SalesPerson& other = dice_.OneOf(team_.people);
      if (other.id != one.id && other.habit != Habit::kNever) return other;
    }
  }

  const Company::Market& market_;
  const Team team_;
  const std::string lead_id_;
  const absl::Time created_at_;
  Dice& dice_;
  const SalesPerson owner_;
  const SalesPerson backup_;
  absl::Time assigned_at_;
  std::vector<SyntheticCrm::Record> records_;
};

}  // namespace

SyntheticCrm::SyntheticCrm(Company company, const Options& options)
    : company_(std::move(company)),
      options_(options),
      dice_(options.seed),
      next_lead_at_(options.start) {}

SyntheticCrm::Record SyntheticCrm::Next() {
  // A lead's records are sent at its creation or later.
  while (planned_.empty() ||
         planned_.begin()->first >= WholeSecond(next_lead_at_)) {
    AddLead();
  }
  return std::move(planned_.extract(planned_.begin()).mapped());
}

void SyntheticCrm::AddLead() {
  const absl::Time created_at = WholeSecond(next_lead_at_);
  next_lead_at_ += dice_.Gap(kMinute / options_.leads_per_minute);
  const auto number = static_cast<size_t>(
      dice_.Fraction() * static_cast<double>(company_.markets.size()));
  const Company::Market& market = company_.markets[number];
  // While a market sleeps, most of its customers do.
  if (!market.calendar.IsOpen(created_at) && !dice_.Chance(0.25)) return;

  Story story(market, TeamOf(number), absl::StrFormat("L-%04d", ++leads_),
              created_at, dice_);
  for (Record& record : std::move(story).Tell(company_)) {
    const absl::Time sent_at = record.sent_at;
    planned_.emplace(sent_at, std::move(record));
  }
}

}  // namespace leadclock
