#include "processor/runtime/worker.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/runtime/partitioner.h"
#include "tests/runtime/worker_bench.h"

namespace leadclock {
namespace {

TEST_CASE("What is read is folded, said, and remembered in one commit") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.kafka.Append("b", "k", "two");
  bench.Start();
  REQUIRE(bench.Work().ok());

  CHECK(bench.kafka.Written("out") == Lines{"k=one two"});
  CHECK(bench.kafka.Written("log") == Lines{"k=one two"});
  CHECK(bench.kafka.committed[{"a", 0}].offset == 1);
  CHECK(bench.kafka.committed[{"b", 0}].offset == 1);
}

TEST_CASE("A worker that died goes on where it was, with or without its disk") {
  const bool disk_lost = GENERATE(false, true);
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());

  bench.Die();
  if (disk_lost) std::filesystem::remove_all(bench.directory);
  bench.kafka.Append("a", "k", "two");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=one", "k=one two"});
}

TEST_CASE("What was rolled back is read again, and said once") {
  Bench bench;
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "one");
  bench.kafka.outcomes = {FakeKafka::Outcome::kAborted,
                          FakeKafka::Outcome::kAborted};
  REQUIRE(bench.Work().ok());

  CHECK(bench.kafka.Written("out") == Lines{"k=one"});
  CHECK(bench.kafka.renewals == 1);
}

TEST_CASE("After a rollback nothing is committed before it is read again") {
  // The committed offsets cannot be read for a while; meanwhile it is time
  // for the commit of an idle worker.
  Bench bench;
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "one");
  bench.kafka.outcomes = {FakeKafka::Outcome::kAborted};
  bench.kafka.committed_known = false;
  REQUIRE(bench.Work(absl::Seconds(30)).ok());
  CHECK(bench.kafka.Written("out").empty());

  bench.kafka.committed_known = true;
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=one"});
}

TEST_CASE("An unknown outcome is found out, and nothing is said twice") {
  const auto outcome = GENERATE(FakeKafka::Outcome::kUnknownCommitted,
                                FakeKafka::Outcome::kUnknownNot);
  Bench bench;
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "one");
  bench.kafka.outcomes = {outcome};
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "two");
  REQUIRE(bench.Work().ok());

  CHECK(bench.kafka.Written("out") == Lines{"k=one", "k=one two"});
  CHECK(bench.kafka.renewals == 2);
}

TEST_CASE("Who is fenced ends, and says why") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.kafka.outcomes = {FakeKafka::Outcome::kFenced};
  bench.Start();
  CHECK(absl::IsAlreadyExists(bench.Work()));
}

