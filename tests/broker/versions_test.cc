// Policies that change while leads are open.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

using Catch::Contains;
using Lines = std::vector<std::string>;

// Version 2 takes effect on Monday, 11 March 2024, at 09:10 in London, ten
// minutes after the leads were created.
std::string Version(int version, const std::string& effective,
                    const std::string& target,
                    const std::string& open_clocks = "keep") {
  return absl::StrCat("version: ", version, "\neffective: ", effective,
                      "\nopen_clocks: ", open_clocks,
                      "\nclocks:\n- {name: first, starts: lead_created, stops: "
                      "assigned, target: ",
                      target, ", at_risk: never}\n");
}

std::string First() { return Version(1, "2024-01-01T00:00:00Z", "15m"); }
std::string Second(const std::string& open_clocks = "carry") {
  return Version(2, "2024-03-11T09:10:00Z", "30m", open_clocks);
}

constexpr int kLeads = 20;

void Send(const Job& job, const v1::LeadEvent& event) {
  Feed feed(job);
  feed.Send(event);
  feed.producer().Flush();
}

void SendLeads(const Job& job) {
  Feed feed(job);
  for (int i = 1; i <= kLeads; ++i) {
    feed.Send(Created(absl::StrCat("lead-", i), London("2024-03-11 09:00")));
  }
  feed.producer().Flush();
}

// "09:15 first missed retracted, by 1", in the order of a lead's events.
Lines StoryOf(const std::string& lead, const std::vector<v1::SlaEvent>& said) {
  std::vector<const v1::SlaEvent*> of_lead;
  for (const v1::SlaEvent& event : said) {
    if (event.lead_id() == lead) of_lead.push_back(&event);
  }
  std::sort(of_lead.begin(), of_lead.end(),
            [](const v1::SlaEvent* a, const v1::SlaEvent* b) {
              return a->lead_seq() < b->lead_seq();
            });
  Lines lines;
  for (const v1::SlaEvent* event : of_lead) {
    lines.push_back(absl::StrCat(
        absl::FormatTime("%H:%M", absl::FromUnixMillis(event->at_ms()),
                         absl::UTCTimeZone()),
        " ", event->clock(), " ", event->rung(),
        event->form() == v1::SlaEvent::RETRACTED ? " retracted" : "", ", by ",
        event->policy_version()));
  }
  return lines;
}

bool HearsInAll(Audience& audience, size_t events) {
  return audience.HearUntil([events](const std::vector<v1::SlaEvent>& said) {
    return said.size() >= events;
  });
}

TEST_CASE("A version that is published reaches every open lead, once") {
  const JobOfTopic job;
  REQUIRE(job.Publish(First()).code == 0);
  Process worker = job.Start();
  SendLeads(job);
  Audience audience(job);
  REQUIRE(HearsInAll(audience, kLeads));

  const Ended published = job.Publish(Second(), {"--correct"});
  INFO(published.output);
  REQUIRE(published.code == 0);
  REQUIRE(HearsInAll(audience, 4 * kLeads));
  const Lines story = {
      "09:15 first missed, by 1", "09:15 first missed retracted, by 1",
      "09:10 first due_changed, by 2", "09:30 first missed, by 2"};
  for (int i = 1; i <= kLeads; ++i) {
    CHECK(StoryOf(absl::StrCat("lead-", i), audience.HearMore()) == story);
  }

  // Published again with the same content, it says nothing, and neither does
  // another worker that takes over with an empty disk.
  REQUIRE(job.Publish(Version(3, "2024-03-11T09:20:00Z", "30m", "carry"),
                      {"--correct"})
              .code == 0);
  REQUIRE(worker.Stop() == 0);
  job.DeleteData();
  Process next = job.Start();
  Send(job, Assigned("lead-1", London("2024-03-11 09:40"), "ann"));
  REQUIRE(HearsInAll(audience, 4 * kLeads + 1));
  CHECK(audience.HearMore().size() == 4 * kLeads + 1);
  CHECK(StoryOf("lead-1", audience.HearMore()).back() ==
        "09:40 first answered_late, by 2");

  const Ended verified = job.Verify();
  INFO(verified.output);
  CHECK(verified.code == 0);
  const Ended explained = job.Explain("lead-1");
  INFO(explained.output);
  CHECK_THAT(explained.output, Contains("judged by  policy version 1") &&
                                   Contains("judged by  policy version 2") &&
                                   Contains("missed retracted"));
  CHECK(next.Stop() == 0);
}

TEST_CASE("Versions may stand in files, and open leads keep theirs") {
  ReadyJob job(SharedBroker(), {.policy = First()});
  {
    Process worker = job.Start();
    SendLeads(job);
    Audience audience(job);
    REQUIRE(HearsInAll(audience, kLeads));
    REQUIRE(worker.Stop() == 0);
  }
  job.WriteVersions({First(), Second("keep")});
  Process worker = job.Start();
  Send(job, Created("lead-new", London("2024-03-11 09:11")));
  Audience audience(job);
  REQUIRE(HearsInAll(audience, kLeads + 1));
  CHECK(StoryOf("lead-new", audience.HearMore()) ==
        Lines{"09:41 first missed, by 2"});
  CHECK(StoryOf("lead-1", audience.HearMore()) ==
        Lines{"09:15 first missed, by 1"});

  SECTION("a worker that knows fewer refuses to run with the others") {
    job.WriteVersions({First()});
    // However often it is started, it takes nothing from the other one, not
    // even for the 45 s of a member that went without a word.
    for (int i = 0; i < 2; ++i) {
      Process other = job.StartMember("other");
      CHECK(other.Wait() == 78);
      Send(job,
           Created(absl::StrCat("lead-more-", i), London("2024-03-11 09:12")));
    }
    CHECK_THAT(ReadFile(job.LogOf("other")),
               Contains("version 2 of the policy is known there and not here"));
    CHECK(audience.HearUntil(
        [](const std::vector<v1::SlaEvent>& said) {
          return said.size() >= kLeads + 3;
        },
        absl::Seconds(20)));
    CHECK(worker.Stop() == 0);
  }
  SECTION("and a version that a lead needs must stay") {
    REQUIRE(worker.Stop() == 0);
    job.WriteVersions({Second("keep")});
    const Ended without = job.RunToEnd();
    INFO(without.output);
    CHECK(without.code == 1);
    CHECK_THAT(without.output,
               Contains("lead 'lead-") &&
                   Contains("it was judged by 2 versions of the policy, from 1 "
                            "to 2, and of these only 1 are named now"));
  }
}

}  // namespace
}  // namespace leadclock::broker
