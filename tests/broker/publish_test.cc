#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "leadclock/v1/policy.pb.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"
#include "tests/broker/lead_events.h"

namespace leadclock::broker {
namespace {

using Catch::Contains;

constexpr int kExitFailure = 1;
constexpr int kExitSettings = 78;

std::vector<v1::PublishedPolicy> PublishedOn(const JobOfTopic& job) {
  std::vector<v1::PublishedPolicy> published;
  Reader reader(job.brokers(), {job.Topic("sla.policy")});
  for (const ReadRecord& record : reader.ReadToEnd()) {
    v1::PublishedPolicy& policy = published.emplace_back();
    REQUIRE(policy.ParseFromString(record.value.value()));
    CHECK(record.key == absl::StrCat(policy.version()));
  }
  return published;
}

std::string At(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", instant, absl::UTCTimeZone());
}

std::string InHours(int hours) { return At(absl::Now() + absl::Hours(hours)); }

std::string Version(int version, const std::string& effective,
                    const std::string& target = "1h") {
  return absl::StrCat("version: ", version, "\neffective: ", effective,
                      "\nclocks: [{name: first, starts: lead_created, stops: "
                      "assigned, target: ",
                      target, "}]\n");
}

TEST_CASE("A published policy stands on its topic, and its changes are told") {
  const JobOfTopic job;
  const Ended first = job.Publish(Version(1, InHours(-9000)));
  INFO(first.output);
  CHECK(first.code == 0);
  CHECK_THAT(first.output, Contains("It is the first version"));
  const std::string effective = InHours(1);
  const std::string text = Version(2, effective, "30m");
  const Ended second = job.Publish(text);
  INFO(second.output);
  CHECK(second.code == 0);
  CHECK_THAT(second.output,
             Contains(absl::StrCat("Version 2 is published on ",
                                   job.Topic("sla.policy"))) &&
                 Contains(effective) &&
                 Contains("What changes from version 1:\n  All leads: the "
                          "target of first is 30m, was 1h.\n"));

  const std::vector<v1::PublishedPolicy> published = PublishedOn(job);
  REQUIRE(published.size() == 2);
  CHECK(published[1].text() == text);
  CHECK_FALSE(published[1].correct());
}

TEST_CASE("What must not be published is refused, and is not on the topic") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(3, InHours(-9000))).code == 0);

  const auto refused = [&job](const std::string& policy, int code,
                              const std::string& why) {
    const Ended ended = job.Publish(policy);
    INFO(ended.output);
    CHECK(ended.code == code);
    CHECK_THAT(ended.output, Contains(why));
  };
  refused("version: 4\n", kExitSettings, ":1:1: missing field 'clocks'");
  refused(Version(3, InHours(-9000), "2h"), kExitFailure,
          "version 3 is published with another content");
  refused(Version(2, InHours(1)), kExitFailure,
          "version 2 comes too late: version 3 is published");
  refused(Version(4, InHours(-9001)), kExitFailure,
          "a greater number must take effect later");
  refused(Version(4, At(absl::Now() + absl::Minutes(9))), kExitFailure,
          "a version must be published 10m before that");
  refused(Version(4, InHours(9000)), kExitFailure,
          "more than a year from now, and no later version could take effect");
  CHECK(PublishedOn(job).size() == 1);
}

TEST_CASE("A version that is published once more is not written once more") {
  const JobOfTopic job;
  const std::string policy = Version(1, InHours(-9000));
  REQUIRE(job.Publish(policy).code == 0);
  const Ended again = job.Publish(policy);
  CHECK(again.code == 0);
  CHECK_THAT(again.output, Contains("Nothing to do: version 1 is published"));
  CHECK(PublishedOn(job).size() == 1);
}

TEST_CASE("A version may take effect in the past if corrections are wanted") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(1, InHours(-9000))).code == 0);
  const std::string policy = Version(2, InHours(-2), "30m");
  const Ended refused = job.Publish(policy);
  CHECK(refused.code == kExitFailure);
  CHECK_THAT(refused.output, Contains("--correct"));

  const Ended corrected = job.Publish(policy, {"--correct"});
  INFO(corrected.output);
  CHECK(corrected.code == 0);
  CHECK_THAT(corrected.output, Contains("2 hours ago: what was said since"));
  REQUIRE(PublishedOn(job).size() == 2);
  CHECK(PublishedOn(job)[1].correct());
}

TEST_CASE("A version may take effect years from now if that is meant") {
  const JobOfTopic job;
  const std::string policy = Version(1, InHours(3 * 366 * 24));
  const Ended refused = job.Publish(policy);
  CHECK(refused.code == kExitFailure);
  CHECK_THAT(refused.output, Contains("--far-ahead"));
  CHECK(PublishedOn(job).empty());

  CHECK(job.Publish(policy, {"--far-ahead"}).code == 0);
  CHECK(PublishedOn(job).size() == 1);
}

TEST_CASE("Of those who publish one version at once, one does") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(1, InHours(-9000))).code == 0);
  const std::string effective = InHours(1);
  // All of them read the same settings.
  std::vector<std::vector<std::string>> commands;
  for (int i = 1; i <= 4; ++i) {
    commands.push_back(
        job.PublishCommand(Version(2, effective, absl::StrCat(i, "m"))));
  }
  std::vector<Process> publishers;
  for (size_t i = 0; i < commands.size(); ++i) {
    publishers.emplace_back(commands[i],
                            job.LogOf(absl::StrCat("publisher", i)));
  }
  int done = 0;
  for (Process& publisher : publishers) {
    const int code = publisher.Wait(absl::Minutes(2));
    CHECK((code == 0 || code == kExitFailure));
    if (code == 0) ++done;
  }
  CHECK(done == 1);
  CHECK(PublishedOn(job).size() == 2);
}

