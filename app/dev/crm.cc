#include "app/dev/crm.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

enum class Diligence { kPrompt, kSlow, kNever };

struct Seller {
  std::string name;
  Diligence diligence;
};

const std::vector<Seller>& Sellers() {
  static const auto* const kSellers = new std::vector<Seller>{
      {"anna", Diligence::kPrompt}, {"ben", Diligence::kPrompt},
      {"carla", Diligence::kSlow},  {"dario", Diligence::kSlow},
      {"eva", Diligence::kPrompt},  {"finn", Diligence::kNever}};
  return *kSellers;
}

const std::vector<std::string>& Sources() {
  static const auto* const kSources = new std::vector<std::string>{
      "paid_search", "referral", "website", "trade_fair"};
  return *kSources;
}

const std::vector<std::string>& Intents() {
  static const auto* const kIntents =
      new std::vector<std::string>{"high", "high", "mid", "low"};
  return *kIntents;
}

Diligence DiligenceOf(const std::string& name) {
  const auto seller =
      std::find_if(Sellers().begin(), Sellers().end(),
                   [&](const Seller& s) { return s.name == name; });
  return seller->diligence;
}

}  // namespace

Crm::Crm(CrmOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      next_lead_(options_.start) {}

std::vector<CrmRecord> Crm::Until(absl::Time now) {
  while (next_lead_ <= now) {
    CreateLead(next_lead_);
    const absl::Duration pace =
        absl::Minutes(1) / std::max(options_.leads_per_minute, 1e-3);
    next_lead_ += Between(pace / 4, pace * 7 / 4);
  }
  std::vector<CrmRecord> records;
  const auto end = pending_.upper_bound(now);
  for (auto record = pending_.begin(); record != end; ++record) {
    records.push_back(std::move(record->second));
  }
  pending_.erase(pending_.begin(), end);
  return records;
}

void Crm::CreateLead(absl::Time at) {
  const CrmOptions::Market& market = OneOf(options_.markets);
  const std::string lead = absl::StrCat("L", 1000 + ++leads_);
  v1::LeadEvent& event = Log(lead, at, at);
  v1::LeadAttributes& attributes =
      *event.mutable_lead_created()->mutable_attributes();
  attributes.set_market(market.name);
  attributes.set_lead_source(OneOf(Sources()));
  attributes.set_intent(OneOf(Intents()));
  attributes.set_customer(Chance(4) ? "existing" : "new");
  attributes.set_crm_url(absl::StrCat("https://crm.example/leads/", lead));

  if (Chance(60)) {
    v1::Touch& receipt =
        *Log(lead, at + absl::Seconds(5), at + absl::Seconds(5))
             .mutable_touch();
    receipt.set_channel("email");
    receipt.set_direction(v1::Touch::OUTBOUND);
    receipt.set_actor_kind(v1::Touch::AUTORESPONDER);
  }
  // The desk is quick, as a rule.
  Assign(lead, market,
         at + (Chance(80) ? Between(absl::Seconds(10), absl::Seconds(100))
                          : Between(absl::Minutes(3), absl::Minutes(9))));
}

void Crm::Assign(const std::string& lead, const CrmOptions::Market& market,
                 absl::Time at) {
  const size_t seller = Below(Sellers().size());
  const std::string& owner = Sellers()[seller].name;
  const std::string& backup = Sellers()[(seller + 1) % Sellers().size()].name;
  v1::Assigned& assigned = *Log(lead, at, at).mutable_assigned();
  assigned.set_owner_id(owner);
  assigned.set_backup_id(backup);
  assigned.set_manager_id("mona");

  if (Chance(3)) {
    const absl::Time when = at + Between(absl::Minutes(2), absl::Minutes(12));
    Log(lead, when, when).mutable_consent_changed()->set_consent("withdrawn");
    return;
  }
  if (Chance(8)) Hold(lead, market, at + absl::Minutes(4));
  Answer(lead, owner, market, at);
}

void Crm::Answer(const std::string& lead, const std::string& owner,
                 const CrmOptions::Market& market, absl::Time assigned_at) {
  absl::Duration work;
  switch (DiligenceOf(owner)) {
    case Diligence::kPrompt:
      work = Between(absl::Minutes(1), absl::Minutes(9));
      break;
    case Diligence::kSlow:
      work = Between(absl::Minutes(11), absl::Minutes(40));
      break;
    case Diligence::kNever:
      return;
  }
  const absl::Time first = market.calendar.Deadline(assigned_at, work);
  // Some calls find their way into the CRM when the day is nearly over.
  const bool forgotten = Chance(10);
  Call(lead, owner, "phone", first,
       forgotten ? first + Between(absl::Minutes(12), absl::Minutes(50))
                 : first + absl::Seconds(2));
  const absl::Time second = market.calendar.Deadline(
      first, Between(absl::Minutes(8), absl::Minutes(38)));
  if (Chance(80)) Call(lead, owner, "email", second, second);
}

void Crm::Call(const std::string& lead, const std::string& owner,
               const char* channel, absl::Time at, absl::Time logged_at) {
  v1::Touch& touch = *Log(lead, at, logged_at).mutable_touch();
  touch.set_channel(channel);
  touch.set_direction(v1::Touch::OUTBOUND);
  touch.set_actor_kind(v1::Touch::HUMAN);
  touch.set_actor_id(owner);
  touch.set_meaningful(true);
}

void Crm::Hold(const std::string& lead, const CrmOptions::Market& market,
               absl::Time from) {
  const absl::Time to = market.calendar.Deadline(
      from, Between(absl::Minutes(20), absl::Hours(1)));
  Log(lead, from, from).mutable_status_changed()->set_status("on_hold");
  Log(lead, to, to).mutable_status_changed()->set_status("working");
}

v1::LeadEvent& Crm::Log(const std::string& lead, absl::Time at,
                        absl::Time logged_at) {
  // The contract counts in milliseconds.
  at = absl::FromUnixMillis(absl::ToUnixMillis(at));
  CrmRecord record;
  record.logged_at = logged_at;
  record.event.set_lead_id(lead);
  record.event.set_id(absl::StrCat("event-", ++events_));
  record.event.set_source("demo-crm");
  record.event.set_occurred_at_ms(absl::ToUnixMillis(at));
  record.event.set_logged_at_ms(absl::ToUnixMillis(logged_at));
  return pending_.emplace(logged_at, std::move(record))->second.event;
}

bool Crm::Chance(int percent) {
  return Below(100) < static_cast<uint64_t>(percent);
}

absl::Duration Crm::Between(absl::Duration least, absl::Duration most) {
  const auto span = static_cast<uint64_t>(absl::ToInt64Seconds(most - least));
  return least + absl::Seconds(static_cast<int64_t>(Below(span + 1)));
}

}  // namespace leadclock
