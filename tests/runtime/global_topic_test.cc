// What a worker learns from its global topic, and what follows from that.

#include "processor/runtime/global_topic.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/runtime/offset_metadata.h"
#include "processor/runtime/topics.h"
#include "tests/runtime/worker_bench.h"

namespace leadclock {
namespace {

void ReadsAGlobalTopic(Bench& bench) { bench.options.topics.global = "global"; }

void Publish(Bench& bench, const std::string& what) {
  bench.kafka.Append("global", "", what);
}

// "k01=word", ... are there, and committed.
void HasKeys(Bench& bench, int count) {
  for (int i = 1; i <= count; ++i) {
    bench.kafka.Append("a", absl::StrCat("k", i < 10 ? "0" : "", i), "word");
  }
  bench.Start();
  REQUIRE(bench.Work().ok());
  REQUIRE(bench.kafka.Written("log").size() >= static_cast<size_t>(count));
}

Lines SaidUnder(Bench& bench, int edition) {
  Lines said;
  for (const std::string& line : bench.kafka.Written("out")) {
    if (absl::EndsWith(line, absl::StrCat("=<", edition, ">"))) {
      said.push_back(line);
    }
  }
  return said;
}

OffsetMetadata Left(const Bench& bench) {
  const auto read =
      ParseOffsetMetadata(bench.kafka.committed.at({"a", 0}).metadata);
  REQUIRE(read.ok());
  return *read;
}

bool Mentions(const absl::Status& status, const std::string& what) {
  return absl::StrContains(status.message(), what);
}

TEST_CASE("What the global topic says is known before the first record") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "learn 2");
  Publish(bench, "nothing");
  Publish(bench, "learn 3");
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("log") == Lines{"k=<3> one"});
  CHECK(Left(bench).fingerprint == "words 3");
  CHECK_FALSE(Left(bench).sweep);
}

TEST_CASE("Nobody joins the group before the global topic is read") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "learn 2");
  bench.kafka.global_can_be_read = false;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(60)).ok());
  CHECK(bench.kafka.committed.empty());

  bench.kafka.global_can_be_read = true;
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("log") == Lines{"k=<2> one"});
}

// A fold that takes its time to learn.
class SlowFold final : public WordFold {
 public:
  explicit SlowFold(HandClock& clock) : clock_(clock) {}

  absl::StatusOr<Learnt> Learn(const InputRecord&) const override {
    clock_.Pass(absl::Seconds(30));
    return std::shared_ptr<const Fold>();
  }

 private:
  HandClock& clock_;
};

TEST_CASE(
    "A fold that takes long to learn is not taken for a topic that hangs") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "one");
  Publish(bench, "two");
  GlobalTopic topic(bench.options, bench.kafka, bench.clock, bench.metrics);
  const auto fold = std::make_shared<const SlowFold>(bench.clock);
  bench.kafka.global_at_once = 1;
  REQUIRE(topic.Read(fold).ok());
  REQUIRE_FALSE(topic.is_whole());

  bench.kafka.global_can_be_read = false;
  CHECK(topic.Read(fold).ok());
  bench.clock.Pass(absl::Seconds(11));
  CHECK(Mentions(topic.Read(fold).status(), "left a transaction open"));
}

TEST_CASE("A global topic whose beginning was deleted stops the worker") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.kafka.logs[{"global", 0}].start = 3;
  bench.Start();
  const absl::Status status = bench.Work();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Mentions(status, "retention.ms"));
}

TEST_CASE("A global topic has one partition, however many the others have") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  const JobTopics& topics = bench.options.topics;
  CHECK(CheckTopics(bench.kafka, topics, absl::Seconds(1)).ok());

  bench.kafka.partition_count = 3;
  const absl::Status status =
      CheckTopics(bench.kafka, topics, absl::Seconds(1)).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Mentions(status, "topic global has 3 partitions"));
  bench.kafka.logs[{"global", 0}].partitions = 1;
  CHECK(CheckTopics(bench.kafka, topics, absl::Seconds(1)).value() == 3);
}

TEST_CASE("What cannot be learnt stops the worker, noise does not") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "noise");
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("log") == Lines{"k=one"});

  Publish(bench, "riddle");
  const absl::Status status = bench.Work();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(Mentions(status, "global[0] offset 1: of a later version"));
}

