#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

const char* const kPolicy = R"(
version: 7
effective: 2024-01-01T00:00:00Z
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30", sat: ["09:00-12:00", "13:00-15:00"]}
    holidays: [2024-03-09]
calendar_for:
  - {when: {market: uk}, use: london}
  - {otherwise: always}
eligible:
  - {when: {customer: existing}, then: exclude, reason: existing_customer}
  - {when: {consent: [withdrawn, unclear]}, then: stop, reason: consent}
responses:
  owned_touch: {direction: outbound, actor: human, by: [owner, backup, manager], meaningful: true}
clocks:
  - name: assignment
    starts: lead_created
    stops: assigned
    target: 2m
    at_risk: never
    calendar: always
  - name: first_response
    starts: lead_created
    stops: owned_touch
    pauses: [on_hold, waiting_on_customer]
    target:
      - {when: {intent: high}, is: 15m}
      - {when: {market: uk, source: paid_search}, is: 1h}
      - {otherwise: 4h}
    ladder:
      - {at: 10m,       do: remind,   to: owner}
      - {at: due,       do: breach,   to: [owner, backup]}
      - {at: due + 5m,  do: escalate, to: manager}
      - {at: due + 15m, do: reassign, to: backup}
  - name: second_touch
    starts: first_response.answered
    stops: owned_touch
    target: 30m
    at_risk: never
)";

// The lead of the stories: it arrives on Friday night, after London closed.
v1::LeadEvent FridayNight(const std::string& lead) {
  v1::LeadEvent event = Created(lead, London("2024-03-08 21:40"));
  v1::LeadAttributes& attributes =
      *event.mutable_lead_created()->mutable_attributes();
  attributes.set_market("uk");
  attributes.set_intent("high");
  attributes.set_lead_source("paid_search");
  attributes.set_crm_url("https://crm.example/" + lead);
  return event;
}

v1::LeadEvent AnnTakesIt(const std::string& lead) {
  v1::LeadEvent event = Assigned(lead, London("2024-03-08 21:41"), "ann");
  event.mutable_assigned()->set_backup_id("bob");
  event.mutable_assigned()->set_manager_id("max");
  return event;
}

// "2024-03-11 09:10 first_response remind_1 -> owner=ann", in the order in
// which they were numbered.
std::vector<std::string> Story(const std::vector<v1::SlaEvent>& said) {
  absl::TimeZone london;
  REQUIRE(absl::LoadTimeZone("Europe/London", &london));
  std::map<int64_t, std::string> lines;
  for (const v1::SlaEvent& event : said) {
    std::string& line = lines[event.lead_seq()];
    line = absl::StrCat(
        absl::FormatTime("%Y-%m-%d %H:%M:%E*S",
                         absl::FromUnixMillis(event.at_ms()), london),
        " ", event.clock(), " ", event.rung());
    if (event.form() == v1::SlaEvent::RETRACTED) line += " retracted";
    for (const v1::SlaEvent::Recipient& recipient : event.recipients()) {
      absl::StrAppend(&line, " ", recipient.role(), "=", recipient.id());
    }
  }
  std::vector<std::string> story;
  for (const auto& [number, line] : lines) story.push_back(line);
  return story;
}

std::vector<std::string> StoryOnceThereAre(size_t events, Audience& audience) {
  audience.HearUntil([&](const std::vector<v1::SlaEvent>& said) {
    return said.size() >= events;
  });
  return Story(audience.HearAll());
}

std::string HeaderOf(const ReadRecord& record, const std::string& name) {
  for (const auto& [known, value] : record.headers) {
    if (known == name) return value;
  }
  return "";
}

const ReadRecord& RecordOf(const Audience& audience, const std::string& type) {
  for (const ReadRecord& record : audience.records()) {
    if (HeaderOf(record, "ce_type") == type) return record;
  }
  FAIL("nothing of type " << type);
  throw;  // FAIL does not return
}

