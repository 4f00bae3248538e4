#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "app/dev/crm.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

using Records = std::vector<SyntheticCrm::Record>;

// A Monday, 09:00 in London.
const absl::Time kNine = absl::FromUnixSeconds(1'772'442'000);

Company Example() {
  return CompanyOf(
      *LoadPolicy(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml"));
}

Records Take(size_t count, uint64_t seed = 1) {
  SyntheticCrm crm(Example(), {.seed = seed, .start = kNine});
  Records records;
  for (size_t i = 0; i < count; ++i) records.push_back(crm.Next());
  return records;
}

std::vector<std::string> TextOf(const Records& records) {
  std::vector<std::string> texts;
  for (const SyntheticCrm::Record& record : records) {
    texts.push_back(record.event.ShortDebugString());
  }
  return texts;
}

size_t Count(const Records& records, auto test) {
  return static_cast<size_t>(
      std::count_if(records.begin(), records.end(),
                    [&](const auto& record) { return test(record); }));
}

TEST_CASE("The demo's CRM tells the same for the same seed, and else not") {
  CHECK(TextOf(Take(500, 7)) == TextOf(Take(500, 7)));
  CHECK(TextOf(Take(500, 7)) != TextOf(Take(500, 8)));
}

TEST_CASE("The demo's CRM passes records on in order, none ahead of its time") {
  absl::Time last = kNine;
  for (const SyntheticCrm::Record& record : Take(2'000)) {
    CHECK(record.sent_at >= last);
    CHECK(record.event.occurred_at_ms() <= absl::ToUnixMillis(record.sent_at));
    last = record.sent_at;
  }
}

TEST_CASE("The processor takes every record of the demo's CRM") {
  std::set<std::string> ids;
  for (const SyntheticCrm::Record& record : Take(2'000)) {
    InputRecord input;
    input.input = static_cast<int>(record.topic);
    input.timestamp = record.sent_at;
    input.key = record.event.lead_id();
    input.value = record.event.SerializeAsString();
    CHECK(std::holds_alternative<Event>(ReadLeadEvent(input, {})));
    ids.insert(record.event.id());
  }
  CHECK(ids.size() == 2'000);
}

TEST_CASE("The demo has something of everything that happens in a CRM") {
  const Records records = Take(5'000);
  const auto created = [](const auto& r) { return r.event.has_lead_created(); };
  const size_t leads = Count(records, created);
  // Somewhere between the rare and the usual.
  const auto some = [&](auto test) {
    const size_t count = Count(records, test);
    CHECK(count * 50 >= leads);
    CHECK(count < 3 * leads);
  };
  some([](const auto& r) { return r.event.has_assigned(); });
  some([](const auto& r) { return r.event.has_consent_changed(); });
  some([](const auto& r) { return r.event.has_status_changed(); });
  some([](const auto& r) {
    return r.event.touch().actor_kind() == v1::Touch::AUTORESPONDER;
  });
  some([](const auto& r) {
    return r.event.touch().actor_kind() == v1::Touch::HUMAN;
  });
  some([](const auto& r) {  // a call that is logged late
    return absl::ToUnixMillis(r.sent_at) > r.event.occurred_at_ms();
  });
  some([](const auto& r) {
    return r.event.lead_created().attributes().customer() == "existing";
  });

  std::set<std::string> markets;
  for (const auto& record : records) {
    if (created(record)) {
      markets.insert(record.event.lead_created().attributes().market());
    }
  }
  CHECK(markets == std::set<std::string>{"de", "uk", "us"});
}

TEST_CASE("The demo's sales people work in the hours of their market") {
  const Company company = Example();
  std::map<std::string, const BusinessCalendar*> calendars;  // by market
  for (const Company::Market& market : company.markets) {
    calendars[market.name] = &market.calendar;
  }
  std::map<std::string, const BusinessCalendar*> of_lead;
  for (const SyntheticCrm::Record& record : Take(2'000)) {
    const v1::LeadEvent& event = record.event;
    if (event.has_lead_created()) {
      of_lead[event.lead_id()] =
          calendars.at(event.lead_created().attributes().market());
    }
    if (event.touch().actor_kind() != v1::Touch::HUMAN) continue;
    const absl::Time at = absl::FromUnixMillis(event.occurred_at_ms());
    // Somebody may still call as the doors close.
    CHECK(of_lead.at(event.lead_id())->IsOpen(at - absl::Milliseconds(1)));
  }
}

TEST_CASE("Of the demo's leads fewer come in while their market sleeps") {
  SyntheticCrm crm(Example(), {.seed = 1, .start = kNine});
  std::map<int, int> leads;  // by hour of the day
  for (SyntheticCrm::Record record = crm.Next();
       record.sent_at < kNine + absl::Hours(24); record = crm.Next()) {
    const auto hour = (record.sent_at - kNine) / absl::Hours(1);
    if (record.event.has_lead_created()) ++leads[static_cast<int>(hour)];
  }
  const auto noon = leads[5] + leads[6];  // all three are open
  const auto night = leads[15] + leads[16];
  CHECK(noon > 2 * night);
  CHECK(night > 0);
}

}  // namespace
}  // namespace leadclock