TEST_CASE("When the fold becomes another, each state is asked once") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.options.batch_sweep = GENERATE(as<size_t>(), 1, 3, 500);
  HasKeys(bench, 7);
  REQUIRE(bench.fold.asked->empty());
  Publish(bench, "learn 2");
  REQUIRE(bench.Work().ok());

  CHECK(SaidUnder(bench, 2) == Lines{"k01=<2>", "k02=<2>", "k03=<2>", "k04=<2>",
                                     "k05=<2>", "k06=<2>", "k07=<2>"});
  CHECK(bench.fold.asked->size() == 7);
  CHECK(Left(bench).fingerprint == "words 2");
  CHECK_FALSE(Left(bench).sweep);
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(bench.fold.asked->size() == 7);
}

TEST_CASE(
    "What was folded before is committed under the name it was folded by") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  HasKeys(bench, 1);
  bench.options.commit_interval = absl::Hours(1);
  bench.Start();
  // The first commit does not wait for the interval.
  REQUIRE(bench.Work(absl::Seconds(15)).ok());
  bench.kafka.transactions.clear();
  bench.kafka.Append("a", "l", "one");
  REQUIRE(bench.worker->Step().ok());
  REQUIRE(bench.worker->Step().ok());
  REQUIRE(bench.kafka.transactions.empty());

  Publish(bench, "learn 2");
  REQUIRE(bench.worker->Step().ok());
  REQUIRE(bench.kafka.transactions.size() == 1);
  const Transaction& last = bench.kafka.transactions.back();
  CHECK(bench.kafka.Written("log").back() == "l=one");
  CHECK(absl::EndsWith(last.offsets.front().metadata, "- words 1"));
}

TEST_CASE("What was rolled back when the fold became another is folded by it") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.options.commit_interval = absl::Hours(1);
  bench.Start();
  // The first commit does not wait for the interval.
  REQUIRE(bench.Work(absl::Seconds(15)).ok());
  bench.kafka.Append("a", "l", "one");
  REQUIRE(bench.worker->Step().ok());
  bench.kafka.outcomes = {FakeKafka::Outcome::kAborted};
  Publish(bench, "learn 2");
  REQUIRE(bench.Work(absl::Hours(2)).ok());
  CHECK(bench.kafka.Written("log") == Lines{"l=<2> one"});
}

// Works until some of the keys, but not all, were asked and committed.
void SweepHalf(Bench& bench, size_t all) {
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(bench.worker->Step().ok());
    const std::optional<std::string> sweep = Left(bench).sweep;
    if (sweep && !sweep->empty()) return;
    REQUIRE(bench.fold.asked->size() < all);
  }
}

TEST_CASE("A sweep is gone on with where it was, also with an empty disk") {
  const bool disk_lost = GENERATE(false, true);
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.options.batch_sweep = 2;
  HasKeys(bench, 20);
  // A commit after each pass.
  bench.options.commit_records = 1;
  bench.Start();
  REQUIRE(bench.Work().ok());
  Publish(bench, "learn 2");
  SweepHalf(bench, 20);
  const std::string reached = *Left(bench).sweep;
  bench.Die();
  if (disk_lost) std::filesystem::remove_all(bench.directory);
  bench.fold.asked->clear();
  bench.Start();
  REQUIRE(bench.Work().ok());

  CHECK(SaidUnder(bench, 2).size() == 20);
  REQUIRE_FALSE(bench.fold.asked->empty());
  CHECK(bench.fold.asked->front() > reached);
  CHECK(bench.fold.asked->back() == "k20");
  CHECK_FALSE(Left(bench).sweep);
}

TEST_CASE("A sweep begins anew when the fold becomes another once more") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.options.batch_sweep = 2;
  HasKeys(bench, 20);
  bench.options.commit_records = 1;
  bench.Start();
  REQUIRE(bench.Work().ok());
  Publish(bench, "learn 2");
  SweepHalf(bench, 20);
  Publish(bench, "learn 3");
  if (GENERATE(false, true)) bench.Start();
  bench.fold.asked->clear();
  REQUIRE(bench.Work().ok());
  CHECK(SaidUnder(bench, 3).size() == 20);
  CHECK(*std::min_element(bench.fold.asked->begin(), bench.fold.asked->end()) ==
        "k01");
  CHECK(Left(bench).fingerprint == "words 3");
  CHECK_FALSE(Left(bench).sweep);
}

TEST_CASE("A sweep that is rolled back is done again, and said once") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  HasKeys(bench, 5);
  bench.kafka.outcomes = {FakeKafka::Outcome::kAborted,
                          FakeKafka::Outcome::kUnknownNot,
                          FakeKafka::Outcome::kUnknownCommitted};
  Publish(bench, "learn 2");
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(SaidUnder(bench, 2).size() == 5);
  CHECK_FALSE(Left(bench).sweep);
}