using Catch::Contains;
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A lead of Friday night is told through every topic", "[threads]") {
  const ReadyJob job(SharedBroker(), {.policy = kPolicy});
  Feed feed(job);
  Audience audience(job);
  const absl::Time began = absl::Now();
  Process worker = job.Start();

  feed.Send({FridayNight("lead-1"), AnnTakesIt("lead-1")});

  // The office opens on Monday at nine.
  REQUIRE(StoryOnceThereAre(7, audience) ==
          Lines{"2024-03-08 21:41:00 assignment met",
                "2024-03-11 09:10:00 first_response remind_1 owner=ann",
                "2024-03-11 09:12:00 first_response at_risk owner=ann",
                "2024-03-11 09:15:00 first_response missed",
                "2024-03-11 09:15:00 first_response breach_1 owner=ann "
                "backup=bob",
                "2024-03-11 09:20:00 first_response escalate_1 manager=max",
                "2024-03-11 09:30:00 first_response reassign_1 backup=bob"});

  feed.Send({CallBy("lead-1", London("2024-03-11 09:40"), "ann"),
             CallBy("lead-1", London("2024-03-11 10:10"), "max")});

  CHECK(StoryOnceThereAre(9, audience).size() == 9);
  CHECK(Story(audience.HearAll())[7] ==
        "2024-03-11 09:40:00 first_response answered_late");
  CHECK(Story(audience.HearAll())[8] == "2024-03-11 10:10:00 second_touch met");
  CHECK(worker.Stop() == 0);

  // Each on its own topic, on the partition of the lead.
  std::map<std::string, int> count;
  for (const ReadRecord& record : audience.records()) {
    ++count[record.topic];
    CHECK(record.key == "lead-1");
    CHECK(record.partition == PartitionOfKey("lead-1", job.partitions()));
    // The moment at which it was said, not that of the fact.
    CHECK(record.timestamp >= began - absl::Seconds(1));
  }
  CHECK(count == std::map<std::string, int>{{job.Topic("sla.warnings"), 2},
                                            {job.Topic("sla.breaches"), 1},
                                            {job.Topic("sla.escalations"), 2},
                                            {job.Topic("sla.outcomes"), 4}});

  // One of them as a notifier sees it.
  const ReadRecord& record = RecordOf(audience, "leadclock.v1.breach");
  CHECK(record.topic == job.Topic("sla.breaches"));
  v1::SlaEvent breach;
  REQUIRE(breach.ParseFromString(record.value.value_or("")));
  CHECK(HeaderOf(record, "ce_id") == breach.id());
  CHECK(HeaderOf(record, "ce_subject") == "lead-1");
  CHECK(HeaderOf(record, "ce_time") == "2024-03-11T09:15:00Z");
  CHECK(breach.notify());
  CHECK(breach.due_ms() == breach.at_ms());
  CHECK(breach.counted_ms() == absl::ToInt64Milliseconds(absl::Minutes(15)));
  CHECK(breach.market() == "uk");
  CHECK(breach.crm_url() == "https://crm.example/lead-1");
  CHECK(breach.policy_version() == 7);
  CHECK(breach.read_up_to_size() == 2);

  // And where the lead stands in the end.
  const v1::LeadState lead = LeadStates(job)["lead-1"];
  CHECK(lead.status().standing() == v1::LeadStatus::IDLE);
  CHECK(lead.status().lead_seq() == 9);
  CHECK(lead.status().owner_id() == "ann");
  CHECK(
      Reader(job.brokers(), {job.Topic("sla.quarantine")}).ReadToEnd().empty());
}

TEST_CASE("A call that was logged late takes the breach back") {
  const ReadyJob job(SharedBroker(), {.policy = kPolicy});
  Feed feed(job);
  Audience audience(job);
  Process worker = job.Start();
  feed.Send({FridayNight("lead-1"), AnnTakesIt("lead-1")});
  REQUIRE(StoryOnceThereAre(7, audience).size() == 7);

  feed.Send({CallBy("lead-1", London("2024-03-11 09:11"), "ann")});

  // What was said before 09:11 stands.
  Lines story = StoryOnceThereAre(14, audience);
  REQUIRE(story.size() == 14);
  story.erase(story.begin(), story.begin() + 7);
  std::sort(story.begin(), story.end());
  CHECK(story ==
        Lines{"2024-03-11 09:11:00 first_response met",
              "2024-03-11 09:12:00 first_response at_risk retracted owner=ann",
              "2024-03-11 09:15:00 first_response breach_1 retracted "
              "owner=ann backup=bob",
              "2024-03-11 09:15:00 first_response missed retracted",
              "2024-03-11 09:20:00 first_response escalate_1 retracted "
              "manager=max",
              "2024-03-11 09:30:00 first_response reassign_1 retracted "
              "backup=bob",
              // Nobody called a second time.
              "2024-03-11 09:41:00 second_touch missed"});
  CHECK(StandingOf(audience.HearAll()).problems == Lines{});
  CHECK(RecordOf(audience, "leadclock.v1.breach.retracted").topic ==
        job.Topic("sla.breaches"));

  // Whoever doubts it can see why, while the job runs.
  const Ended explained = job.Explain("lead-1");
  INFO(explained.output);
  CHECK(explained.code == 0);
  CHECK_THAT(explained.output,
             Contains("Clock first_response: met (times of Europe/London)") &&
                 Contains("answered  Mon 2024-03-11 09:11:00 ") &&
                 Contains(", 4m before due") && Contains("breach retracted"));
  CHECK(worker.Stop() == 0);

  DeleteRecords(job.brokers(), job.Topic("leads.activity"));
  const Ended without_input = job.Explain("lead-1");
  INFO(without_input.output);
  CHECK_THAT(without_input.output,
             Contains("has lost its beginning by retention") &&
                 Contains("answered  Mon 2024-03-11 09:11:00 ") &&
                 Contains(", 4m before due"));

  const Ended nobody = job.Explain("lead-2");
  CHECK(nobody.code == 1);
  CHECK_THAT(nobody.output,
             Contains("nothing is on record of a lead 'lead-2'"));
}

}  // namespace leadclock::broker
