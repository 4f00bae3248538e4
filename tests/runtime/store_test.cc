#include "state/store.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace leadclock {
namespace {

// A directory of its own for each test, gone with it.
class Directory {
 public:
  Directory()
      : path_(std::filesystem::temp_directory_path() /
              absl::StrCat("leadclock-store-", std::random_device()())) {}
  ~Directory() { std::filesystem::remove_all(path_); }

  std::unique_ptr<Store> Open() const {
    auto store = Store::Open(
        {.directory = path_.string(), .memory_bytes = size_t{8} << 20});
    REQUIRE(store.ok());
    return *std::move(store);
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

absl::Time At(int64_t millis) { return absl::FromUnixMillis(millis); }
constexpr absl::Time kNever = absl::InfiniteFuture();

void Put(Store& store, int32_t partition, const std::string& key,
         const std::string& state, absl::Time due, absl::Time old_due) {
  const std::vector<Store::Change> changes = {{.partition = partition,
                                               .key = key,
                                               .state = state,
                                               .due = due,
                                               .old_due = old_due}};
  REQUIRE(store.Write(changes, {}).ok());
}

std::string StateOf(const Store& store, int32_t partition,
                    const std::string& key) {
  const std::vector<std::string_view> keys = {key};
  const auto found = store.Get(partition, keys);
  REQUIRE(found.ok());
  return (*found)[0] ? (*found)[0]->state : "none";
}

std::vector<std::string> Due(Store& store, int32_t partition, absl::Time now,
                             size_t limit = 100) {
  auto keys = store.Due(partition, now, limit);
  REQUIRE(keys.ok());
  return *std::move(keys);
}

using Keys = std::vector<std::string>;

TEST_CASE("The store gives back what was put, by partition and key") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "a", "one a", At(10), kNever);
  Put(*store, 1, "b", "one b", kNever, kNever);
  Put(*store, 2, "a", "two a", kNever, kNever);

  const std::vector<std::string_view> keys = {"b", "missing", "a"};
  const auto found = store->Get(1, keys);
  REQUIRE(found.ok());
  REQUIRE(found->size() == 3);
  CHECK((*found)[0]->state == "one b");
  CHECK((*found)[0]->due == kNever);
  CHECK_FALSE((*found)[1]);
  CHECK((*found)[2]->state == "one a");
  CHECK((*found)[2]->due == At(10));
  CHECK(StateOf(*store, 2, "a") == "two a");
}

TEST_CASE("An empty state removes the key and its timer") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "a", "state", At(10), kNever);
  Put(*store, 1, "a", "", At(10), At(10));

  CHECK(StateOf(*store, 1, "a") == "none");
  CHECK(Due(*store, 1, At(100)).empty());
}

Keys AllBehind(const Store& store, int32_t partition, std::string_view key,
               size_t at_once) {
  Store::Walk walk = store.WalkBehind(partition, key);
  Keys all;
  while (true) {
    const auto keys = walk.Next(at_once);
    REQUIRE(keys.ok());
    REQUIRE(keys->size() <= at_once);
    if (keys->empty()) return all;
    all.insert(all.end(), keys->begin(), keys->end());
  }
}

TEST_CASE("A walk meets each key once, in files and in memory, in order") {
  const size_t at_once = GENERATE(as<size_t>(), 1, 2, 100);
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "in files", "s", At(10), kNever);
  Put(*store, 1, "changed since", "s", kNever, kNever);
  Put(*store, 1, "removed since", "s", kNever, kNever);
  Put(*store, 1, "put again", "s", kNever, kNever);
  Put(*store, 2, "elsewhere", "s", kNever, kNever);
  REQUIRE(store->Flush().ok());
  Put(*store, 0, "elsewhere", "s", kNever, kNever);
  Put(*store, 1, "changed since", "t", kNever, kNever);
  Put(*store, 1, "removed since", "", kNever, kNever);
  Put(*store, 1, "put again", "", kNever, kNever);
  Put(*store, 1, "put again", "s", kNever, kNever);
  Put(*store, 1, "in memory", "s", kNever, kNever);
  Put(*store, 1, "put and removed", "s", kNever, kNever);
  Put(*store, 1, "put and removed", "", kNever, kNever);

  const Keys all = {"changed since", "in files", "in memory", "put again"};
  CHECK(AllBehind(*store, 1, "", at_once) == all);
  CHECK(AllBehind(*store, 1, "in files", at_once) ==
        Keys{"in memory", "put again"});
  CHECK(AllBehind(*store, 1, "in g", at_once) ==
        Keys{"in memory", "put again"});
  CHECK(AllBehind(*store, 1, "put again", at_once).empty());
  CHECK(AllBehind(*store, 3, "", at_once).empty());
}