TEST_CASE("A worker that starts with a later fold asks all states it takes") {
  Bench bench;
  HasKeys(bench, 5);
  bench.kafka.Append("a", "k03", "forget");
  bench.kafka.Append("a", "k04", "farewell");
  REQUIRE(bench.Work().ok());
  bench.fold.edition = 2;
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(SaidUnder(bench, 2) == Lines{"k01=<2>", "k02=<2>", "k05=<2>"});
  CHECK(Left(bench).fingerprint == "words 2");
}

TEST_CASE("Offsets that were set by hand say nothing: all states are asked") {
  Bench bench;
  bench.fold.check_states = true;
  HasKeys(bench, 5);
  const bool is_all = GENERATE(true, false);
  bench.kafka.committed[{"a", 0}].metadata.clear();
  if (is_all) bench.kafka.committed[{"b", 0}].metadata.clear();
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(*bench.fold.asked == Lines{"k01", "k02", "k03", "k04", "k05"});
  CHECK_FALSE(Left(bench).sweep);
  CHECK(Left(bench).fingerprint == "words 1");
}

TEST_CASE("Records and alarms do not wait for the end of a sweep") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.options.batch_sweep = 1;
  bench.kafka.Append("a", "z1", "100");
  HasKeys(bench, 30);
  bench.options.commit_records = 1;
  bench.Start();
  REQUIRE(bench.Work(absl::Milliseconds(102'950)).ok());
  Publish(bench, "learn 2");
  SweepHalf(bench, 31);
  bench.kafka.Append("a", "z2", "one");
  bench.clock.Pass(absl::Seconds(3));
  REQUIRE(bench.Work().ok());

  const Lines said = bench.kafka.Written("out");
  const auto place = [&](const char* line) {
    const auto at = std::find(said.begin(), said.end(), line);
    REQUIRE(at != said.end());
    return at - said.begin();
  };
  CHECK(place("z2=<2> one") < place("k30=<2>"));
  CHECK(place("z1=rings") < place("k30=<2>"));
  CHECK(SaidUnder(bench, 2).size() == 31);
}

TEST_CASE("No alarm rings before the global topic is read up to its end") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(50)).ok());
  bench.kafka.logs[{"global", 0}].hidden = 1;
  REQUIRE(bench.Work(absl::Seconds(200)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});

  bench.kafka.logs[{"global", 0}].hidden = 0;
  Publish(bench, "learn 2");
  REQUIRE(bench.Work(absl::Seconds(20)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=<2>", "k=rings"});
}

// Another worker of the group has the second of two partitions.
void HasNeighbour(Bench& bench, const std::string& fingerprint) {
  bench.kafka.partition_count = 2;
  bench.kafka.assigned_count = 1;
  for (const char* const input : {"a", "b"}) {
    const TopicPartition at = {input, 1};
    bench.kafka.committed[at] = {
        .at = at,
        .offset = 0,
        .metadata =
            FormatOffsetMetadata({.now = absl::FromUnixSeconds(1'800'000'000),
                                  .changelog_id = "",
                                  .sweep = std::nullopt,
                                  .fingerprint = fingerprint})};
  }
}

TEST_CASE("Who cannot read the topic of policies to its end is not ready") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "learn 2");
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work(absl::Minutes(2)).ok());
  REQUIRE(bench.readiness->Reasons().empty());

  SECTION("since nobody tells where it ends") {
    bench.kafka.silent = {"global"};
  }
  SECTION("since a transaction hides what is there") {
    bench.kafka.logs[{"global", 0}].hidden = 1;
  }
  SECTION("since it was made anew") {
    bench.kafka.logs[{"global", 0}].records.clear();
  }
  REQUIRE(bench.Work(absl::Seconds(55)).ok());
  CHECK(bench.readiness->Reasons().empty());
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  REQUIRE_FALSE(bench.readiness->Reasons().empty());
  CHECK(absl::StrContains(
      bench.readiness->Reasons().back(),
      "topic of policies of worker 0 is not read up to its end"));

  bench.kafka.silent = {};
  bench.kafka.logs[{"global", 0}].hidden = 0;
  bench.kafka.logs[{"global", 0}].records.assign(1, {"", "learn 2"});
  REQUIRE(bench.Work(absl::Seconds(5)).ok());
  CHECK(bench.readiness->Reasons().empty());
}

TEST_CASE("Nobody takes partitions before it knows that it may run") {
  Bench bench;
  const auto [neighbour, may] = GENERATE(
      table<std::string, bool>({{"words 1", true}, {"words 2", false}}));
  HasNeighbour(bench, neighbour);
  bench.kafka.tells_committed = false;
  bench.Start();
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(bench.kafka.joins == 0);

  bench.kafka.tells_committed = true;
  CHECK(absl::IsInvalidArgument(bench.Work()) != may);
  // Who may not has taken nothing from those who run.
  CHECK(bench.kafka.joins == (may ? 1 : 0));
}

