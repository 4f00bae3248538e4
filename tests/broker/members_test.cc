#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/broker/company.h"
#include "tests/broker/job.h"

// Many workers and many processes in one group: whoever comes and goes, what
// is said stays the same.
namespace leadclock::broker {
namespace {

using Catch::Contains;

constexpr int kPartitions = 12;
constexpr int kExitFailure = 1;

// A short session, so that a member that is gone is missed soon.
JobOptions Group(const std::string& more_settings = "") {
  return {.policy = kCompanyPolicy,
          .partitions = kPartitions,
          .commit_interval = absl::Milliseconds(20),
          .more_settings = absl::StrCat(
              "kafka: {session.timeout.ms: 6000, heartbeat.interval.ms: 500}\n",
              more_settings)};
}

// Lives, and how much of them was sent.
class Story {
 public:
  Story(const Job& job, property::Dice& dice, int leads)
      : feed_(job),
        lives_(SomeLives(leads, dice)),
        events_(Shuffled(lives_, dice)) {}

  // The next of `parts` equal parts.
  void SendPart(size_t parts) {
    const size_t until =
        std::min(sent_ + events_.size() / parts + 1, events_.size());
    for (; sent_ < until; ++sent_) feed_.Send(events_[sent_]);
    feed_.producer().Flush();
  }
  const std::vector<Life>& lives() const { return lives_; }

 private:
  Feed feed_;
  std::vector<Life> lives_;
  std::vector<v1::LeadEvent> events_;
  size_t sent_ = 0;
};

bool IsDone(const Job& job) {
  return WaitUntil([&] { return job.Backlog() == 0; }, absl::Seconds(60));
}

size_t CountOf(const std::string& word, const std::string& text) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

// The partitions that a member's log says are ready.
std::set<std::string> ReadyIn(const std::string& log) {
  std::set<std::string> ready;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    const size_t at = line.find("partitions ");
    const size_t end = line.find(" are ready");
    if (at == absl::string_view::npos || end == absl::string_view::npos) {
      continue;
    }
    for (const absl::string_view number :
         absl::StrSplit(line.substr(at + 11, end - at - 11), ',')) {
      ready.insert(std::string(number));
    }
  }
  return ready;
}

}  // namespace

TEST_CASE("Members and workers that come and go change nothing", "[threads]") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), Group("workers: 2\n"));
  Story story(job, dice, 300);
  Audience audience(job);

  Process first = job.StartMember("first");
  story.SendPart(6);
  REQUIRE(IsDone(job));
  Process second = job.StartMember("second");
  story.SendPart(6);
  REQUIRE(WaitUntil(
      [&] { return !ReadyIn(ReadFile(job.LogOf("second"))).empty(); }));
  story.SendPart(6);
  REQUIRE(IsDone(job));

  // One leaves in good order, and its partitions go to the other when its
  // session ends.
  CHECK(first.Stop() == 0);
  story.SendPart(6);
  REQUIRE(IsDone(job));
  // One is killed while the other is back.
  first = job.StartMember("first");
  REQUIRE(WaitUntil(
      [&] { return CountOf("are ready", ReadFile(job.LogOf("first"))) > 2; }));
  second.Kill();
  story.SendPart(6);
  story.SendPart(1);

  CheckFacts(audience, Expected(story.lives()));
  CHECK(first.Stop() == 0);
}

TEST_CASE(
    "A member that was stopped beyond its session wakes up and is harmless") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), Group());
  Story story(job, dice, 200);
  Audience audience(job);
  Process first = job.StartMember("first");
  Process second = job.StartMember("second");
  story.SendPart(3);
  REQUIRE(IsDone(job));

  story.SendPart(3);
  first.Signal(SIGSTOP);
  REQUIRE(IsDone(job));
  story.SendPart(3);
  first.Signal(SIGCONT);
  story.SendPart(1);

  CheckFacts(audience, Expected(story.lives()));
  // It may have gone on as a member, or found out that it was replaced.
  first.Stop();
  CHECK(second.Stop() == 0);
}