TEST_CASE("A walk goes on while states move from memory to the files") {
  const Directory directory;
  const auto store = directory.Open();
  Keys all;
  for (int i = 100; i < 200; ++i) {
    all.push_back(absl::StrCat("k", i));
    Put(*store, 1, all.back(), "s", kNever, kNever);
    if (i == 150) REQUIRE(store->Flush().ok());
  }
  Store::Walk walk = store->WalkBehind(1, "");
  auto keys = walk.Next(30);
  REQUIRE(keys.ok());
  Keys met = *keys;
  Put(*store, 1, "k120", "t", kNever, kNever);
  Put(*store, 1, "k160", "", kNever, kNever);
  Put(*store, 1, "k170", "t", kNever, kNever);
  REQUIRE(store->Flush().ok());
  while (!keys->empty()) {
    keys = walk.Next(30);
    REQUIRE(keys.ok());
    met.insert(met.end(), keys->begin(), keys->end());
  }
  // Of what went meanwhile it does not matter.
  std::erase(all, "k160");
  std::erase(met, "k160");
  CHECK(met == all);
}

TEST_CASE("Timers come in the order of their instants, and not too early") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "late", "s", At(30), kNever);
  Put(*store, 1, "early", "s", At(10), kNever);
  Put(*store, 1, "also early", "s", At(10), kNever);
  Put(*store, 2, "elsewhere", "s", At(5), kNever);

  CHECK(Due(*store, 1, At(9)).empty());
  CHECK(store->NextDue(1) == At(10));
  CHECK(Due(*store, 1, At(10)) == Keys{"also early", "early"});
  CHECK(Due(*store, 1, At(99), 1) == Keys{"also early"});
  CHECK(Due(*store, 1, At(99)) == Keys{"also early", "early", "late"});
}

TEST_CASE("A timer between two milliseconds waits for the later one") {
  const Directory directory;
  const auto store = directory.Open();
  const absl::Time due = At(10) + absl::Microseconds(1);
  Put(*store, 1, "a", "s", due, kNever);

  CHECK(Due(*store, 1, due).empty());
  CHECK(Due(*store, 1, At(11)) == Keys{"a"});
}

TEST_CASE("A timer that moves leaves nothing behind") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "a", "s", At(10), kNever);
  REQUIRE(Due(*store, 1, At(10)) == Keys{"a"});
  Put(*store, 1, "a", "s", At(20), At(10));

  CHECK(Due(*store, 1, At(19)).empty());
  CHECK(Due(*store, 1, At(20)) == Keys{"a"});
  Put(*store, 1, "a", "s", kNever, At(20));
  CHECK(Due(*store, 1, At(99)).empty());
  CHECK(store->NextDue(1) == absl::InfiniteFuture());
}

TEST_CASE("A timer that is earlier than all that were seen is found") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "far", "s", At(1000), kNever);
  REQUIRE(Due(*store, 1, At(500)).empty());
  Put(*store, 1, "near", "s", At(400), kNever);

  CHECK(store->NextDue(1) == At(400));
  CHECK(Due(*store, 1, At(500)) == Keys{"near"});
}

TEST_CASE("Progress is read back, and one write changes all or nothing") {
  const Directory directory;
  const Store::Progress progress = {.offsets = {7, 0, 123456789012},
                                    .now = At(1'772'442'000'123),
                                    .changelog_position = 42,
                                    .changelog_id = "AbC+/=",
                                    .written_at = At(1'772'442'000'999)};
  {
    const auto store = directory.Open();
    CHECK_FALSE(store->ReadProgress(3).value());
    REQUIRE(store->Write({}, {{3, progress}}).ok());
  }
  const auto store = directory.Open();
  const auto read = store->ReadProgress(3);
  REQUIRE(read.ok());
  REQUIRE(*read);
  CHECK((*read)->offsets == progress.offsets);
  CHECK((*read)->now == progress.now);
  CHECK((*read)->changelog_position == progress.changelog_position);
  CHECK((*read)->changelog_id == progress.changelog_id);
  CHECK((*read)->written_at == progress.written_at);
}

