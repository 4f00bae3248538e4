#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"

// `leadclock verify`: what an operator asks when in doubt.
namespace leadclock::broker {
namespace {

using Catch::Contains;

constexpr int kDiffers = 1;
constexpr int kUnavailable = 69;

std::vector<v1::LeadEvent> EventsOf(int leads, property::Dice& dice) {
  return Shuffled(SomeLives(leads, dice), dice);
}

// A record of this topic, as somebody else might write it once more.
RecordToSend Copy(const ReadRecord& record) {
  return {.topic = record.topic,
          .key = record.key,
          .value = record.value,
          .headers = record.headers,
          .partition = record.partition};
}

}  // namespace

TEST_CASE("A job that does what it should is found right, running or not") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy, .partitions = 3});
  Process worker = job.Start();
  Feed feed(job);
  feed.Send(EventsOf(200, dice));
  // Live leads, of whom time decides while it looks.
  std::vector<Life> live;
  for (int i = 1; i <= 30; ++i) {
    live.push_back(SomeLiveLife(absl::StrCat("live-", i), absl::Now(), dice));
  }
  feed.Send(Shuffled(live, dice));

  const Ended while_running = job.Verify();
  INFO(while_running.output);
  CHECK(while_running.code == 0);

  const Ended idle = job.Verify({"--until-idle"});
  INFO(idle.output);
  CHECK(idle.code == 0);
  CHECK_THAT(idle.output, Contains(" of 230 leads"));
  CHECK_THAT(idle.output, Contains("all that must be said is said"));

  CHECK(worker.Stop() == 0);
  const Ended stopped = job.Verify({"--json"});
  INFO(stopped.output);
  CHECK(stopped.code == 0);
  CHECK_THAT(stopped.output, Contains("\"differences\":[]"));
  CHECK_THAT(stopped.output, Contains("\"leads\":230"));
}

TEST_CASE("What somebody else wrote between is found, with its place") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy, .partitions = 3});
  Process worker = job.Start();
  Feed(job).Send(EventsOf(50, dice));
  REQUIRE(job.Verify({"--until-idle"}).code == 0);
  CHECK(worker.Stop() == 0);

  Audience audience(job);
  audience.HearAll();
  Producer other(job.brokers());
  other.Send(Copy(audience.records().front()));
  other.Flush();
  const Ended ended = job.Verify();
  CHECK(ended.code == kDiffers);
  CHECK_THAT(ended.output, Contains("said twice"));
  CHECK_THAT(ended.output, Contains(audience.records().front().topic));
}

TEST_CASE("What cannot be found out is not said to be right") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(),
                     {.policy = kCompanyPolicy, .partitions = 3});
  Process worker = job.Start();
  Feed(job).Send(EventsOf(20, dice));
  REQUIRE(job.Verify({"--until-idle"}).code == 0);
  CHECK(worker.Stop() == 0);

  SECTION("as another policy was in force") {
    job.WritePolicy(absl::StrCat(kCompanyPolicy, "# another\n"));
    const Ended ended = job.Verify();
    CHECK(ended.code == kUnavailable);
    CHECK_THAT(ended.output, Contains("the policy that was in force"));
  }
  SECTION("as the input is gone") {
    DeleteRecords(job.brokers(), job.Topic("leads.activity"));
    const Ended ended = job.Verify();
    CHECK(ended.code == kUnavailable);
    CHECK_THAT(ended.output, Contains("is deleted (retention)"));
  }
  SECTION("as a transaction is open") {
    Producer other(job.brokers(), "other");
    other.Begin();
    Audience audience(job);
    audience.HearAll();
    other.Send(Copy(audience.records().front()));
    other.Flush();
    const Ended ended = job.Verify({"--patience", "3s"});
    CHECK(ended.code == kUnavailable);
    CHECK_THAT(ended.output, Contains("a transaction on it is open"));
    other.Abort();
    CHECK(job.Verify().code == 0);
  }
}

}  // namespace leadclock::broker
