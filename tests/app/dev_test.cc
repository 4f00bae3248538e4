#include <catch2/catch.hpp>
#include <vector>

#include "absl/strings/str_split.h"
#include "app/dev/crm.h"
#include "app/dev/view.h"

namespace leadclock {
namespace {

absl::Time Nine() { return absl::FromUnixSeconds(1'772'442'000); }

Crm Company(uint64_t seed) {
  return Crm({.seed = seed,
              .start = Nine(),
              .leads_per_minute = 1,
              .markets = {{"uk", BusinessCalendar::Always()}}});
}

std::vector<std::string> Bytes(const std::vector<CrmRecord>& records) {
  std::vector<std::string> bytes;
  for (const CrmRecord& record : records) {
    bytes.push_back(record.event.SerializeAsString());
  }
  return bytes;
}

TEST_CASE("The demo's company is the same for the same seed") {
  Crm one = Company(7);
  Crm two = Company(7);
  Crm other = Company(8);
  const auto of_one = Bytes(one.Until(Nine() + absl::Hours(2)));
  CHECK(of_one == Bytes(two.Until(Nine() + absl::Hours(2))));
  CHECK(of_one != Bytes(other.Until(Nine() + absl::Hours(2))));
}

TEST_CASE("The demo's records come in order, each once, however it is asked") {
  Crm whole = Company(7);
  const auto expected = Bytes(whole.Until(Nine() + absl::Hours(2)));

  Crm crm = Company(7);
  std::vector<std::string> seen;
  absl::Time last = absl::InfinitePast();
  for (int minute = 0; minute <= 120; ++minute) {
    for (const CrmRecord& record : crm.Until(Nine() + absl::Minutes(minute))) {
      CHECK(record.logged_at >= last);
      CHECK(record.event.occurred_at_ms() <=
            absl::ToUnixMillis(record.logged_at));
      last = record.logged_at;
      seen.push_back(record.event.SerializeAsString());
    }
  }
  CHECK(seen == expected);
  CHECK(seen.size() > 200);
}

v1::LeadStatus Waiting(const std::string& id, absl::Time due) {
  v1::LeadStatus status;
  status.set_lead_id(id);
  status.set_standing(v1::LeadStatus::ON_TRACK);
  status.set_market("uk");
  v1::LeadStatus::Clock& clock = *status.add_clocks();
  clock.set_name("first_response");
  clock.set_phase(v1::LeadStatus::RUNNING);
  clock.set_due_ms(absl::ToUnixMillis(due));
  return status;
}

TEST_CASE("The view shows the most urgent lead first") {
  LiveModel model(absl::UTCTimeZone());
  model.Take(Waiting("later", Nine() + absl::Hours(30)));
  model.Take(Waiting("sooner", Nine() + absl::Minutes(5)));
  v1::LeadStatus ended = Waiting("ended", Nine());
  ended.mutable_clocks(0)->set_phase(v1::LeadStatus::ENDED);
  model.Take(ended);

  const auto table = model.WaitingTable(Nine(), 10);
  REQUIRE(table.size() == 3);
  CHECK_THAT(table[1], Catch::StartsWith("sooner"));
  CHECK_THAT(table[1], Catch::EndsWith("0:05:00"));
  CHECK_THAT(table[2], Catch::EndsWith("1d 6:00:00"));
  CHECK(model.WaitingTable(Nine(), 1).back() == "... and 1 more");

  model.Take(ended);  // the newest state of a lead stands
  CHECK(model.leads() == 3);
}

TEST_CASE("The view never leaves the window") {
  LiveModel model(absl::UTCTimeZone());
  for (int i = 0; i < 100; ++i) {
    model.Take(Waiting(std::string(300, 'x') + std::to_string(i), Nine()));
    v1::SlaEvent event;
    event.set_kind(v1::SlaEvent::BREACH);
    event.set_form(v1::SlaEvent::SAID);
    event.set_lead_id(std::string(300, 'y'));
    model.Take(event);
  }
  for (const size_t rows : std::vector<size_t>{3, 10, 24, 60}) {
    const std::string text =
        model.Render(Nine(), "hint", {.columns = 80, .rows = rows});
    const std::vector<std::string> lines = absl::StrSplit(text, '\n');
    if (rows >= 10) CHECK(lines.size() <= rows + 1);
    for (const std::string& line : lines) CHECK(line.size() <= 80);
  }
}

TEST_CASE("A line says what happened, to whom, and whether it was taken back") {
  const LiveModel model(absl::UTCTimeZone());
  v1::SlaEvent event;
  event.set_kind(v1::SlaEvent::BREACH);
  event.set_form(v1::SlaEvent::SAID);
  event.set_lead_id("L1");
  event.set_clock("first_response");
  event.set_at_ms(absl::ToUnixMillis(Nine()));
  event.set_notify(true);
  event.add_recipients()->set_id("anna");
  event.add_recipients()->set_role("backup");
  CHECK(model.LineOf(event) ==
        "Mon 09:00:00  breach                 L1     first_response  -> anna, "
        "(no backup)");
  event.set_form(v1::SlaEvent::RETRACTED);
  CHECK_THAT(model.LineOf(event), Catch::Contains("breach RETRACTED"));
}

}  // namespace
}  // namespace leadclock