TEST_CASE(
    "A member back within its session has its partitions, and no other is "
    "disturbed") {
  property::Dice dice = PrintedDice();
  JobOptions options = Group();
  options.more_settings =
      "kafka: {session.timeout.ms: 30000, heartbeat.interval.ms: 500}\n";
  const ReadyJob job(SharedBroker(), options);
  Story story(job, dice, 100);
  Process first = job.StartMember("first");
  story.SendPart(3);
  REQUIRE(IsDone(job));
  Process second = job.StartMember("second");
  REQUIRE(WaitUntil(
      [&] { return !ReadyIn(ReadFile(job.LogOf("second"))).empty(); }));
  story.SendPart(3);
  REQUIRE(IsDone(job));
  const size_t given = CountOf("assigned", ReadFile(job.LogOf("second")));
  const std::set<std::string> had = ReadyIn(ReadFile(job.LogOf("second")));

  const bool killed = GENERATE(false, true);
  if (killed) first.Kill();
  if (!killed) CHECK(first.Stop() == 0);
  const size_t said = ReadFile(job.LogOf("first")).size();
  first = job.StartMember("first");
  story.SendPart(1);

  Audience audience(job);
  CheckFacts(audience, Expected(story.lives()));
  const std::string since = ReadFile(job.LogOf("first")).substr(said);
  std::set<std::string> all = ReadyIn(since);
  CHECK(all.size() == kPartitions / 2);
  all.insert(had.begin(), had.end());
  CHECK(all.size() == kPartitions);
  CHECK(CountOf("assigned", ReadFile(job.LogOf("second"))) == given);
  CHECK(CountOf("gave back", ReadFile(job.LogOf("second"))) == 0);
  CHECK(first.Stop() == 0);
  CHECK(second.Stop() == 0);
}

TEST_CASE("Whoever reads only one of the topics in the group is refused") {
  const ReadyJob job(SharedBroker(), Group());
  Stranger stranger(job.brokers(), job.group(), {job.Topic("leads.created")});
  REQUIRE(WaitUntil([&] { return stranger.TakePart(); }));
  Process worker = job.StartMember("first");
  CHECK(WaitUntil([&] {
    stranger.TakePart();
    return !worker.Runs();
  }));

  CHECK(worker.Wait() == kExitFailure);
  CHECK_THAT(ReadFile(job.LogOf("first")),
             Contains("of only some of the input topics"));
}

TEST_CASE("State copied from another machine is gone on with") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), Group());
  Story story(job, dice, 200);
  Audience audience(job);
  Process first = job.StartMember("first");
  story.SendPart(3);
  REQUIRE(IsDone(job));
  first.Kill();
  std::filesystem::copy(job.DataOf("first"), job.DataOf("second"),
                        std::filesystem::copy_options::recursive);

  // The copy grows old, and then it is used.
  first = job.StartMember("first");
  story.SendPart(3);
  REQUIRE(IsDone(job));
  CHECK(first.Stop() == 0);
  Process second = job.StartMember("second");
  story.SendPart(1);

  CheckFacts(audience, Expected(story.lives()));
  CHECK(second.Stop() == 0);
}

TEST_CASE("An input topic that was deleted and made again stops it") {
  const bool while_it_runs = GENERATE(false, true);
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), Group());
  Story story(job, dice, 100);
  Process worker = job.StartMember("first");
  story.SendPart(1);
  REQUIRE(IsDone(job));
  if (!while_it_runs) CHECK(worker.Stop() == 0);

  DeleteTopic(job.brokers(), job.Topic("leads.activity"));
  CreateTopic(job.brokers(), job.Topic("leads.activity"), kPartitions);
  if (!while_it_runs) worker = job.StartMember("first");

  CHECK(worker.Wait() == kExitFailure);
  CHECK_THAT(ReadFile(job.LogOf("first")), Contains("deleted and made again"));
}

TEST_CASE("A topic of leads that was deleted and made again is not trusted") {
  property::Dice dice = PrintedDice();
  const ReadyJob job(SharedBroker(), Group());
  Story story(job, dice, 100);
  Process worker = job.StartMember("first");
  story.SendPart(1);
  REQUIRE(IsDone(job));
  CHECK(worker.Stop() == 0);
  // A broker that still completes the last transaction behind its back keeps
  // the next producer of the name waiting for half a minute.
  absl::SleepFor(absl::Seconds(6));
  DeleteTopic(job.brokers(), job.Topic("sla.leads"));
  CHECK(job.CreateTopics().code == 0);
  worker = job.StartMember("first");

  CHECK(worker.Wait() == kExitFailure);
  CHECK_THAT(
      ReadFile(job.LogOf("first")),
      Contains(job.Topic("sla.leads")) && Contains("deleted and made again"));
}

}  // namespace leadclock::broker