TEST_CASE("A partition that is taken away is committed, a lost one is not") {
  Bench bench;
  bench.options.commit_interval = absl::Minutes(1);
  bench.Start();
  bench.kafka.Append("a", "k", "zero");
  REQUIRE(bench.Work().ok());
  REQUIRE(bench.kafka.Written("out") == Lines{"k=zero"});

  bench.kafka.Append("a", "k", "one");
  SECTION("taken away") {
    bench.kafka.Happen(Rebalance::Kind::kRevoked);
    REQUIRE(bench.Work().ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=zero", "k=zero one"});
  }
  SECTION("lost") {
    bench.kafka.Happen(Rebalance::Kind::kLost);
    REQUIRE(bench.Work().ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=zero"});

    bench.kafka.Happen(Rebalance::Kind::kAssigned);
    REQUIRE(bench.Work(absl::Minutes(2)).ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=zero", "k=zero one"});
  }
}

TEST_CASE("Leaving commits what is folded") {
  Bench bench;
  bench.options.commit_interval = absl::Hours(1);
  bench.Start();
  bench.kafka.Append("a", "k", "zero");
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "one");
  REQUIRE(bench.Work().ok());
  REQUIRE(bench.worker->Finish().ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=zero", "k=zero one"});
}

TEST_CASE("An alarm rings when now has passed it, which is settle later") {
  Bench bench;
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(104)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});
  REQUIRE(bench.Work(absl::Seconds(2)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=rings"});
  CHECK(bench.kafka.Written("log") == Lines{"k=100", "k=100 rang"});
}

TEST_CASE("Under load what rings waits for the commit interval") {
  Bench bench;
  bench.options.commit_interval = absl::Seconds(9);
  bench.kafka.Append("a", "k", "10");
  bench.Start();
  REQUIRE(bench.Work(absl::Milliseconds(14'950)).ok());
  for (int i = 0; i < 600; ++i) bench.kafka.Append("a", absl::StrCat(i), "x");
  REQUIRE(bench.Work(absl::Seconds(1)).ok());
  CHECK(bench.kafka.Written("out").size() == 1);
  REQUIRE(bench.Work(absl::Seconds(4)).ok());
  const Lines said = bench.kafka.Written("out");
  CHECK(said.size() == 602);
  CHECK(std::count(said.begin(), said.end(), "k=rings") == 1);
}

TEST_CASE("Partitions take turns at the alarms of a transaction") {
  Bench bench;
  bench.options.batch_timers = 3;
  bench.kafka.partition_count = 2;
  // Five keys of each.
  std::vector<int> keys = {0, 0};
  for (int i = 0; keys[0] + keys[1] < 10; ++i) {
    const std::string key = absl::StrCat("k", i);
    const int32_t partition =
        PartitionOf(Partitioner::kMurmur2, key, 2).value();
    int& count = keys[static_cast<size_t>(partition)];
    if (count == 5) continue;
    ++count;
    bench.kafka.Append("a", key, "10", partition);
  }
  const auto rung = [&](int32_t partition) {
    const Lines said = bench.kafka.Written("out", partition);
    return std::count_if(said.begin(), said.end(), [](const std::string& line) {
      return line.ends_with("=rings");
    });
  };
  bench.Start();
  REQUIRE(bench.Work(absl::Milliseconds(14'950)).ok());
  // What rang in each partition, after each transaction.
  std::vector<std::pair<int64_t, int64_t>> steps = {{rung(0), rung(1)}};
  for (int i = 0; i < 10'000 && rung(0) + rung(1) < 10; ++i) {
    REQUIRE(bench.worker->Step().ok());
    const std::pair<int64_t, int64_t> now = {rung(0), rung(1)};
    if (now != steps.back()) steps.push_back(now);
  }
  CHECK(steps == std::vector<std::pair<int64_t, int64_t>>{
                     {0, 0}, {3, 0}, {3, 3}, {5, 4}, {5, 5}});
}

TEST_CASE("Nothing spins while an alarm waits for the commit of its key") {
  Bench bench;
  bench.options.commit_interval = absl::Seconds(9);
  bench.kafka.Append("a", "k", "10");
  bench.Start();
  REQUIRE(bench.Work(absl::Milliseconds(14'950)).ok());
  // Now passes the alarm that the store has just when this has put it off.
  bench.kafka.Append("a", "k", "5000");
  const absl::Time before = bench.clock.wall;
  REQUIRE(bench.Work(absl::Seconds(1)).ok());
  CHECK(bench.clock.wall >= before + absl::Seconds(1));
  CHECK(bench.kafka.Written("out").size() == 1);
}

TEST_CASE("No alarm rings while records wait that cannot be read yet") {
  Bench bench;
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(50)).ok());
  bench.kafka.logs[{"b", 0}].hidden = 1;
  REQUIRE(bench.Work(absl::Seconds(600)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});

  // The transaction ends; in it, the alarm was put off.
  bench.kafka.logs[{"b", 0}].hidden = 0;
  bench.kafka.Append("b", "k", "off");
  REQUIRE(bench.Work(absl::Seconds(20)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=100 off"});
}

TEST_CASE("After downtime everything is folded before anything rings") {
  Bench bench;
  bench.kafka.Append("a", "k", "100");
  bench.kafka.Append("a", "l", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(50)).ok());
  bench.Die();
  bench.clock.Pass(absl::Hours(1));
  bench.kafka.Append("b", "k", "off");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(20)).ok());

  CHECK(bench.kafka.Written("out") ==
        Lines{"k=100", "l=100", "k=100 off", "l=rings"});
}

TEST_CASE("After a commit that hung, now waits for others that were cut off") {
  const bool committed = GENERATE(false, true);
  Bench bench;
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(90)).ok());
  bench.kafka.Append("a", "l", "one");
  bench.kafka.commit_takes = absl::Seconds(12);
  if (!committed) bench.kafka.outcomes = {FakeKafka::Outcome::kUnknownNot};
  REQUIRE(bench.Work(absl::Seconds(30)).ok());
  REQUIRE(bench.kafka.committed[{"a", 0}].offset == 2);

  // What happened before the alarm could not be delivered until now.
  bench.kafka.Append("b", "k", "off");
  REQUIRE(bench.Work(absl::Minutes(3)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100", "l=one", "k=100 off"});
}

TEST_CASE(
    "With nothing to write, the broker is asked about a clock that was set") {
  Bench bench;
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(50)).ok());
  REQUIRE(bench.kafka.times_asked == 0);
  bench.clock.wall += absl::Seconds(30);
  const int commits = bench.kafka.commits;

  SECTION("and if it agrees, now goes on") {
    REQUIRE(bench.Work(absl::Seconds(27)).ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=rings"});
    CHECK(bench.kafka.times_asked == 1);
  }
  SECTION("if not, now is held, and it is asked again, but not often") {
    bench.kafka.broker_ahead = -absl::Seconds(30);
    REQUIRE(bench.Work(absl::Seconds(120)).ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=100"});
    CHECK(bench.kafka.times_asked > 10);
    CHECK(bench.kafka.times_asked < 13);
  }
  SECTION("nor if it does not answer, until it does") {
    bench.kafka.broker_ahead.reset();
    REQUIRE(bench.Work(absl::Seconds(60)).ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=100"});
    CHECK(bench.kafka.renewals > 1);
    bench.kafka.broker_ahead = absl::ZeroDuration();
    REQUIRE(bench.Work(absl::Minutes(2)).ok());
    CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=rings"});
  }
  CHECK(bench.kafka.Written("log").size() <= 2);
  CHECK(bench.kafka.commits > commits);
}

TEST_CASE("Now is handed over to an owner with an empty disk") {
  Bench bench;
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(60)).ok());
  bench.Die();
  std::filesystem::remove_all(bench.directory);

  // It cannot know more than the last owner knew, and not less.
  bench.kafka.answers = false;
  bench.kafka.Append("a", "k", "30");
  bench.kafka.Append("a", "l", "3000");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=30", "k=rings", "l=3000"});
}

TEST_CASE("What cannot be folded goes to quarantine and holds up nothing") {
  Bench bench;
  bench.kafka.Append("a", "k", "bad");
  bench.kafka.Append("a", "", "no key");
  bench.kafka.Append("a", "k", "dull");
  bench.kafka.Append("a", "k", std::nullopt);
  bench.kafka.Append("a", "k", "good");
  bench.Start();
  REQUIRE(bench.Work().ok());

  CHECK(bench.kafka.Written("quarantine") == Lines{"k=bad", "=no key"});
  CHECK(bench.kafka.Written("out") == Lines{"k=good"});
  CHECK(bench.kafka.committed[{"a", 0}].offset == 5);
}

TEST_CASE("A state that is forgotten is a tombstone, and stays forgotten") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "forget");
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("log") == Lines{"k=one", "k=(none)"});

  bench.Die();
  if (GENERATE(false, true)) std::filesystem::remove_all(bench.directory);
  bench.kafka.Append("a", "k", "two");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out").back() == "k=two");
}

TEST_CASE("What is left of a key that went keeps it from coming back") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.kafka.Append("a", "k", "farewell");
  // In the same batch, if it comes to that.
  bench.kafka.Append("a", "l", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  const Lines said = bench.kafka.Written("out");
  const Lines log = bench.kafka.Written("log");
  REQUIRE(log.size() == 3);
  Lines sorted = log;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted[0].starts_with("forgotten/"));
  CHECK(sorted[0].ends_with("=gone"));
  CHECK(sorted[1] == "k=(none)");

  if (GENERATE(false, true)) {
    bench.Die();
    if (GENERATE(false, true)) std::filesystem::remove_all(bench.directory);
    bench.Start();
  }
  bench.kafka.Append("a", "k", "two");
  bench.kafka.Append("b", "k", "three");
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out") == said);
  CHECK(bench.kafka.Written("log") == log);

  // After a time it is forgotten altogether.
  REQUIRE(bench.Work(absl::Seconds(1'100)).ok());
  REQUIRE(bench.kafka.Written("log").size() == 4);
  CHECK(bench.kafka.Written("log")[3].ends_with("=(none)"));
  bench.kafka.Append("a", "k", "four");
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out").back() == "k=four");
}

TEST_CASE("No key can pretend to be what was forgotten") {
  Bench bench;
  bench.kafka.Append("a", "forgotten/x", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out").empty());
  CHECK(bench.kafka.Written("quarantine") == Lines{"forgotten/x=one"});
}

TEST_CASE("Now does not pass the heartbeats that a source promised") {
  Bench bench;
  bench.options.heartbeats = {{"crm", absl::Seconds(5)}};
  bench.kafka.Append("a", "k", "100");
  bench.Start();
  const auto beat = [&](const char* topic, int64_t seconds) {
    bench.kafka.Append(topic, "", "beat");
    bench.kafka.logs[{topic, 0}].records.back().timestamp =
        absl::FromUnixSeconds(1'800'000'000 + seconds);
  };
  REQUIRE(bench.Work(absl::Seconds(200)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});
  CHECK(bench.readiness->Reasons().size() == 1);

  // On both topics, and late enough.
  beat("a", 150);
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});
  beat("b", 99);
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=100"});
  // The answer was on its way.
  bench.kafka.Append("b", "k", "off");
  beat("b", 205);
  beat("a", 205);
  REQUIRE(bench.Work(absl::Seconds(5)).ok());
  CHECK(bench.readiness->Reasons().empty());
  CHECK(bench.kafka.Written("out") == Lines{"k=100", "k=100 off"});
  REQUIRE(bench.Work(absl::Seconds(60)).ok());
  REQUIRE(bench.readiness->Reasons().size() == 1);
  CHECK(bench.readiness->Reasons()[0].find("crm") != std::string::npos);
}

TEST_CASE("States of a changelog that was made anew are not gone on with") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.Die();
  bench.kafka.logs[{"log", 0}].id = "another";
  bench.kafka.logs[{"log", 0}].records = {{"k", "erased"}};
  bench.kafka.Append("a", "k", "two");
  SECTION("by themselves") {
    bench.Start();
    const absl::Status status = bench.Work();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(std::string(status.message()).find("deleted and made again") !=
          std::string::npos);
  }
  SECTION("after somebody set the offsets by hand") {
    for (auto& [at, offset] : bench.kafka.committed) offset.metadata.clear();
    bench.Start();
    REQUIRE(bench.Work().ok());
    CHECK(bench.kafka.Written("out").back() == "k=erased two");
  }
}

TEST_CASE("States that are older than the tombstones are restored anew") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.kafka.Append("a", "l", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.Die();
  // Another owner erased k; a day later its tombstone is gone too.
  bench.clock.Pass(absl::Hours(25));
  bench.kafka.logs[{"log", 0}].records = {{"x", "y"}, {"l", "one"}};
  bench.kafka.Append("a", "k", "two");
  bench.Start();
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out").back() == "k=two");
}

TEST_CASE("Offsets that are gone stop the worker, with a way on") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.Die();

  SECTION("deleted before they were read") {
    bench.kafka.logs[{"a", 0}] = {.start = 7, .records = {{"k", "two"}}};
  }
  SECTION("of a topic that was made anew") {
    bench.kafka.logs[{"a", 0}] = FakeKafka::Log();
  }
  bench.Start();
  const absl::Status status = bench.Work();
  CHECK(absl::IsOutOfRange(status));
  CHECK(std::string(status.message()).find("--reset-offsets") !=
        std::string::npos);
}

TEST_CASE("States without committed offsets stop the worker") {
  Bench bench;
  bench.kafka.Append("log", "k", "of another group");
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  CHECK(absl::IsFailedPrecondition(bench.Work()));
}

TEST_CASE("Whoever was overtaken before its first commit begins again") {
  // Frozen while it asked: meanwhile another one took over, and committed.
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.kafka.before_bounds = [&] {
    bench.kafka.Append("log", "k", "one");
    bench.kafka.Append("out", "k", "one");
    for (const char* const input : {"a", "b"}) {
      const TopicPartition at = {input, 0};
      bench.kafka.committed[at].at = at;
      bench.kafka.committed[at].offset = at.topic == "a" ? 1 : 0;
    }
  };
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.kafka.Append("a", "k", "two");
  REQUIRE(bench.Work().ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=one", "k=one two"});
}

TEST_CASE("A partition that another policy left stops the worker") {
  Bench bench;
  bench.kafka.Append("a", "k", "one");
  bench.Start();
  REQUIRE(bench.Work().ok());
  bench.Die();
  bench.fold.words = "other words";
  bench.Start();
  CHECK(absl::IsInvalidArgument(bench.Work()));
}

TEST_CASE("Half a pair of partitions is refused") {
  Bench bench;
  bench.kafka.assigned = {"a"};
  bench.Start();
  CHECK(absl::IsFailedPrecondition(bench.Work()));
}

TEST_CASE("A wall clock that jumps ahead rings no alarm") {
  Bench bench;
  bench.kafka.Append("a", "k", "3000");
  bench.Start();
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  bench.clock.wall += absl::Hours(1);
  bench.kafka.broker_ahead = -absl::Hours(1);
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=3000"});

  bench.clock.wall -= absl::Hours(1);
  bench.kafka.broker_ahead = absl::ZeroDuration();
  REQUIRE(bench.Work(absl::Seconds(10)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=3000"});
  REQUIRE(bench.Work(absl::Hours(1)).ok());
  CHECK(bench.kafka.Written("out") == Lines{"k=3000", "k=rings"});
}

TEST_CASE("A fold that wants to be asked in the past stops the worker") {
  // Else it would be asked for ever.
  Bench bench;
  bench.kafka.Append("a", "k", "again");
  bench.Start();
  CHECK(absl::IsInternal(bench.Work()));
}

}  // namespace
}  // namespace leadclock
