#include "bench/lives.h"

#include <array>
#include <limits>

#include "absl/strings/str_cat.h"

namespace leadclock::bench {
namespace {

using v1::SlaEvent;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// The ladder of bench/policy.yaml.
constexpr int64_t kRemindBeforeDue = 5'000;
constexpr int64_t kEscalateAfterDue = 5'000;

int64_t TargetOf(Sort sort) { return sort == Sort::kBurst ? 30'000 : 10'000; }

const char* SourceOf(Sort sort) {
  switch (sort) {
    case Sort::kLive:
      return "website";
    case Sort::kPreload:
      return "preload";
    case Sort::kBurst:
      break;
  }
  return "burst";
}

// The instant at which the clock has counted `mark`. It counts day and night,
// but for the pause.
int64_t Reached(const Life& life, int64_t mark) {
  const int64_t at = life.created + mark;
  if (life.held == 0 || at <= life.held) return at;
  if (life.resumed == 0) return kNever;
  return at + life.resumed - life.held;
}

constexpr std::array<const char*, 3> kMarkets = {"uk", "us", "de"};
constexpr std::array<const char*, 4> kIntents = {"high", "mid", "low",
                                                 "unclear"};

std::string OwnerOf(const Life& life) {
  return absl::StrCat("owner-", life.number % 200);
}

}  // namespace

Life Begin(std::string_view run, Sort sort, int64_t number, int64_t created) {
  return {.lead = absl::StrCat(absl::string_view(run.data(), run.size()), "-",
                               SourceOf(sort), "-", number),
          .number = number,
          .sort = sort,
          .created = created};
}

Sort SortOf(std::string_view lead) {
  for (const Sort sort : {Sort::kBurst, Sort::kPreload}) {
    if (lead.find(SourceOf(sort)) != std::string_view::npos) return sort;
  }
  return Sort::kLive;
}

bool IsTimed(SlaEvent::Kind kind) {
  return kind == SlaEvent::REMINDER || kind == SlaEvent::BREACH ||
         kind == SlaEvent::ESCALATION || kind == SlaEvent::MISSED;
}

std::vector<BareFact> FactsOf(const Life& life) {
  const std::string_view lead = life.lead;
  std::vector<BareFact> facts;
  const int64_t target = TargetOf(life.sort);
  const int64_t end = life.answered == 0 ? kNever : life.answered;
  const bool far = life.sort == Sort::kPreload;
  const auto [remind_at, due_at, escalate_at] = RungMarks(target);
  const int64_t remind = far ? kNever : Reached(life, remind_at);
  const int64_t due = far ? kNever : Reached(life, due_at);
  if (remind < end) facts.push_back({lead, SlaEvent::REMINDER, remind});
  if (due < end) {
    facts.push_back({lead, SlaEvent::MISSED, due});
    facts.push_back({lead, SlaEvent::BREACH, due});
    const int64_t escalate = Reached(life, escalate_at);
    if (escalate < end) facts.push_back({lead, SlaEvent::ESCALATION, escalate});
    if (end < kNever) facts.push_back({lead, SlaEvent::ANSWERED_LATE, end});
  } else if (end < kNever) {
    facts.push_back({lead, SlaEvent::MET, end});
  }
  return facts;
}

std::array<int64_t, 3> RungMarks(int64_t target) {
  return {target - kRemindBeforeDue, target, target + kEscalateAfterDue};
}

v1::LeadEvent& EventWriter::Begin(const Life& life, int64_t at) {
  event_.set_lead_id(life.lead);
  event_.set_id(absl::StrCat(run_, "-e", ++events_));
  event_.set_source("bench-crm");
  event_.set_occurred_at_ms(at);
  return event_;
}

std::string_view EventWriter::Serialize() {
  event_.SerializeToString(&bytes_);
  return bytes_;
}

std::string_view EventWriter::Created(const Life& life, int64_t at) {
  const auto number = static_cast<size_t>(life.number);
  v1::LeadAttributes& attributes =
      *Begin(life, at).mutable_lead_created()->mutable_attributes();
  attributes.set_market(kMarkets[number % kMarkets.size()]);
  attributes.set_lead_source(SourceOf(life.sort));
  attributes.set_intent(kIntents[number % kIntents.size()]);
  attributes.set_campaign("spring-campaign");
  attributes.set_crm_url(absl::StrCat("https://crm.example/leads/", number));
  return Serialize();
}

std::string_view EventWriter::Assigned(const Life& life, int64_t at) {
  v1::Assigned& assigned = *Begin(life, at).mutable_assigned();
  assigned.set_owner_id(OwnerOf(life));
  assigned.set_backup_id("backup-1");
  assigned.set_manager_id("manager-1");
  return Serialize();
}

std::string_view EventWriter::Status(const Life& life, int64_t at,
                                     const char* status) {
  Begin(life, at).mutable_status_changed()->set_status(status);
  return Serialize();
}

std::string_view EventWriter::Answer(const Life& life, int64_t at) {
  v1::Touch& touch = *Begin(life, at).mutable_touch();
  touch.Clear();
  touch.set_channel("phone");
  touch.set_direction(v1::Touch::OUTBOUND);
  touch.set_actor_kind(v1::Touch::HUMAN);
  touch.set_actor_id(OwnerOf(life));
  touch.set_meaningful(true);
  return Serialize();
}

std::string_view EventWriter::Chatter(const Life& life, int64_t at,
                                      uint64_t dice) {
  v1::LeadEvent& event = Begin(life, at);
  if (dice % 3 == 0) {
    event.mutable_attributes_changed()->mutable_attributes()->set_lead_score(
        static_cast<double>(dice % 100));
    return Serialize();
  }
  v1::Touch& touch = *event.mutable_touch();
  touch.Clear();
  touch.set_channel("email");
  touch.set_direction(dice % 3 == 1 ? v1::Touch::OUTBOUND : v1::Touch::INBOUND);
  touch.set_actor_kind(dice % 3 == 1 ? v1::Touch::AUTOMATION
                                     : v1::Touch::HUMAN);
  return Serialize();
}

}  // namespace leadclock::bench
