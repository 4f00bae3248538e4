#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "app/dev/view.h"

namespace leadclock {
namespace {

using v1::LeadStatus;
using v1::SlaEvent;

// A Monday.
const absl::Time kNine = absl::FromUnixSeconds(1'772'442'000);

struct Clock {
  std::string name = "first_response";
  absl::Duration due_in = absl::Minutes(5);
  LeadStatus::Phase phase = LeadStatus::RUNNING;
  LeadStatus::Verdict verdict = LeadStatus::VERDICT_UNSPECIFIED;
};

LeadStatus Lead(const std::string& id, const std::vector<Clock>& clocks,
                LeadStatus::Standing standing = LeadStatus::ON_TRACK) {
  LeadStatus lead;
  lead.set_lead_id(id);
  lead.set_standing(standing);
  lead.set_market("uk");
  lead.set_lead_source("paid_search");
  lead.set_intent("high");
  lead.set_owner_id("amelia");
  for (const Clock& clock : clocks) {
    LeadStatus::Clock& added = *lead.add_clocks();
    added.set_name(clock.name);
    added.set_phase(clock.phase);
    added.set_verdict(clock.verdict);
    if (clock.phase == LeadStatus::RUNNING) {
      added.set_due_ms(absl::ToUnixMillis(kNine + clock.due_in));
    }
  }
  return lead;
}

SlaEvent Said(SlaEvent::Kind kind, absl::Duration after_nine = {}) {
  SlaEvent event;
  event.set_kind(kind);
  event.set_form(SlaEvent::SAID);
  event.set_lead_id("L-0001");
  event.set_clock("first_response");
  event.set_rung("breach_1");
  event.set_at_ms(absl::ToUnixMillis(kNine + after_nine));
  event.set_owner_id("amelia");
  event.set_notify(true);
  return event;
}

void AddRecipient(const std::string& role, const std::string& id,
                  SlaEvent& event) {
  event.add_recipients()->set_role(role);
  event.mutable_recipients()->rbegin()->set_id(id);
}

std::vector<std::string> Texts(const std::vector<Line>& lines,
                               size_t width = 120) {
  std::vector<std::string> texts;
  for (const Line& line : lines) {
    texts.push_back(ToText(line, width, Colors::kOff));
  }
  return texts;
}

std::vector<std::string> Waiting(const Situation& situation) {
  return Texts(WaitingTable(situation, kNine, 10, 120));
}

std::string Text(const SlaEvent& event) {
  return ToText(SaidLine(event, absl::UTCTimeZone()), 200, Colors::kOff);
}

TEST_CASE("The table says who waits for what, and how long is left") {
  Situation situation;
  situation.Take(Lead("L-0001", {{.due_in = absl::Minutes(250)}}));
  CHECK(Waiting(situation) ==
        std::vector<std::string>{
            "LEAD    MARKET  SOURCE       INTENT  OWNER     CLOCK           "
            "STANDING         DUE IN",
            "L-0001  uk      paid_search  high    amelia    first_response  "
            "on track       04:10:00"});
}

TEST_CASE("Who is due first stands first, who is paused stands last") {
  Situation situation;
  situation.Take(Lead("paused", {{.phase = LeadStatus::PAUSED}}));
  situation.Take(Lead("later", {{.due_in = absl::Hours(30)}}));
  situation.Take(Lead(
      "late", {{.due_in = -absl::Minutes(2), .verdict = LeadStatus::MISSED}}));
  situation.Take(
      Lead("soon", {{.due_in = absl::Minutes(1)}}, LeadStatus::AT_RISK));
  const auto lines = Waiting(situation);
  REQUIRE(lines.size() == 5);
  CHECK_THAT(lines[1], Catch::StartsWith("late "));
  CHECK_THAT(lines[1], Catch::EndsWith("breached  late 00:02:00"));
  CHECK_THAT(lines[2], Catch::EndsWith("at risk        00:01:00"));
  CHECK_THAT(lines[3], Catch::EndsWith("on track       30:00:00"));
  CHECK_THAT(lines[4], Catch::EndsWith("paused"));
  CHECK(WaitingCounts(situation) == "4 leads, 1 at risk, 1 breached");
}

TEST_CASE("A lead shows the clock that is due first, of those that are open") {
  Situation situation;
  situation.Take(
      Lead("L-0001", {{.name = "assignment",
                       .due_in = absl::Minutes(1),
                       .phase = LeadStatus::ENDED},
                      {.name = "contract", .due_in = absl::Hours(9)},
                      {.name = "answer", .due_in = absl::Minutes(2)}}));
  CHECK_THAT(Waiting(situation)[1], Catch::Contains("answer"));
}

TEST_CASE("A lead whose clocks have all ended does not wait") {
  Situation situation;
  situation.Take(Lead("L-0001", {{.due_in = absl::Minutes(1)}}));
  situation.Take(Lead("L-0001", {{.phase = LeadStatus::ENDED}}));
  CHECK(Waiting(situation).size() == 1);
  CHECK(situation.leads() == 1);
}

TEST_CASE("A table without room says how many more there are") {
  Situation situation;
  for (const char* id : {"a", "b", "c"}) situation.Take(Lead(id, {{}}));
  const auto lines = Texts(WaitingTable(situation, kNine, 1, 120));
  REQUIRE(lines.size() == 3);
  CHECK(lines[2] == "and 2 more");
}

TEST_CASE("A narrow table leaves out what one can do without") {
  Situation situation;
  situation.Take(Lead("L-0001", {{}}));
  CHECK_THAT(Texts(WaitingTable(situation, kNine, 1, 80))[0],
             Catch::StartsWith("LEAD    MARKET  SOURCE       OWNER "));
  CHECK_THAT(Texts(WaitingTable(situation, kNine, 1, 60))[0],
             Catch::StartsWith("LEAD    OWNER "));
}

TEST_CASE("A rung is told with those whom it is for") {
  SlaEvent event = Said(SlaEvent::BREACH, absl::Minutes(15));
  AddRecipient("owner", "amelia", event);
  AddRecipient("backup", "", event);
  CHECK(Text(event) ==
        "Mon 09:15:00  breach                  L-0001  first_response  "
        "breach_1    to amelia, nobody (backup)");
  event.set_notify(false);
  CHECK_THAT(Text(event), Catch::EndsWith("(recorded only)"));
}

TEST_CASE("A recipient is told with the role that it fell to") {
  SlaEvent event = Said(SlaEvent::REMINDER);
  AddRecipient("owner", "max", event);
  event.mutable_recipients(0)->set_fell_to("manager");
  CHECK_THAT(Text(event), Catch::EndsWith("to max (manager, for the owner)"));
}

TEST_CASE("A verdict is told with the time that it took") {
  SlaEvent met = Said(SlaEvent::MET);
  met.set_counted_ms(161'000);
  met.set_target_ms(900'000);
  CHECK_THAT(Text(met), Catch::EndsWith("in 2m41s of 15m, owner amelia"));

  SlaEvent late = Said(SlaEvent::ANSWERED_LATE);
  late.set_overdue_business_ms(60'500);
  late.clear_owner_id();
  CHECK_THAT(Text(late), Catch::EndsWith("1m after due, owner nobody"));

  SlaEvent stopped = Said(SlaEvent::STOPPED);
  stopped.add_reasons("consent");
  CHECK_THAT(Text(stopped), Catch::EndsWith("because of consent"));
}

TEST_CASE("What is taken back is news of the moment at which it is") {
  SlaEvent event = Said(SlaEvent::BREACH, absl::Minutes(15));
  event.set_form(SlaEvent::RETRACTED);
  event.set_emitted_at_ms(absl::ToUnixMillis(kNine + absl::Minutes(40)));
  CHECK_THAT(Text(event), Catch::StartsWith("Mon 09:40:00  breach retracted "));
  CHECK_THAT(Text(event), Catch::EndsWith("said of 09:15:00, not true"));
}

TEST_CASE("What was said is counted up, and what was taken back apart") {
  Situation situation;
  CHECK(SaidCounts(situation) == "nothing yet");
  situation.Take(Said(SlaEvent::BREACH));
  situation.Take(Said(SlaEvent::MET));
  situation.Take(Said(SlaEvent::MET));
  SlaEvent retraction = Said(SlaEvent::BREACH);
  retraction.set_form(SlaEvent::RETRACTED);
  situation.Take(retraction);
  CHECK(SaidCounts(situation) == "1 breach, 2 met; 1 retracted");
}

TEST_CASE("A demo that runs once waits for five things") {
  Situation situation;
  situation.Take(Said(SlaEvent::BREACH));
  situation.Take(Said(SlaEvent::MISSED));
  CHECK(NotYetSeen(situation) ==
        std::vector<std::string>{"a reminder", "a warning", "an escalation",
                                 "a met clock"});
  situation.Take(Said(SlaEvent::REMINDER));
  situation.Take(Said(SlaEvent::WARNING));
  situation.Take(Said(SlaEvent::ESCALATION));
  situation.Take(Said(SlaEvent::MET));
  CHECK(NotYetSeen(situation).empty());
}

TEST_CASE("A page fills the window, and never more than it") {
  Situation situation;
  for (int i = 0; i < 100; ++i) {
    situation.Take(Lead(std::string(300, 'x') + std::to_string(i), {{}}));
    situation.Take(Said(SlaEvent::MET));
  }
  Caption caption;
  caption.footer.text = "the end";
  const auto [width, height] = GENERATE(table<size_t, size_t>(
      {{80, 1}, {20, 5}, {80, 24}, {120, 40}, {200, 100}}));
  const auto lines =
      Texts(Screenful(situation, kNine, caption, absl::UTCTimeZone(),
                      {.width = width, .height = height}),
            width);
  CHECK(lines.size() == height);
  CHECK(lines.back() == "the end");
  for (const std::string& line : lines) CHECK(line.size() <= width);
}

TEST_CASE("The newest event stands on top of the page's list") {
  Situation situation;
  situation.Take(Said(SlaEvent::MET, absl::Minutes(1)));
  situation.Take(Said(SlaEvent::MET, absl::Minutes(2)));
  const auto lines = Texts(Screenful(situation, kNine, Caption(),
                                     absl::UTCTimeZone(), {.height = 24}));
  const auto heading = std::find_if(
      lines.begin(), lines.end(),
      [](const std::string& line) { return line.starts_with("JUST SAID"); });
  REQUIRE(lines.end() - heading > 2);
  CHECK_THAT(heading[1], Catch::StartsWith("09:02:00  met"));
  CHECK_THAT(heading[2], Catch::StartsWith("09:01:00  met"));
}

TEST_CASE("Colors are left out where they are not wanted") {
  const Line line = {{"late", Style::kBad}, {" "}, {"plain"}};
  CHECK(ToText(line, 80, Colors::kOn) == "\x1b[31mlate\x1b[0m plain");
  CHECK(ToText(line, 80, Colors::kOff) == "late plain");
}

TEST_CASE("A line is cut between characters, and cannot move the cursor") {
  CHECK(ToText({{"\xc3\xbc\xc3\xb6x"}}, 2, Colors::kOff) == "\xc3\xbc\xc3\xb6");
  CHECK(ToText({{"a\x1b[2Jb\n"}}, 80, Colors::kOff) == R"(a\x1b[2Jb\n)");
}

}  // namespace
}  // namespace leadclock