TEST_CASE("A partition is dropped alone") {
  const Directory directory;
  const auto store = directory.Open();
  for (const int32_t partition : {0, 1, 2, 255, 256}) {
    Put(*store, partition, "a", "s", At(10), kNever);
    REQUIRE(store->Write({}, {{partition, Store::Progress()}}).ok());
  }
  REQUIRE(Due(*store, 1, At(10)) == Keys{"a"});
  REQUIRE(store->Drop(1).ok());
  REQUIRE(store->Drop(255).ok());

  for (const int32_t partition : {1, 255}) {
    CHECK(StateOf(*store, partition, "a") == "none");
    CHECK(Due(*store, partition, At(10)).empty());
    CHECK_FALSE(store->ReadProgress(partition).value());
  }
  for (const int32_t partition : {0, 2, 256}) {
    CHECK(StateOf(*store, partition, "a") == "s");
    CHECK(Due(*store, partition, At(10)) == Keys{"a"});
    CHECK(store->ReadProgress(partition).value());
  }
}

TEST_CASE("States and timers are there after the store was closed") {
  const Directory directory;
  Put(*directory.Open(), 1, "a", "state", At(10), kNever);
  const auto store = directory.Open();
  CHECK(StateOf(*store, 1, "a") == "state");
  CHECK(Due(*store, 1, At(10)) == Keys{"a"});
}

TEST_CASE("A process that is killed leaves what was written up to an instant") {
  const Directory directory;
  {
    const auto store = directory.Open();
    Store::Progress progress;
    progress.changelog_position = 7;
    Put(*store, 1, "a", "flushed", At(10), kNever);
    REQUIRE(store->Write({}, {{1, progress}}).ok());
    REQUIRE(store->Flush().ok());
    Put(*store, 1, "a", "lost", At(11), At(10));
    progress.changelog_position = 8;
    REQUIRE(store->Write({}, {{1, progress}}).ok());
    store->LoseUnflushed();
  }
  const auto store = directory.Open();
  CHECK(StateOf(*store, 1, "a") == "flushed");
  CHECK(Due(*store, 1, At(11)) == Keys{"a"});
  CHECK((*store->ReadProgress(1))->changelog_position == 7);
}

// Writes a hundred states of a kilobyte, so that what stands in memory before
// them goes to the files; the store has 8 MiB, and an eighth of it for a
// generation.
void Crowd(Store& store, int rounds) {
  const std::string state(1000, 'x');
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < 100; ++i) {
      Put(store, 9, absl::StrCat("crowd ", round, " ", i), state, kNever,
          kNever);
    }
  }
}

TEST_CASE("States and timers that went to the files are as those in memory") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "a", "old", At(10), kNever);
  Put(*store, 1, "gone", "old", At(11), kNever);
  Put(*store, 1, "b", "first", At(20), kNever);
  Crowd(*store, 40);
  // The files have them now, and memory has what follows.
  Put(*store, 1, "a", "new", At(30), At(10));
  Put(*store, 1, "gone", "", kNever, At(11));
  Put(*store, 1, "c", "first", At(15), kNever);

  CHECK(StateOf(*store, 1, "a") == "new");
  CHECK(StateOf(*store, 1, "b") == "first");
  CHECK(StateOf(*store, 1, "gone") == "none");
  CHECK(Due(*store, 1, At(14)).empty());
  CHECK(store->NextDue(1) == At(15));
  CHECK(Due(*store, 1, At(30)) == Keys{"c", "b", "a"});
  CHECK(Due(*store, 1, At(30), 2) == Keys{"c", "b"});
  Crowd(*store, 40);
  CHECK(Due(*store, 1, At(30)) == Keys{"c", "b", "a"});
  CHECK(StateOf(*store, 1, "gone") == "none");
}

TEST_CASE(
    "A timer that is as it was is found when its state goes to the files") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "a", "one", At(10), kNever);
  Put(*store, 1, "b", "one", At(20), kNever);
  Crowd(*store, 40);
  REQUIRE(Due(*store, 1, At(15)) == Keys{"a"});
  Put(*store, 1, "a", "two", At(10), At(10));
  REQUIRE(Due(*store, 1, At(15)) == Keys{"a"});
  Crowd(*store, 40);
  CHECK(Due(*store, 1, At(15)) == Keys{"a"});
  Put(*store, 1, "a", "three", kNever, At(10));
  Crowd(*store, 40);
  CHECK(Due(*store, 1, At(15)).empty());
}

