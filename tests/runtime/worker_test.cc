#include "processor/runtime/worker.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "processor/runtime/partitioner.h"
#include "tests/runtime/fake_kafka.h"

namespace leadclock {
namespace {

using Lines = std::vector<std::string>;

// Keeps the words of a key, and says them all after each new one. A number is
// an alarm, in seconds after 1,800,000,000: once now has reached it, it rings.
// "forget" forgets; "again" wants to be asked again at once.
class WordFold final : public Fold {
 public:
  struct Word final : DecodedRecord {
    std::string text;
  };

  std::string Fingerprint() const override { return fingerprint; }

  Decoded Decode(const InputRecord& record) const override {
    if (record.value == "beat") return Heartbeat{"crm", *record.timestamp};
    if (!record.value) return Ignored{"TOMBSTONE"};
    if (*record.value == "bad") return Rejection{"DECODE", "a bad word"};
    if (*record.value == "dull") return Ignored{"DULL"};
    auto word = std::make_unique<Word>();
    word->text = *record.value;
    return word;
  }

  absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const override {
    StateChange change;
    if (state == "gone") {
      change.ignored.assign(records.size(), "GONE");
      if (records.empty()) {
        change.changelog_value = "";
      } else {
        change.state = "gone";
      }
      return change;
    }
    change.state = std::string(state);
    for (const DecodedRecord* record : records) {
      const std::string& text = static_cast<const Word*>(record)->text;
      absl::StrAppend(&change.state, change.state.empty() ? "" : " ", text);
    }
    if (!records.empty()) Say(change, key, change.state);
    change.next_instant = Alarm(change.state);
    if (change.next_instant <= moment.now) {
      absl::StrAppend(&change.state, " rang");
      Say(change, key, "rings");
      change.next_instant = absl::InfiniteFuture();
    }
    if (change.state.ends_with("again")) change.next_instant = moment.now;
    if (change.state.ends_with("forget")) change.state.clear();
    if (change.state.ends_with("farewell")) {
      change.state.clear();
      change.remnant = {"gone", "gone", change.next_instant};
      change.remnant->next_instant = absl::FromUnixSeconds(1'800'001'000);
    }
    change.changelog_value = change.state;
    return change;
  }

  absl::StatusOr<Restored> Restore(std::string_view,
                                   std::string_view value) const override {
    if (value == "gone") {
      return Restored{"gone", absl::FromUnixSeconds(1'800'001'000)};
    }
    return Restored{std::string(value), Alarm(std::string(value))};
  }

  std::string fingerprint = "words 1";

 private:
  static void Say(StateChange& change, std::string_view key,
                  const std::string& what) {
    change.outputs.push_back({0, std::string(key), what, {}});
  }
  static absl::Time Alarm(const std::string& state) {
    const std::vector<std::string> words = absl::StrSplit(state, ' ');
    int64_t seconds = 0;
    if (!absl::SimpleAtoi(words.back(), &seconds)) {
      return absl::InfiniteFuture();
    }
    return absl::FromUnixSeconds(1'800'000'000 + seconds);
  }
};

// A worker on one partition of two inputs, and all that it stands on.
class Bench {
 public:
  Bench() { options.topics = {{"a", "b"}, {"out"}, "log", "quarantine"}; }
  ~Bench() {
    worker.reset();
    store.reset();
    std::filesystem::remove_all(directory);
  }

  // A worker that is new, on the disk that is there.
  void Start() {
    Die();
    store = *Store::Open(
        {.directory = directory.string(), .memory_bytes = size_t{8} << 20});
    worker = std::make_unique<Worker>(options, kafka.partition_count, fold,
                                      kafka, *store, clock, metrics);
  }
  // Passes, until `time` has passed.
  absl::Status Work(absl::Duration time = absl::Seconds(2)) {
    const absl::Time until = clock.wall + time;
    absl::Status status = absl::OkStatus();
    for (int i = 0; status.ok() && clock.wall < until && i < 100'000; ++i) {
      status = worker->Step();
    }
    return status;
  }
  // As after kill -9; nothing is told to anybody.
  void Die() {
    worker.reset();
    if (store != nullptr) store->LoseUnflushed();
    store.reset();
  }

  std::filesystem::path directory =
      std::filesystem::temp_directory_path() /
      absl::StrCat("leadclock-worker-", std::random_device()());
  LoopOptions options;
  WordFold fold;
  HandClock clock;
  std::shared_ptr<Readiness> readiness = std::make_shared<Readiness>();
  Metrics metrics{std::make_shared<prometheus::Registry>(), readiness, nullptr,
                  0};
  FakeKafka kafka{clock, {"a", "b"}};
  std::unique_ptr<Store> store;
  std::unique_ptr<Worker> worker;
};

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
  bench.fold.fingerprint = "words 2";
  bench.Start();
  CHECK(absl::IsFailedPrecondition(bench.Work()));
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
