#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

using Catch::Contains;

constexpr int kExitFailure = 1;
constexpr int kExitSettings = 78;

JobOptions WithSettings(const std::string& more_settings) {
  return {.policy = kCompanyPolicy, .more_settings = more_settings};
}

// Some leads were read, and what follows from them was said.
void RunForAWhile(const Job& job) {
  Process worker = job.Start();
  Feed feed(job);
  for (int i = 1; i <= 20; ++i) {
    feed.Send(Created(absl::StrCat("lead-", i), London("2024-03-07 10:00")));
  }
  feed.producer().Flush();
  REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));
  Audience audience(job);
  // Warning, escalation, reminder, breach, ..., of each.
  REQUIRE(audience.HearUntil([](const std::vector<v1::SlaEvent>& said) {
    return said.size() == 20 * 7;
  }));
  REQUIRE(worker.Stop() == 0);
}

// Only the end commits in time, unless something falls due.
JobOptions WithRareCommits() {
  return {.policy = kCompanyPolicy, .commit_interval = absl::Seconds(5)};
}

// A worker that has committed the first of `lives` at least, and read them all.
Process StartAndFeed(const Job& job, Feed& feed,
                     const std::vector<Life>& lives) {
  Process worker = job.Start();
  feed.Send(lives.front().events);
  REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));
  for (const Life& life : lives) feed.Send(life.events);
  absl::SleepFor(absl::Seconds(1));
  return worker;
}

}  // namespace

TEST_CASE("SIGTERM commits what was read, and nothing is said again",
          "[threads]") {
  const ReadyJob job(SharedBroker(), WithRareCommits());
  // Of today, so that nothing falls due meanwhile: that commits at once.
  const absl::Time birth =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  std::vector<Life> lives;
  for (int i = 1; i <= 50; ++i) {
    v1::LeadEvent event = Created(absl::StrCat("lead-", i), birth);
    event.mutable_lead_created()->set_owner_id("ann");
    lives.push_back({{event}, birth, absl::Seconds(1)});
  }
  Feed feed(job);
  Process worker = StartAndFeed(job, feed, lives);
  CHECK(job.Backlog() > 0);

  CHECK(worker.Stop() == 0);

  CHECK(job.Backlog() == 0);
  Audience audience(job);
  CheckFacts(audience, Expected(lives));
  worker = job.Start();
  absl::SleepFor(absl::Seconds(2));
  CHECK(worker.Stop() == 0);
  CHECK(audience.HearAll().size() == lives.size());
}

TEST_CASE("SIGTERM at any moment ends it in good order") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), {.policy = kCompanyPolicy});
  const std::vector<Life> lives = SomeLives(100, dice);
  const std::vector<v1::LeadEvent> events = Shuffled(lives, dice);
  Feed feed(job);
  for (size_t sent = 0, stops = 0; stops < 10; ++stops) {
    const size_t log_size = ReadFile(job.log()).size();
    Process worker = job.Start();
    for (; sent < events.size() * (stops + 1) / 10; ++sent) {
      feed.Send(events[sent]);
    }
    // Its first word; its first commit is up to 2 s later.
    REQUIRE(WaitUntil([&] { return ReadFile(job.log()).size() > log_size; }));
    absl::SleepFor(absl::Milliseconds(dice.Below(3'000)));
    CHECK(worker.Stop() == 0);
  }
  feed.producer().Flush();

  Process worker = job.Start();
  Audience audience(job);
  CheckFacts(audience, Expected(lives));
  CHECK(worker.Stop() == 0);
}

TEST_CASE("SIGTERM ends it although the broker does not answer") {
  property::Dice dice = PrintedDice();
  Broker broker;
  const ReadyJob job(broker, WithRareCommits());
  const std::vector<Life> lives = SomeLives(30, dice);
  Feed feed(job);
  Process worker = StartAndFeed(job, feed, lives);
  broker.Freeze();

  const int code = worker.Stop();

  CHECK((code == 0 || code == kExitFailure));
  CHECK_THAT(ReadFile(job.log()),
             Contains("ended in good order") || Contains("Nothing is lost"));
  broker.Thaw();
  worker = job.Start();
  Audience audience(job);
  CheckFacts(audience, Expected(lives));
  CHECK(worker.Stop() == 0);
}

TEST_CASE("Settings that are not understood end it at once") {
  const Job misspelt(SharedBroker(), WithSettings("outpust: {format: json}\n"));
  Ended ended = misspelt.RunToEnd();
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("outpust") && Contains("data.yaml:"));

  const Job not_ours(SharedBroker(),
                     WithSettings("kafka: {isolation.level: x}\n"));
  ended = not_ours.RunToEnd();
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("isolation.level"));

  const Job unknown_property(SharedBroker(),
                             WithSettings("kafka: {no.such.thing: x}\n"));
  ended = unknown_property.RunToEnd();
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("no.such.thing"));

  const Job wrong_policy(SharedBroker(), {.policy = "version: 1\nclocs: []\n"});
  ended = wrong_policy.RunToEnd();
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("policy.yaml:2:1") && Contains("clocs"));
}