TEST_CASE("In the files no state is older than their progress says") {
  const Directory directory;
  constexpr int kKeys = 3'000;
  int64_t position = 0;
  {
    const auto store = directory.Open();
    std::mt19937 random(7);
    for (; position < 20'000; ++position) {
      const std::string key = absl::StrCat(random() % kKeys);
      const auto before = store->Get(1, std::vector<std::string_view>{key});
      REQUIRE(before.ok());
      const absl::Time old_due = (*before)[0] ? (*before)[0]->due : kNever;
      Store::Progress progress;
      progress.changelog_position = position + 1;
      const std::string state = absl::StrCat(position, std::string(900, 'x'));
      const std::vector<Store::Change> changes = {
          {.partition = 1,
           .key = key,
           .state = state,
           .due = At(static_cast<int64_t>(random() % 1000)),
           .old_due = old_due}};
      REQUIRE(store->Write(changes, {{1, progress}}).ok());
    }
    // As if the files had been written a moment before the process is killed.
    REQUIRE(store->FlushFiles().ok());
    store->LoseUnflushed();
  }
  const auto store = directory.Open();
  const auto progress = store->ReadProgress(1);
  REQUIRE(progress.ok());
  REQUIRE(*progress);
  CHECK((*progress)->changelog_position > 0);
  CHECK((*progress)->changelog_position < position);

  std::mt19937 random(7);
  std::map<std::string, int64_t> last;
  for (int64_t i = 0; i < (*progress)->changelog_position; ++i) {
    last[absl::StrCat(random() % kKeys)] = i;
    random();
  }
  std::vector<std::string> timers = Due(*store, 1, At(1000), 2 * kKeys);
  for (const auto& [key, at] : last) {
    const std::string state = StateOf(*store, 1, key);
    CHECK(std::stoll(state.substr(0, state.find('x'))) >= at);
    CHECK(std::count(timers.begin(), timers.end(), key) == 1);
  }
}

// What is left of many states in little memory after a kill.
std::vector<std::string> LeftOfKilled(int states) {
  const Directory directory;
  const Store::Options options = {.directory = directory.path(),
                                  .memory_bytes = size_t{64} << 10,
                                  .awaits_files = true};
  {
    const auto store = Store::Open(options);
    REQUIRE(store.ok());
    for (int i = 0; i < states; ++i) {
      Put(**store, 1, absl::StrCat("key ", i), std::string(500, 'x'), At(i),
          kNever);
    }
    (*store)->LoseUnflushed();
  }
  const auto store = Store::Open(options);
  REQUIRE(store.ok());
  return Due(**store, 1, At(10'000), 10'000);
}

TEST_CASE("A kill loses the same each time where files are awaited") {
  for (int states = 200; states < 220; ++states) {
    const std::vector<std::string> left = LeftOfKilled(states);
    INFO(states);
    CHECK_FALSE(left.empty());
    CHECK(LeftOfKilled(states) == left);
  }
}

TEST_CASE("After an hour also little goes to the files") {
  const Directory directory;
  Store::Progress progress;
  progress.written_at = At(0);
  {
    const auto store = directory.Open();
    Put(*store, 1, "a", "state", At(10), kNever);
    REQUIRE(store->Write({}, {{1, progress}}).ok());
    progress.changelog_position = 7;
    progress.written_at += absl::Hours(1);
    REQUIRE(store->Write({}, {{1, progress}}).ok());
    store->LoseUnflushed();
  }
  const auto store = directory.Open();
  CHECK(StateOf(*store, 1, "a") == "state");
  CHECK((*store->ReadProgress(1))->changelog_position == 7);
}

TEST_CASE("A partition is dropped from memory as well as from the files") {
  const Directory directory;
  const auto store = directory.Open();
  Put(*store, 1, "files", "s", At(10), kNever);
  Put(*store, 2, "files", "s", At(10), kNever);
  Crowd(*store, 40);
  Put(*store, 1, "memory", "s", At(10), kNever);
  Put(*store, 2, "memory", "s", At(10), kNever);
  REQUIRE(store->Drop(1).ok());

  CHECK(StateOf(*store, 1, "files") == "none");
  CHECK(StateOf(*store, 1, "memory") == "none");
  CHECK(Due(*store, 1, At(10)).empty());
  CHECK(Due(*store, 2, At(10)) == Keys{"files", "memory"});
}

TEST_CASE("A directory that is in use is refused with a reason") {
  const Directory directory;
  const auto store = directory.Open();
  const auto second = Store::Open({.directory = directory.path()});

  REQUIRE(absl::IsFailedPrecondition(second.status()));
  CHECK(std::string(second.status().message())
            .find("is used by another process") != std::string::npos);
}

}  // namespace
}  // namespace leadclock