TEST_CASE("A policy from files cannot be published") {
  const Job job(SharedBroker(), {.policy = kCompanyPolicy});
  const Ended ended = job.Publish(kCompanyPolicy);
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("there is nowhere to publish it"));
}

TEST_CASE("Nothing is published where there is no topic of policies") {
  const Job job(SharedBroker(), {.policy = "", .policy_on_topic = true});
  const Ended ended = job.Publish(kCompanyPolicy);
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("does not exist; `leadclock topics create` "
                                    "makes it"));
}

TEST_CASE("Without a published policy no worker starts, and it says why") {
  const JobOfTopic job;
  const Ended ended = job.RunToEnd();
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("no policy is published on") &&
                               Contains("leadclock policy publish FILE"));
}

TEST_CASE("A topic of policies that lost its beginning is not believed") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(1, InHours(-9000))).code == 0);
  DeleteRecords(job.brokers(), job.Topic("sla.policy"));
  const Ended ended = job.Publish(Version(2, InHours(1)));
  CHECK(ended.code == kExitSettings);
  CHECK_THAT(ended.output, Contains("has lost its first records"));
}

TEST_CASE("A topic of policies that may lose records is not written to") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(1, InHours(-9000))).code == 0);
  const auto [property, value] = GENERATE(table<std::string, std::string>(
      {{"cleanup.policy", "compact"}, {"retention.ms", "604800000"}}));
  std::map<std::string, std::string> configs = {{"retention.ms", "-1"}};
  configs[property] = value;
  SetTopic(job.brokers(), job.Topic("sla.policy"), configs);
  for (const Ended& ended :
       {job.Publish(Version(2, InHours(1))), job.RunToEnd()}) {
    CHECK(ended.code == kExitSettings);
    CHECK_THAT(ended.output, Contains(absl::StrCat(property, "=", value)));
  }
  CHECK(PublishedOn(job).size() == 1);
}

TEST_CASE("What would be published can be seen without publishing it") {
  const JobOfTopic job;
  REQUIRE(job.Publish(Version(1, InHours(-9000), "4h")).code == 0);
  const Ended trial =
      job.Publish(Version(2, InHours(1), "30m"), {"--dry-run", "--leads"});
  INFO(trial.output);
  CHECK(trial.code == 0);
  CHECK_THAT(trial.output, Contains("Version 2 may be published on ") &&
                               Contains("the target of first is 30m, was 4h") &&
                               Contains("No clock is open.") &&
                               Contains("Nothing was written."));
  const Ended refused =
      job.Publish(Version(2, InHours(-1), "30m"), {"--dry-run"});
  CHECK(refused.code == kExitFailure);
  CHECK(PublishedOn(job).size() == 1);
}

TEST_CASE("What is no policy on the topic counts for nothing, and is told") {
  const JobOfTopic job;
  Producer producer(job.brokers());
  producer.Send({.topic = job.Topic("sla.policy"),
                 .key = "1",
                 .value = "nonsense",
                 .partition = 0});
  producer.Flush();
  const Ended ended = job.Publish(Version(1, InHours(-9000)));
  CHECK(ended.code == 0);
  CHECK_THAT(ended.output,
             Contains("[0]@0: counts for nothing: the value is not a "
                      "Protobuf message") &&
                 Contains("It is the first version"));
}

TEST_CASE("Open clocks that a version changes are counted before it is there") {
  const JobOfTopic job;
  const std::string before = Version(1, InHours(-9000), "4h");
  REQUIRE(job.Publish(before).code == 0);
  Process worker = job.Start();
  Feed feed(job);
  const absl::Time now =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  feed.Send({Created("lead-1", now), Created("lead-2", now)});
  REQUIRE(WaitUntil([&] { return job.Backlog() == 0; }));
  REQUIRE(worker.Stop() == 0);

  const std::string effective = InHours(1);
  const Ended kept = job.DiffForLeads(before, Version(2, effective, "5h"));
  INFO(kept.output);
  CHECK(kept.code == 0);
  CHECK_THAT(kept.output,
             Contains("Of 2 open clocks 0 go over to version 2, and 0 end or "
                      "fall due at another instant"));
  const Ended carried = job.DiffForLeads(
      before, Version(2, effective + "\nopen_clocks: carry", "5h"));
  INFO(carried.output);
  CHECK(carried.code == 0);
  CHECK_THAT(carried.output,
             Contains("Of 2 open clocks 2 go over to version 2, and 2 end or "
                      "fall due at another instant") &&
                 Contains("  first: 2 open; 2 go over to version 2, 2 fall due "
                          "1h later.\n"));

  const Ended other = job.DiffForLeads(Version(1, InHours(-9000), "3h"),
                                       Version(2, effective, "5h"));
  CHECK(other.code == kExitSettings);
  CHECK_THAT(other.output, Contains("is not the one that stands before"));
}

}  // namespace
}  // namespace leadclock::broker