TEST_CASE("Topics that are missing are named") {
  const Job job(SharedBroker(), {.policy = kCompanyPolicy});
  CreateTopic(job.brokers(), job.Topic("leads.created"), 2);

  const Ended ended = job.RunToEnd();

  CHECK(ended.code == kExitFailure);
  CHECK_THAT(ended.output, Contains(job.Topic("leads.activity")) &&
                               Contains(job.Topic("sla.leads")) &&
                               Contains("topics create") &&
                               !Contains(job.Topic("leads.created")));
}

TEST_CASE("Input topics must have equally many partitions") {
  const Job job(SharedBroker(), {.policy = kCompanyPolicy, .partitions = 2});
  CreateTopic(job.brokers(), job.Topic("leads.activity"), 3);
  const Ended created = job.CreateTopics();
  CHECK(created.code == kExitFailure);
  CHECK_THAT(created.output, Contains(job.Topic("leads.activity")));

  for (const char* name : {"leads.created", "sla.leads", "sla.quarantine"}) {
    CreateTopic(job.brokers(), job.Topic(name), 2);
  }
  for (const std::string& topic : job.OutputTopics()) {
    CreateTopic(job.brokers(), topic, 2);
  }
  const Ended ended = job.RunToEnd();
  CHECK(ended.code == kExitFailure);
  CHECK_THAT(ended.output,
             Contains(job.Topic("leads.activity") + " has 3 partitions"));
}

TEST_CASE("Records that were deleted unread stop it") {
  const ReadyJob job(SharedBroker(), {.policy = kCompanyPolicy});
  RunForAWhile(job);
  Feed feed(job);
  for (int i = 1; i <= 20; ++i) {
    feed.Send(
        CallBy(absl::StrCat("lead-", i), London("2024-03-07 10:05"), "ann"));
    feed.Send(Created(absl::StrCat("more-", i), London("2024-03-07 10:00")));
  }
  feed.producer().Flush();
  DeleteRecords(job.brokers(), job.Topic("leads.created"));

  const Ended ended = job.RunToEnd();

  CHECK(ended.code == kExitFailure);
  CHECK_THAT(ended.output, Contains(job.Topic("leads.created") + "[") &&
                               Contains("were deleted before they were read") &&
                               Contains("--reset-offsets"));
  // It took nothing for granted.
  CHECK(job.Backlog() > 0);
}

TEST_CASE("States without committed offsets stop it") {
  // The group is to forget its member soon.
  const ReadyJob job(SharedBroker(),
                     WithSettings("kafka: {session.timeout.ms: 1500, "
                                  "heartbeat.interval.ms: 300}\n"));
  RunForAWhile(job);
  DeleteGroup(job.brokers(), job.group());

  const bool keeps_disk = GENERATE(true, false);
  if (!keeps_disk) job.DeleteData();
  const Ended ended = job.RunToEnd();

  CHECK(ended.code == kExitFailure);
  CHECK_THAT(ended.output, Contains("no committed offsets") &&
                               Contains(job.Topic("sla.leads")));
  Audience audience(job);
  CHECK(StandingOf(audience.HearAll()).problems == std::vector<std::string>{});
}

TEST_CASE("Another policy under open leads is refused") {
  const ReadyJob job(SharedBroker(), {.policy = kCompanyPolicy});
  RunForAWhile(job);
  job.WritePolicy(std::string(kCompanyPolicy) + "# Edited.\n");

  const Ended ended = job.RunToEnd();

  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("policy"));
}

TEST_CASE("Of two workers of one name the first one goes", "[threads]") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), {.policy = kCompanyPolicy});
  const std::vector<Life> lives = SomeLives(100, dice);
  const std::vector<v1::LeadEvent> events = Shuffled(lives, dice);
  const auto half = events.begin() + static_cast<int64_t>(events.size() / 2);
  Feed feed(job);
  Process first = job.Start();
  feed.Send({events.begin(), half});
  REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));

  Process second = job.StartWith("another_disk");
  feed.Send({half, events.end()});

  CHECK(first.Wait() == kExitFailure);
  CHECK_THAT(ReadFile(job.log()), Contains("same group and instance name"));
  Audience audience(job);
  CheckFacts(audience, Expected(lives));
  CHECK(second.Stop() == 0);
}

}  // namespace leadclock::broker