TEST_CASE("Who must read further before it may run does so before it joins") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  Publish(bench, "learn 2");
  HasNeighbour(bench, "words 3");
  bench.kafka.tells_committed = false;
  bench.Start();
  REQUIRE(bench.Work().ok());
  // What the neighbour has read is there by now, but cannot be read yet.
  bench.kafka.global_can_be_read = false;
  Publish(bench, "learn 3");
  bench.kafka.tells_committed = true;
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(bench.kafka.joins == 0);

  SECTION("and runs if it knows by that what the others know") {
    bench.kafka.global_can_be_read = true;
    CHECK(bench.Work().ok());
    CHECK(bench.kafka.joins == 1);
  }
  SECTION("and does not if it does not") {
    bench.kafka.logs[{"global", 0}].records.back().value = "nothing";
    bench.kafka.global_can_be_read = true;
    CHECK(absl::IsInvalidArgument(bench.Work()));
    CHECK(bench.kafka.joins == 0);
  }
}

TEST_CASE("Nobody runs beside a worker whose fold it may not follow") {
  Bench bench;
  SECTION("found before it joins") {
    HasNeighbour(bench, "words 2");
    bench.Start();
  }
  SECTION("found after a while") {
    HasNeighbour(bench, "words 1");
    bench.Start();
    REQUIRE(bench.Work(absl::Minutes(1)).ok());
    HasNeighbour(bench, "other words 1");
  }
  const absl::Status status = bench.Work(absl::Minutes(1));
  CHECK(absl::IsInvalidArgument(status));
  CHECK(Mentions(status, "[1]: left by"));
}

TEST_CASE("An earlier neighbour is followed") {
  Bench bench;
  bench.fold.edition = 2;
  HasNeighbour(bench, "words 1");
  bench.Start();
  CHECK(bench.Work(absl::Minutes(1)).ok());
}

TEST_CASE("A neighbour may have read further in the global topic") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  HasNeighbour(bench, "words 1");
  bench.Start();
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  bench.kafka.global_can_be_read = false;
  Publish(bench, "learn 2");
  HasNeighbour(bench, "words 2");
  REQUIRE(bench.Work(absl::Minutes(1)).ok());

  SECTION("and then the same is learnt") {
    bench.kafka.global_can_be_read = true;
    CHECK(bench.Work(absl::Minutes(1)).ok());
  }
  SECTION("but if not, nobody goes on") {
    bench.kafka.logs[{"global", 0}].records.back().value = "nothing";
    bench.kafka.global_can_be_read = true;
    CHECK(absl::IsInvalidArgument(bench.Work(absl::Minutes(1))));
  }
}

TEST_CASE("A partition may have been left by one who had read further") {
  Bench bench;
  ReadsAGlobalTopic(bench);
  HasKeys(bench, 1);
  // Meanwhile another one had it.
  bench.kafka.Happen(Rebalance::Kind::kLost);
  REQUIRE(bench.Work().ok());
  bench.kafka.global_can_be_read = false;
  Publish(bench, "learn 2");
  for (auto& [at, offset] : bench.kafka.committed) {
    offset.metadata = absl::StrCat(
        offset.metadata.substr(0, offset.metadata.find(" words")), " words 2");
  }
  bench.kafka.Append("a", "l", "one");
  bench.kafka.Happen(Rebalance::Kind::kAssigned);
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(bench.kafka.Written("log").size() == 1);

  bench.kafka.global_can_be_read = true;
  REQUIRE(bench.Work(absl::Minutes(1)).ok());
  CHECK(bench.kafka.Written("log").back() == "l=<2> one");
  // Who left it had asked all.
  CHECK(bench.fold.asked->empty());
}

TEST_CASE("States that a later fold cannot go on with stop it at once") {
  Bench bench;
  bench.kafka.Append("a", "k", "odd");
  HasKeys(bench, 2);
  REQUIRE(bench.kafka.Written("log").size() == 3);
  bench.fold.edition = 2;
  bench.Die();
  bench.kafka.Append("a", "l", "one");

  SECTION("if it wants to see them") {
    bench.fold.check_states = true;
    bench.Start();
    const absl::Status status = bench.Work();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(Mentions(status, "log[0], key \"k\": an odd word"));
    CHECK(bench.kafka.Written("log").size() == 3);
  }
  SECTION("if it does not, it goes on") {
    bench.Start();
    CHECK(bench.Work().ok());
  }
}

}  // namespace
}  // namespace leadclock
