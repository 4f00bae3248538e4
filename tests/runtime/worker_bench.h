#ifndef LEADCLOCK_TESTS_RUNTIME_WORKER_BENCH_H_
#define LEADCLOCK_TESTS_RUNTIME_WORKER_BENCH_H_

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/runtime/worker.h"
#include "tests/runtime/fake_kafka.h"
#include "tests/runtime/word_fold.h"

namespace leadclock {

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
    worker = std::make_unique<Worker>(options, kafka.partition_count,
                                      std::make_shared<const WordFold>(fold),
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
    kafka.Forget();
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

}  // namespace leadclock

#endif  // LEADCLOCK_TESTS_RUNTIME_WORKER_BENCH_H_
