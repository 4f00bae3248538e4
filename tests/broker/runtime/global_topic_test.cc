// Workers that learn from a global topic, on a real broker: the runtime alone,
// with a fold that keeps words.

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/run_workers.h"
#include "processor/runtime/topics.h"
#include "tests/broker/broker.h"
#include "tests/broker/clients.h"
#include "tests/broker/process.h"
#include "tests/runtime/word_fold.h"

namespace leadclock::broker {
namespace {

constexpr int kPartitions = 3;
constexpr int kKeys = 30;

JobTopics TopicsOf(const std::string& name) {
  return {.inputs = {name + ".a", name + ".b"},
          .outputs = {name + ".out"},
          .changelog = name + ".log",
          .quarantine = name + ".quarantine",
          .global = name + ".global"};
}

WorkerOptions OptionsOf(const std::string& name, const std::string& instance) {
  WorkerOptions options;
  options.loop.topics = TopicsOf(name);
  options.loop.settle = absl::Seconds(1);
  options.loop.idle_commit_interval = absl::Seconds(1);
  options.loop.batch_sweep = 2;
  options.connection.brokers = SharedBroker().address();
  options.connection.group = name;
  options.connection.instance = instance;
  options.connection.properties = {{"session.timeout.ms", "6000"}};
  options.memory_bytes = size_t{16} << 20;
  return options;
}

absl::StatusOr<std::vector<std::string>> Create(const std::string& name) {
  return CreateTopics(OptionsOf(name, "nobody").connection, TopicsOf(name),
                      {.partitions = kPartitions, .replication = 1});
}

// One that runs beside the test until it is told to stop, or fails.
class Member {
 public:
  Member(WorkerOptions options, const WordFold& fold)
      : thread_([this, options = std::move(options),
                 fold = std::make_shared<const WordFold>(fold)]() mutable {
          options.data_directory = directory_.path();
          status_ = RunWorkers(options, fold, clock_, stop_);
          ended_ = true;
        }) {}
  ~Member() { Stop().IgnoreError(); }

  bool ended() const { return ended_; }
  absl::Status Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  const TempDirectory directory_;
  const SystemClock clock_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> ended_ = false;
  absl::Status status_;
  std::thread thread_;
};

void SendKeys(const std::string& name) {
  Producer feed(SharedBroker().address());
  for (int i = 0; i < kKeys; ++i) {
    feed.Send(
        {.topic = name + ".a", .key = absl::StrCat("k", i), .value = "word"});
  }
  feed.Flush();
}

// How many lines of the output end so, by key.
class Listener {
 public:
  explicit Listener(const std::string& name)
      : reader_(SharedBroker().address(), {name + ".out"}) {}

  std::map<std::string, int> Count(const std::string& line) {
    for (ReadRecord& record : reader_.ReadMore()) {
      ++heard_[*record.value][*record.key];
    }
    return heard_[line];
  }

 private:
  Reader reader_;
  std::map<std::string, std::map<std::string, int>> heard_;
};

bool EachOnce(const std::map<std::string, int>& counts) {
  for (const auto& [key, count] : counts) {
    if (count != 1) return false;
  }
  return counts.size() == kKeys;
}

TEST_CASE("What is published reaches all members, and each state once") {
  const std::string name = "global-learn";
  REQUIRE(Create(name).ok());
  SendKeys(name);
  Member one(OptionsOf(name, "one"), WordFold());
  auto two = std::make_unique<Member>(OptionsOf(name, "two"), WordFold());
  Listener listener(name);
  REQUIRE(WaitUntil([&] { return EachOnce(listener.Count("word")); }));

  Producer publisher(SharedBroker().address(), name + "-publisher");
  publisher.Begin();
  publisher.Send({.topic = name + ".global",
                  .value = "not understood, but never committed",
                  .partition = 0});
  publisher.Flush();
  publisher.Abort();
  publisher.Begin();
  publisher.Send({.topic = name + ".global", .value = "noise", .partition = 0});
  publisher.Send(
      {.topic = name + ".global", .value = "learn 2", .partition = 0});
  publisher.Commit();
  REQUIRE(WaitUntil([&] { return listener.Count("<2>").size() == kKeys; }));

  // Who comes later reads the same, and asks nobody again.
  REQUIRE(two->Stop().ok());
  two = std::make_unique<Member>(OptionsOf(name, "three"), WordFold());
  SleepUntil(absl::Now() + absl::Seconds(10));
  SendKeys(name);
  REQUIRE(WaitUntil([&] { return EachOnce(listener.Count("<2> word word")); }));
  CHECK(EachOnce(listener.Count("<2>")));
  CHECK(one.Stop().ok());
  CHECK(two->Stop().ok());
}

TEST_CASE("A member ends that runs beside one whose fold is a later one") {
  const std::string name = "global-differ";
  REQUIRE(Create(name).ok());
  SendKeys(name);
  WorkerOptions options = OptionsOf(name, "one");
  options.loop.topics.global.clear();
  Member one(options, WordFold());
  Listener listener(name);
  REQUIRE(WaitUntil([&] { return EachOnce(listener.Count("word")); }));

  WordFold later;
  later.edition = 2;
  options.connection.instance = "two";
  Member two(options, later);
  REQUIRE(WaitUntil([&] { return one.ended(); }, absl::Minutes(1)));
  const absl::Status status = one.Stop();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(absl::StrContains(status.message(), "left by \"words 2\""));
  REQUIRE(WaitUntil([&] { return EachOnce(listener.Count("<2>")); },
                    absl::Minutes(1)));
  CHECK(two.Stop().ok());
}

TEST_CASE("The global topic is made with one partition, and kept for ever") {
  const std::string name = "global-create";
  const auto made = Create(name);
  REQUIRE(made.ok());
  CHECK(made->size() == 6);
  const auto again = Create(name);
  REQUIRE(again.ok());
  CHECK(again->empty());
}

TEST_CASE("A global topic of two partitions is refused") {
  const std::string name = "global-partitions";
  CreateTopic(SharedBroker().address(), name + ".global", 2);
  const absl::Status refused = Create(name).status();
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(absl::StrContains(refused.message(), "it needs exactly 1"));
}

TEST_CASE("A global topic whose records would be removed is refused") {
  const std::string name = "global-compacted";
  JobTopics others = TopicsOf(name + "-others");
  others.changelog = name + ".global";
  others.global.clear();
  REQUIRE(CreateTopics(OptionsOf(name, "nobody").connection, others,
                       {.partitions = 1, .replication = 1})
              .ok());
  const absl::Status refused = Create(name).status();
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(absl::StrContains(refused.message(), "has cleanup.policy=compact"));
  CHECK(absl::StrContains(refused.message(), "--add-config"));
}

}  // namespace
}  // namespace leadclock::broker
